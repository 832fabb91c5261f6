//! Registries whose answers name one thing thousands of times.

use std::rc::Rc;

use lamina::image::Digest;
use lamina::io::MemoryClock;
use lamina::layer::Limits;
use lamina::source::registry::{Asker, Client, Endpoint, OpenedReference, PlatformChoice, World};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, descriptor, index_of, with};
use crate::support::registry::Registry;
use crate::support::run;

/// Opens the tag `1` of a registry.
fn open_in(limits: Limits, registry: Registry) -> OpenedReference {
    let (_, transport) = registry.transport();
    let world = World {
        transport,
        clock: Rc::new(MemoryClock::at(0)),
    };
    let endpoint = Endpoint::parse("https://r.example").unwrap();
    let client = Client::new(world, endpoint, Asker::Native, limits);
    let target = lamina::source::registry::Target::Tag("1".to_owned());
    run(client.open("app", &target, &PlatformChoice::Usual)).unwrap()
}

/// A registry with one small image and an index at the tag `1`, made of its manifest's descriptor.
fn registry_of(index: impl Fn(&Registry, Value) -> Value) -> Registry {
    let registry = Registry::default();
    let config = r#"{"os":"linux","architecture":"amd64"}"#;
    registry.put_blob("app", config.as_bytes());
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [],
    })
    .to_string();
    registry.put_manifest("app", "image", OCI_MANIFEST, &manifest);
    let index = index(&registry, descriptor(OCI_MANIFEST, &manifest));
    registry.put_manifest("app", "1", OCI_INDEX, &index.to_string());
    registry
}

#[wasm_bindgen_test(unsupported = test)]
fn one_index_of_many_entries_is_kept_only_so_often() {
    let registry = || {
        registry_of(|registry, image| {
            let inner = index_of(std::slice::from_ref(&image));
            let inner = with(inner, "annotations", json!({"a": "a".repeat(10_000)}));
            let inner = inner.to_string();
            registry.put_manifest("app", "inner", OCI_INDEX, &inner);
            let mut entries = vec![descriptor(OCI_INDEX, &inner); 50];
            entries.push(image);
            index_of(&entries)
        })
    };
    let limits = Limits {
        documents_memory_bytes: 200_000,
        ..Limits::DEFAULT
    };
    let opened = open_in(limits, registry());
    let n_platforms = opened.platforms.len();
    assert!((2..12).contains(&n_platforms), "{n_platforms} platforms");
    let codes = opened.image.warnings.iter().map(|w| w.code.as_str());
    assert!(codes.clone().any(|code| code == "too-many-indexes"));
    assert_eq!(open_in(Limits::DEFAULT, registry()).platforms.len(), 51);
}

#[wasm_bindgen_test(unsupported = test)]
fn many_attestations_find_their_images_at_once() {
    // Ten thousand images with as many attestations: looked for one by one, a hundred million comparisons.
    const N_IMAGES: usize = 10_000;
    let digest = |n: usize| Digest::sha256_of(&n.to_be_bytes());
    let opened = open_in(
        Limits::DEFAULT,
        registry_of(|_, image| {
            let images =
                (0..N_IMAGES).map(|n| json!({"mediaType": OCI_MANIFEST, "digest": digest(n)}));
            let attestations = (0..N_IMAGES).rev().map(|n| {
                json!({"mediaType": OCI_MANIFEST, "digest": digest(n + N_IMAGES), "annotations": {
                    "vnd.docker.reference.type": "attestation-manifest",
                    "vnd.docker.reference.digest": digest(n),
                }})
            });
            let platform = json!({"os": "linux", "architecture": "amd64"});
            let image = with(image, "platform", platform);
            index_of(
                &std::iter::once(image)
                    .chain(images)
                    .chain(attestations)
                    .collect::<Vec<_>>(),
            )
        }),
    );
    assert_eq!(opened.platforms.len(), N_IMAGES + 1);
    let attested = opened.platforms.iter().skip(1).enumerate();
    for (n, entry) in attested {
        assert_eq!(entry.digest, digest(n));
        let attesting: Vec<_> = entry
            .attestations
            .iter()
            .map(|a| a.known_digest())
            .collect();
        assert_eq!(attesting, [Some(&digest(n + N_IMAGES))]);
    }
}
