//! The tree of the page: rows, orders, filters.

use lamina::image::escape;
use lamina::layer::EntryKind;
use lamina::overlay::{
    Change, ChangeFilter, Direction, Filter, LayerIdx, Sort, SortKey, TreeRows, Union, View,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{node, own, union_of, upto};

const LAYERS: &str = "bin -> usr/bin
    etc/ | mtime=5
    etc/hosts = 127.0.0.1 | mtime=9 uid=3
    etc/passwd = root | mtime=7 mode=0600
    usr/ | mtime=1
    usr/bin/
    usr/bin/Bash = @500
    usr/bin/sh => usr/bin/Bash
    usr/etc/
    usr/etc/hostname = x
    zero =
    ---
    etc/hosts = 10.0.0.1 | mtime=11
    etc/motd = hello
    .wh.zero";

/// Returns the rows as `  name + 2/3`: two spaces for each level, `+` closed, `-` open, then position and set size.
fn rows_of(tree: &mut TreeRows, union: &Union) -> Vec<String> {
    let n_rows = tree.n_rows(union);
    let rows = tree.rows(union, 0, n_rows + 10);
    assert_eq!(rows.len(), n_rows);
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(tree.row_of(union, row.id), Some(at));
        assert_eq!(tree.rows(union, at, 1), std::slice::from_ref(row));
    }
    rows.iter()
        .map(|row| {
            let mark = match (row.has_children, row.expanded) {
                (true, true) => " -",
                (true, false) => " +",
                _ => "",
            };
            let indent = "  ".repeat(row.depth as usize);
            format!(
                "{indent}{}{mark} {}/{}",
                escape(&row.name),
                row.posinset,
                row.setsize
            )
        })
        .collect()
}

fn names_of(tree: &mut TreeRows, union: &Union) -> String {
    let rows = tree.rows(union, 0, 1_000);
    let names: Vec<_> = rows.iter().map(|row| escape(&union.path(row.id))).collect();
    names.join(" ")
}

#[wasm_bindgen_test(unsupported = test)]
fn opens_and_closes_directories() {
    let union = union_of(LAYERS);
    let mut tree = TreeRows::new(upto(1));
    let closed = ["etc + 1/3", "usr + 2/3", "bin 3/3"];
    assert_eq!(rows_of(&mut tree, &union), closed);
    tree.expand(&union, node(&union, "usr"));
    tree.expand(&union, node(&union, "usr/etc"));
    tree.expand(&union, node(&union, "usr/etc"));
    let opened = [
        "etc + 1/3",
        "usr - 2/3",
        "  bin + 1/2",
        "  etc - 2/2",
        "    hostname 1/1",
        "bin 3/3",
    ];
    assert_eq!(rows_of(&mut tree, &union), opened);
    tree.collapse(&union, node(&union, "usr"));
    tree.collapse(&union, node(&union, "usr"));
    assert_eq!(rows_of(&mut tree, &union), closed);
    // Open directories within it are remembered.
    tree.expand(&union, node(&union, "usr"));
    assert_eq!(rows_of(&mut tree, &union), opened);
    tree.collapse_all();
    assert_eq!(rows_of(&mut tree, &union), closed);
    assert_eq!(tree.expand_to(&union, node(&union, "usr/bin/sh")), Some(4));
    assert_eq!(tree.expand_to(&union, node(&union, "zero")), None);
    assert_eq!(tree.rows(&union, 99, 5), []);
}

