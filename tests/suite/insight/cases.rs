//! One case for each clause of the two definitions: first dive's figures, then a row for dead content.

use lamina::insight::{Unread, analyse};
use lamina::overlay::LayerIdx;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{check, union_of};

#[wasm_bindgen_test(unsupported = test)]
fn an_image_without_bytes_scores_one() {
    check(
        "",
        "score 1.0000 wasted 0 percent 0.0000\nlayer 0 stored 0 dead 0",
    );
    check(
        "etc/\netc/empty =\nlink -> etc\n---\netc/.wh.empty\netc/",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 0 dead 0
         layer 1 stored 0 dead 0",
    );
    let none = lamina::overlay::Union::new(lamina::bounds::Limits::DEFAULT);
    let analysis = analyse(&none, 10).unwrap();
    assert_eq!((analysis.dive.score, analysis.layers.len()), (1.0, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_without_waste_has_no_rows() {
    check(
        "etc/\netc/a = @30\n---\netc/b = @20",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 0
         layer 1 stored 20 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_written_twice_is_wasted_in_both_copies_and_dead_in_one() {
    // The smaller copy over both: 30 / 80. There are 50 bytes above the base.
    check(
        "a = @30\n---\na = @50",
        "score 0.3750 wasted 80 percent 1.6000
         again a x2 80
         layer 0 stored 30 dead 30
         layer 1 stored 50 dead 0
         dead a 30 @0 by 1 overwritten",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_whiteout_of_a_file_is_a_copy_without_bytes() {
    check(
        "a = @30\nb = @10\n---\n.wh.a\nc = @60",
        "score 0.7000 wasted 30 percent 0.5000
         again a x2 30
         layer 0 stored 40 dead 30
         layer 1 stored 60 dead 0
         dead a 30 @0 by 1 whiteout",
    );
    // If the same layer has the file again, there are three copies.
    check(
        "a = @30\n---\n.wh.a\na = @20",
        "score 0.0000 wasted 50 percent 2.5000
         again a x3 50
         layer 0 stored 30 dead 30
         layer 1 stored 20 dead 0
         dead a 30 @0 by 1 overwritten",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_whiteout_of_a_directory_is_a_copy_of_all_that_it_hides() {
    // d is a leaf in layer 1 only: its one copy of 30 bytes counts on both sides of the score.
    check(
        "d/\nd/a = @10\nd/s/b = @20\n---\n.wh.d\nx = @40",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 30
         layer 1 stored 40 dead 0
         dead d/ of 2 30 @0 by 1 whiteout",
    );
    // Hidden, made again, hidden again: two copies, of 30 and of 5 bytes.
    check(
        "d/a = @10\nd/s/b = @20\n---\n.wh.d\n---\nd/c = @5\n---\n.wh.d",
        "score 0.5714 wasted 35 percent 7.0000
         again d x2 35
         layer 0 stored 30 dead 30
         layer 1 stored 0 dead 0
         layer 2 stored 5 dead 5
         layer 3 stored 0 dead 0
         dead d/ of 2 30 @0 by 1 whiteout
         dead d/c 5 @2 by 3 whiteout",
    );
    // Counted in the union: content that was overwritten or removed before is not in it,
    // nor is a hard link's content.
    check(
        "d/a = @10\nd/b = @20\nd/l => d/b\n---\nd/a = @15\nd/.wh.b\n---\n.wh.d",
        "score 0.4167 wasted 45 percent 3.0000
         again d/a x2 25
         again d/b x2 20
         layer 0 stored 30 dead 30
         layer 1 stored 15 dead 15
         layer 2 stored 0 dead 0
         dead d/l 20 @0 by 2 whiteout
         dead d/a 15 @1 by 2 whiteout
         dead d/a 10 @0 by 1 overwritten",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn waste_above_a_base_over_layers_without_bytes_is_infinite() {
    check(
        "a = @30\n---\n.wh.a",
        "score 0.0000 wasted 30 percent inf
         again a x2 30
         layer 0 stored 30 dead 30
         layer 1 stored 0 dead 0
         dead a 30 @0 by 1 whiteout",
    );
    // Without a layer above, there is no percentage.
    check(
        ".wh.a\na = @30",
        "score 0.0000 wasted 30 percent 0.0000
         again a x2 30
         layer 0 stored 30 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_whiteout_of_nothing_hides_nothing() {
    check(
        "a = @30\n.wh.b\n---\n.wh.c\nno/.wh.d\n.wh.\n.wh...\nd = @10",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 0
         layer 1 stored 10 dead 0",
    );
    // Nothing twice, then something: three copies, two of them empty.
    check(
        ".wh.a\n---\n.wh.a\n---\na = @10",
        "score 0.0000 wasted 10 percent 1.0000
         again a x3 10
         layer 0 stored 0 dead 0
         layer 1 stored 0 dead 0
         layer 2 stored 10 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_path_with_children_in_its_layer_is_no_leaf() {
    // d is a leaf in layer 1 only. As the directory of d/a it is not a leaf, and neither is it next to d/.wh.b.
    check(
        "d/\nd/a = @10\nd/b = @1\n---\nd/\n---\nd/\nd/.wh.b",
        "score 0.9091 wasted 1 percent inf
         again d/b x2 1
         layer 0 stored 11 dead 1
         layer 1 stored 0 dead 0
         layer 2 stored 0 dead 0
         dead d/b 1 @0 by 2 whiteout",
    );
    // A file whose path is a directory of another entry in its layer does not count for the score.
    check(
        "d = @50\nd/a = @10",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 60 dead 50
         dead d 50 @0 by 0 replaced",
    );
    // A name that only begins like a whiteout is a directory with this name.
    check(
        "d/a = @10\n---\n.wh.d/x = @5",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 10 dead 0
         layer 1 stored 5 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn an_opaque_directory_is_no_copy_and_its_content_is_dead() {
    check(
        "d/\nd/a = @10\nd/s/b = @20\nd/s/c = @3\n---\nd/\nd/.wh..wh..opq\nd/n = @5",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 33 dead 33
         layer 1 stored 5 dead 0
         dead d/ of 3 33 @0 by 1 opaque",
    );
    check(
        "d/\nd/a = @10\nd/s/b = @20\n---\nd/.wh..wh..opq\n---\n.wh.d",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 30
         layer 1 stored 0 dead 0
         layer 2 stored 0 dead 0
         dead d/ of 2 30 @0 by 1 opaque",
    );
    // The directory of a marker is in the layer. If it contains nothing else, it is a copy without bytes.
    check(
        "d = @10\n---\nd/.wh..wh..opq",
        "score 0.0000 wasted 10 percent inf
         again d x2 10
         layer 0 stored 10 dead 10
         layer 1 stored 0 dead 0
         dead d 10 @0 by 1 replaced",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_directory_gives_way_to_a_file_and_comes_back() {
    check(
        "d/\nd/a = @10\nd/b = @20\n---\nd = @7\n---\nd/\nd/a = @10",
        "score 0.7872 wasted 20 percent 1.1765
         again d/a x2 20
         layer 0 stored 30 dead 30
         layer 1 stored 7 dead 7
         layer 2 stored 10 dead 0
         dead d/ of 2 30 @0 by 1 directory-replaced
         dead d 7 @1 by 2 replaced",
    );
    check(
        "a = @10\nb = @20\nc = @30\n---\na -> b\nb p\nc/\n",
        "score 0.0000 wasted 60 percent inf
         again c x2 30
         again b x2 20
         again a x2 10
         layer 0 stored 60 dead 60
         layer 1 stored 0 dead 0
         dead c 30 @0 by 1 replaced
         dead b 20 @0 by 1 replaced
         dead a 10 @0 by 1 replaced",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn copies_are_counted_by_the_path_as_it_is_written() {
    // For dive, lib/a and usr/lib/a are two paths. They are one file: the first is dead.
    check(
        "usr/lib/a = @30\nlib -> usr/lib\n---\nlib/a = @20",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 30
         layer 1 stored 20 dead 0
         dead usr/lib/a 30 @0 by 1 overwritten",
    );
    // A whiteout through the link hides the link's target.
    check(
        "usr/lib/d/a = @30\nlib -> /usr/lib\n---\nlib/.wh.d\n---\nlib/d/b = @8\n---\nlib/.wh.d",
        "score 0.6053 wasted 38 percent 4.7500
         again lib/d x2 38
         layer 0 stored 30 dead 30
         layer 1 stored 0 dead 0
         layer 2 stored 8 dead 8
         layer 3 stored 0 dead 0
         dead usr/lib/d/a 30 @0 by 1 whiteout
         dead usr/lib/d/b 8 @2 by 3 whiteout",
    );
    check(
        "l -> l\nd/a = @30\n---\nl/.wh.a",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 30 dead 0
         layer 1 stored 0 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn lists_are_bounded_and_say_what_they_leave_out() {
    let union =
        union_of("a = @1\nb = @2\nc = @3\nd = @4\nkept = @9\n---\n.wh.a\n.wh.b\n.wh.c\nd = @4");
    let analysis = analyse(&union, 2).unwrap();
    let bytes: Vec<_> = analysis.dead.iter().map(|dead| dead.bytes).collect();
    assert_eq!((bytes.as_slice(), analysis.dead_bytes), (&[4, 3][..], 10));
    let left_out = (analysis.dead_left_out, analysis.dive.wasted_left_out);
    assert_eq!((left_out.0.n_rows, left_out.0.bytes), (2, 3));
    assert_eq!((left_out.1.n_rows, left_out.1.bytes), (2, 3));
    let bytes: Vec<_> = analysis.dive.wasted.iter().map(|row| row.bytes).collect();
    assert_eq!(bytes, [8, 3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_is_said_without_a_layer() {
    let union = union_of("a = 1\n---\nmissing\n---\nb = 2");
    assert_eq!(analyse(&union, 2), Err(Unread(LayerIdx(1))));
}

/// The image of dive's own analysis test, built from its Dockerfile. The figures are those that dive states for it.
#[wasm_bindgen_test(unsupported = test)]
fn ls_44_dives_own_test_image_has_dives_figures() {
    let layers = [
        "bin/busybox = @1154361\nroot/",
        "somefile.txt = @6405",
        "root/example/really/nested/",
        "root/example/somefile1.txt = @6405",
        "root/example/somefile1.txt = @6405 | mode=0444",
        "root/example/somefile2.txt = @6405",
        "root/example/somefile3.txt = @6405",
        "root/example/.wh.somefile3.txt =\nroot/saved.txt = @6405",
        "root/.saved.txt = @6405",
        "root/.wh.example =",
        "root/.data/scripts = @2187",
        "tmp/saved.again1.txt = @6405",
        "root/.data/saved.again2.txt = @6405",
        "root/saved.txt = @6405 | mode=0755",
    ];
    let analysis = analyse(&union_of(&layers.join("\n---\n")), 10).unwrap();
    let dive = &analysis.dive;
    assert_eq!(analysis.stored_bytes, 1_220_598);
    assert_eq!(dive.score, 0.984_421_213_418_430_9);
    assert_eq!(dive.wasted_bytes, 32_025);
    assert_eq!(dive.user_wasted_percent, 0.483_491_100_140_404_9);
    // Content stored again by `chmod`, removed with its directory, moved, and stored again by `chmod`.
    let dead: Vec<_> = analysis
        .dead
        .iter()
        .map(|row| (row.stored_by.0, row.hidden_by.0, row.how.word()))
        .collect();
    let expected = [
        (3, 4, "metadata-only"),
        (4, 9, "whiteout"),
        (5, 9, "whiteout"),
        (6, 7, "whiteout"),
        (7, 13, "metadata-only"),
    ];
    assert_eq!(dead, expected);
    assert_eq!(analysis.dead_bytes, 5 * 6_405);
}
