//! Archives of a few kilobytes that name one thing thousands of times.

use std::rc::Rc;

use lamina::io::{self, Bytes, LocalFuture, ReadAt};
use lamina::layer::Limits;
use lamina::source::archive::{Input, OpenedArchive};
use lamina::source::{Error, FoundImage};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, Outer, descriptor, file_input, gzip, index_of, layout_of,
    named, open_with, with,
};

/// Little enough memory that a hundred documents of ten kilobytes do not fit.
const LITTLE: Limits = Limits {
    documents_memory_bytes: 200_000,
    ..Limits::DEFAULT
};

fn open_in(limits: &Limits, outer: &Outer) -> Result<OpenedArchive, Error> {
    open_with(file_input(outer.tar()), limits, &|_| {
        std::ops::ControlFlow::Continue(())
    })
}

fn codes(opened: &OpenedArchive) -> Vec<&str> {
    opened.warnings.iter().map(|w| w.code.as_str()).collect()
}

fn has_config(image: &&FoundImage) -> bool {
    matches!(image.config, Some(Ok(_)))
}

#[wasm_bindgen_test(unsupported = test)]
fn one_config_of_many_images_is_kept_only_so_often() {
    let large = json!({"author": "a".repeat(10_000), "rootfs": {"type": "layers"}}).to_string();
    let many_values = format!(r#"{{"history":[{}{{}}]}}"#, "{},".repeat(200));
    for config in [large, many_values] {
        let list = vec![json!({"Config": "c.json"}); 100];
        let outer = Outer::new()
            .file("c.json", &config)
            .json("manifest.json", &json!(list));
        let opened = open_in(&LITTLE, &outer).unwrap();
        assert_eq!(opened.images.len(), 100);
        let n_configs = opened.images.iter().filter(has_config).count();
        assert!((1..10).contains(&n_configs), "{n_configs} configs");
        let last = opened.images[99].config.as_ref();
        let error = last.unwrap().as_ref().map(|_| ()).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("200000 bytes of memory"), "{message}");
        // All of them where there is memory.
        let opened = open_in(&Limits::DEFAULT, &outer).unwrap();
        assert_eq!(opened.images.iter().filter(has_config).count(), 100);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_manifest_of_many_entries_is_kept_only_so_often() {
    let config = "{}";
    let manifest = json!({
        "schemaVersion": 2,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [],
        "annotations": {"a": "a".repeat(10_000)},
    })
    .to_string();
    let entries = vec![descriptor(OCI_MANIFEST, &manifest); 100];
    let outer = layout_of(&index_of(&entries)).blob(config).blob(&manifest);
    let limits = Limits {
        documents_memory_bytes: 400_000,
        ..Limits::DEFAULT
    };
    let opened = open_in(&limits, &outer).unwrap();
    assert!(
        (3..12).contains(&opened.images.len()),
        "{}",
        opened.images.len()
    );
    assert_eq!(opened.images.len() + opened.others.len(), 100);
    assert_eq!(open_in(&Limits::DEFAULT, &outer).unwrap().images.len(), 100);
}

#[wasm_bindgen_test(unsupported = test)]
fn annotations_of_an_index_are_repeated_only_so_often() {
    let config = "{}";
    let manifest = json!({"config": descriptor(OCI_CONFIG, config), "layers": []}).to_string();
    let entries = vec![descriptor(OCI_MANIFEST, &manifest); 50];
    let long = json!({"a": "a".repeat(10_000)});
    let limits = Limits {
        documents_memory_bytes: 500_000,
        ..Limits::DEFAULT
    };
    // On the index itself, and on the entry that leads to a nested one.
    let flat = layout_of(&with(index_of(&entries), "annotations", long.clone()));
    let inner = index_of(&entries).to_string();
    let entry = descriptor(OCI_INDEX, &inner);
    let entry = with(named(entry, "x"), "annotations", long);
    let nested = layout_of(&index_of(&[entry])).blob(&inner);
    for outer in [flat, nested] {
        let outer = outer.blob(config).blob(&manifest);
        let opened = open_in(&limits, &outer).unwrap();
        let n_images = opened.images.len();
        assert!((1..30).contains(&n_images), "{n_images} images");
        assert_eq!(codes(&opened).last(), Some(&"too-many-documents"));
        assert_eq!(open_in(&Limits::DEFAULT, &outer).unwrap().images.len(), 50);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_long_chain_of_many_tags_is_kept_only_so_often() {
    let mut outer = Outer::new();
    let mut tags = serde_json::Map::new();
    for n in 0..40 {
        let document = json!({
            "id": n.to_string(),
            "parent": (n - 1).to_string(),
            "container_config": {"Cmd": ["c".repeat(500)]},
        });
        tags.insert(n.to_string(), n.to_string().into());
        outer = outer
            .file(&format!("{n}/VERSION"), "1.0")
            .json(&format!("{n}/json"), &document);
    }
    let outer = outer.json("repositories", &json!({"app": tags}));
    let limits = Limits {
        documents_memory_bytes: 600_000,
        ..Limits::DEFAULT
    };
    let opened = open_in(&limits, &outer).unwrap();
    let n_layers: usize = opened.images.iter().map(|image| image.layers.len()).sum();
    assert!((50..400).contains(&n_layers), "{n_layers} layers");
    assert_eq!(opened.images.len() + opened.others.len(), 40);
    assert_eq!(open_in(&Limits::DEFAULT, &outer).unwrap().images.len(), 40);
}

#[wasm_bindgen_test(unsupported = test)]
fn long_links_of_many_layers_are_followed_only_so_far() {
    let layers = vec!["link.tar"; 60];
    let list = json!([{"Config": "c.json", "Layers": layers}]);
    let outer = Outer::new()
        .file("c.json", "{}")
        .file("real.tar", [0; 1024])
        .symlink("link.tar", &format!("{}real.tar", "a/../".repeat(10)))
        .json("manifest.json", &list);
    let limits = Limits {
        member_link_bytes: 58 * 20,
        ..Limits::DEFAULT
    };
    let n_found = |limits| {
        let opened = open_in(limits, &outer).unwrap();
        let layers = opened.images[0].layers.iter();
        layers.filter(|layer| layer.blob.is_ok()).count()
    };
    assert_eq!(n_found(&limits), 20);
    assert_eq!(n_found(&Limits::DEFAULT), 60);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_path_of_too_many_parts_is_not_walked() {
    let outer = |path: String| {
        let list = json!([{"Config": "c.json", "Layers": [path]}]);
        Outer::new()
            .file("c.json", "{}")
            .file("real.tar", [0; 1024])
            .json("manifest.json", &list)
    };
    let blob = |parts: usize| {
        let path = format!("{}real.tar", "./".repeat(parts - 1));
        let opened = open_in(&Limits::DEFAULT, &outer(path)).unwrap();
        opened.images[0].layers[0]
            .blob
            .as_ref()
            .map(|_| ())
            .map_err(Error::clone)
    };
    assert_eq!(blob(2_048), Ok(()));
    let message = blob(2_049).unwrap_err().to_string();
    assert!(
        message.contains("more parts than the limit"),
        "{}",
        &message[..300]
    );
}

/// An archive of both kinds, whose docker list names one config many times.
fn hybrid(n_images: usize, tags: &[String], annotation: &str) -> Outer {
    let (config, other) = (r#"{"os":"linux"}"#, r#"{"os":"windows"}"#);
    let manifest = |config: &str| {
        json!({
            "config": descriptor(OCI_CONFIG, config),
            "layers": [],
            "annotations": {"a": annotation},
        })
        .to_string()
    };
    let manifests = [manifest(config), manifest(other)];
    let mut entries = vec![descriptor(OCI_MANIFEST, &manifests[0])];
    entries.extend(vec![descriptor(OCI_MANIFEST, &manifests[1]); n_images]);
    let inner = index_of(&entries).to_string();
    let list = vec![json!({"Config": "c.json", "RepoTags": tags}); n_images];
    layout_of(&index_of(&[descriptor(OCI_INDEX, &inner)]))
        .blob(&inner)
        .blob(config)
        .blob(other)
        .blob(&manifests[0])
        .blob(&manifests[1])
        .file("c.json", config)
        .json("manifest.json", &json!(list))
}

#[wasm_bindgen_test(unsupported = test)]
fn what_both_lists_say_is_repeated_only_so_often() {
    let tag = |n: usize| format!("app:{n:0>200}");
    let limits = Limits {
        documents_memory_bytes: 3_000_000,
        ..Limits::DEFAULT
    };
    for (tags, annotation) in [(1, "a".repeat(20_000)), (20, String::new())] {
        let tags: Vec<_> = (0..tags).map(tag).collect();
        let outer = hybrid(40, &tags, &annotation);
        let opened = open_in(&limits, &outer).unwrap();
        assert_eq!(codes(&opened).last(), Some(&"too-many-documents"));
        let opened = open_in(&Limits::DEFAULT, &outer).unwrap();
        assert_eq!(opened.images.len(), 80);
        assert_eq!(codes(&opened), [""; 0]);
    }
}

/// Bytes that come in pieces of that length.
struct InPieces(Bytes, usize);

impl ReadAt for InPieces {
    fn len_bytes(&self) -> u64 {
        self.0.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        self.1
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.0.read_at(offset, len)
    }
}

/// Which limit a swelling archive meets first is told by its bytes, not by how they come.
#[wasm_bindgen_test(unsupported = test)]
fn a_swelling_archive_meets_the_same_limit_in_all_pieces() {
    // What follows would make the beginning look harmless, were it counted.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    });
    let bytes: Vec<u8> = std::iter::repeat_n(0, 4_000_000)
        .chain(noise.take(100_000))
        .collect();
    let stored = gzip(&bytes);
    for (expansion, met) in [
        (100, "100 decompressed bytes"),
        (2_000, "3000000 bytes once"),
    ] {
        let limits = Limits {
            spool_bytes: 3_000_000,
            decoded_floor_bytes: 500_000,
            expansion,
            ..Limits::DEFAULT
        };
        for piece_bytes in [1, 100, 3_000, 1_000_000] {
            let input = Input::File {
                name: "test.tar".to_owned(),
                bytes: Rc::new(InPieces(Bytes::new(stored.clone()), piece_bytes)),
            };
            let go_on = |_| std::ops::ControlFlow::Continue(());
            let error = open_with(input, &limits, &go_on).err().unwrap();
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            let message = error.to_string();
            assert!(
                message.contains(met),
                "{message} in pieces of {piece_bytes}"
            );
        }
    }
}
