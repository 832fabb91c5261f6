//! Totals of directories: LS-34.

use lamina::insight::analyse;
use lamina::overlay::{NodeId, Totals, View};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{node, own, union_of, upto};

/// Checks totals. Each line has a path (`.` for the root), bytes, files, directories, others.
fn check_totals(layers: &str, view: View, expected: &str) {
    let union = union_of(layers);
    for line in super::expected_lines(expected) {
        let words: Vec<_> = line.split_whitespace().collect();
        let id = if words[0] == "." {
            NodeId::ROOT
        } else {
            node(&union, words[0])
        };
        let number = |at: usize| words[at].parse::<u32>().unwrap();
        let expected = Totals {
            size_bytes: number(1).into(),
            n_files: number(2),
            n_dirs: number(3),
            n_others: number(4),
        };
        assert_eq!(
            union.totals(id, view),
            expected,
            "{} in\n{layers}",
            words[0]
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sums_go_up_to_the_root() {
    let layers =
        "a/\na/b/\na/b/f = 12345\na/g = 123\na/l -> g\nd/\nd/n c 1:3\n---\na/b/.wh.f\na/h = 1234";
    check_totals(
        layers,
        upto(0),
        ". 8 2 3 2
         a 8 2 1 1
         a/b 5 1 0 0
         a/b/f 5 1 0 0
         a/l 0 0 0 1
         d 0 0 0 1",
    );
    check_totals(
        layers,
        upto(1),
        ". 7 2 3 2\na 7 2 1 1\na/b 0 0 0 0\na/b/f 0 0 0 0",
    );
    check_totals(
        layers,
        own(1),
        ". 4 1 0 0\na 4 1 0 0\na/b 0 0 0 0\na/h 4 1 0 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_34_an_inode_counts_once_below_each_directory() {
    let layers = "a/\na/x/\na/x/f = 1234567\na/y/\na/y/g => a/x/f\na/y/h => a/x/f\nb/\nb/i => a/x/f\nb/j = 12
         ---
         a/x/.wh.f";
    check_totals(
        layers,
        upto(0),
        ". 9 5 4 0
         a 7 3 2 0
         a/x 7 1 0 0
         a/y 7 2 0 0
         b 9 2 0 0",
    );
    check_totals(layers, upto(1), ". 9 4 4 0\na 7 2 2 0\na/x 0 0 0 0");
    check_totals(layers, own(0), ". 9 5 4 0\na 7 3 2 0");
    // A link adds no bytes of its own to its layer.
    check_totals("f = 123\n---\ng => f", own(1), ". 0 1 0 0");
    // Each name has the full size.
    let union = union_of("f = 123\ng => f");
    for name in ["f", "g"] {
        let info = union.node(node(&union, name), upto(0)).unwrap();
        assert_eq!((info.size_bytes, info.n_names), (3, 2));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_34_dives_figures_count_the_entry_that_has_the_bytes() {
    let analysis = analyse(&union_of("f = @30\ng => f\n---\ng => f"), 10).unwrap();
    // Two copies of `g`, both without bytes, and one of `f`.
    assert_eq!((analysis.stored_bytes, analysis.dead_bytes), (30, 0));
    assert_eq!((analysis.dive.score, analysis.dive.wasted_bytes), (1.0, 0));
    let analysis = analyse(&union_of("f = @30\ng => f\n---\nf = @10"), 10).unwrap();
    // The content lives on as `g`. dive counts both copies of `f` as wasted, but nothing is dead.
    assert_eq!((analysis.stored_bytes, analysis.dead_bytes), (40, 0));
    assert_eq!(analysis.dive.wasted_bytes, 40);
}
