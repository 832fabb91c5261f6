//! Bills of materials that `lamina sbom` prints.

use serde_json::{Value, json};

use super::{archive, lamina};

const LAYERS: [&str; 2] = [
    "etc/os-release = ID=debian\\nVERSION_ID=12\\n
     var/lib/dpkg/status = Package: a\\nStatus: install ok installed\\nVersion: 1+b\\nArchitecture: amd64\\n\\n
     usr/share/doc/a/copyright = Format: x\\n\\nLicense: MIT\\n\\nLicense: own \\x1b words\\n
     app/node_modules/gone/package.json = {\"name\":\"gone\",\"version\":\"1\"}",
    "app/node_modules/.wh.gone =\napp/package.json = {\"name\":\"app\",\"version\":\"2\",\"license\":\"ISC\"}",
];

fn sbom(arguments: &[&str], layers: &[&str], expected: i32) -> Value {
    let arguments = [&["sbom"], arguments, &["-"]].concat();
    let (status, out, error) = lamina(&arguments, &archive(layers));
    assert_eq!(status, expected, "{error}");
    assert!(!out.contains('\u{1b}'));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn spdx_names_packages_with_their_layers() {
    let document = sbom(&["--created", "2026-01-31T13:00:00.5+01:00"], &LAYERS, 0);
    assert_eq!(document["spdxVersion"], "SPDX-2.3");
    assert_eq!(document["creationInfo"]["created"], "2026-01-31T12:00:00Z");
    let packages = document["packages"].as_array().unwrap();
    let purl = |at: usize| &packages[at]["externalRefs"][0]["referenceLocator"];
    assert_eq!(packages.len(), 3);
    assert_eq!(
        purl(1),
        "pkg:deb/debian/a@1%2Bb?arch=amd64&distro=debian-12"
    );
    assert_eq!(packages[1]["licenseDeclared"], "MIT AND LicenseRef-0");
    assert_eq!(packages[2]["licenseDeclared"], "ISC");
    assert_eq!(purl(2), "pkg:npm/app@2");
    let comments = packages[2]["annotations"].as_array().unwrap().iter();
    let comments: Vec<&str> = comments
        .map(|one| one["comment"].as_str().unwrap())
        .collect();
    assert_eq!(
        comments[..3],
        [
            "lamina:kind=npm",
            "lamina:path=app/package.json",
            "lamina:layer:index=1"
        ]
    );
    assert_eq!(
        document["hasExtractedLicensingInfos"][0]["extractedText"],
        "own \u{1b} words"
    );
    assert_eq!(document["relationships"].as_array().unwrap().len(), 3);
    assert_eq!(document.get("comment"), None);
}

#[test]
fn cyclonedx_names_packages_with_their_layers() {
    let document = sbom(&["--format", "cyclonedx"], &LAYERS, 0);
    assert_eq!(document["specVersion"], "1.6");
    let components = document["components"].as_array().unwrap();
    assert_eq!(components.len(), 2);
    assert_eq!(
        components[0]["licenses"],
        json!([{"license": {"id": "MIT"}}, {"license": {"name": "own \u{1b} words"}}])
    );
    assert_eq!(
        components[1]["properties"][2],
        json!({"name": "lamina:layer:index", "value": "1"})
    );
    assert_eq!(document["compositions"][0]["aggregate"], "unknown");
    assert!(
        document["serialNumber"]
            .as_str()
            .unwrap()
            .starts_with("urn:uuid:")
    );
}

#[test]
fn what_was_not_read_is_told_in_the_document() {
    let layers = ["opt/a.jar = no archive\nb/package.json = {\"name\":\"b\",\"version\":\"1\"}"];
    let document = sbom(&["--format", "cyclonedx"], &layers, 0);
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    let document = sbom(&[], &layers, 0);
    assert!(document["comment"].as_str().unwrap().contains("not read"));
    let (status, _, error) = lamina(&["sbom", "--created", "today", "-"], &archive(&layers));
    assert_eq!(status, 2, "{error}");
}
