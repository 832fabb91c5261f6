//! OCI layouts, as archives and as folders.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lamina::bounds::{DocumentLimits, Limits};
use lamina::source::archive::{Input, OtherKind};
use lamina::source::{Error, Origin};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Outer, check, check_opened, config_of, descriptor,
    digest_of, file_input, image_blobs, index_of, layout_of, manifest_of, named, oci_layout,
    open_input, open_tar, open_with, place_of, with,
};
use super::reading::check_read;

const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

fn layers() -> (Vec<u8>, Vec<u8>) {
    (tar_of("etc/hosts = base"), tar_of("app = program"))
}

#[wasm_bindgen_test(unsupported = test)]
fn af_26_opens_a_layout() {
    let (base, app) = layers();
    let outer = oci_layout("v1", &[&base, &app]).file("README", "unknown files are fine");
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    check(&outer, &known, "image v1 linux/amd64: base* app*");

    let opened = open_tar(&outer).unwrap();
    let image = &opened.images[0];
    assert_eq!(image.origin, Origin::OciLayout);
    assert_eq!(image.index_digest, None);
    let manifest = image.manifest.as_ref().unwrap();
    assert_eq!(manifest.digest, digest_of(&manifest.bytes));
    let config = image.config.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(image.image_id, Some(digest_of(&config.bytes)));
    let layer = &image.layers[1];
    assert_eq!(layer.media_type.as_ref().unwrap().as_str(), OCI_LAYER);
    assert_eq!(layer.size_bytes, Some(app.len() as u64));
    assert_eq!(layer.diff_id.as_ref().unwrap().0, digest_of(&app));
}

