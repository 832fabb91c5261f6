//! Search by name, in all layers.

use lamina::image::escape;
use lamina::overlay::{Change, Found, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{own, union_of, upto};

#[wasm_bindgen_test(unsupported = test)]
fn finds_by_name_the_best_first() {
    let union = union_of(
        "etc/\netc/hosts = 1\nusr/etc/hostname = 1\nusr/HOST = 1\nusr/ghost/x = 1\nhost = 1\nold-host = 1\n---\n.wh.old-host",
    );
    let found = |query: &str, view, limit| -> Vec<String> {
        let all = union.find(query.as_bytes(), view, limit).into_iter();
        let shown = all.filter(|found| found.in_view);
        shown.map(|found| escape(&union.path(found.id))).collect()
    };
    assert_eq!(
        found("host", upto(1), 100),
        [
            "host",
            "usr/HOST",
            "etc/hosts",
            "usr/etc/hostname",
            "usr/ghost"
        ]
    );
    assert_eq!(found("host", upto(1), 2), ["host", "usr/HOST"]);
    assert_eq!(
        found("etc/host", upto(1), 100),
        ["etc/hosts", "usr/etc/hostname"]
    );
    assert_eq!(found("/ETC/hosts", upto(1), 100), ["etc/hosts"]);
    assert_eq!(found("old", upto(0), 100), ["old-host"]);
    assert_eq!(found("old", upto(1), 100), [""; 0]);
    assert_eq!(found("old", own(1), 100), ["old-host"]);
    assert_eq!(found("", upto(1), 100), [""; 0]);
    assert_eq!(found("host", upto(1), 0), [""; 0]);
    // Of each group, the first ones found are kept, and then sorted.
    let union = union_of("h3 = 1\nh2 = 1\nh1 = 1\nxh3 = 1\nxh2 = 1\nxh1 = 1");
    for (limit, paths) in [
        (1, "h3"),
        (2, "h2 h3"),
        (3, "h1 h2 h3"),
        (4, "h1 h2 h3 xh1"),
        (5, "h1 h2 h3 xh1 xh2"),
    ] {
        let all = union.find(b"h", upto(0), limit).into_iter();
        let found: Vec<_> = all.map(|found| escape(&union.path(found.id))).collect();
        assert_eq!(found.join(" "), paths, "{limit}");
    }
}

/// Returns each match as `path @layer size`, with `elsewhere` if it is not in the view, `-3` for the layer that
/// deleted it and `~3` for the layer that overwrote it.
fn hits(union: &Union, query: &str, view: View) -> Vec<String> {
    let hit = |found: Found| {
        let path = escape(&union.path(found.id));
        let elsewhere = if found.in_view { "" } else { " elsewhere" };
        let hidden = found.hidden.map(|(layer, change)| match change {
            Change::Deleted => format!(" -{}", layer.0),
            _ => format!(" ~{}", layer.0),
        });
        let hidden = hidden.unwrap_or_default();
        format!(
            "{path} @{} {}{elsewhere}{hidden}",
            found.layer.0, found.size_bytes
        )
    };
    let found = union.find(query.as_bytes(), view, 100);
    found.into_iter().map(hit).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_search_covers_all_layers_and_says_what_became_of_each_version() {
    let union = union_of(
        "app/\napp/key = secret\napp/key.pub = p\nkeys/a = 1\nkey -> app\nother-key = 12
         ---
         app/.wh.key\napp/key.pub = longer\n.wh.keys\nother-key = 12 | mode=0600
         ---
         app/key = new!\n.wh.key\nkey/x = 1\nother-key/ \n---\n.wh.app",
    );
    assert_eq!(
        hits(&union, "key", upto(3)),
        [
            "key @2 0",
            "app/key @2 4 elsewhere -3",
            "app/key @0 6 elsewhere -1",
            "key @0 0 elsewhere ~2",
            "app/key.pub @1 6 elsewhere -3",
            "app/key.pub @0 1 elsewhere ~1",
            "keys @0 0 elsewhere -1",
            "other-key @2 0",
            // The content is the same in the layer that changed its mode.
            "other-key @1 2 elsewhere ~2",
        ]
    );
    // Each view finds matches that only other views show.
    assert_eq!(
        hits(&union, "app/key", upto(0)),
        [
            "app/key @0 6 -1",
            "app/key @2 4 elsewhere -3",
            "app/key.pub @0 1 ~1",
            "app/key.pub @1 6 elsewhere -3",
        ]
    );
    assert_eq!(
        hits(&union, "other", own(1)),
        ["other-key @1 2 ~2", "other-key @2 0 elsewhere"]
    );
    // A layer's own view shows the paths that the layer deletes.
    assert_eq!(hits(&union, "keys", own(1)), ["keys @0 0 -1"]);
    assert_eq!(hits(&union, "no such name", upto(3)), [""; 0]);
    // Full matches come first, in any view.
    let union = union_of("key = 1\na-key = 1\n---\n.wh.key");
    assert_eq!(
        hits(&union, "key", upto(1)),
        ["key @0 1 elsewhere -1", "a-key @0 1"]
    );
    assert_eq!(union.find(b"key", upto(1), 1).len(), 1);
}
