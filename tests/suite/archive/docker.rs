//! docker-archives: `manifest.json`, a config, and layers at the paths that it lists. The `writers`
//! suite has the variants of each tool.

use lamina::source::{Error, Origin};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    Outer, bytes_of, check, config_of, digest_of, docker_save, hex_of, open_tar, place_of,
};
use super::reading::{check_read, read_image};

pub(super) fn layers() -> (Vec<u8>, Vec<u8>) {
    (tar_of("etc/\netc/hosts = base"), tar_of("app = program"))
}

/// Makes a docker-archive with one element in its manifest.json.
pub(super) fn archive(element: Value, members: Outer) -> Outer {
    members.json("manifest.json", &json!([element]))
}

#[wasm_bindgen_test(unsupported = test)]
fn af_07_reads_what_docker_1_10_to_24_saves() {
    let (base, app) = layers();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    let outer = docker_save(&["demo/app:1"], &[&base, &app]).json(
        "repositories",
        &json!({"demo/ignored": {"9": "no such id"}}),
    );
    check(&outer, &known, "image demo/app:1 linux/amd64: base app");

    let opened = open_tar(&outer).unwrap();
    let image = &opened.images[0];
    assert_eq!(image.origin, Origin::DockerArchive);
    assert!(image.manifest.is_none());
    let config = config_of(&[&base, &app]).to_string();
    assert_eq!(image.image_id, Some(digest_of(&config)));
    let diff_ids: Vec<_> = image
        .layers
        .iter()
        .map(|l| l.diff_id.clone().unwrap().0)
        .collect();
    assert_eq!(diff_ids, [digest_of(&base), digest_of(&app)]);
}

