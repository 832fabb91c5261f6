//! The limits of a union, each at the last value that it allows and at the first that it refuses.

use std::rc::Rc;

use lamina::bounds::{ImageLimits, LayerLimits, Limits};
use lamina::overlay::{LayerIdx, Query, Union};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{layers_of, lines_of, node, whole};
use crate::support::index_of;

fn union_within(limits: Limits, layers: &str) -> Union {
    let mut union = Union::new(limits);
    for layer in layers_of(layers) {
        union.apply(Rc::new(index_of(&layer)));
    }
    union
}

/// Checks the paths and the warnings of all layers under these limits.
fn check(limits: Limits, layers: &str, paths: &str, warnings: &str) {
    let union = union_within(limits, layers);
    let lines = lines_of(&union, whole(&union));
    let listed: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(listed.join(" "), paths, "{layers}");
    let told = (0..union.n_layers()).flat_map(|at| &union.warnings(LayerIdx::at(at)).kept);
    let told = told.map(|warning| format!("{} {}", warning.code(), warning.subject));
    let left_out = (0..union.n_layers()).flat_map(|at| &union.left_out(LayerIdx::at(at)).first);
    let left_out = left_out.map(|path| format!("left out by {} {}", path.why.word(), path.shown()));
    let told: Vec<_> = told.chain(left_out).collect();
    assert_eq!(told.join(", "), warnings, "{layers}");
}

