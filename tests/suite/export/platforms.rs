//! Images for several platforms: all of them byte for byte, or a single one.

use lamina::bounds::Limits;
use lamina::source::Error;
use lamina::workspace::{
    Draft, OpenImage, Platforms, oci_archive, platforms_beside, publish_platforms,
};
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

/// Makes a layout of an index with two platforms, an attestation and something unknown. Returns
/// the index as text, and the archive.
fn layout() -> (String, Outer) {
    layout_with(&["thing"])
}

/// Makes a layout of an index with two platforms, an attestation and these blobs of an unknown kind.
pub(crate) fn layout_with(things: &[&str]) -> (String, Outer) {
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
    for thing in things {
        entries.push(descriptor("application/vnd.example.thing", thing));
        blobs = blobs.blob(thing);
    }
    // Whitespace affects the digest.
    let index = serde_json::to_string_pretty(&index_of(&entries)).unwrap();
    let top = index_of(&[named(descriptor(OCI_INDEX, &index), "1")]);
    let blobs = blobs.blob(statement).blob(attestation).blob("{}");
    (index.clone(), layout_of(&top).and(blobs).blob(index))
}

fn all_platforms(image: &OpenImage) -> Result<Vec<u8>, Error> {
    platforms(image, Platforms::All)
}

fn platforms(image: &OpenImage, platforms: Platforms) -> Result<Vec<u8>, Error> {
    let publication = run(publish_platforms(Draft::of(image), platforms, &|_| go_on()))?;
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

/// Checks an archive that lacks these blobs. Exporting all of it fails with the names in `absent`. Exporting the
/// present content gives an index of the `expected` entries.
fn check_absent(gone: &[&str], absent: &[&str], expected: &[&str]) {
    let (index, outer) = layout();
    let names_of = |index: &Value| -> Vec<String> {
        let entries = index["manifests"].as_array().unwrap().iter();
        let name = |entry: &Value| match &entry["platform"]["architecture"] {
            Value::String(architecture) => architecture.clone(),
            _ => "thing".to_owned(),
        };
        entries.map(name).collect()
    };
    let outer = gone
        .iter()
        .fold(outer, |outer, bytes| outer.without(&place_of(bytes)));
    let original = images(&outer.tar()).pop().unwrap();
    let error = all_platforms(&original).unwrap_err();
    let Error::AbsentPlatforms { platforms: got, .. } = &error else {
        panic!("{gone:?}: {error:?}");
    };
    assert_eq!(got, absent, "{gone:?}");
    let archive = platforms(&original, Platforms::Present);
    if expected.is_empty() {
        let error = archive.unwrap_err();
        assert!(matches!(&error, Error::AbsentPlatforms { .. }), "{error:?}");
        return;
    }
    let archive = archive.unwrap();
    let entry = member(&archive, "index.json")["manifests"][0].clone();
    let hex = entry["digest"].as_str().unwrap().replace("sha256:", "");
    let shortened = member(&archive, &format!("blobs/sha256/{hex}"));
    assert_eq!(names_of(&shortened), expected, "{gone:?}");
    // The remaining entries of the index are unchanged.
    let before: Value = serde_json::from_str(&index).unwrap();
    for kept in shortened["manifests"].as_array().unwrap() {
        let entries = before["manifests"].as_array().unwrap();
        assert!(entries.contains(kept), "{gone:?}: {kept}");
    }
    // The new index is stored under its own digest, like all other blobs.
    for (name, bytes) in members(&archive) {
        if name.starts_with("blobs/sha256/") && !name.ends_with('/') {
            assert_eq!(name, place_of(&bytes));
        }
    }
    let n_images = expected.iter().filter(|name| name.ends_with("64")).count();
    assert_eq!(images(&archive).len(), n_images, "{gone:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_a_platform_that_is_not_here_is_named_or_left_out() {
    let layer = |architecture| {
        let bytes = tar_of(&format!("etc/\netc/arch = {architecture}"));
        String::from_utf8(bytes).unwrap()
    };
    let (amd64, arm64) = (layer("amd64"), layer("arm64"));
    let statement = json!({"_type": "https://in-toto.io/Statement/v0.1"}).to_string();
    check_absent(&[&arm64], &["linux/arm64"], &["amd64", "unknown", "thing"]);
    // The attestation of an image is left out with it.
    check_absent(&[&amd64], &["linux/amd64"], &["arm64", "thing"]);
    check_absent(
        &["thing"],
        &[&short("thing")],
        &["amd64", "arm64", "unknown"],
    );
    let (_, outer) = layout();
    let manifest = attestation(&outer);
    let name = format!("the attestation {}", short(&manifest));
    check_absent(&[&statement], &[&name], &["amd64", "arm64", "thing"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_an_index_within_an_index_is_shortened_with_it() {
    let (inner, outer) = layout();
    let nested = index_of(&[with(
        descriptor(OCI_INDEX, &inner),
        "annotations",
        json!({"kept": "as it is"}),
    )])
    .to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &nested), "1")]);
    let missing = place_of(tar_of("etc/\netc/arch = arm64"));
    let outer = outer.blob(&nested).json("index.json", &top);
    let original = images(&outer.without(&missing).tar()).remove(0);
    let archive = platforms(&original, Platforms::Present).unwrap();
    assert_eq!(images(&archive).len(), 1);
    let hex = |entry: &Value| {
        let digest = entry["digest"].as_str().unwrap().to_owned();
        format!("blobs/sha256/{}", digest.replace("sha256:", ""))
    };
    let nested = member(
        &archive,
        &hex(&member(&archive, "index.json")["manifests"][0]),
    );
    assert_eq!(nested["manifests"][0]["annotations"]["kept"], "as it is");
    let inner = member(&archive, &hex(&nested["manifests"][0]));
    assert_eq!(inner["manifests"].as_array().unwrap().len(), 3);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_what_one_platform_alone_leaves_behind_is_known() {
    let (_, outer) = layout();
    let beside =
        |at: usize| platforms_beside(&images(&outer.tar()).remove(at).found, &Limits::DEFAULT);
    assert_eq!(beside(0), ["linux/arm64"]);
    assert_eq!(beside(1), ["linux/amd64"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_11_an_image_without_an_index_has_no_platforms() {
    let single = crate::archive::fixture::oci_layout("1", &[&gzip(&tar_of("a = 1"))]);
    let single = images(&single.tar()).remove(0);
    let error = all_platforms(&single).unwrap_err();
    assert!(error.to_string().contains("index"), "{error}");
}

fn short(bytes: &str) -> String {
    crate::archive::fixture::digest_of(bytes).short().to_owned()
}

/// Returns the manifest of the attestation in the layout.
fn attestation(outer: &Outer) -> String {
    let all = members(&outer.tar()).into_iter();
    let mut texts = all.filter_map(|(_, bytes)| String::from_utf8(bytes).ok());
    let is_it = |text: &String| text.contains("in-toto+json") && text.contains("layers");
    texts.find(is_it).unwrap()
}
