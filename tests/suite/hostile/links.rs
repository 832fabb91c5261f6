//! Circles and chains of links, in layers and between the members of an archive.

use lamina::bounds::{ArchiveLimits, ImageLimits, Limits};
use lamina::overlay::{Error, LayerIdx, View};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{codes, entry, named, union_of};
use crate::archive::fixture::{Outer, check, config_of, open_tar};
use crate::support::tar_of;

const VIEW: View = View::UpTo(LayerIdx(0));

fn symlink(name: &str, target: &str) -> Vec<u8> {
    named(b'2', name.as_bytes(), target.as_bytes())
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_24_symbolic_links_in_a_circle_are_shown_and_followed_to_an_end() {
    let circles = [
        symlink("self", "self"),
        symlink("a", "b"),
        symlink("b", "/c/../a"),
        symlink("c", "."),
        symlink("up", "../../../../../up/x"),
        symlink("swell", "swell/swell/swell"),
    ]
    .concat();
    let union = union_of(&[circles], Limits::DEFAULT);
    for path in ["self", "a", "b/x", "up", "swell"] {
        let found = union.resolve(path.as_bytes(), VIEW);
        assert!(
            matches!(found, Err(Error::Loop { hops: 255, .. })),
            "{path}: {found:?}"
        );
        let message = found.unwrap_err().to_string();
        assert!(
            message.contains("more than 255 symbolic links"),
            "{message}"
        );
    }
    assert_eq!(union.listing(VIEW).count(), 6);
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_through_a_circle_are_left_out() {
    let layer = [
        symlink("a", "b"),
        symlink("b", "a"),
        entry(b'0', b"a/file", b"", b""),
        entry(b'1', b"hard", b"a/file", b""),
        entry(b'0', b"b/.wh.x", b"", b""),
    ]
    .concat();
    let union = union_of(&[layer], Limits::DEFAULT);
    assert_eq!(
        codes(&union),
        [
            "left out by links",
            "symlink-loop",
            "unresolved-hardlink",
            "symlink-loop"
        ]
    );
    assert_eq!(union.listing(VIEW).count(), 3);
}

#[wasm_bindgen_test(unsupported = test)]
fn chains_of_links_are_followed_as_far_as_the_kernel_would() {
    let chain = |n: usize| {
        let mut layer = entry(b'5', b"l0", b"", b"");
        for at in 1..=n {
            layer.extend(symlink(&format!("l{at}"), &format!("l{}", at - 1)));
        }
        layer.extend(entry(b'0', format!("l{n}/file").as_bytes(), b"", b""));
        union_of(&[layer], Limits::DEFAULT)
    };
    assert_eq!(codes(&chain(200)), Vec::<String>::new());
    assert!(chain(200).lookup(b"l0/file").is_some());
    assert_eq!(codes(&chain(300)), ["left out by links", "symlink-loop"]);
    // Long targets, named by every entry, are followed up to a limit for the whole layer.
    let limits = Limits {
        image: ImageLimits {
            followed_link_bytes: 1_000_000,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let target = "./".repeat(2_000);
    let mut layer = [symlink("x", &target), symlink("y", &target)].concat();
    for n in 0..1_000 {
        let dir = if n % 2 == 0 { "x" } else { "y" };
        layer.extend(entry(b'0', format!("{dir}/{n}").as_bytes(), b"", b""));
    }
    let union = union_of(&[layer], limits);
    assert_eq!(codes(&union), ["left out by links"]);
    // 250 are followed. After that, every second one is found, because its directory is
    // still cached from the entry before.
    assert_eq!(union.n_nodes(), 3 + 250 + 375);
}

#[wasm_bindgen_test(unsupported = test)]
fn hard_links_in_a_circle_resolve_to_nothing() {
    let hard = |name: &str, target: &str| entry(b'1', name.as_bytes(), target.as_bytes(), b"");
    let layer = [
        hard("a", "b"),
        hard("b", "a"),
        hard("self", "self"),
        entry(b'0', b"file", b"", b""),
        hard("file", "file"),
        hard("d", "."),
    ]
    .concat();
    let union = union_of(&[layer], Limits::DEFAULT);
    let unresolved = codes(&union);
    assert!(
        unresolved.contains(&"unresolved-hardlink".to_owned()),
        "{unresolved:?}"
    );
    let kinds: Vec<_> = union
        .listing(VIEW)
        .map(|listed| listed.type_word())
        .collect();
    assert_eq!(kinds, ["hardlink"; 5]);
    assert_eq!(union.listing(VIEW).count(), 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_of_very_many_names_tells_some_of_them() {
    let limits = Limits {
        image: ImageLimits {
            links: 100,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let mut layer = entry(b'0', b"f", b"", b"x");
    for n in 0..2_000 {
        layer.extend(entry(b'1', format!("n{n}").as_bytes(), b"f", b""));
    }
    let union = union_of(&[layer], limits);
    let file = union.lookup(b"f").unwrap();
    assert_eq!(union.node(file, VIEW).unwrap().n_names, 2_001);
    assert_eq!(union.links(file, VIEW).len(), 100);
    let line = |listed| {
        lamina::workspace::listing_line(&union, VIEW, &listed, lamina::workspace::Detail::Full)
    };
    let longest = union.listing(VIEW).map(|listed| line(listed).len()).max();
    assert!(longest < Some(1_000), "{longest:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn links_between_the_members_of_an_archive_lead_somewhere_or_to_an_end() {
    let base = tar_of("etc/hosts = base");
    let list =
        |layers: &[&str]| json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": layers}]);
    let config = config_of(&[&base]).to_string();
    let outer = Outer::new()
        .file("c.json", &config)
        .file("real.tar", &base)
        .symlink("a", "b")
        .symlink("b", "a")
        .hardlink("h1", "h2")
        .hardlink("h2", "h1")
        .symlink("swell", "swell/swell/swell/swell")
        .symlink("out", "../../../../real.tar");
    let check_layer = |path: &str, expected: &str| {
        let outer = outer.clone().json("manifest.json", &list(&[path]));
        check(
            &outer,
            &[("base", &base)],
            &format!("image a:1 linux/amd64: {expected}"),
        );
    };
    for path in ["a", "a/x", "h1", "swell", "swell/x"] {
        check_layer(path, "-");
    }
    check_layer("out", "base");
    // A list of images that is a link to itself is not a list. The archive is shown like any other tar.
    let opened = open_tar(&Outer::new().symlink("manifest.json", "manifest.json")).unwrap();
    assert_eq!(opened.images[0].warnings[0].code(), "flat-rootfs");
}

#[wasm_bindgen_test(unsupported = test)]
fn looking_up_members_through_long_links_is_bounded_for_the_whole_archive() {
    let limits = Limits {
        archive: ArchiveLimits {
            lookup_bytes: 100_000,
            ..ArchiveLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let deep = "d/".repeat(45);
    let base = tar_of("etc/hosts = base");
    let layers = vec!["l"; 900];
    let outer = Outer::new()
        .json(
            "manifest.json",
            &json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": layers}]),
        )
        .file("c.json", config_of(&[&base]).to_string())
        .symlink("l", &format!("{deep}x"));
    let input = crate::archive::fixture::file_input(outer.tar());
    let opened =
        crate::archive::fixture::open_with(
            input,
            &limits,
            &|_| std::ops::ControlFlow::Continue(()),
        );
    let image = &opened.unwrap().images[0];
    let errors = image
        .layers
        .iter()
        .map(|layer| layer.blob.as_ref().err().unwrap().to_string());
    let too_far = errors.filter(|error| error.contains("in a circle or too far"));
    assert!(too_far.count() > 800);
}
