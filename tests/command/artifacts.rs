//! Content of an archive or registry that is not an image: artifacts, and content that Lamina does not open.

use lamina::image::Digest;
use serde_json::{Value, json};

use super::inspect::documented;
use super::lamina;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn descriptor(media_type: &str, bytes: &str) -> Value {
    let digest = Digest::sha256_of(bytes.as_bytes());
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

/// Makes an OCI layout of these blobs. Its index names one of them.
fn layout(media_type: &str, named: &str, blobs: &[&str]) -> Vec<u8> {
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(media_type, named)],
    });
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, text.as_bytes())
            .unwrap();
    };
    add("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    add("index.json", &index.to_string());
    for blob in [&[named], blobs].concat() {
        let digest = Digest::sha256_of(blob.as_bytes()).to_string();
        add(&format!("blobs/{}", digest.replace(':', "/")), blob);
    }
    builder.into_inner().unwrap()
}

/// `oras push` gives files the media type of layers. A chart is a gzipped tar of its own.
#[test]
fn what_is_not_read_of_an_artifact_is_neither_missing_nor_damaged() {
    for (config_type, blob_type) in [
        (
            "application/vnd.unknown.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar",
        ),
        ("application/vnd.oci.empty.v1+json", "text/plain"),
        (
            "application/vnd.cncf.helm.config.v1+json",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        ),
    ] {
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/x.thing",
            "config": descriptor(config_type, "{}"),
            "layers": [descriptor(blob_type, "these are words, and no tar")],
        });
        let bytes = layout(
            MANIFEST,
            &manifest.to_string(),
            &["{}", "these are words, and no tar"],
        );
        let (status, out, err) = lamina(&["inspect", "-"], &bytes);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        assert!(out.contains("Artifact  application/x.thing"), "{out}");
        assert!(out.contains("  not read  "), "{out}");
        for untrue in ["damaged", "missing", "failed"] {
            assert!(!out.contains(untrue), "{out}");
        }
    }
}

#[test]
fn what_is_no_image_is_said_to_be_what_it_is_with_its_document() {
    let cache = json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [
            descriptor("application/vnd.oci.image.layer.v1.tar+gzip", "layer"),
            descriptor("application/vnd.buildkit.cacheconfig.v0", "{}"),
        ],
    })
    .to_string();
    let empty = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }).to_string();
    for (document, kind, word) in [
        (&cache, "a build cache of BuildKit", "build-cache"),
        (&empty, "an empty index", "empty-index"),
    ] {
        let bytes = layout(INDEX, document, &["layer", "{}"]);
        let (status, out, err) = lamina(&["inspect", "-"], &bytes);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        assert!(out.contains(&format!("Kind      {kind}")), "{out}");
        assert!(out.ends_with(&format!("Document:\n{document}\n")), "{out}");
        let report = documented(&["-"], &bytes, 0);
        let artifact = &report["images"][0]["artifact"];
        assert_eq!(artifact["kind"], word);
        assert_eq!(artifact["document"].to_string(), *document);
        let (status, _, err) = lamina(&["ls", "-"], &bytes);
        assert_eq!(status, 2);
        assert!(
            err.contains(kind) && err.contains("no file system"),
            "{err}"
        );
    }
}
