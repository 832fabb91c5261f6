//! Archives that are both a docker-archive and an OCI layout: Docker 25 and later, containerd, buildkit.

use lamina::source::Origin;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, check, config_of, descriptor, digest_of, docker_save, index_of,
    layout_of, manifest_of, open_tar, place_of, with,
};

/// Blobs of one image, its config and its manifest.
struct Image {
    blobs: Outer,
    config: String,
    manifest: String,
    places: Vec<String>,
}

fn image(layers: &[&[u8]], architecture: &str) -> Image {
    let config = with(config_of(layers), "architecture", json!(architecture)).to_string();
    let manifest = manifest_of(&config, layers).to_string();
    let blobs = layers.iter().fold(Outer::new(), |outer, l| outer.blob(l));
    Image {
        blobs: blobs.blob(&config).blob(&manifest),
        places: layers.iter().map(place_of).collect(),
        config,
        manifest,
    }
}

impl Image {
    fn element(&self, tags: &[&str]) -> Value {
        json!({"Config": place_of(&self.config), "RepoTags": tags, "Layers": self.places})
    }

    fn entry(&self) -> Value {
        descriptor(OCI_MANIFEST, &self.manifest)
    }
}

fn named(entry: Value, full: &str, short: &str) -> Value {
    let names = json!({
        "io.containerd.image.name": full,
        "org.opencontainers.image.ref.name": short,
    });
    with(entry, "annotations", names)
}

