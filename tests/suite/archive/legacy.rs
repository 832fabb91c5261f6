//! Archives of Docker before 1.10: a folder for each layer, linked by `parent`.

use lamina::source::Origin;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{Outer, bytes_of, check, hex_of, open_tar};
use super::reading::check_read;

/// Makes the folder of one v1 layer; `parent` is the word of another layer.
fn folder(word: &str, parent: Option<&str>, layer: &[u8]) -> Outer {
    let id = hex_of(word);
    let mut document = json!({
        "id": id,
        "created": "2014-01-02T03:04:05Z",
        "author": format!("author of {word}"),
        "container_config": {"Cmd": ["/bin/sh", "-c", format!("make {word}")]},
        "os": "linux",
        "architecture": "amd64",
    });
    if let Some(parent) = parent {
        document["parent"] = Value::from(hex_of(parent));
    }
    Outer::new()
        .dir(&format!("{id}/"))
        .file(&format!("{id}/VERSION"), "1.0")
        .json(&format!("{id}/json"), &document)
        .file(&format!("{id}/layer.tar"), layer)
}

fn two_layers() -> (Vec<u8>, Vec<u8>, Outer) {
    let (base, top) = (tar_of("base = 1"), tar_of("top = 1"));
    let outer = folder("top", Some("base"), &top).and(folder("base", None, &base));
    (base, top, outer)
}

/// Docker 29 refuses such an archive and older versions accept it. It is an image, so it is shown.
#[wasm_bindgen_test(unsupported = test)]
fn af_02_walks_from_the_tagged_id_to_the_base() {
    let (base, top, outer) = two_layers();
    let outer = outer.json("repositories", &json!({"old/app": {"1.0": hex_of("top")}}));
    let known: [(&str, &[u8]); 2] = [("base", &base), ("top", &top)];
    check(&outer, &known, "image old/app:1.0 linux/amd64: base top");

    let opened = open_tar(&outer).unwrap();
    let image = &opened.images[0];
    assert_eq!(image.origin, Origin::DockerLegacy);
    assert_eq!(image.image_id, None, "a v1 id is no digest of a config");
    let config = image.config.as_ref().unwrap().as_ref().unwrap();
    let authors: Vec<_> = config
        .config
        .history
        .iter()
        .map(|h| h.author.clone())
        .collect();
    assert_eq!(authors, ["author of base", "author of top"]);
    let commands: Vec<_> = config
        .config
        .history
        .iter()
        .map(|h| h.created_by.clone())
        .collect();
    assert_eq!(commands, ["/bin/sh -c make base", "/bin/sh -c make top"]);
    let created = config.config.history.iter().map(|h| &h.created);
    let created: Vec<_> = created.map(|c| c.as_ref().unwrap().raw.as_str()).collect();
    assert_eq!(created, ["2014-01-02T03:04:05Z"; 2]);
    check_read(
        image,
        "0 none absent absent absent absent
        1 none absent absent absent absent",
        "base 1 @0\ntop 1 @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_03_gives_each_tag_its_own_chain() {
    let (base, top, outer) = two_layers();
    let tags =
        json!({"old/app": {"base": hex_of("base"), "v1": hex_of("top"), "same": hex_of("top")}});
    let outer = outer.json("repositories", &tags);
    check(
        &outer,
        &[("base", &base), ("top", &top)],
        "image old/app:base linux/amd64: base
        image old/app:same,old/app:v1 linux/amd64: base top",
    );
}

/// docker load refuses it. Its content is known, so it is listed.
#[wasm_bindgen_test(unsupported = test)]
fn af_04_lists_what_is_nobodys_parent_without_repositories() {
    let (base, top, outer) = two_layers();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("top", &top)];
    check(&outer, &known, "image - linux/amd64: base top");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_05_names_the_parent_that_is_missing() {
    let top = tar_of("top = 1");
    let outer = folder("top", Some("base"), &top)
        .json("repositories", &json!({"old/app": {"1": hex_of("top")}}));
    let expected = format!(
        "image old/app:1 linux/amd64: - top
          warning missing-parent {}",
        hex_of("base")
    );
    check(&outer, &[("top", &top)], &expected);
    let opened = open_tar(&outer).unwrap();
    let error = opened.images[0].layers[0].blob.as_ref().err().unwrap();
    assert!(error.to_string().contains(&hex_of("base")), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_05_ends_a_chain_that_is_a_circle() {
    let layer = tar_of("x = 1");
    let outer = folder("a", Some("b"), &layer)
        .and(folder("b", Some("a"), &layer))
        .json("repositories", &json!({"old/app": {"1": hex_of("a")}}));
    let opened = open_tar(&outer).unwrap();
    let codes: Vec<_> = opened.images[0].warnings.iter().map(|w| w.code()).collect();
    assert_eq!(codes, ["parent-circle"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_06_takes_a_layer_of_no_bytes() {
    let top = tar_of("top = 1");
    let outer = folder("top", Some("base"), &top)
        .and(folder("base", None, b""))
        .json("repositories", &json!({"old/app": {"1": hex_of("top")}}));
    check(
        &outer,
        &[("empty", b""), ("top", &top)],
        "image old/app:1 linux/amd64: empty top",
    );
    let opened = open_tar(&outer).unwrap();
    assert_eq!(bytes_of(&opened.images[0].layers[0]).unwrap(), b"");
    let image = check_read(
        &opened.images[0],
        "0 none absent absent absent absent
        1 none absent absent absent absent",
        "top 1 @1",
    );
    let empty = image.read_layer(0).unwrap();
    assert_eq!(empty.index.n_entries(), 0);
    assert_eq!(
        empty.diff_id.0.as_str(),
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_tag_without_its_folder_is_listed_as_unavailable() {
    let (base, top, outer) = two_layers();
    let tags = json!({"old/app": {"1": hex_of("top"), "2": hex_of("gone")}});
    check(
        &outer.json("repositories", &tags),
        &[("base", &base), ("top", &top)],
        "image old/app:1 linux/amd64: base top
        other unavailable old/app:2",
    );
}