/// skopeo opens such a layout and umoci refuses it. It is opened, with a warning.
#[wasm_bindgen_test(unsupported = test)]
fn af_26_warns_of_a_marker_that_is_missing_or_newer() {
    let (base, _) = layers();
    let known: [(&str, &[u8]); 1] = [("base", &base)];
    let outer = oci_layout("v1", &[&base]).without("oci-layout");
    check(
        &outer,
        &known,
        "image v1 linux/amd64: base*
        warning oci-layout-missing oci-layout",
    );
    // Additional fields are allowed.
    let more = json!({"imageLayoutVersion": "1.0.0", "more": {"a": [1]}});
    let usual = outer.clone().json("oci-layout", &more);
    check(&usual, &known, "image v1 linux/amd64: base*");
    for untold in ["{}", "[]", "{", "{\"imageLayoutVersion\": 1}"] {
        check(
            &outer.clone().file("oci-layout", untold),
            &known,
            "image v1 linux/amd64: base*
        warning oci-layout-version oci-layout",
        );
    }
    let newer = json!({"imageLayoutVersion": "2.0.0", "more": true});
    check(
        &outer.json("oci-layout", &newer),
        &known,
        "image v1 linux/amd64: base*
        warning oci-layout-version oci-layout",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_walks_nested_indexes_and_lists_what_it_does_not_know() {
    let (base, app) = layers();
    let (first_blobs, first) = image_blobs(&[&base]);
    let (second_blobs, second) = image_blobs(&[&app]);
    let inner = index_of(&[with(
        descriptor(DOCKER_MANIFEST, &second),
        "platform",
        json!({"os": "linux", "architecture": "arm64", "variant": "v8"}),
    )]);
    let inner = with(inner, "mediaType", json!(DOCKER_LIST)).to_string();
    let outer_index = index_of(&[
        descriptor(OCI_MANIFEST, &first),
        descriptor(DOCKER_LIST, &inner),
    ]);
    let outer_index = outer_index.to_string();
    let top = index_of(&[
        named(descriptor("application/vnd.example+json", "{}"), "odd"),
        named(descriptor(OCI_INDEX, &outer_index), "multi"),
    ]);
    let outer = layout_of(&top)
        .and(first_blobs)
        .and(second_blobs)
        .blob(&inner)
        .blob(&outer_index)
        .blob("{}");
    let expected = format!(
        "image multi linux/amd64: base*
        image multi linux/arm64/v8: app*
          warning media-type-mismatch {}
        other unknown odd",
        digest_of(&second)
    );
    check(&outer, &[("base", &base), ("app", &app)], &expected);
    let opened = open_tar(&outer).unwrap();
    let index = Some(digest_of(&outer_index));
    assert!(
        opened
            .images
            .iter()
            .all(|image| image.index_digest == index)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_bounds_depth_and_number() {
    let (base, _) = layers();
    let (blobs, manifest) = image_blobs(&[&base]);
    let mut outer = blobs;
    let mut document = manifest;
    let mut media_type = OCI_MANIFEST;
    for _ in 0..20 {
        let index = index_of(&[descriptor(media_type, &document)]).to_string();
        outer = outer.blob(&index);
        (document, media_type) = (index, OCI_INDEX);
    }
    let top = index_of(&[named(descriptor(media_type, &document), "deep")]);
    let opened = open_tar(&layout_of(&top).and(outer)).unwrap();
    check_opened(&opened, &[], "other unavailable deep");
    let OtherKind::Unavailable(error) = &opened.others[0].kind else {
        panic!("the depth is bounded");
    };
    assert!(error.to_string().contains("16 levels"), "{error}");

    // A fan-out bomb: each level names the next one a hundred times.
    let (mut outer, mut document) = (Outer::new(), "{}".to_owned());
    for _ in 0..8 {
        let entries = vec![descriptor(OCI_INDEX, &document); 100];
        document = index_of(&entries).to_string();
        outer = outer.blob(&document);
    }
    let bomb = layout_of(&serde_json::from_str(&document).unwrap()).and(outer);
    let limits = Limits {
        documents: DocumentLimits {
            index_visits: 500,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let go_on = |_| std::ops::ControlFlow::Continue(());
    let opened = open_with(file_input(bomb.tar()), &limits, &go_on).unwrap();
    let codes: Vec<_> = opened.warnings.iter().map(|w| w.code()).collect();
    assert_eq!(codes, ["too-many-documents"]);
    assert!(opened.others.len() <= 500);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_28_tells_documents_by_content_where_nothing_is_declared() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let mut manifest = manifest_of(&config, &[&base]);
    manifest.as_object_mut().unwrap().remove("mediaType");
    let manifest = manifest.to_string();
    let inner = json!({"schemaVersion": 2, "manifests": [
        {"digest": digest_of(&manifest), "size": manifest.len()},
    ]})
    .to_string();
    let top = json!({"schemaVersion": 2, "manifests": [
        {"digest": digest_of(&inner), "size": inner.len()},
    ]});
    let outer = layout_of(&top)
        .blob(&base)
        .blob(&config)
        .blob(&manifest)
        .blob(&inner);
    check(&outer, &[("base", &base)], "image - linux/amd64: base*");
    let opened = open_tar(&outer).unwrap();
    let manifest = opened.images[0].manifest.as_ref().unwrap();
    assert_eq!(manifest.media_type.as_str(), OCI_MANIFEST);
}

/// A document that could be either is what its descriptor says, in both cases.
#[wasm_bindgen_test(unsupported = test)]
fn af_28_a_descriptors_type_goes_before_the_content() {
    let (base, _) = layers();
    let (blobs, manifest) = image_blobs(&[&base]);
    let mut both = manifest_of(&config_of(&[&base]).to_string(), &[&base]);
    both.as_object_mut().unwrap().remove("mediaType");
    both["manifests"] = json!([descriptor(OCI_MANIFEST, &manifest)]);
    let both = both.to_string();
    let check_as = |media_type: &str, expected: &str| {
        let top = index_of(&[named(descriptor(media_type, &both), "v1")]);
        let outer = layout_of(&top).and(blobs.clone()).blob(&both);
        check(
            &outer,
            &[("base", &base)],
            &expected.replace('$', digest_of(&both).as_str()),
        );
        open_tar(&outer).unwrap().images[0]
            .manifest
            .as_ref()
            .unwrap()
            .digest
            .clone()
    };
    let as_manifest = "image v1 linux/amd64: base*
          warning ambiguous-document $";
    assert_eq!(check_as(OCI_MANIFEST, as_manifest), digest_of(&both));
    let as_index = "image v1 linux/amd64: base*
        warning ambiguous-document $";
    assert_eq!(check_as(OCI_INDEX, as_index), digest_of(&manifest));
}

/// One manifest under two names, one name for two manifests, and the same entry twice: none of them is dropped.
#[wasm_bindgen_test(unsupported = test)]
fn af_30_names_and_manifests_are_listed_each_time() {
    let (base, app) = layers();
    let (first_blobs, first) = image_blobs(&[&base]);
    let (second_blobs, second) = image_blobs(&[&app]);
    let top = index_of(&[
        named(descriptor(OCI_MANIFEST, &first), "one"),
        named(descriptor(OCI_MANIFEST, &first), "two"),
        named(descriptor(OCI_MANIFEST, &second), "one"),
        named(descriptor(OCI_MANIFEST, &second), "one"),
    ]);
    let outer = layout_of(&top).and(first_blobs).and(second_blobs);
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image one linux/amd64: base*
        image two linux/amd64: base*
        image one linux/amd64: app*
        image one linux/amd64: app*",
    );
    let opened = open_tar(&outer).unwrap();
    let digest = |at: usize| opened.images[at].manifest.as_ref().unwrap().digest.clone();
    assert_eq!(
        (digest(0), digest(2)),
        (digest_of(&first), digest_of(&second))
    );
    assert_eq!((digest(1), digest(3)), (digest(0), digest(2)));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_29_takes_names_as_they_are() {
    let (base, _) = layers();
    let (blobs, manifest) = image_blobs(&[&base]);
    let entry = || descriptor(OCI_MANIFEST, &manifest);
    let full = json!({
        "org.opencontainers.image.ref.name": "1",
        "io.containerd.image.name": "docker.io/demo/app:1",
    });
    let top = index_of(&[
        named(entry(), "UPPERCASE-IS-INVALID"),
        named(entry(), "1"),
        named(entry(), "registry.example.com:5000/team/app:1"),
        with(entry(), "annotations", full),
        entry(),
    ]);
    check(
        &layout_of(&top).and(blobs),
        &[("base", &base)],
        "image UPPERCASE-IS-INVALID linux/amd64: base*
        image 1 linux/amd64: base*
        image registry.example.com:5000/team/app:1 linux/amd64: base*
        image docker.io/demo/app:1 linux/amd64: base*
        image - linux/amd64: base*",
    );
}

/// Annotations of a manifest, or of an entry in a nested index, are not names.
#[wasm_bindgen_test(unsupported = test)]
fn af_29_names_come_from_the_top_index_only() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let name = json!({"org.opencontainers.image.ref.name": "inside"});
    let manifest = with(manifest_of(&config, &[&base]), "annotations", name).to_string();
    let inner = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "nested")]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "top")]);
    let outer = layout_of(&top)
        .blob(&base)
        .blob(&config)
        .blob(&manifest)
        .blob(&inner);
    check(&outer, &[("base", &base)], "image top linux/amd64: base*");
    let opened = open_tar(&outer).unwrap();
    let annotations = &opened.images[0].annotations;
    assert_eq!(
        annotations.manifest["org.opencontainers.image.ref.name"],
        "inside"
    );
    assert_eq!(
        annotations.descriptor["org.opencontainers.image.ref.name"],
        "nested"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_31_opens_what_lacks_blobs() {
    let (base, app) = layers();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    let whole = oci_layout("v1", &[&base, &app]);
    let config = config_of(&[&base, &app]).to_string();
    let manifest = manifest_of(&config, &[&base, &app]).to_string();

    check(
        &whole.clone().without(&place_of(&app)),
        &known,
        "image v1 linux/amd64: base* -",
    );
    check(
        &whole.clone().without(&place_of(&config)),
        &known,
        "image v1 -: base* app*",
    );
    check(
        &whole.clone().without(&place_of(&manifest)),
        &known,
        "other unavailable v1",
    );

    let opened = open_tar(&whole.clone().without(&place_of(&app))).unwrap();
    let what = digest_of(&app).to_string();
    let blob = opened.images[0].layers[1].blob.as_ref();
    let missing = Error::Missing {
        what: lamina::message::Message::verbatim(what),
    };
    assert_eq!(blob.err(), Some(&missing));
    let layers = format!("0 none ok ok ok absent\n1 failed: {missing}");
    check_read(&opened.images[0], &layers, "etc/ @0\netc/hosts 4 @0");
    // Without its config, an image shows its layers, without claims of their diff_ids.
    let opened = open_tar(&whole.without(&place_of(&config))).unwrap();
    let what = digest_of(&config).to_string();
    let image = &opened.images[0];
    let found = image.config.as_ref().unwrap().as_ref();
    assert_eq!(
        found.err(),
        Some(&Error::Missing {
            what: lamina::message::Message::verbatim(what)
        })
    );
    let layers = "0 none ok ok absent absent\n1 none ok ok absent absent";
    check_read(image, layers, "app 7 @1\netc/ @0\netc/hosts 4 @0");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_32_uses_data_within_a_descriptor() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let open_with_data = |data: &str, size: usize| {
        let mut manifest = manifest_of(&config, &[&base]);
        manifest["config"]["data"] = json!(STANDARD.encode(data));
        manifest["config"]["size"] = json!(size);
        let manifest = manifest.to_string();
        let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
        open_tar(&layout_of(&top).blob(&base).blob(&manifest)).unwrap()
    };
    let good = open_with_data(&config, config.len());
    check_opened(&good, &[("base", &base)], "image v1 linux/amd64: base*");
    let refused = |data: &str, size: usize| {
        let opened = open_with_data(data, size);
        opened.images[0]
            .config
            .as_ref()
            .unwrap()
            .as_ref()
            .unwrap_err()
            .clone()
    };
    // A blob that is present is read, whatever the descriptor says.
    let mut manifest = manifest_of(&config, &[&base]);
    manifest["config"]["data"] = json!(STANDARD.encode("{}"));
    let manifest = manifest.to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
    let outer = layout_of(&top).blob(&base).blob(&config).blob(&manifest);
    check(&outer, &[("base", &base)], "image v1 linux/amd64: base*");
    assert!(matches!(refused("{}", 2), Error::DigestMismatch { .. }));
    assert!(matches!(refused(&config, 7), Error::Malformed { .. }));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_35_opens_a_dropped_folder() {
    let (base, app) = layers();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    let layout = oci_layout("v1", &[&base, &app]);
    let expected = "image v1 linux/amd64: base* app*";
    for outer in [
        layout.clone(),
        layout.clone().below("layout/"),
        layout
            .clone()
            .below("/a/b/layout/")
            .file("a/.DS_Store", "litter"),
    ] {
        let name = "layout".to_owned();
        let files = outer.folder();
        check_opened(
            &open_input(Input::Folder { name, files }).unwrap(),
            &known,
            expected,
        );
    }
    let tar = layout.below("layout/");
    check(&tar, &known, &format!("{expected}\nwarning inside-folder"));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_03_refuses_a_manifest_of_another_digest() {
    let (base, _) = layers();
    let (blobs, manifest) = image_blobs(&[&base]);
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "forged")]);
    let forged = manifest.replace("\"schemaVersion\":2", "\"schemaVersion\":3");
    let outer = layout_of(&top)
        .and(blobs)
        .file(&place_of(&manifest), &forged);
    let opened = open_tar(&outer).unwrap();
    check_opened(&opened, &[], "other unavailable forged");
    let OtherKind::Unavailable(error) = &opened.others[0].kind else {
        panic!("it must not be trusted");
    };
    let expected = Error::DigestMismatch {
        what: lamina::message::Message::verbatim(digest_of(&manifest).to_string()),
        expected: digest_of(&manifest),
        actual: digest_of(&forged),
    };
    assert_eq!(*error, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_04_warns_of_a_config_of_another_digest() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let forged = config.replace("amd64", "arm64");
    let outer = oci_layout("v1", &[&base]).file(&place_of(&config), &forged);
    check(
        &outer,
        &[("base", &base)],
        "image v1 linux/arm64: base*
          warning config-digest-mismatch config",
    );
    let opened = open_tar(&outer).unwrap();
    assert_eq!(opened.images[0].image_id, Some(digest_of(&forged)));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_02_and_06_claims_that_fail_or_cannot_be_checked_are_told() {
    let (base, _) = layers();
    let (blobs, manifest) = image_blobs(&[&base]);
    let wrong_size = with(descriptor(OCI_MANIFEST, &manifest), "size", json!(7));
    let unknown = json!({"mediaType": OCI_MANIFEST, "digest": "md9:abc", "size": manifest.len()});
    let top = index_of(&[wrong_size, unknown]);
    let outer = layout_of(&top).and(blobs).file("blobs/md9/abc", &manifest);
    let expected = format!(
        "image - linux/amd64: base*
          warning size-mismatch {}
        image - linux/amd64: base*
          warning not-verifiable md9:abc",
        digest_of(&manifest)
    );
    check(&outer, &[("base", &base)], &expected);
}

/// The layers' digests are verified when they are read. Opening only passes on the claims.
#[wasm_bindgen_test(unsupported = test)]
fn dg_05_hands_on_what_is_claimed_of_a_layer() {
    let (base, app) = layers();
    let outer = oci_layout("v1", &[&base]).file(&place_of(&base), &app);
    check(&outer, &[("app", &app)], "image v1 linux/amd64: app!");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bad_descriptor_loses_only_its_layer() {
    let (base, _) = layers();
    let config = config_of(&[&base, &base]).to_string();
    let mut manifest = manifest_of(&config, &[&base, &base]);
    manifest["layers"][0]["digest"] = json!("sha256:../../../etc/passwd");
    let manifest = manifest.to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
    let outer = layout_of(&top).blob(&base).blob(&config).blob(&manifest);
    let expected = format!(
        "image v1 linux/amd64: - base*
          warning invalid-digest {}: layers[0].digest",
        digest_of(&manifest)
    );
    check(&outer, &[("base", &base)], &expected);
}
