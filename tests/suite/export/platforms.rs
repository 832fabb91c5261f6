//! Images for several platforms: all of them byte for byte, or one by itself.

use lamina::layer::Limits;
use lamina::source::Error;
use lamina::workspace::{Draft, OpenImage, oci_archive, publish_all_platforms};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, descriptor, gzip, image_blobs, index_of, layout_of, named,
    place_of, with,
};
use crate::support::{run, tar_of};

use super::{
    bytes_of, go_on, identity, image, image_id, images, member, members, names, read_all, to_oci,
};

/// A layout of an index with two platforms, an attestation and something unknown, as text and as an archive.
fn layout() -> (String, Outer) {
    let platform = |architecture: &str| json!({"os": "linux", "architecture": architecture});
    let mut blobs = Outer::new();
    let mut entries: Vec<Value> = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let layer = tar_of(&format!("etc/\netc/arch = {architecture}"));
        let (image, manifest) = image_blobs(&[&layer]);
        blobs = blobs.and(image);
        let entry = descriptor(OCI_MANIFEST, &manifest);
        entries.push(with(entry, "platform", platform(architecture)));
    }
    let statement = json!({"_type": "https://in-toto.io/Statement/v0.1"}).to_string();
    let attestation = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", "{}"),
        "layers": [descriptor("application/vnd.in-toto+json", &statement)],
    })
    .to_string();
    let attested = entries[0]["digest"].clone();
    entries.push(with(
        with(
            descriptor(OCI_MANIFEST, &attestation),
            "platform",
            json!({"os": "unknown", "architecture": "unknown"}),
        ),
        "annotations",
        json!({"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": attested}),
    ));
    entries.push(descriptor("application/vnd.example.thing", "thing"));
    // Spaces belong to its digest.
    let index = serde_json::to_string_pretty(&index_of(&entries)).unwrap();
    let top = index_of(&[named(descriptor(OCI_INDEX, &index), "1")]);
    let blobs = blobs
        .blob(statement)
        .blob(attestation)
        .blob("{}")
        .blob("thing");
    (index.clone(), layout_of(&top).and(blobs).blob(index))
}

fn all_platforms(image: &OpenImage) -> Result<Vec<u8>, Error> {
    let publication = run(publish_all_platforms(Draft::of(image), &|_| go_on()))?;
    let export = oci_archive(&publication, None, &names(&["demo/app:1"]), Limits::DEFAULT);
    bytes_of(Ok(export), image)
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_all_platforms_are_kept_byte_for_byte() {
    let (index, outer) = layout();
    let originals = images(&outer.tar());
    assert_eq!(originals.len(), 2);
    for original in &originals {
        let archive = all_platforms(original).unwrap();
        let stored = members(&archive);
        for (name, bytes) in members(&outer.tar()) {
            if name.starts_with("blobs/") {
                let kept = stored.iter().find(|(path, _)| *path == name);
                assert_eq!(kept.map(|(_, bytes)| bytes), Some(&bytes), "{name}");
            }
        }
        assert!(stored.iter().any(|(name, _)| *name == place_of(&index)));
        let top = member(&archive, "index.json");
        assert_eq!(top["manifests"][0]["mediaType"], json!(OCI_INDEX));
        assert_eq!(top["manifests"][0].get("platform"), None);
        let again = images(&archive);
        let ids = |images: &[OpenImage]| -> Vec<_> {
            images.iter().map(|image| image_id(&image.found)).collect()
        };
        assert_eq!(ids(&again), ids(&originals));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_one_platform_points_at_its_manifest() {
    let (_, outer) = layout();
    let original = read_all(images(&outer.tar()).remove(1));
    let archive = to_oci(&original, &names(&["demo/app:1"])).unwrap();
    let entry = &member(&archive, "index.json")["manifests"][0];
    assert_eq!(entry["mediaType"], json!(OCI_MANIFEST));
    assert_eq!(entry["platform"]["architecture"], json!("arm64"));
    let manifest = original.found.manifest.as_ref().unwrap();
    assert_eq!(entry["digest"], json!(manifest.digest));
    assert_eq!(identity(&image(&archive)), identity(&original));
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_an_index_within_an_index_is_kept_too() {
    let (inner, outer) = layout();
    let nested = index_of(&[descriptor(OCI_INDEX, &inner)]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &nested), "1")]);
    let outer = outer.blob(&nested).json("index.json", &top);
    let original = images(&outer.tar()).remove(0);
    let archive = all_platforms(&original).unwrap();
    let stored: Vec<_> = members(&archive)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for document in [&inner, &nested] {
        assert!(stored.contains(&place_of(document)));
    }
    assert_eq!(images(&archive).len(), 2);
    assert_eq!(
        member(&archive, "index.json")["manifests"][0]["digest"],
        json!(crate::archive::fixture::digest_of(&nested))
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_a_platform_that_is_not_here_is_named() {
    let (_, outer) = layout();
    let missing = place_of(tar_of("etc/\netc/arch = arm64"));
    let original = images(&outer.without(&missing).tar()).remove(0);
    let error = all_platforms(&original).unwrap_err();
    assert!(matches!(&error, Error::Missing { .. }), "{error:?}");
    let single = crate::archive::fixture::oci_layout("1", &[&gzip(&tar_of("a = 1"))]);
    let single = images(&single.tar()).remove(0);
    let error = all_platforms(&single).unwrap_err();
    assert!(error.to_string().contains("index"), "{error}");
}
