//! Content of a registry that is not an image: build caches, cosign's tags, empty
//! indexes, documents of other kinds.

use std::ops::ControlFlow;

use lamina::bounds::Limits;
use lamina::image::Digest;
use lamina::source::FoundImage;
use lamina::source::registry::{PlatformChoice, Target};
use lamina::workspace::{Draft, ManifestForm, OpenImage, Platforms, publish, publish_platforms};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Set, native};
use crate::support::registry::Registry;
use crate::support::run;

const CACHE: &str = "application/vnd.buildkit.cacheconfig.v0";

fn descriptor(set: &Set, media_type: &str, bytes: &[u8]) -> Value {
    let digest = set.registry.put_blob("app", bytes);
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

fn opened(set: &Set, tag: &str, media_type: &str, document: &Value) -> FoundImage {
    let text = document.to_string();
    set.registry.put_manifest("app", tag, media_type, &text);
    let target = Target::Tag(tag.to_owned());
    let opened = run(set.client.open("app", &target, &PlatformChoice::Usual));
    let image = opened.unwrap_or_else(|error| panic!("{error}")).image;
    let artifact = image.artifact().unwrap();
    assert_eq!(&*artifact.document.unwrap().bytes, text.as_bytes());
    image
}

/// Returns the kind, and the digest of the manifest that it belongs to.
fn told(image: &FoundImage) -> (&'static str, Option<Digest>) {
    let artifact = image.artifact().unwrap();
    (artifact.kind.word(), artifact.of)
}

fn cache_index(set: &Set) -> Value {
    json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX,
        "manifests": [descriptor(set, OCI_LAYER, b"layer"), descriptor(set, CACHE, b"{}")],
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn a_build_cache_is_said_to_be_one_and_is_copied_whole() {
    let set = native(Registry::default());
    let index = cache_index(&set);
    let image = opened(&set, "cache", OCI_INDEX, &index);
    assert_eq!((told(&image).0, image.layers.len()), ("build-cache", 2));
    assert_eq!(image.artifact_type.as_deref(), Some(CACHE));
    // Also with `--platform`, since it has no platform.
    let target = Target::Tag("cache".to_owned());
    let wanted = PlatformChoice::Wanted("linux/arm64".parse().unwrap());
    let asked = run(set.client.open("app", &target, &wanted)).unwrap();
    assert_eq!(told(&asked.image).0, "build-cache");
    // In both ways, the result is its index with everything that it names.
    let go_on = |_| ControlFlow::Continue(());
    for whole in [true, false] {
        let draft = Draft::of(&OpenImage::new(image.clone(), Limits::DEFAULT));
        let publication = match whole {
            true => run(publish_platforms(draft, Platforms::All, &go_on)),
            false => run(publish(draft, ManifestForm::AsItIs, &go_on)),
        };
        let publication = publication.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(&*publication.top.bytes, index.to_string().as_bytes());
        assert_eq!((publication.below.len(), publication.blobs.len()), (0, 2));
    }
    // As BuildKit writes it with `image-manifest=true`.
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor(&set, CACHE, b"{}"),
        "layers": [descriptor(&set, OCI_LAYER, b"layer")],
    });
    let image = opened(&set, "cache2", OCI_MANIFEST, &manifest);
    assert_eq!(told(&image).0, "build-cache");
}

#[wasm_bindgen_test(unsupported = test)]
fn cosigns_tags_are_said_to_be_what_they_are() {
    let signed = Digest::sha256_of(b"an image");
    let tag = signed.as_str().replace(':', "-");
    for (ending, media_type, kind) in [
        (
            "sig",
            "application/vnd.dev.cosign.simplesigning.v1+json",
            "signature",
        ),
        (
            "att",
            "application/vnd.dsse.envelope.v1+json",
            "attestation",
        ),
        ("sbom", "text/spdx+json", "sbom"),
        // Only its tag reveals the kind.
        ("sbom", "application/x.other", "sbom"),
    ] {
        let set = native(Registry::default());
        let config = match media_type {
            "application/x.other" => "application/x.config",
            _ => OCI_CONFIG,
        };
        let manifest = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": descriptor(&set, config, b"{}"),
            "layers": [descriptor(&set, media_type, b"payload")],
        });
        let image = opened(&set, &format!("{tag}.{ending}"), OCI_MANIFEST, &manifest);
        assert_eq!(told(&image), (kind, Some(signed.clone())), "{ending}");
        assert!(image.config.is_none(), "it is no image's");
    }
    // The manifest itself names its subject.
    let set = native(Registry::default());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "config": descriptor(&set, "application/vnd.oci.empty.v1+json", b"{}"),
        "layers": [descriptor(&set, "application/vnd.dev.sigstore.bundle.v0.3+json", b"{}")],
        "subject": { "mediaType": OCI_MANIFEST, "digest": signed, "size": 8 },
    });
    let image = opened(&set, "x", OCI_MANIFEST, &manifest);
    assert_eq!(told(&image), ("signature", Some(signed)));
}

#[wasm_bindgen_test(unsupported = test)]
fn empty_indexes_and_documents_of_other_kinds_are_shown_as_they_are() {
    let set = native(Registry::default());
    for manifests in [json!([]), Value::Null] {
        let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests });
        let image = opened(&set, "empty", OCI_INDEX, &index);
        assert_eq!((told(&image).0, image.layers.len()), ("empty-index", 0));
    }
    let index = json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX,
        "manifests": [descriptor(&set, "application/x.thing", b"thing")],
    });
    let image = opened(&set, "things", OCI_INDEX, &index);
    assert_eq!((told(&image).0, image.layers.len()), ("index", 1));
    let media_type = "application/vnd.oci.artifact.manifest.v1+json";
    let other = json!({ "mediaType": media_type, "blobs": [] });
    let image = opened(&set, "other", media_type, &other);
    assert_eq!(told(&image).0, "unknown");
    assert_eq!(image.artifact_type.as_deref(), Some(media_type));
    let draft = Draft::of(&OpenImage::new(image, Limits::DEFAULT));
    let go_on = |_| ControlFlow::Continue(());
    let error = run(publish(draft, ManifestForm::AsItIs, &go_on))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("which blobs a document of its kind names"),
        "{error}"
    );
}
