//! Missing parents and paths through symbolic links: LS-15 to LS-24, LS-36.

use lamina::overlay::Error;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{check, check_view, check_warnings, lines_of, node, own, union_of, whole};

#[wasm_bindgen_test(unsupported = test)]
fn ls_15_a_file_with_a_child_becomes_an_implied_directory() {
    let layers = "p = file\n---\np/c = 1";
    check(layers, "p dir 0755 0:0 @1 implied\np/c file @1");
    check_warnings(layers, "parent-not-directory p/c");
    check_view(
        layers,
        own(1),
        "changed p dir 0755 0:0 @1 implied\nadded p/c file @1",
    );
    // Whatever is there, also in the same layer. The next entry finds the directory.
    for lower in ["p = file", "p p", "p c 1:3", "p b 8:0", "p => nothing"] {
        for between in ["\n---", ""] {
            check(
                &format!("{lower}{between}\np/q/c = 1\np/d = 22"),
                "p dir 0755 0:0 implied\np/d file 2\np/q dir 0755 0:0 implied\np/q/c file 1",
            );
        }
        check_warnings(
            &format!("{lower}\n---\np/q/c = 1\np/d = 22"),
            "parent-not-directory p/q/c",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_16_missing_parents_are_implied() {
    check(
        "a/b/c = 1",
        "a dir 0755 0:0 @0 implied\na/b dir 0755 0:0 @0 implied\na/b/c file @0",
    );
    // A later entry gives an implied directory its metadata.
    check("a/b = 1\na/ | mode=0700", "a dir 0700 @0\na/b file @0");
    check_warnings("a/b/c = 1", "");
    // No entry has their time or attributes.
    let union = union_of("a/b = 1 | mtime=5 xattr.user.k=v");
    let info = union.node(node(&union, "a"), whole(&union)).unwrap();
    assert_eq!((info.mtime, info.metadata), (None, None));
    assert!(union.xattrs(node(&union, "a"), whole(&union)).is_empty());
    // The layer's own view marks them, too.
    check_view(
        "x = 1\n---\na/b = 1",
        own(1),
        "added a dir 0755 0:0 @1 implied\nadded a/b file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_17_a_path_without_its_parents_entry_keeps_the_lower_parent() {
    check(
        "d/ | mode=0700 uid=1\nd/a = 1\n---\nd/b = 1",
        "d dir 0700 1:0 @0\nd/a file @0\nd/b file @1",
    );
    // The same if the path is deeper, is a whiteout, or comes first in its layer.
    check(
        "d/ | mode=0700 gid=2 mtime=7\nd/e/ | mode=0711 uid=3\nd/e/x = 1\n---\nd/e/f/new = 1\nd/e/.wh.x",
        "d dir 0700 0:2 @0
         d/e dir 0711 3:0 @0
         d/e/f dir 0755 @1 implied
         d/e/f/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_18_path_through_a_lower_symlink() {
    let layers = "usr/\nusr/lib/\nlib -> usr/lib\n---\nlib/new = 1\nlib/sub/deep = 2";
    check(
        layers,
        "lib symlink @0 -> usr/lib
         usr dir @0
         usr/lib dir @0
         usr/lib/new file @1
         usr/lib/sub dir @1 implied
         usr/lib/sub/deep file @1",
    );
    check_warnings(
        layers,
        "through-symlink lib/new\nthrough-symlink lib/sub/deep",
    );
    let union = union_of(layers);
    let info = union
        .node(node(&union, "usr/lib/new"), whole(&union))
        .unwrap();
    assert!(info.through_symlink);
    let touch = union.history(node(&union, "usr/lib/new"))[0];
    assert!(touch.through_symlink);
    // Nothing else is flagged: not the link, not its target, not a path without a link.
    for path in ["lib", "usr/lib"] {
        let info = union.node(node(&union, path), whole(&union)).unwrap();
        assert!(!info.through_symlink, "{path}");
    }
    check_warnings("usr/\nlib -> usr\n---\nusr/new = 1", "");
    // Absolute links, links to links, and links two layers below are all followed.
    for link in [
        "lib -> /usr/lib",
        "lib -> usr/../usr/./lib",
        "lib -> l2\nl2 -> /usr/lib",
    ] {
        let layers = format!("usr/\nusr/lib/\n{link}\n---\n---\nlib/new = 1");
        let union = union_of(&layers);
        let info = union
            .node(node(&union, "usr/lib/new"), whole(&union))
            .unwrap();
        assert!(info.through_symlink, "{link}");
        check_warnings(&layers, "through-symlink lib/new");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_19_a_directory_entry_replaces_a_lower_symlink() {
    check(
        "usr/\nusr/a = 1\nlib -> usr\n---\nlib/\nlib/new = 1",
        "lib dir @1\nlib/new file @1\nusr dir @0\nusr/a file @0",
    );
    check_warnings("usr/\nlib -> usr\n---\nlib/\nlib/new = 1", "");
    // Even after an entry went through the link. That entry stays in the link's target.
    check(
        "usr/\nlib -> usr\n---\nlib/a = 1\nlib/\nlib/b = 1",
        "lib dir @1\nlib/b file @1\nusr dir @0\nusr/a file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_20_links_in_paths_stay_inside_the_root() {
    check(
        "t/
         abs -> /t
         up -> ../../../t
         two -> abs
         sub/
         sub/rel -> ../t
         ---
         abs/a = 1
         up/b = 1
         two/c = 1
         sub/rel/d = 1",
        "abs symlink -> /t
         sub dir
         sub/rel symlink -> ../t
         t dir
         t/a file @1
         t/b file @1
         t/c file @1
         t/d file @1
         two symlink -> abs
         up symlink -> ../../../t",
    );
    let looping = "a -> b\nb -> a\nself -> self\n---\na/x = 1\nself/y = 1\nok = 1";
    check(
        looping,
        "a symlink -> b\nb symlink -> a\nok file\nself symlink -> self",
    );
    check_warnings(looping, "symlink-loop a/x\nsymlink-loop self/y");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_20_chains_of_255_links_hold_and_of_256_do_not() {
    for (n_links, holds) in [(1, true), (255, true), (256, false), (300, false)] {
        let mut layers = "l0/\n".to_owned();
        for n in 1..=n_links {
            layers += &format!("l{n} -> l{}\n", n - 1);
        }
        layers += &format!("---\nl{n_links}/x = 1\nafter = 1");
        let union = union_of(&layers);
        let found = union
            .lookup(b"l0/x")
            .and_then(|id| union.node(id, whole(&union)));
        assert_eq!(found.is_some(), holds, "{n_links} links");
        // Only the entry itself is left out, with a warning; the rest of the layer is applied.
        assert!(union.node(node(&union, "after"), whole(&union)).is_some());
        let code = if holds {
            "through-symlink"
        } else {
            "symlink-loop"
        };
        check_warnings(&layers, &format!("{code} l{n_links}/x"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_21_dangling_links_as_parents_get_their_target() {
    let layers = "l -> not/there\n---\nl/x = 1";
    check(
        layers,
        "l symlink @0 -> not/there
         not dir @1 implied
         not/there dir @1 implied
         not/there/x file @1",
    );
    check_warnings(layers, "dangling-parent l/x\nthrough-symlink l/x");
    // From the root, and out of it, which ends at the root.
    for target in ["/not/there", "../../not/there"] {
        check(
            &format!("l -> {target}\n---\nl/x = 1\nl/y = 1"),
            &format!(
                "l symlink -> {target}\nnot dir implied\nnot/there dir implied\nnot/there/x file\nnot/there/y file"
            ),
        );
        check_warnings(
            &format!("l -> {target}\n---\nl/x = 1\nl/y = 1"),
            "dangling-parent l/x\nthrough-symlink l/x\nthrough-symlink l/y",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_21_a_link_to_a_file_as_parent_is_replaced() {
    let layers = "f = file\nl -> f\nm -> f/x\n---\nl/x = 1\nm/y = 1";
    check(
        layers,
        "f file 4 @0
         l dir @1 implied
         l/x file @1
         m dir @1 implied
         m/y file @1",
    );
    check_warnings(layers, "parent-not-directory l/x\nparent-not-directory m/y");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_22_a_link_over_a_link_replaces_it() {
    check(
        "t = target\nl -> t\n---\nl -> u",
        "l symlink @1 -> u\nt file 6 @0",
    );
    check(
        "t = target\nl -> t\n---\nl = new",
        "l file 3 @1\nt file 6 @0",
    );
    // A link to a directory, in two layers or one: nothing changes in the directory.
    for between in ["---", ""] {
        check(
            &format!("t/\nt/a = 1\nl -> t\n{between}\nl -> u"),
            "l symlink -> u\nt dir @0\nt/a file @0",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_23_a_whiteout_through_a_link_removes_in_its_target() {
    let base = "usr/\nusr/lib/\nusr/lib/a = 1\nusr/lib/b = 1\nlib -> usr/lib\n---\n";
    check(
        &format!("{base}lib/.wh.a"),
        "lib symlink -> usr/lib\nusr dir\nusr/lib dir\nusr/lib/b file",
    );
    // The layer has already replaced the link by a directory, so the old target is not touched.
    check(
        &format!("{base}lib/\nlib/.wh.a"),
        "lib dir @1\nusr dir\nusr/lib dir\nusr/lib/a file\nusr/lib/b file",
    );
    check(
        &format!("{base}lib/\nlib/.wh..wh..opq\nlib/c = 1"),
        "lib dir @1\nlib/c file @1\nusr dir\nusr/lib dir\nusr/lib/a file\nusr/lib/b file",
    );
    check_warnings(&format!("{base}lib/.wh.a"), "through-symlink lib/.wh.a");
    check(
        &format!("{base}lib/new = 1\nlib/.wh..wh..opq"),
        "lib symlink -> usr/lib\nusr dir\nusr/lib dir @0\nusr/lib/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_24_following_links_is_scoped_to_the_root() {
    let union = union_of(
        "etc/
         etc/passwd = x
         dangling -> not/there
         looping -> looping
         attack -> ../../../etc/passwd
         abs -> /etc
         chain -> abs/passwd
         through -> etc/passwd/more",
    );
    let view = whole(&union);
    // Targets are kept as written.
    assert_eq!(
        lines_of(&union, view),
        [
            "abs symlink 0777 0:0 @0 -> /etc",
            "attack symlink 0777 0:0 @0 -> ../../../etc/passwd",
            "chain symlink 0777 0:0 @0 -> abs/passwd",
            "dangling symlink 0777 0:0 @0 -> not/there",
            "etc dir 0755 0:0 @0",
            "etc/passwd file 0644 0:0 1 @0",
            "looping symlink 0777 0:0 @0 -> looping",
            "through symlink 0777 0:0 @0 -> etc/passwd/more",
        ]
    );
    let resolve = |path: &str| {
        union
            .resolve(path.as_bytes(), view)
            .map(|id| union.path(id))
    };
    assert_eq!(resolve("attack"), Ok(b"etc/passwd".to_vec()));
    assert_eq!(resolve("/abs/passwd"), Ok(b"etc/passwd".to_vec()));
    assert_eq!(resolve("chain"), Ok(b"etc/passwd".to_vec()));
    assert_eq!(resolve("abs/../.."), Ok(Vec::new()));
    assert!(matches!(resolve("dangling"), Err(Error::NotFound { .. })));
    assert!(matches!(
        resolve("looping"),
        Err(Error::Loop { hops: 255, .. })
    ));
    assert!(matches!(
        resolve("through"),
        Err(Error::NotDirectory { .. })
    ));
    assert!(matches!(
        resolve("etc/passwd/x"),
        Err(Error::NotDirectory { .. })
    ));
    // The maximum number of links in a path, and one more.
    let links: Vec<_> = (1..=256).map(|n| format!("l{n} -> l{}", n - 1)).collect();
    let deep = union_of(&format!("l0 = end\n{}", links.join("\n")));
    let end = deep.resolve(b"l255", whole(&deep)).map(|id| deep.path(id));
    assert_eq!(end, Ok(b"l0".to_vec()));
    assert_eq!(
        deep.resolve(b"l256", whole(&deep)).map(|id| deep.path(id)),
        Err(Error::Loop {
            hops: 255,
            path: "l256".to_owned()
        })
    );
    let followed = union.follow(node(&union, "chain"), view);
    assert_eq!(
        followed.map(|id| union.path(id)),
        Ok(b"etc/passwd".to_vec())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_36_a_link_of_the_same_layer_is_followed_without_a_word() {
    let layers = "x = 1\n---\nreal/\nl -> real\nl/a = 1";
    check(
        layers,
        "l symlink -> real\nreal dir\nreal/a file @1\nx file",
    );
    check_warnings(layers, "");
    // A link of this layer in place of a lower directory, and the reverse.
    check(
        "d/\nd/old = 1\n---\nreal/\nd -> real\nd/new = 1",
        "d symlink @1 -> real\nreal dir @1\nreal/new file @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_replaced_through_itself_is_not_followed_again() {
    check(
        "l -> .\nx = 1\n---\nl/a = 1\nl/l = file\nl/b = 1",
        "a file @1\nl dir @1 implied\nl/b file @1\nx file @0",
    );
    check(
        "l -> .\nx = 1\n---\nl/a = 1\nl/.wh.l\nl/b = 1",
        "a file @1\nl dir @1 implied\nl/b file @1\nx file @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn links_that_are_followed_too_much_are_refused() {
    let mut limits = lamina::bounds::Limits::DEFAULT;
    limits.image.followed_link_bytes = 100;
    let mut union = lamina::overlay::Union::new(limits);
    let mut layer = "t/\nt/u/\nl -> ./t/./././././././.\n".to_owned();
    for n in 0..10 {
        layer += &format!("l/d{n}/x = 1\n");
    }
    union.apply(std::rc::Rc::new(crate::support::index_of(&layer)));
    let n_listed = union.listing(whole(&union)).count();
    let warnings = union.warnings(lamina::overlay::LayerIdx(0));
    assert!(n_listed > 3 && n_listed < 23, "{n_listed} paths");
    assert!(
        warnings
            .kept
            .iter()
            .all(|warning| warning.code() == "symlink-loop")
    );
}
