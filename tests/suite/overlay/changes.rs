//! The changes of one layer, as `docker diff` lists them and as the tree shows them: LS-43.

use lamina::overlay::LayerIdx;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{check_view, node, own, union_of};

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_added_changed_and_deleted() {
    check_view(
        "etc/\netc/a = 1\netc/b = 1\netc/c = 1\nsame/\nsame/x = 1\n---\netc/a = 22\netc/.wh.b\netc/new = 1",
        own(1),
        "changed etc dir @0
         changed etc/a file 2 @1
         deleted etc/b file 1 @0
         added etc/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_the_base_layer_adds_everything() {
    check_view(
        "a/b/c = 1",
        own(0),
        "added a dir implied\nadded a/b dir implied\nadded a/b/c file",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_a_deleted_tree_is_named_by_its_top() {
    let layers = "d/\nd/e/\nd/e/f = 1\n---\n.wh.d";
    check_view(layers, own(1), "deleted d dir @0");
    // The page also shows the files that were removed with it.
    let union = union_of(layers);
    assert_eq!(union.children(node(&union, "d"), own(1)).count(), 1);
    let info = union.node(node(&union, "d/e/f"), own(1)).unwrap();
    assert_eq!(
        (info.change, info.size_bytes),
        (Some(lamina::overlay::Change::Deleted), 1)
    );
    let counts = union.counts(LayerIdx(1));
    assert_eq!(
        (counts.n_added, counts.n_changed, counts.n_deleted),
        (0, 0, 3)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn each_way_of_change_is_counted() {
    let layers = "d/ | mode=0700\nd/a = 1\nd/b = 1\nd/same = 1\ngone = 1\n./ | mode=0700
         ---
         d/ | mode=0711\nd/a = 2\nd/.wh.b\nd/same = 1\nd/e/new = 1\n.wh.gone\n./ | mode=0711
         ---
         .wh.nothing";
    let union = union_of(layers);
    for (layer, expected) in [
        (0, (5, 0, 0)),
        (1, (2, 2, 2)),
        (2, (0, 0, 0)),
        (9, (0, 0, 0)),
    ] {
        let counts = union.counts(LayerIdx(layer));
        let counts = (counts.n_added, counts.n_changed, counts.n_deleted);
        assert_eq!(counts, expected, "{layer}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_of_a_replaced_directory_nothing_else_is_named() {
    check_view("d/\nd/a = 1\n---\nd = file", own(1), "changed d file 4 @1");
    check_view(
        "d = file\n---\nd/\nd/a = 1",
        own(1),
        "changed d dir @1\nadded d/a file",
    );
    // Within a directory, the removed files are named.
    check_view(
        "d/\nd/a = 1\nd/e/\nd/e/f = 1\n---\n.wh.d\nd/\nd/new = 1",
        own(1),
        "changed d dir @1
         deleted d/a file @0
         deleted d/e dir @0
         added d/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_a_directorys_time_is_no_change_and_a_files_is() {
    check_view(
        "d/ | mtime=1\nd/a = 1 | mtime=1\ne/ | mtime=1\n---\nd/ | mtime=2\nd/a = 1 | mtime=2\ne/ | mtime=2",
        own(1),
        "changed d dir @1\nchanged d/a file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_a_repeated_entry_is_shown_but_no_change() {
    let layers = "d/\nd/a = 1\nb = 1\n---\nd/\nd/a = 1";
    check_view(layers, own(1), "");
    let union = union_of(layers);
    let info = union.node(node(&union, "d/a"), own(1)).unwrap();
    assert_eq!((info.change, info.layer), (None, LayerIdx(1)));
    assert!(!union.shows(node(&union, "b"), own(1)));
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_owner_mode_and_attributes_are_changes() {
    check_view(
        "a = 1\nb = 1\nc = 1\nd c 1:3\ne -> x\n---\na = 1 | uid=1\nb = 1 | mode=0600\nc = 1 | xattr.user.k=v\nd c 1:5\ne -> y",
        own(1),
        "changed a file\nchanged b file\nchanged c file\nchanged d char\nchanged e symlink",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_other_names_of_a_changed_inode_are_changed() {
    check_view(
        "d/\nd/a = 1\n---\nb => d/a | mode=0600",
        own(1),
        "added b file 0600 @1 =d/a
         changed d dir @0
         changed d/a file 0600 @0 =b",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_43_a_whiteout_of_nothing_is_no_change() {
    check_view("a = 1\n---\n.wh.b", own(1), "");
    check_view("a = 1\n---\n---\n.wh.a", own(1), "");
    check_view("a = 1", own(7), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_union_tells_what_its_last_layer_did() {
    let union = union_of("a = 1\nb = 1\n---\nb = 22\nc = 1");
    let change = |path: &str, view| {
        union
            .node(node(&union, path), view)
            .and_then(|info| info.change)
    };
    let view = super::whole(&union);
    assert_eq!(change("a", view), None);
    assert_eq!(change("b", view), Some(lamina::overlay::Change::Changed));
    assert_eq!(change("c", view), Some(lamina::overlay::Change::Added));
    assert_eq!(
        change("a", super::upto(0)),
        Some(lamina::overlay::Change::Added)
    );
}
