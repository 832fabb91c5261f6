//! Whiteouts, opaque markers and type changes: LS-01 to LS-14.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{check, check_view, check_warnings, lines_of, node, own, union_of, upto, whole};

#[wasm_bindgen_test(unsupported = test)]
fn ls_01_a_whiteout_removes_files_links_and_whole_directories() {
    check(
        "f = 1
         l -> f
         d/
         d/e/
         d/e/f = 2
         keep = 3
         ---
         .wh.f
         .wh.l
         .wh.d",
        "keep file @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_02_only_the_last_component_makes_a_whiteout() {
    check(
        "etc/
         etc/a = 1
         ---
         .wh.etc/somefile = 2
         .wh = 3
         .whfoo = 4
         a.wh.b = 5
         .WH.etc = 6",
        ".WH.etc file @1
         .wh file @1
         .wh.etc dir 0755 @1 implied
         .wh.etc/somefile file @1
         .whfoo file @1
         a.wh.b file @1
         etc dir @0
         etc/a file @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_03_any_type_and_content_makes_a_whiteout() {
    for whiteout in [
        ".wh.a = text",
        ".wh.a/",
        ".wh.a -> b",
        ".wh.a c 0:0",
        ".wh.a b 8:0",
        ".wh.a = @2000",
        ".wh.a p",
        ".wh.a => b",
    ] {
        check(&format!("a = 1\nb = 2\n---\n{whiteout}"), "b file");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_04_a_whiteout_of_nothing_makes_its_directory() {
    check(
        "a = 1\n---\nx/y/.wh.z",
        "a file
         x dir 0755 0:0 @1 implied
         x/y dir 0755 0:0 @1 implied",
    );
    check_warnings("a = 1\n---\n.wh.nothing\nx/y/.wh.z", "");
    check_view("a = 1\n---\n.wh.nothing", own(1), "");
    check_view("a = 1\n---\nx/.wh.z", own(1), "added x dir implied");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_05_invalid_whiteouts_hide_nothing() {
    let layers = "d/
         d/a = 1
         d/e/
         d/e/b = 1
         ---
         d/e/.wh.
         d/e/.wh..
         d/e/.wh...
         .wh.
         .wh..
         .wh...
         new/.wh.";
    check(layers, "d dir @0\nd/a file @0\nd/e dir @0\nd/e/b file @0");
    check_view(layers, own(1), "");
    check_warnings(
        layers,
        "invalid-whiteout d/e/.wh.
         invalid-whiteout d/e/.wh..
         invalid-whiteout d/e/.wh...
         invalid-whiteout .wh.
         invalid-whiteout .wh..
         invalid-whiteout .wh...
         invalid-whiteout new/.wh.",
    );
    // Four dots are a name: `...`.
    check("... = 1\na = 1\n---\n.wh....", "a file @0");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_06_a_whiteout_and_its_name_in_one_layer_leave_the_new_object() {
    let base = "d/ | mode=0700\nd/old = 1\nf = 1\n---\n";
    for upper in [
        ".wh.d\nd/ | mode=0711\nd/new = 2\n.wh.f\nf = 22",
        "d/ | mode=0711\nd/new = 2\n.wh.d\nf = 22\n.wh.f",
        "d/new = 2\n.wh.d\nd/ | mode=0711\nf = 22\n.wh.f",
    ] {
        check(
            &format!("{base}{upper}"),
            "d dir 0711 @1
             d/new file 1 @1
             f file 2 @1",
        );
    }
    // The same with something that is not a directory in its place.
    check(&format!("{base}.wh.d\nd = file"), "d file 4 @1\nf file @0");
    check(&format!("{base}d = file\n.wh.d"), "d file 4 @1\nf file @0");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_07_a_whited_out_directory_with_new_files_is_a_fresh_one() {
    let base = "d/ | mode=0700 uid=5\nd/old = 1\nd/e/ | mode=0700\nd/e/old = 1\n---\n";
    for upper in [".wh.d\nd/e/new = 2", "d/e/new = 2\n.wh.d"] {
        check(
            &format!("{base}{upper}"),
            "d dir 0755 0:0 @1 implied
             d/e dir 0755 0:0 @1 implied
             d/e/new file @1",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_08_an_opaque_marker_hides_lower_children_wherever_it_stands() {
    let base = "d/ | mode=0700\nd/a = 1\nd/e/\nd/e/b = 1\nother = 1\n---\n";
    for upper in [
        "d/.wh..wh..opq\nd/new = 2\nd/e/ | mode=0711\nd/e/c = 2",
        "d/new = 2\nd/.wh..wh..opq\nd/e/ | mode=0711\nd/e/c = 2",
        "d/new = 2\nd/e/ | mode=0711\nd/e/c = 2\nd/.wh..wh..opq",
    ] {
        check(
            &format!("{base}{upper}"),
            "d dir 0700 @0
             d/e dir 0711 @1
             d/e/c file @1
             d/new file @1
             other file @0",
        );
    }
    for upper in [
        "d/.wh..wh..opq\nd/ | mode=0711",
        "d/ | mode=0711\nd/.wh..wh..opq",
    ] {
        check(&format!("{base}{upper}"), "d dir 0711 @1\nother file @0");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_09_an_opaque_marker_at_the_end_keeps_children_without_directory_entries() {
    check(
        "d/\nd/e/ | mode=0700\nd/e/old = 1\n---\nd/e/new = 2\nd/.wh..wh..opq",
        "d dir @0
         d/e dir 0755 @1 implied
         d/e/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_10_an_opaque_marker_at_the_root_hides_everything_lower() {
    check("a = 1\nd/\nd/b = 1\n---\nc = 1\n.wh..wh..opq", "c file @1");
    check(
        "a = 1\nd/\nd/b = 1\n---\n.wh..wh..opq\nd/c = 1",
        "d dir @1 implied\nd/c file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_11_an_opaque_marker_in_a_new_directory_only_makes_it() {
    check(
        "a = 1\n---\nd/.wh..wh..opq",
        "a file @0\nd dir 0755 @1 implied",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_12_a_directory_over_a_directory_replaces_its_metadata_only() {
    let layers = "d/ | mode=0700 uid=1 gid=2 mtime=3 xattr.user.a=x
         d/a = 1
         ---
         d/ | mode=0711 uid=4 gid=5 mtime=6 xattr.user.b=y";
    check(layers, "d dir 0711 4:5 @1\nd/a file @0");
    let union = union_of(layers);
    let xattrs = union.xattrs(node(&union, "d"), whole(&union));
    let names: Vec<_> = xattrs.iter().map(|xattr| xattr.name).collect();
    assert_eq!(names, [b"user.b"]);
    let info = union.node(node(&union, "d"), whole(&union)).unwrap();
    assert_eq!(info.mtime.map(|mtime| mtime.seconds), Some(6));
    // The last layer with an entry supplies the metadata, whatever later layers add to the directory.
    check(
        &format!("{layers}\n---\nd/b = 1"),
        "d dir 0711 4:5 @1\nd/a file @0\nd/b file @2",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_13_anything_else_over_anything_replaces_it() {
    check(
        "a = file
         b/
         b/child = 1
         c/
         c/child = 1
         d -> t
         e -> t
         f = file
         g p
         t = target
         ---
         a/
         b = file
         c -> t
         d/
         d/new = 1
         e = file
         f p
         g c 1:3",
        "a dir @1
         b file 4 @1
         c symlink 0777 @1 -> t
         d dir @1
         d/new file @1
         e file @1
         f fifo @1
         g char @1 dev=1:3
         t file 6 @0",
    );
    let one_path = "x = file\n---\nx p\n---\nx c 1:3\n---\nx b 8:0";
    check_view(one_path, upto(0), "x file 4 @0");
    check_view(one_path, upto(1), "x fifo @1");
    check_view(one_path, upto(2), "x char @2 dev=1:3");
    check_view(one_path, upto(3), "x block @3 dev=8:0");
    // A directory replaces a link to one. The link's target keeps its content.
    check(
        "t/\nt/a = 1\nl -> t\n---\nl/ | mode=0700",
        "l dir 0700 @1\nt dir 0755 @0\nt/a file @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_14_children_of_a_replaced_directory_do_not_return() {
    check(
        "d/\nd/a = 1\nd/e/\nd/e/b = 1\n---\nd = file\n---\nd/",
        "d dir @2",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn r_04_a_whiteout_hides_only_lower_layers() {
    let base = "d/\nd/a = 1\nb = 1\n---\n";
    for upper in ["d/a = 22\nd/.wh.a\n.wh.b", "d/.wh.a\nd/a = 22\n.wh.b"] {
        check(&format!("{base}{upper}"), "d dir @0\nd/a file 2 @1");
    }
    // A whiteout does not hide a path that only its own layer has.
    check("b = 1\n---\nnew = 2\n.wh.new", "b file @0\nnew file @1");
}

#[wasm_bindgen_test(unsupported = test)]
fn whiteouts_inside_a_whited_out_directory_make_no_difference() {
    let base = "d/\nd/a = 1\nd/b = 1\n---\n";
    // LS-04: the inner whiteout needs its directory, before and after.
    for upper in ["d/.wh.a\n.wh.d", ".wh.d\nd/.wh.a"] {
        check(&format!("{base}{upper}"), "d dir 0755 @1 implied");
    }
    for upper in ["d/.wh..wh..opq\n.wh.d", ".wh.d\nd/.wh..wh..opq"] {
        check(&format!("{base}{upper}"), "d dir 0755 @1 implied");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn views_of_lower_layers_stay_exact() {
    let layers = "d/
         d/a = 1
         f = 1
         ---
         .wh.d
         f = 22
         ---
         d/b = 1
         f/
         ---
         .wh.f";
    check_view(layers, upto(0), "d dir\nd/a file\nf file 1 @0");
    check_view(layers, upto(1), "f file 2 @1");
    check_view(layers, upto(2), "d dir @2 implied\nd/b file @2\nf dir @2");
    check_view(layers, upto(3), "d dir @2 implied\nd/b file @2");
    check_view(layers, upto(99), "d dir @2 implied\nd/b file @2");
}

#[wasm_bindgen_test(unsupported = test)]
fn r_07_names_are_bytes_sorted_by_whole_paths() {
    check(
        "a/\na/c = 1\na-b = 1\na.txt = 1\nA = 1\ncaf\\xe9 = 1\ncaf\\xc3\\xa9 = 1",
        "A file
         a dir
         a-b file
         a.txt file
         a/c file
         café file
         caf\\xe9 file",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_missing_layer_keeps_its_number() {
    let mut union = union_of("a = 1");
    assert_eq!(union.apply_missing().0, 1);
    let top = union.apply(std::rc::Rc::new(crate::support::index_of("b = 1")));
    assert_eq!((top.0, union.n_layers()), (2, 3));
    assert!(union.layer_index(lamina::overlay::LayerIdx(1)).is_none());
    assert_eq!(
        lines_of(&union, whole(&union)),
        ["a file 0644 0:0 1 @0", "b file 0644 0:0 1 @2"]
    );
}