/// `Parent` and unknown fields change nothing. `LayerSources` refers to a blob at the path of its digest.
#[wasm_bindgen_test(unsupported = test)]
fn af_07_takes_all_fields_and_passes_over_what_it_does_not_need() {
    let (base, app) = layers();
    let config = config_of(&[&base, &app]).to_string();
    let source = json!({
        "mediaType": "application/vnd.oci.image.layer.v1.tar",
        "size": app.len(),
        "digest": digest_of(&app),
    });
    let outer = archive(
        json!({
            "Config": "c.json",
            "RepoTags": ["a:1"],
            "Layers": ["1/layer.tar", place_of(&app)],
            "Parent": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "LayerSources": {digest_of(&app).as_str(): source, digest_of(&base).as_str(): source},
            "More": [1, 2],
        }),
        Outer::new()
            .file("1/layer.tar", &base)
            .file("1/VERSION", "9.9")
            .file("1/json", "{ broken")
            .file("repositories", "[ broken")
            .blob(&app)
            .file("c.json", &config),
    );
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    check(&outer, &known, "image a:1 linux/amd64: base app*");
    let opened = open_tar(&outer).unwrap();
    let layers = &opened.images[0].layers;
    assert_eq!((&layers[0].media_type, layers[0].size_bytes), (&None, None));
    let media_type = layers[1].media_type.as_ref().unwrap().as_str();
    assert_eq!(media_type, "application/vnd.oci.image.layer.v1.tar");
    assert_eq!(layers[1].size_bytes, Some(app.len() as u64));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_08_follows_a_symlink_that_precedes_its_target() {
    let (base, _) = layers();
    let config = config_of(&[&base, &base]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["2/layer.tar", "1/layer.tar"]}),
        Outer::new()
            .symlink("2/layer.tar", "../1/layer.tar")
            .file("1/layer.tar", &base)
            .file("c.json", &config),
    );
    check(
        &outer,
        &[("base", &base)],
        "image a:1 linux/amd64: base base",
    );
    check(
        &outer.reversed(),
        &[("base", &base)],
        "image a:1 linux/amd64: base base",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_08_keeps_links_inside_and_ends_loops() {
    let (base, _) = layers();
    let config = config_of(&[&base[..]; 5]).to_string();
    let paths = [
        "up/layer.tar",
        "root/layer.tar",
        "through/1/layer.tar",
        "loop",
        "dangling",
    ];
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": paths}),
        Outer::new()
            .symlink("up/layer.tar", "../../../../1/layer.tar")
            .symlink("root/layer.tar", "/1/./layer.tar")
            .symlink("through", "./")
            .symlink("loop", "loop")
            .symlink("dangling", "1/nothing")
            .file("1/layer.tar", &base)
            .file("c.json", &config),
    );
    check(
        &outer,
        &[("base", &base)],
        "image a:1 linux/amd64: base base base - -",
    );
    let opened = open_tar(&outer).unwrap();
    let refused = |at: usize| {
        opened.images[0].layers[at]
            .blob
            .as_ref()
            .err()
            .unwrap()
            .to_string()
    };
    assert!(refused(3).contains("circle"), "{}", refused(3));
    assert!(
        refused(4).contains("dangling (which leads to 1/nothing)"),
        "{}",
        refused(4)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_09_follows_hard_links() {
    let (base, _) = layers();
    let config = config_of(&[&base, &base]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["2/layer.tar", "1/layer.tar"]}),
        Outer::new()
            .file("c.json", &config)
            .file("1/layer.tar", &base)
            .hardlink("2/layer.tar", "1/layer.tar"),
    );
    for outer in [outer.clone(), outer.reversed()] {
        check(
            &outer,
            &[("base", &base)],
            "image a:1 linux/amd64: base base",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn af_10_applies_a_path_as_often_as_it_is_listed() {
    let (base, _) = layers();
    let config = config_of(&[&base, &base, &base]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar", "l.tar", "l.tar"]}),
        Outer::new().file("l.tar", &base).file("c.json", &config),
    );
    check(
        &outer,
        &[("base", &base)],
        "image a:1 linux/amd64: base base base",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_11_names_by_tags_or_not_at_all() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let with_tags = |tags: Value| {
        archive(
            json!({"Config": "c.json", "RepoTags": tags, "Layers": ["l.tar"]}),
            Outer::new().file("l.tar", &base).file("c.json", &config),
        )
    };
    let known: [(&str, &[u8]); 1] = [("base", &base)];
    for untagged in [Value::Null, json!([])] {
        let outer = with_tags(untagged);
        check(&outer, &known, "image - linux/amd64: base");
        // Without a name, it is shown by its ID.
        let image = read_image(&open_tar(&outer).unwrap().images[0]);
        assert_eq!(image.title(), digest_of(&config).short());
    }
    check(
        &with_tags(json!(["a:1", "b:2"])),
        &known,
        "image a:1,b:2 linux/amd64: base",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_12_lists_every_element_as_an_image() {
    let (base, app) = layers();
    let first = config_of(&[&base]).to_string();
    let second = config_of(&[&base, &app]).to_string();
    let outer = Outer::new()
        .file("1.json", &first)
        .file("2.json", &second)
        .file("base.tar", &base)
        .file("app.tar", &app)
        .json(
            "manifest.json",
            &json!([
                {"Config": "1.json", "RepoTags": ["base:1"], "Layers": ["base.tar"]},
                {"Config": "2.json", "RepoTags": ["app:1"], "Layers": ["base.tar", "app.tar"]},
                {"Config": "2.json", "RepoTags": ["again:1"], "Layers": ["base.tar", "app.tar"]},
            ]),
        );
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image base:1 linux/amd64: base
        image app:1 linux/amd64: base app
        image again:1 linux/amd64: base app",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_12_a_bad_element_does_not_lose_the_others() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let outer = Outer::new()
        .file("c.json", &config)
        .file("l.tar", &base)
        .json(
            "manifest.json",
            &json!([
                {"Config": "gone.json", "RepoTags": ["gone:1"], "Layers": ["l.tar"]},
                {"Config": "c.json", "RepoTags": ["here:1"], "Layers": ["l.tar"]},
            ]),
        );
    let opened = open_tar(&outer).unwrap();
    // The layers of the first image are still readable.
    assert_eq!(opened.images.len(), 2);
    let config = opened.images[0].config.as_ref().unwrap().as_ref();
    let what = "gone.json".to_owned();
    assert_eq!(
        config.err(),
        Some(&Error::Missing {
            what: lamina::message::Message::verbatim(what)
        })
    );
    assert_eq!(bytes_of(&opened.images[0].layers[0]).unwrap(), base);
    assert_eq!(opened.images[1].names, ["here:1"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_13_refuses_null_and_takes_an_empty_list() {
    let null = Outer::new().file("manifest.json", "null");
    let error = open_tar(&null).err().unwrap();
    assert!(
        error.to_string().contains("manifest cannot be null"),
        "{error}"
    );
    let empty = Outer::new().file("manifest.json", "[]");
    check(&empty, &[], "warning no-images");
    let told = &open_tar(&empty).unwrap().warnings[0].message();
    assert_eq!(told, "the archive lists no images");
    let broken = Outer::new().file("manifest.json", "[{]");
    assert!(matches!(open_tar(&broken), Err(Error::Malformed { .. })));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_16_compares_the_image_id_with_the_configs_name() {
    let (base, _) = layers();
    let config = config_of(&[&base]).to_string();
    let wrong = hex_of("something else");
    for name in [
        format!("{wrong}.json"),
        format!("sha256:{wrong}"),
        format!("blobs/sha256/{wrong}"),
    ] {
        let outer = archive(
            json!({"Config": name, "RepoTags": ["a:1"], "Layers": ["l.tar"]}),
            Outer::new().file("l.tar", &base).file(&name, &config),
        );
        let expected = format!(
            "image a:1 linux/amd64: base
          warning config-digest-mismatch {name}"
        );
        check(&outer, &[("base", &base)], &expected);
        let opened = open_tar(&outer).unwrap();
        assert_eq!(opened.images[0].image_id, Some(digest_of(&config)));
    }
}

/// docker load refuses it. The layers are present, so they are shown.
#[wasm_bindgen_test(unsupported = test)]
fn af_17_shows_layers_that_the_config_does_not_count() {
    let (base, app) = layers();
    let config = config_of(&[&base]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["1.tar", "2.tar"]}),
        Outer::new()
            .file("1.tar", &base)
            .file("2.tar", &app)
            .file("c.json", &config),
    );
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image a:1 linux/amd64: base app
          warning layer-count-mismatch",
    );
    let more = config_of(&[&base, &app, &app]).to_string();
    let outer = outer.without("c.json").file("c.json", &more);
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image a:1 linux/amd64: base app
          warning layer-count-mismatch",
    );
    check_read(
        &open_tar(&outer).unwrap().images[0],
        "0 none absent absent ok absent
        1 none absent absent ok absent",
        "app 7 @1\netc/ @0\netc/hosts 4 @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_18_confines_paths_to_the_archive() {
    let outer = archive(
        json!({"Config": "/etc/passwd", "RepoTags": ["a:1"], "Layers": ["../../../etc/shadow", ""]}),
        Outer::new().file("unrelated", "x"),
    );
    check(&outer, &[], "image a:1 -: - -");
    let opened = open_tar(&outer).unwrap();
    let what = "../../../etc/shadow".to_owned();
    let blob = opened.images[0].layers[0].blob.as_ref();
    assert_eq!(
        blob.err(),
        Some(&Error::Missing {
            what: lamina::message::Message::verbatim(what)
        })
    );
    let config = opened.images[0].config.as_ref().unwrap().as_ref();
    let what = "/etc/passwd".to_owned();
    assert_eq!(
        config.err(),
        Some(&Error::Missing {
            what: lamina::message::Message::verbatim(what)
        })
    );
    // Such paths start from the archive as their root and do not leave it.
    let (base, _) = layers();
    let outer = archive(
        json!({"Config": "/../c.json", "RepoTags": ["a:1"], "Layers": ["../../l.tar", "/d/../l.tar"]}),
        Outer::new()
            .file("c.json", config_of(&[&base, &base]).to_string())
            .file("l.tar", &base),
    );
    check(
        &outer,
        &[("base", &base)],
        "image a:1 linux/amd64: base base",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_19_takes_members_in_any_order_and_spelling() {
    let (base, _) = layers();
    let plain = docker_save(&["a:1"], &[&base]);
    let known: [(&str, &[u8]); 1] = [("base", &base)];
    let expected = "image a:1 linux/amd64: base";
    check(&plain, &known, expected);
    check(&plain.clone().reversed(), &known, expected);
    check(&plain.clone().below("./"), &known, expected);
    check(&plain.clone().below("/"), &known, expected);
    let long = format!("{}/layer.tar", "very-long-name".repeat(20));
    let config = config_of(&[&base]).to_string();
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": [long]}),
        Outer::new()
            .dir("extra/")
            .file("extra/README", "unknown members are fine")
            .file(&long, &base)
            .file("c.json", &config),
    );
    check(&outer, &known, expected);
    let outer = outer.without(&long);
    check(&outer.clone().pax_file(&long, &base), &known, expected);
    // A name that is not ASCII, in a PAX header and in a plain one.
    let config = outer.without("manifest.json").without("c.json");
    let list = json!([{"Config": "配置.json", "RepoTags": ["a:1"], "Layers": ["層/layer.tar"]}]);
    let outer = config
        .json("manifest.json", &list)
        .pax_file("層/layer.tar", &base)
        .file("配置.json", config_of(&[&base]).to_string());
    check(&outer, &known, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_20_takes_the_last_of_two_members_with_one_name() {
    let (base, app) = layers();
    let config = config_of(&[&app]).to_string();
    let outer = Outer::new()
        .file("manifest.json", "[]")
        .file("l.tar", &base)
        .file("c.json", "{}")
        .file("l.tar", &app)
        .file("./c.json", &config);
    let outer = archive(
        json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}),
        outer,
    );
    check(
        &outer,
        &[("base", &base), ("app", &app)],
        "image a:1 linux/amd64: app
  warning several-members manifest.json
warning several-members manifest.json",
    );
}

/// GNU tar with `--sparse` leaves out the blocks of zeros between the files of a layer.
#[wasm_bindgen_test(unsupported = test)]
fn af_07_reads_members_that_are_stored_as_sparse_files() {
    let base = tar_of("etc/\netc/zeros = @5000\netc/hosts = base");
    let plain = layers().1;
    let config = config_of(&[&base, &plain]).to_string();
    let element = json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["b.tar", "app.tar"]});
    let outer = Outer::new()
        .sparse_file("b.tar", &base)
        .file("app.tar", &plain)
        .sparse_file("c.json", &config);
    check_read(
        &open_tar(&archive(element, outer)).unwrap().images[0],
        "0 none absent absent ok absent
        1 none absent absent ok absent",
        "app 7 @1\netc/ @0\netc/hosts 4 @0\netc/zeros 5000 @0",
    );
}

/// A member of a few bytes that claims to be a terabyte of zeros would take hours to read.
#[wasm_bindgen_test(unsupported = test)]
fn af_07_a_sparse_file_of_hardly_anything_is_not_read() {
    let (base, app) = layers();
    let config = config_of(&[&base, &app]).to_string();
    let element = json!({"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["b.tar", "app.tar"]});
    let outer = Outer::new()
        .sparse_file_of("b.tar", &base, 1 << 40)
        .file("app.tar", &app)
        .file("c.json", &config);
    check_read(
        &open_tar(&archive(element, outer)).unwrap().images[0],
        "0 failed: b.tar is malformed: it is a sparse file with hardly anything but holes
        1 none absent absent ok absent",
        "app 7 @1",
    );
}
