//! Content of an OCI layout that is not an image: artifacts, attestations, manifests of schema 1.

use lamina::source::archive::OtherKind;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, bytes_of, check, check_opened, descriptor, digest_of,
    gzip, image_blobs, index_of, layout_of, named, open_tar,
};

#[wasm_bindgen_test(unsupported = test)]
fn mt_05_says_that_schema_1_is_not_supported() {
    let schema_1 = json!({"schemaVersion": 1, "fsLayers": [], "history": []}).to_string();
    for media_type in [
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "",
    ] {
        let top = index_of(&[named(descriptor(media_type, &schema_1), "old")]);
        let opened = open_tar(&layout_of(&top).blob(&schema_1)).unwrap();
        check_opened(&opened, &[], "other unavailable old");
        let OtherKind::Unavailable(error) = &opened.others[0].kind else {
            panic!("schema 1 is not read");
        };
        assert!(
            error.to_string().contains("schema 1 is not supported"),
            "{error}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_06_and_07_an_artifacts_config_is_not_read() {
    let chart = gzip(&tar_of("chart/Chart.yaml = name"));
    let config = json!({"name": "chart", "rootfs": {"diff_ids": ["not an image's"]}}).to_string();
    let media_type = "application/vnd.cncf.helm.config.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(media_type, &config),
        "layers": [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", &chart)],
    })
    .to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "chart")]);
    let outer = layout_of(&top).blob(&chart).blob(&config).blob(&manifest);
    check(&outer, &[("chart", &chart)], "image chart -: chart*");
    let opened = open_tar(&outer).unwrap();
    assert_eq!(opened.images[0].artifact_type.as_deref(), Some(media_type));
    assert!(opened.images[0].config.is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_08_takes_the_empty_descriptor_from_its_data() {
    let empty = json!({
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": digest_of("{}"),
        "size": 2,
        "data": "e30=",
    });
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.example",
        "config": empty,
        "layers": [empty],
    })
    .to_string();
    let top = index_of(&[descriptor(OCI_MANIFEST, &manifest)]);
    let outer = layout_of(&top).blob(&manifest);
    check(&outer, &[("empty", b"{}")], "image - -: empty*");
    let opened = open_tar(&outer).unwrap();
    let artifact_type = opened.images[0].artifact_type.as_deref();
    assert_eq!(artifact_type, Some("application/vnd.example"));
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_10_lists_attestations_beside_the_images() {
    let base = tar_of("etc/hosts = base");
    let (blobs, manifest) = image_blobs(&[&base]);
    let statement = r#"{"_type": "https://in-toto.io/Statement/v0.1"}"#;
    let attestation = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, "{}"),
        "layers": [descriptor("application/vnd.in-toto+json", statement)],
    })
    .to_string();
    let entry = json!({
        "mediaType": OCI_MANIFEST,
        "digest": digest_of(&attestation),
        "size": attestation.len(),
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": digest_of(&manifest),
        },
    });
    let inner = index_of(&[entry, descriptor(OCI_MANIFEST, &manifest)]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "v1")]);
    let outer = layout_of(&top)
        .and(blobs)
        .blob(&inner)
        .blob(&attestation)
        .blob(statement)
        .blob("{}");
    check(
        &outer,
        &[("base", &base)],
        "image v1 linux/amd64: base*
        other attestation v1",
    );
    let opened = open_tar(&outer).unwrap();
    let OtherKind::Attestation { of, statements } = &opened.others[0].kind else {
        panic!("it is an attestation");
    };
    assert_eq!(*of, Some(digest_of(&manifest)));
    assert_eq!(bytes_of(&statements[0]).unwrap(), statement.as_bytes());
}
