//! Content that an index lists and the archive does not contain, and content that is not an image.

use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_INDEX, OCI_LAYER, OCI_MANIFEST, check, descriptor, image_blobs, index_of, layout_of, named,
    place_of, with,
};

fn layers() -> (Vec<u8>, Vec<u8>) {
    (tar_of("etc/hosts = base"), tar_of("app = program"))
}

/// `docker save` writes the platforms that the engine has, with the index of all platforms.
#[wasm_bindgen_test(unsupported = test)]
fn a_platform_that_was_not_saved_is_no_damage() {
    let (base, app) = layers();
    let (first_blobs, first) = image_blobs(&[&base]);
    let (second_blobs, second) = image_blobs(&[&app]);
    let of = |manifest: &str, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(descriptor(OCI_MANIFEST, manifest), "platform", platform)
    };
    let inner = index_of(&[of(&first, "amd64"), of(&second, "arm64")]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "multi")]);
    let whole = layout_of(&top)
        .and(first_blobs)
        .and(second_blobs)
        .blob(&inner);
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    let one = whole.clone().without(&place_of(&second));
    check(
        &one,
        &known,
        "image multi linux/amd64: base*
        other not-saved multi",
    );
    // If none of them is present, something is missing.
    check(
        &one.without(&place_of(&first)),
        &known,
        "other unavailable multi
        other unavailable multi",
    );
    // containerd also saves the manifests of the other platforms, and their configs if it has them.
    check(
        &whole.clone().without(&place_of(&app)),
        &known,
        "image multi linux/amd64: base*
        other not-saved multi",
    );
    // If all of them lack their layers, that is damage, as in any archive.
    check(
        &whole.without(&place_of(&app)).without(&place_of(&base)),
        &known,
        "image multi linux/amd64: -
        image multi linux/arm64: -",
    );
}

/// The archive's own list may name the platforms of an image, without an index in between.
#[wasm_bindgen_test(unsupported = test)]
fn a_platform_of_the_list_itself_may_be_left_out() {
    let (base, app) = layers();
    let (first_blobs, first) = image_blobs(&[&base]);
    let (_, second) = image_blobs(&[&app]);
    let of = |manifest: &str, architecture: &str, name: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        named(
            with(descriptor(OCI_MANIFEST, manifest), "platform", platform),
            name,
        )
    };
    let listed = |second: serde_json::Value| {
        let list = index_of(&[of(&first, "amd64", "multi"), second]);
        layout_of(&list).and(first_blobs.clone())
    };
    let known: [(&str, &[u8]); 1] = [("base", &base)];
    let saved = "image multi linux/amd64: base*";
    let left_out = format!("{saved}\nother not-saved multi");
    check(&listed(of(&second, "arm64", "multi")), &known, &left_out);
    // Another image, or the same platform again, is missing.
    let missing = format!("{saved}\nother unavailable other");
    check(&listed(of(&second, "arm64", "other")), &known, &missing);
    let missing = format!("{saved}\nother unavailable multi");
    check(&listed(of(&second, "amd64", "multi")), &known, &missing);
    let nameless = named(descriptor(OCI_MANIFEST, &second), "multi");
    check(&listed(nameless), &known, &missing);
}

/// The layers that are present show that the others should be, too.
#[wasm_bindgen_test(unsupported = test)]
fn a_platform_that_lacks_one_layer_of_two_is_damaged() {
    let (base, app) = layers();
    let (first_blobs, first) = image_blobs(&[&base]);
    let (second_blobs, second) = image_blobs(&[&base, &app]);
    let of = |manifest: &str, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(descriptor(OCI_MANIFEST, manifest), "platform", platform)
    };
    let inner = index_of(&[of(&first, "amd64"), of(&second, "arm64")]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "multi")]);
    let outer = layout_of(&top)
        .and(first_blobs)
        .and(second_blobs)
        .blob(&inner);
    check(
        &outer.without(&place_of(&app)),
        &[("base", &base), ("app", &app)],
        "image multi linux/amd64: base*
        image multi linux/arm64: base* -",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_build_cache_is_said_to_be_one() {
    let (base, _) = layers();
    let config = r#"{"layers":[],"records":[]}"#;
    let cache = index_of(&[
        descriptor(OCI_LAYER, "x"),
        descriptor("application/vnd.buildkit.cacheconfig.v0", config),
    ])
    .to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &cache), "cache")]);
    let outer = layout_of(&top).blob(&cache).blob(config).blob("x");
    check(&outer, &[("base", &base)], "image cache -: ?* ?*");
    let opened = super::fixture::open_tar(&outer).unwrap();
    let artifact = opened.images[0].artifact().unwrap();
    assert_eq!(artifact.kind.word(), "build-cache");
    assert_eq!(&*artifact.document.unwrap().bytes, cache.as_bytes());
}

#[wasm_bindgen_test(unsupported = test)]
fn an_empty_index_is_said_to_be_one() {
    let empty = index_of(&[]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &empty), "nothing")]);
    let outer = layout_of(&top).blob(&empty);
    check(&outer, &[], "image nothing -:");
    let opened = super::fixture::open_tar(&outer).unwrap();
    let artifact = opened.images[0].artifact().unwrap();
    assert_eq!(artifact.kind.word(), "empty-index");
}