#[wasm_bindgen_test(unsupported = test)]
fn opens_several_directories_at_once() {
    let union = union_of(LAYERS);
    let ids = ["usr/bin", "usr", "etc", "bin"].map(|path| node(&union, path));
    let unknown = lamina::overlay::NodeId(99);
    let opened =
        "etc etc/hosts etc/motd etc/passwd usr usr/bin usr/bin/Bash usr/bin/sh usr/etc bin";
    let mut tree = TreeRows::new(upto(1));
    // Open directories stay open.
    for dirs in [&ids[..1], &ids, &ids, &[unknown], &[]] {
        tree.expand_all(&union, dirs.iter().copied());
    }
    assert_eq!(names_of(&mut tree, &union), opened);
    assert!(!tree.is_expanded(&union, unknown));
    for id in ids {
        assert!(tree.is_expanded(&union, id));
        assert!(tree.row_of(&union, id).is_some());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_added_later_is_seen() {
    let mut union = union_of("d/\nd/a = 1");
    let mut tree = TreeRows::new(upto(1));
    tree.expand(&union, node(&union, "d"));
    assert_eq!(rows_of(&mut tree, &union), ["d - 1/1", "  a 1/1"]);
    assert_eq!(union.totals(node(&union, "d"), upto(1)).n_files, 1);
    assert_eq!(union.listing(own(1)).count(), 0);
    union.apply(std::rc::Rc::new(crate::support::index_of("d/b = 1")));
    assert_eq!(
        rows_of(&mut tree, &union),
        ["d - 1/1", "  a 1/2", "  b 2/2"]
    );
    assert_eq!(union.totals(node(&union, "d"), upto(1)).n_files, 2);
    assert_eq!(union.listing(own(1)).count(), 2);
    tree.set_view(upto(0));
    assert_eq!(rows_of(&mut tree, &union), ["d - 1/1", "  a 1/1"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn sorts_by_each_column() {
    let union = union_of(LAYERS);
    let mut tree = TreeRows::new(upto(1));
    tree.expand(&union, node(&union, "etc"));
    let mut check = |key, direction, expected: &str| {
        tree.set_sort(Sort { key, direction });
        assert_eq!(
            names_of(&mut tree, &union),
            expected,
            "by {key:?} {direction:?}"
        );
    };
    check(
        SortKey::Name,
        Direction::Ascending,
        "etc etc/hosts etc/motd etc/passwd usr bin",
    );
    check(
        SortKey::Name,
        Direction::Descending,
        "usr etc etc/passwd etc/motd etc/hosts bin",
    );
    check(
        SortKey::Size,
        Direction::Descending,
        "usr etc etc/hosts etc/motd etc/passwd bin",
    );
    check(
        SortKey::Size,
        Direction::Ascending,
        "bin etc etc/passwd etc/motd etc/hosts usr",
    );
    check(
        SortKey::Time,
        Direction::Ascending,
        "bin usr etc etc/motd etc/passwd etc/hosts",
    );
    check(
        SortKey::Mode,
        Direction::Ascending,
        "etc etc/passwd etc/hosts etc/motd usr bin",
    );
    check(
        SortKey::Layer,
        Direction::Descending,
        "bin etc etc/hosts etc/motd etc/passwd usr",
    );
    check(
        SortKey::Owner,
        Direction::Descending,
        "bin etc etc/hosts etc/motd etc/passwd usr",
    );
}

/// A deleted file does not count in its directory. Its own row has its former size.
#[wasm_bindgen_test(unsupported = test)]
fn in_a_layers_own_view_sizes_are_those_that_are_told() {
    let union =
        union_of("d/\nd/x = @50\nbig = @100\n---\n.wh.big\nsmall = @30\nd/.wh.x\nd/y = @20");
    let mut tree = TreeRows::new(own(1));
    tree.expand(&union, node(&union, "d"));
    tree.set_sort(Sort {
        key: SortKey::Size,
        direction: Direction::Descending,
    });
    assert_eq!(names_of(&mut tree, &union), "big small d d/x d/y");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_filter_keeps_the_way_to_each_match_and_opens_it() {
    let union = union_of(LAYERS);
    let mut tree = TreeRows::new(upto(1));
    let mut check = |text: &str, kind, expected: &str| {
        tree.set_filter(Filter {
            text: text.into(),
            kind,
            changes: None,
        });
        assert_eq!(
            rows_of(&mut tree, &union),
            expected_lines_indented(expected),
            "{text} {kind:?}"
        );
    };
    check("BASH", None, "usr - 1/1\n  bin - 1/1\n    Bash 1/1");
    // The content of a matching directory also matches, but does not open it.
    check("etc", None, "etc + 1/2\nusr - 2/2\n  etc + 1/1");
    check(
        "etc/ho",
        None,
        "etc - 1/2\n  hosts 1/1\nusr - 2/2\n  etc - 1/1\n    hostname 1/1",
    );
    check("", Some(EntryKind::Symlink), "bin 1/1");
    check(
        "usr",
        Some(EntryKind::File),
        "usr - 1/1\n  bin - 1/2\n    Bash 1/2\n    sh 2/2\n  etc - 2/2\n    hostname 1/1",
    );
    check("nothing of this name", None, "");
    // Closing one, and clearing the filter.
    tree.set_filter(Filter {
        text: b"bash".to_vec(),
        ..Filter::default()
    });
    tree.collapse(&union, node(&union, "usr/bin"));
    assert_eq!(rows_of(&mut tree, &union), ["usr - 1/1", "  bin + 1/1"]);
    tree.set_filter(Filter::default());
    assert_eq!(tree.n_rows(&union), 3);
}

fn expected_lines_indented(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_filter_by_change() {
    let union = union_of(LAYERS);
    let shown = |view: View, changes| {
        let mut tree = TreeRows::new(view);
        tree.set_filter(Filter {
            changes: Some(changes),
            ..Filter::default()
        });
        names_of(&mut tree, &union)
    };
    let none = ChangeFilter::default();
    assert_eq!(
        shown(
            own(1),
            ChangeFilter {
                added: true,
                ..none
            }
        ),
        "etc etc/motd"
    );
    assert_eq!(
        shown(
            own(1),
            ChangeFilter {
                changed: true,
                ..none
            }
        ),
        "etc etc/hosts"
    );
    assert_eq!(
        shown(
            own(1),
            ChangeFilter {
                deleted: true,
                ..none
            }
        ),
        "zero"
    );
    assert_eq!(
        shown(
            upto(1),
            ChangeFilter {
                changed: true,
                ..none
            }
        ),
        "etc etc/hosts"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layers_own_view_has_the_directories_above_as_context() {
    let union = union_of(LAYERS);
    let mut tree = TreeRows::new(own(1));
    tree.expand(&union, node(&union, "etc"));
    assert_eq!(
        rows_of(&mut tree, &union),
        ["etc - 1/2", "  hosts 1/2", "  motd 2/2", "zero 2/2"]
    );
    assert_eq!(
        union.node(node(&union, "etc"), own(1)).unwrap().change,
        None
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_deleted_passes_its_filter_in_every_view() {
    let union = union_of(
        "a/\na/x = 1\na/y = 12\nb/c/d = 1\nkept = 1\n---\na/.wh.x\n.wh.b\n---\n.wh.a\na2 = 1\n---\na = 1",
    );
    let deleted = ChangeFilter {
        deleted: true,
        ..ChangeFilter::default()
    };
    let shown = |view: View, text: &str| {
        let mut tree = TreeRows::new(view);
        tree.set_filter(Filter {
            changes: Some(deleted),
            text: text.into(),
            ..Filter::default()
        });
        names_of(&mut tree, &union)
    };
    let with_deleted = |layer| View::WithDeleted(LayerIdx(layer));
    assert_eq!(shown(with_deleted(0), ""), "");
    assert_eq!(shown(with_deleted(1), ""), "a a/x b b/c b/c/d");
    assert_eq!(shown(with_deleted(2), ""), "a a/x a/y b b/c b/c/d");
    // The path that replaced a directory has the directory's former content below it.
    assert_eq!(shown(with_deleted(3), ""), "b b/c b/c/d a a/x a/y");
    assert_eq!(shown(with_deleted(3), "y"), "a a/y");
    assert_eq!(shown(own(1), ""), "a a/x b b/c b/c/d");
    let y = node(&union, "a/y");
    let told = union.node(y, with_deleted(3)).unwrap();
    assert_eq!((told.size_bytes, told.layer), (2, LayerIdx(0)));
    assert_eq!(told.change, Some(Change::Deleted));
    assert_eq!(union.deleted_by(y, with_deleted(3)), Some(LayerIdx(2)));
    assert_eq!(union.deleted_by(y, upto(1)), None);
    // Totals count only what exists.
    let root = lamina::overlay::NodeId::ROOT;
    assert_eq!(
        union.totals(root, with_deleted(3)),
        union.totals(root, upto(3))
    );
    assert_eq!(
        union.totals(node(&union, "b"), with_deleted(3)),
        Default::default()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_tree_tells_how_it_is_shown() {
    let mut tree = TreeRows::new(upto(1));
    assert_eq!((tree.view(), tree.sort()), (upto(1), Sort::BY_NAME));
    assert!(tree.filter().is_empty());
    let sort = Sort {
        key: SortKey::Size,
        direction: Direction::Descending,
    };
    let filter = Filter {
        text: b"x".to_vec(),
        ..Filter::default()
    };
    tree.set_view(own(0));
    tree.set_sort(sort);
    tree.set_filter(filter.clone());
    assert_eq!((tree.view(), tree.sort()), (own(0), sort));
    assert_eq!(*tree.filter(), filter);
    assert!(!tree.filter().is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_name_leads_to_its_node_seen_or_not() {
    let union = union_of(LAYERS);
    let root = lamina::overlay::NodeId::ROOT;
    let etc = union.child(root, b"etc");
    assert_eq!(etc, Some(node(&union, "etc")));
    let hosts = etc.and_then(|etc| union.child(etc, b"hosts"));
    assert_eq!(hosts, Some(node(&union, "etc/hosts")));
    // And back.
    let id = node(&union, "etc/hosts");
    assert_eq!((union.name(id), union.parent(id)), (&b"hosts"[..], etc));
    assert_eq!(union.name(node(&union, "etc")), b"etc");
    assert_eq!((union.name(root), union.parent(root)), (&b""[..], None));
    assert_eq!(union.child(root, b"zero"), Some(node(&union, "zero")));
    for name in ["hosts", "", "etc/hosts", "ETC"] {
        assert_eq!(union.child(root, name.as_bytes()), None, "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_that_are_no_node_answer_nothing() {
    use lamina::overlay::NodeId;
    let union = union_of("a = 1");
    let view = upto(0);
    // The first number that is not in use, and others.
    for wrong in [NodeId(2), NodeId(77), NodeId(u32::MAX)] {
        assert_eq!(union.node(wrong, view), None);
        assert_eq!(union.children(wrong, view).count(), 0);
        assert!(union.path(wrong).is_empty() && union.name(wrong).is_empty());
        assert_eq!(
            (union.parent(wrong), union.links(wrong, view)),
            (None, vec![])
        );
        assert!(union.history(wrong).is_empty() && !union.shows(wrong, view));
        assert_eq!(union.totals(wrong, own(3)), Default::default());
        let mut tree = TreeRows::new(view);
        tree.expand(&union, wrong);
        assert!(!tree.is_expanded(&union, wrong));
        tree.collapse(&union, wrong);
        assert_eq!(tree.expand_to(&union, wrong), None);
        assert_eq!(tree.n_rows(&union), 1);
    }
}
