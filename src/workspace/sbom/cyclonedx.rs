//! CycloneDX 1.6: the image as the component that the document is about, and its packages as components.

use serde_json::{Value, json};

use super::licences::identifier;
use super::purl::purl;
use super::source::SbomSource;
use crate::insight::packages::{Package, PackageKind};

/// Writes the document.
pub(super) fn document(source: &SbomSource<'_>) -> Value {
    let components = source
        .packages()
        .map(|(at, one)| component(source, one, at));
    let is_known = if source.is_partial() {
        "incomplete"
    } else {
        "unknown"
    };
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": source.created(),
            "tools": {"components": [{
                "type": "application",
                "name": "lamina",
                "version": env!("CARGO_PKG_VERSION"),
            }]},
            "component": image(source),
        },
        "components": components.collect::<Vec<Value>>(),
        "compositions": [{"aggregate": is_known, "assemblies": ["image"]}],
    });
    document
}

fn image(source: &SbomSource<'_>) -> Value {
    let hashes: Vec<Value> = source
        .sha256()
        .map(|sha256| json!({"alg": "SHA-256", "content": sha256}))
        .into_iter()
        .collect();
    json!({"type": "container", "bom-ref": "image", "name": source.title(), "hashes": hashes})
}

fn component(source: &SbomSource<'_>, package: &Package, at: usize) -> Value {
    let properties = source.properties(package).into_iter();
    let properties = properties.map(|(name, value)| json!({"name": name, "value": value}));
    let licences = package
        .licences
        .iter()
        .flatten()
        .map(|licence| match identifier(licence) {
            Some(id) => json!({"license": {"id": id}}),
            None => json!({"license": {"name": licence}}),
        });
    let mut told = json!({
        "type": "library",
        "bom-ref": format!("package-{at}"),
        "name": package.name,
        "version": package.version,
        "licenses": licences.collect::<Vec<Value>>(),
        "purl": purl(package, source.release),
        "properties": properties.collect::<Vec<Value>>(),
    });
    if let Some(told) = told.as_object_mut()
        && package.kind == PackageKind::Java
        && !package.source.is_empty()
    {
        told.insert("group".to_owned(), package.source.clone().into());
    }
    told
}
