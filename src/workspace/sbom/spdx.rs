//! SPDX 2.3: a document of the image and its packages, with what contains what.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::licences::identifier;
use super::purl::purl;
use super::source::SbomSource;
use crate::insight::packages::Package;

const NOTHING: &str = "NOASSERTION";
const IMAGE: &str = "SPDXRef-image";
/// The name of the tool, as annotations and documents have it.
const TOOL: &str = concat!("Tool: lamina-", env!("CARGO_PKG_VERSION"));

/// Writes the document.
pub(super) fn document(source: &SbomSource<'_>) -> Value {
    let (title, created) = (source.title(), source.created());
    let mut others = Others::default();
    let mut packages = vec![image(source, &title)];
    let mut relations = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE)];
    for (at, one) in source.packages() {
        let id = format!("SPDXRef-package-{at}");
        packages.push(package(source, one, &id, &created, &mut others));
        relations.push(relation(IMAGE, "CONTAINS", &id));
    }
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": title,
        "creationInfo": {"created": created, "creators": [TOOL]},
        "packages": packages,
        "relationships": relations,
    });
    if let Some(document) = document.as_object_mut() {
        if !others.ids.is_empty() {
            document.insert("hasExtractedLicensingInfos".to_owned(), others.told());
        }
        if source.is_partial() {
            let comment = "Parts of the image were not read; packages may be missing.";
            document.insert("comment".to_owned(), comment.into());
        }
    }
    document
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}

fn image(source: &SbomSource<'_>, title: &str) -> Value {
    let checksums: Vec<Value> = source
        .sha256()
        .map(|sha256| json!({"algorithm": "SHA256", "checksumValue": sha256}))
        .into_iter()
        .collect();
    json!({
        "SPDXID": IMAGE,
        "name": title,
        "downloadLocation": NOTHING,
        "filesAnalyzed": false,
        "licenseConcluded": NOTHING,
        "licenseDeclared": NOTHING,
        "copyrightText": NOTHING,
        "primaryPackagePurpose": "CONTAINER",
        "checksums": checksums,
    })
}

fn package(
    source: &SbomSource<'_>,
    package: &Package,
    id: &str,
    created: &str,
    others: &mut Others,
) -> Value {
    let annotations = source.properties(package).into_iter().map(|(name, value)| {
        json!({
            "annotationDate": created,
            "annotationType": "OTHER",
            "annotator": TOOL,
            "comment": format!("{name}={value}"),
        })
    });
    let declared = others.expression(package.licences.as_deref().unwrap_or_default());
    let mut told = json!({
        "SPDXID": id,
        "name": package.name,
        "downloadLocation": NOTHING,
        "filesAnalyzed": false,
        "licenseConcluded": NOTHING,
        "licenseDeclared": declared,
        "copyrightText": NOTHING,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl(package, source.release),
        }],
        "annotations": annotations.collect::<Vec<Value>>(),
    });
    if let Some(told) = told.as_object_mut()
        && !package.version.is_empty()
    {
        told.insert("versionInfo".to_owned(), package.version.clone().into());
    }
    told
}

/// Licences without an identifier, each with one of the document's own.
#[derive(Default)]
struct Others {
    ids: BTreeMap<String, usize>,
}

impl Others {
    fn expression(&mut self, licences: &[String]) -> String {
        let one = |licence: &String| match identifier(licence) {
            Some(known) => known.to_owned(),
            None => {
                let next = self.ids.len();
                let n = *self.ids.entry(licence.clone()).or_insert(next);
                format!("LicenseRef-{n}")
            }
        };
        let all: Vec<String> = licences.iter().map(one).collect();
        match all.is_empty() {
            true => NOTHING.to_owned(),
            false => all.join(" AND "),
        }
    }

    fn told(&self) -> Value {
        let told = self.ids.iter().map(|(text, n)| {
            json!({"licenseId": format!("LicenseRef-{n}"), "extractedText": text, "name": text})
        });
        told.collect()
    }
}
