//! Search by name, in all layers.

use lamina::bounds::SearchLimits;
use lamina::image::escape;
use lamina::overlay::{AccountNames, Change, Found, Query, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{own, union_of, upto};

fn query_of(text: &str) -> Query {
    Query::parse(text, &SearchLimits::DEFAULT).expect("the query is understood")
}

#[wasm_bindgen_test(unsupported = test)]
fn finds_by_name_the_best_first() {
    let union = union_of(
        "etc/\netc/hosts = 1\nusr/etc/hostname = 1\nusr/HOST = 1\nusr/ghost/x = 1\nhost = 1\nold-host = 1\n---\n.wh.old-host",
    );
    let found = |query: &str, view, limit| -> Vec<String> {
        let all = union.find(&query_of(query), view, limit).into_iter();
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
        let all = union.find(&query_of("h"), upto(0), limit).into_iter();
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
    let found = union.find(&query_of(query), view, 100);
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
    assert_eq!(union.find(&query_of("key"), upto(1), 1).len(), 1);
}

/// Returns the paths of all hits, with the layer where it is not the base.
fn paths(union: &Union, query: &Query, view: View) -> String {
    let path = |found: Found| match found.layer.0 {
        0 => escape(&union.path(found.id)),
        layer => format!("{}@{layer}", escape(&union.path(found.id))),
    };
    let found = union.find(query, view, 100).into_iter();
    found.map(path).collect::<Vec<_>>().join(" ")
}

#[wasm_bindgen_test(unsupported = test)]
fn a_query_has_words_patterns_and_operators() {
    let union = union_of(
        "etc/passwd = 1\nusr/etc/pass = 22\nusr/bin/su = 333 | mode=4755\napp/app.py = 4444\napp/a.pyc = 1
         l -> app\ndev/null c 1:3\nlibc6:amd64.list = 1\nmy file = 1\nsecret/deploy_key = 55555 | uid=1000 gid=7
         ---
         .wh.secret\napp/app.py = 1\nbig = 666666
         ---
         etc/passwd = 1 | mode=0600 uid=1000",
    );
    let check = |query: &str, expected: &str| {
        assert_eq!(
            paths(&union, &query_of(query), upto(2)),
            expected,
            "{query}"
        );
    };
    // Words: all of them, in the name or above it, at least one in the name.
    check("etc pass", "usr/etc/pass etc/passwd@2");
    check("usr etc", "usr/etc");
    check("my file", "my file");
    check("\"my file\"", "my file");
    check("\"y f\"", "my file");
    check("libc6:amd64", "libc6:amd64.list");
    // Letters apart from each other.
    check("apppy", "app/app.py@1 app/app.py app/a.pyc");
    check("dplykey", "secret/deploy_key");
    check("\"dplykey\"", "");
    // Patterns.
    check("*.pyc", "app/a.pyc");
    check("/usr/**/p*", "usr/etc/pass");
    check("etc/*", "etc/passwd@2 usr/etc/pass");
    check("*.py app", "app/app.py@1 app/app.py");
    // Operators.
    check("size:>4k", "");
    check("size:>3", "big@1 secret/deploy_key app/app.py");
    check("size:3..4", "app/app.py usr/bin/su");
    check("kind:link", "l");
    check("kind:device", "dev/null");
    check("layer:1", "app/app.py@1 big@1");
    check("layer:1..2 size:>3", "big@1");
    check("layer:0 passwd", "etc/passwd");
    check("mode:setuid", "usr/bin/su");
    check("mode:0600", "etc/passwd@2");
    check("owner:1000", "etc/passwd@2 secret/deploy_key");
    check("owner:1000:7", "secret/deploy_key");
    check("owner::7", "secret/deploy_key");
    check("deleted:", "secret secret/deploy_key");
    check("deleted:no key", "");
    check("overwritten:", "app/app.py");
    check("DELETED:Yes kind:FILE", "secret/deploy_key");
    check("", "");
    check("\"\"", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_query_that_makes_no_sense_is_told() {
    let limits = SearchLimits::DEFAULT;
    let long = "x".repeat(limits.query_bytes + 1);
    let many = "x ".repeat(limits.terms + 1);
    for (query, told) in [
        ("sise:>1M", "no sise:"),
        ("size:", "size: takes"),
        ("size:big", "not big"),
        ("layer:top", "layer: takes"),
        ("kind:socket", "not socket"),
        ("mode:99999", "mode: takes"),
        ("mode:0999", "mode: takes"),
        ("owner:", "owner: takes"),
        ("owner::", "owner: takes"),
        ("deleted:maybe", "yes or no"),
        (&long, "at most 256 bytes"),
        (&many, "at most 16 words"),
    ] {
        let why = Query::parse(query, &limits).expect_err(query).to_string();
        assert!(why.contains(told), "{query}: {why}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_name_in_a_query_is_an_account_of_the_image() {
    let union = union_of("a = 1 | uid=1000\nb = 1 | gid=7\nc = 1");
    let names = AccountNames {
        users: vec![("app".to_owned(), 1000)],
        groups: vec![("lp".to_owned(), 7)],
    };
    for (query, expected) in [("owner:app", "a"), ("owner::lp", "b"), ("owner:app:lp", "")] {
        let query = query_of(query);
        assert!(query.wants_accounts());
        let query = query.with_accounts(&names).expect("the name is known");
        assert_eq!(paths(&union, &query, upto(0)), expected);
    }
    let unknown = query_of("owner:lp").with_accounts(&names);
    assert!(
        unknown
            .expect_err("lp is a group")
            .to_string()
            .contains("lp")
    );
    assert!(!query_of("owner:1000").wants_accounts());
}