#[wasm_bindgen_test(unsupported = test)]
fn more_paths_than_may_be_are_left_out_aloud() {
    // The root is one of them.
    let limits = Limits {
        image: ImageLimits {
            paths: 4,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    check(limits, "a = 1\nb = 1\nc = 1", "a b c", "");
    check(
        limits,
        "a = 1\nb = 1\nc = 1\nd = 1\na = 2",
        "a b c",
        "duplicate-path a, left out by paths /d",
    );
    check(limits, "a/b/c/", "a a/b a/b/c", "");
    check(
        limits,
        "a/b/c/d = 1",
        "a a/b a/b/c",
        "left out by paths /a/b/c/d",
    );
    check(
        limits,
        "a/b/c/d/e = 1",
        "a a/b a/b/c",
        "left out by paths /a/b/c/d/e",
    );
    // Hidden paths count, since a lower view shows them.
    check(
        limits,
        "a = 1\nb = 1\n---\n.wh.a\nc = 1\nd = 1",
        "b c",
        "left out by paths /d",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn writing_the_same_paths_again_and_again_ends() {
    // Four times as many states as paths, including the root's first one.
    let limits = Limits {
        image: ImageLimits {
            paths: 2,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let layers = |n: usize| vec!["a = 1"; n].join("\n---\n");
    check(limits, &layers(7), "a", "");
    check(limits, &layers(8), "a", "left out by paths /a");
    // The rest of the layer is left out, and of each layer after it.
    check(
        limits,
        &format!("{}\n---\n.wh.a\n./\n---\n.wh.a", layers(7)),
        "a",
        "left out by paths /.wh.a, left out by paths /, left out by paths /.wh.a",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn more_layers_than_may_be_are_left_out_aloud() {
    let limits = Limits {
        image: ImageLimits {
            layers: 2,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    check(limits, "a = 1\n---\nb = 1", "a b", "");
    check(
        limits,
        "a = 1\n---\nb = 1\n---\nc = 1",
        "a b",
        "left out by layers /",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn depth_through_links_is_that_of_the_place_itself() {
    let limits = Limits {
        layer: LayerLimits {
            path_depth: 4,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let base = "d/e/\nl -> d/e\n";
    let check = |line: &str, more: &str, warnings: &str| {
        let paths = format!("d d/e {more}l");
        check(limits, &format!("{base}{line}"), &paths, warnings);
    };
    check("l/a/b = 1", "d/e/a d/e/a/b ", "");
    check("l/a/b/", "d/e/a d/e/a/b ", "");
    check(
        "l/a/b/c = 1",
        "d/e/a d/e/a/b ",
        "left out by path-depth /l/a/b/c",
    );
    check("l/a/b/c/f = 1", "", "left out by path-depth /l/a/b/c/f");
    check("l/a/b/.wh.x", "d/e/a d/e/a/b ", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn links_that_lead_up_again_are_not_deep() {
    let limits = Limits {
        layer: LayerLimits {
            path_depth: 3,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    check(
        limits,
        "d/e/f/\nup -> d/e/f/../..\nup/g/h = 1",
        "d d/e d/e/f d/g d/g/h up",
        "",
    );
    check(
        limits,
        "d/e/f/\nroot -> d/e/f\nd/e/f/abs -> /d\nroot/abs/g/h = 1",
        "d d/e d/e/f root",
        "left out by path-depth /d/e/f/abs, left out by path-depth /root/abs/g/h",
    );
    // After a link to the root the depth starts over, however deep the link is.
    check(
        limits,
        "d/e/abs -> /d\nl -> d/e\nl/abs/g/h = 1\nd/e/abs/i/j = 1",
        "d d/e d/e/abs d/g d/g/h d/i d/i/j l",
        "",
    );
    // A link that is replaced by a directory counts with its own depth.
    check(
        limits,
        "f = 1\nd/e/\nd/l -> ../f\nto -> d\nto/l/x = 1\nd/l/y/z = 1",
        "d d/e d/l d/l/x d/l/y f to",
        "parent-not-directory to/l/x, left out by path-depth /d/l/y/z",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn length_through_links_is_that_of_the_place_itself() {
    // `dd/ee/abc` has nine bytes.
    let limits = Limits {
        layer: LayerLimits {
            path_bytes: 9,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let base = "dd/ee/\nl -> dd/ee\nup -> dd/ee/..\n";
    let check = |line: &str, more: &str, warnings: &str| {
        let layer = format!("{base}{line}");
        check(limits, &layer, &format!("dd {more}l up"), warnings);
    };
    check("l/abc = 1", "dd/ee dd/ee/abc ", "");
    check("l/abcd = 1", "dd/ee ", "left out by path-depth /l/abcd");
    check("l/a/b = 1", "dd/ee dd/ee/a dd/ee/a/b ", "");
    check(
        "l/a/bc = 1",
        "dd/ee dd/ee/a ",
        "left out by path-depth /l/a/bc",
    );
    check("up/abcdef = 1", "dd/abcdef dd/ee ", "");
    check(
        "up/abcdefg = 1",
        "dd/ee ",
        "left out by path-depth /up/abcdefg",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_of_links_that_are_followed_are_counted() {
    let limits = Limits {
        image: ImageLimits {
            followed_link_bytes: 5,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let base = "t/\nt/f = 1\nt/u/\nl -> t\nlong -> ./t\nover -> ././././t\n";
    let check = |lines: &str, more: &str, warnings: &str| {
        let layer = format!("{base}{}", lines.replace(", ", "\n"));
        check(limits, &layer, &format!("l long over t {more}"), warnings);
    };
    // One byte each time, unless the entry before had the same directory.
    check(
        "l/a, l/b, t/u/a, l/c, t/u/b, l/d, t/u/c, l/e, t/u/d, l/g",
        "t/a t/b t/c t/d t/e t/f t/g t/u t/u/a t/u/b t/u/c t/u/d",
        "",
    );
    check(
        "l/a, t/u/a, l/b, t/u/b, l/c, t/u/c, l/d, t/u/d, l/e, t/u/e, l/g, t/h",
        "t/a t/b t/c t/d t/e t/f t/h t/u t/u/a t/u/b t/u/c t/u/d t/u/e",
        "left out by links /l/g",
    );
    check(
        "long/a, t/u/a, long/b, l/b",
        "t/a t/f t/u t/u/a",
        "left out by links /long/b, left out by links /l/b",
    );
    // An abandoned walk counts as well.
    check(
        "over/a, l/a",
        "t/f t/u",
        "left out by links /over/a, left out by links /l/a",
    );
    // So do the targets of hard links. Each layer starts over.
    check(
        "z => long/f, l/a, t/u/a, l/b, t/u/b, l/c, ---, l/d",
        "t/a t/b t/d t/f t/u t/u/a t/u/b z",
        "through-symlink l/d, left out by links /l/c",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn other_names_of_one_file_are_told_up_to_a_number() {
    for (most, told) in [(0, 0), (2, 2), (3, 3), (4, 3)] {
        let limits = Limits {
            image: ImageLimits {
                links: most,
                ..ImageLimits::DEFAULT
            },
            ..Limits::DEFAULT
        };
        let union = union_within(limits, "a = 1\nb => a\nc => a\nd => a");
        let id = node(&union, "b");
        assert_eq!(union.links(id, whole(&union)).len(), told, "{most}");
        assert_eq!(union.node(id, whole(&union)).unwrap().n_names, 4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn more_warnings_than_may_be_are_counted() {
    let limits = Limits {
        layer: LayerLimits {
            warnings: 2,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let union = union_within(limits, ".wh.\nd/.wh.\n---\n.wh.\n.wh..\n.wh...\nd/.wh.");
    for (layer, n_kept, n_dropped) in [(0, 2, 0), (1, 2, 2), (2, 0, 0)] {
        let warnings = union.warnings(LayerIdx(layer));
        assert_eq!(
            (warnings.kept.len(), warnings.n_dropped),
            (n_kept, n_dropped)
        );
    }
}

/// Sixteen MiB of paths: sixteen paths of a MiB each, and no more. Short ones are all found.
#[wasm_bindgen_test(unsupported = test)]
fn paths_that_are_found_are_bounded_by_their_bytes() {
    const MIB: usize = 1024 * 1024;
    let limits = Limits {
        layer: LayerLimits {
            path_bytes: MIB,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    // With `/eee/f00`, the path has exactly a MiB.
    let dir = "d".repeat(MIB - 8);
    let files = |range: std::ops::Range<u32>, dir: &str| -> String {
        range.map(|n| format!("{dir}/f{n:02}\n")).collect()
    };
    let base = format!("{dir}/eee/\nl -> {dir}/eee\n");
    for (layers, n_found) in [
        (format!("{base}{}", files(0..16, "l")), 16),
        (format!("{base}{}", files(0..17, "l")), 16),
        (format!("{base}{}", files(0..18, "l")), 16),
        // A little shorter, which leaves room for one more.
        (format!("{base}l/f\n{}", files(0..17, "l")), 17),
        (files(0..99, "short"), 99),
    ] {
        let union = union_within(limits, &layers);
        let found = union.find(&Query::literal(b"F"), whole(&union), 1_000);
        assert_eq!(found.len(), n_found);
    }
}
