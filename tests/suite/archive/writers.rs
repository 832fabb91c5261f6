//! docker-archives as each tool writes them, with its own paths, compression and names.

use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::docker::{archive, layers};
use super::fixture::{Outer, check, config_of, gzip, hex_of, open_tar, place_of, zstd};
use super::reading::check_read;

#[wasm_bindgen_test(unsupported = test)]
fn af_14_takes_paths_as_every_tool_writes_them() {
    let (base, app) = layers();
    let stored = gzip(&app);
    let config = config_of(&[&base, &app]).to_string();
    let case = |config_path: &str, base_path: &str, app_path: &str, expected: &str| {
        let outer = archive(
            json!({"Config": config_path, "RepoTags": ["a:1"], "Layers": [base_path, app_path]}),
            Outer::new()
                .file(config_path, &config)
                .file(base_path, &base)
                .file(app_path, &stored)
                .file(&format!("{}.json", hex_of("decoy")), "{}")
                .file(&format!("{}/layer.tar", hex_of("decoy")), "decoy")
                .blob("decoy"),
        );
        let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &stored)];
        check(
            &outer,
            &known,
            &format!("image a:1 linux/amd64: {expected}"),
        );
    };
    let id = hex_of(&config);
    // docker save; skopeo and podman; kaniko and crane; Docker 25, containerd and buildkit.
    case(
        &format!("{id}.json"),
        "1/layer.tar",
        "2/layer.tar",
        "base app",
    );
    case(
        &format!("{id}.json"),
        &format!("{}.tar", hex_of(&base)),
        "x.tar",
        "base app",
    );
    case(
        &format!("sha256:{id}"),
        &format!("sha256:{}", hex_of(&base)),
        &format!("{}.tar.gz", hex_of(&stored)),
        "base* app",
    );
    case(
        &place_of(&config),
        &place_of(&base),
        &place_of(&stored),
        "base* app*",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_15_keeps_compressed_layers_as_they_are() {
    let (base, app) = layers();
    let (stored_base, stored_app) = (gzip(&base), zstd(&app));
    let config = config_of(&[&base, &app]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["1.tar.gz", "2"]}),
        Outer::new()
            .file("1.tar.gz", &stored_base)
            .file("2", &stored_app)
            .file("c.json", &config),
    );
    let known: [(&str, &[u8]); 2] = [("gzip", &stored_base), ("zstd", &stored_app)];
    check(&outer, &known, "image a:1 linux/amd64: gzip zstd");
    check_read(
        &open_tar(&outer).unwrap().images[0],
        "0 gzip absent absent ok ok
        1 zstd absent absent ok ok",
        "app 7 @1\netc/ @0\netc/hosts 4 @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_21_reads_what_skopeo_and_podman_write() {
    let (base, app) = layers();
    let first = config_of(&[&base]).to_string();
    let second = config_of(&[&base, &app]).to_string();
    let file = |layer: &[u8]| format!("{}.tar", hex_of(layer));
    let (id, other) = (hex_of("v1 id"), hex_of("another v1 id"));
    let outer = Outer::new()
        .file(&file(&base), &base)
        .symlink(&format!("{id}/layer.tar"), &format!("../{}", file(&base)))
        .file(&format!("{id}/VERSION"), "1.0")
        .json(&format!("{id}/json"), &json!({"id": id}))
        .file(&file(&app), &app)
        .symlink(&format!("{other}/layer.tar"), &format!("../{}", file(&app)))
        .file(&format!("{}.json", hex_of(&first)), &first)
        .file(&format!("{}.json", hex_of(&second)), &second)
        .json("repositories", &json!({"localhost/app": {"1": other}}))
        .json(
            "manifest.json",
            &json!([
                {"Config": format!("{}.json", hex_of(&first)), "RepoTags": ["docker.io/library/base:1"],
                 "Layers": [file(&base)]},
                {"Config": format!("{}.json", hex_of(&second)), "RepoTags": ["localhost/app:1"],
                 "Layers": [file(&base), file(&app)]},
            ]),
        );
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image docker.io/library/base:1 linux/amd64: base
        image localhost/app:1 linux/amd64: base app",
    );
}

/// Names, order and shared layers come from the list; `repositories` has only the last tag of each.
#[wasm_bindgen_test(unsupported = test)]
fn af_22_an_archive_of_podman_save_m_has_several_images() {
    let (base, app) = layers();
    let other = tar_of("other = 1");
    let file = |layer: &[u8]| format!("{}.tar", hex_of(layer));
    let images: [(&str, &[&[u8]]); 3] = [
        ("localhost/base:1", &[&base]),
        ("localhost/app:1", &[&base, &app]),
        ("docker.io/library/other:latest", &[&other]),
    ];
    let mut outer = Outer::new();
    let mut list = Vec::new();
    for layer in [&base, &app, &other] {
        outer = outer.file(&file(layer), layer);
    }
    for (tag, layers) in images {
        let config = config_of(layers).to_string();
        let name = format!("{}.json", hex_of(&config));
        outer = outer.file(&name, &config);
        let layers: Vec<_> = layers.iter().map(|layer| file(layer)).collect();
        list.push(json!({"Config": name, "RepoTags": [tag], "Layers": layers}));
    }
    let outer = outer
        .json(
            "repositories",
            &json!({"localhost/app": {"1": hex_of("top")}}),
        )
        .json("manifest.json", &Value::from(list));
    check(
        &outer,
        &[("base", &base), ("app", &app), ("other", &other)],
        "image localhost/base:1 linux/amd64: base
        image localhost/app:1 linux/amd64: base app
        image docker.io/library/other:latest linux/amd64: other",
    );
}