#[wasm_bindgen_test(unsupported = test)]
fn af_23_shows_one_image_for_both_lists() {
    let (base, app) = (tar_of("base = 1"), tar_of("app = 1"));
    let demo = image(&[&base, &app], "amd64");
    let index = index_of(&[named(demo.entry(), "docker.io/library/demo:1", "1")]);
    let outer = layout_of(&index)
        .json("manifest.json", &json!([demo.element(&["demo:1"])]))
        .and(demo.blobs.clone());
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    check(&outer, &known, "image demo:1 linux/amd64: base* app*");
    check(
        &outer.clone().reversed(),
        &known,
        "image demo:1 linux/amd64: base* app*",
    );

    let opened = open_tar(&outer).unwrap();
    let image = &opened.images[0];
    assert_eq!(image.origin, Origin::Hybrid);
    assert_eq!(image.image_id, Some(digest_of(&demo.config)));
    assert_eq!(
        image.manifest.as_ref().unwrap().digest,
        digest_of(&demo.manifest)
    );
    assert_eq!(
        image.annotations.descriptor["org.opencontainers.image.ref.name"],
        "1"
    );
    assert!(
        image
            .layers
            .iter()
            .all(|l| l.media_type.is_some() && l.size_bytes.is_some())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_23_two_tags_of_one_image_are_still_one() {
    let base = tar_of("base = 1");
    let demo = image(&[&base], "amd64");
    let index = index_of(&[
        named(demo.entry(), "docker.io/library/demo:1", "1"),
        named(demo.entry(), "docker.io/library/demo:2", "2"),
    ]);
    let outer = layout_of(&index)
        .json(
            "manifest.json",
            &json!([demo.element(&["demo:1", "demo:2"])]),
        )
        .and(demo.blobs);
    check(
        &outer,
        &[("base", &base)],
        "image demo:1,demo:2 linux/amd64: base*",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_23_an_untagged_image_has_the_names_of_the_index() {
    let base = tar_of("base = 1");
    let demo = image(&[&base], "amd64");
    let index = index_of(&[named(demo.entry(), "docker.io/library/demo:1", "1")]);
    let outer = layout_of(&index)
        .json("manifest.json", &json!([demo.element(&[])]))
        .and(demo.blobs);
    check(
        &outer,
        &[("base", &base)],
        "image docker.io/library/demo:1 linux/amd64: base*",
    );
}

/// The message has the numbers of both lists. The layout's number does not apply to the image of the other list.
#[wasm_bindgen_test(unsupported = test)]
fn lists_that_differ_in_layers_are_told_to_differ() {
    let base = tar_of("base = 1");
    let demo = image(&[&base], "amd64");
    let without = manifest_of(&demo.config, &[]).to_string();
    let entry = named(
        descriptor(OCI_MANIFEST, &without),
        "docker.io/library/demo:1",
        "1",
    );
    let outer = layout_of(&index_of(&[entry]))
        .json("manifest.json", &json!([demo.element(&["demo:1"])]))
        .and(demo.blobs)
        .blob(&without);
    check(
        &outer,
        &[("base", &base)],
        "image demo:1 linux/amd64: base*
          warning manifests-differ
          warning layer-count-mismatch",
    );
    let opened = open_tar(&outer).unwrap();
    let warnings = &opened.images[0].warnings;
    assert_eq!(
        warnings[1].message(),
        "the layers are 1 in manifest.json, and 0 in the manifest of index.json"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_24_an_index_of_null_is_an_empty_one() {
    let base = tar_of("base = 1");
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": null});
    let outer = layout_of(&index).and(docker_save(&["demo:1"], &[&base]));
    check(&outer, &[("base", &base)], "image demo:1 linux/amd64: base");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_25_offers_all_platforms_of_the_index() {
    let (base, other) = (tar_of("base = 1"), tar_of("base = 2"));
    let host = image(&[&base], "amd64");
    let arm = image(&[&other], "arm64");
    let missing = image(&[&other], "s390x");
    let platform = |image: &Image, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(image.entry(), "platform", platform)
    };
    let attestation = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", "{}"),
        "layers": [],
    })
    .to_string();
    let about = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest_of(&host.manifest),
    });
    let inner = index_of(&[
        platform(&host, "amd64"),
        platform(&arm, "arm64"),
        platform(&missing, "s390x"),
        with(descriptor(OCI_MANIFEST, &attestation), "annotations", about),
    ])
    .to_string();
    let top = named(
        descriptor(OCI_INDEX, &inner),
        "docker.io/library/demo:1",
        "1",
    );
    let outer = layout_of(&index_of(&[top]))
        .json("manifest.json", &json!([host.element(&["demo:1"])]))
        .and(host.blobs)
        .and(arm.blobs)
        .blob(&inner)
        .blob(&attestation);
    check(
        &outer,
        &[("base", &base), ("other", &other)],
        "image demo:1 linux/amd64: base*
        image demo:1 linux/arm64: other*
        other not-saved demo:1
        other attestation demo:1",
    );
    let opened = open_tar(&outer).unwrap();
    let index = Some(digest_of(&inner));
    assert!(
        opened
            .images
            .iter()
            .all(|image| image.index_digest == index)
    );
    assert_eq!(
        opened.others[0].platform.as_ref().unwrap().architecture,
        "s390x"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_list_that_cannot_be_read_does_not_lose_the_other() {
    let base = tar_of("base = 1");
    let demo = image(&[&base], "amd64");
    let index = index_of(&[named(demo.entry(), "docker.io/library/demo:1", "1")]);
    let list = json!([demo.element(&["demo:1"])]);
    let known: [(&str, &[u8]); 1] = [("base", &base)];
    check(
        &layout_of(&index)
            .file("manifest.json", "null")
            .and(demo.blobs.clone()),
        &known,
        "image docker.io/library/demo:1 linux/amd64: base*
          warning unreadable-list manifest.json
        warning unreadable-list manifest.json",
    );
    check(
        &layout_of(&json!("broken"))
            .json("manifest.json", &list)
            .and(demo.blobs),
        &known,
        "image demo:1 linux/amd64: base*
          warning unreadable-list index.json
        warning unreadable-list index.json",
    );
}

/// If the layout lacks a layer, the docker-archive's own copy is used. The descriptor makes no claims about it.
#[wasm_bindgen_test(unsupported = test)]
fn af_31_a_layer_may_be_at_hand_elsewhere() {
    let base = tar_of("base = 1");
    let demo = image(&[&base], "amd64");
    let element = json!({
        "Config": place_of(&demo.config), "RepoTags": ["demo:1"], "Layers": ["1/layer.tar"],
    });
    let outer = layout_of(&index_of(&[demo.entry()]))
        .json("manifest.json", &json!([element]))
        .and(demo.blobs.without(&place_of(&base)))
        .file("1/layer.tar", &base);
    check(&outer, &[("base", &base)], "image demo:1 linux/amd64: base");
}

/// The layout's manifest has no layers. Warnings about it do not apply to the layers that are shown.
#[wasm_bindgen_test(unsupported = test)]
fn af_23_two_lists_of_other_layers_are_told_and_only_what_is_shown_is_spoken_of() {
    let (base, app) = (tar_of("base = 1"), tar_of("app = 1"));
    let demo = image(&[&base], "amd64");
    let two: [&[u8]; 2] = [&base, &app];
    for (layers, n_layers) in [(&two[..0], "0"), (&two[..], "2")] {
        let other = manifest_of(&demo.config, layers).to_string();
        let entry = descriptor(OCI_MANIFEST, &other);
        let index = index_of(&[named(entry, "docker.io/library/demo:1", "1")]);
        let outer = layout_of(&index)
            .json("manifest.json", &json!([demo.element(&["demo:1"])]))
            .and(demo.blobs.clone())
            .blob(&other)
            .blob(&app);
        check(
            &outer,
            &[("base", &base), ("app", &app)],
            "image demo:1 linux/amd64: base*
          warning manifests-differ
          warning layer-count-mismatch",
        );
        let opened = open_tar(&outer).unwrap();
        let image = &opened.images[0];
        assert_eq!(
            image.warnings[1].message(),
            format!(
                "the layers are 1 in manifest.json, and {n_layers} in the manifest of index.json"
            )
        );
        // That manifest does not belong to this image.
        assert_eq!(
            (image.origin, image.manifest.is_none()),
            (Origin::Hybrid, true)
        );
    }
}
