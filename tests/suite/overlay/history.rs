//! A path's history over the layers (LS-44), and the reason why it was added, changed or removed.

use lamina::insight::analyse;
use lamina::overlay::{Touch, Union};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{check_view, expected_lines, node, own, union_of};

/// Returns `@1 changed entry file content mtime`, with `identical` if the same content is stored again.
fn touch_line(touch: &Touch) -> String {
    let cause = serde_json::to_string(&touch.cause).unwrap();
    let kind = serde_json::to_string(&touch.kind).unwrap();
    let mut line =
        format!("@{} {} {cause} {kind}", touch.layer.0, touch.change.word()).replace('"', "");
    let marks = [
        (touch.differs.kind, " kind"),
        (touch.differs.content, " content"),
        (touch.differs.metadata(), " metadata"),
        (touch.differs.mtime, " mtime"),
        (touch.content_identical, " identical"),
    ];
    for (_, word) in marks.iter().filter(|(is, _)| *is) {
        line += word;
    }
    line
}

fn history_of(union: &Union, path: &str) -> Vec<String> {
    union
        .history(node(union, path))
        .iter()
        .map(touch_line)
        .collect()
}

fn check_history(layers: &str, path: &str, expected: &str) {
    let union = union_of(layers);
    assert_eq!(
        history_of(&union, path),
        expected_lines(expected),
        "{path} in\n{layers}"
    );
}

/// Checks each touch, written as `@layer entry content`, with the content as `layer:entry` or `-` for none.
fn check_places(layers: &str, path: &str, expected: &str) {
    let union = union_of(layers);
    let told = |touch: &Touch| {
        let entry = touch
            .entry
            .map_or("-".to_owned(), |entry| entry.to_string());
        let content = touch.content.map_or("-".to_owned(), |place| {
            format!("{}:{}", place.layer.0, place.entry)
        });
        let through = if touch.through_symlink {
            " through"
        } else {
            ""
        };
        format!("@{} {entry} {content}{through}", touch.layer.0)
    };
    let touches = union.history(node(&union, path));
    let lines: Vec<_> = touches.iter().map(told).collect();
    assert_eq!(lines.join(", "), expected, "{path} in\n{layers}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_touch_names_the_entry_that_did_it_and_where_the_content_is() {
    let layers =
        "d/\nd/a = 1\nd/e/\n---\nx = 1\nd/a = 2\n---\nx = 2\ny = 2\n.wh.d\n---\nx = 3\nd/a = 4";
    check_places(layers, "d/a", "@0 1 0:1, @1 1 1:1, @2 2 -, @3 1 3:1");
    check_places(layers, "d/e", "@0 2 0:2, @2 2 -");
    // A path that one layer names twice has one touch by that layer. The touches of lower layers remain.
    check_places(
        "a = 1\n---\na = 2\na = 3\n---\na = 4\na = 5\na = 6",
        "a",
        "@0 0 0:0, @1 1 1:1, @2 2 2:2",
    );
    // A directory without an entry has no content, but the entry that needed it is named.
    check_places(layers, "d", "@0 0 0:0, @2 2 -, @3 1 -");
    // Names of one inode: each touch has its own entry, and the content where it is stored.
    let layers = "a = 1\nb = 2\nc => b\n---\nd => c | mode=0600\ne => a | mode=0600\n---\nb = 3\nf => d | mode=0644\ng => f | mode=0640\n---\n.wh.c";
    check_places(layers, "a", "@0 0 0:0, @1 1 0:0");
    check_places(layers, "b", "@0 1 0:1, @1 0 0:1, @2 0 2:0");
    check_places(layers, "c", "@0 2 0:1, @1 0 0:1, @2 2 0:1, @3 0 -");
    check_places(layers, "d", "@1 0 0:1, @2 2 0:1");
    check_places(layers, "g", "@2 2 0:1");
    // Only entries written through a link are marked as such.
    let layers =
        "t/\nt/b = 1\nl -> t\n---\nt/a = 1\nl/b = 2\nl/c/d = 3\nl/e => t/a\nl/f/\n---\nt/b = 3";
    check_places(layers, "t/a", "@1 0 1:0");
    check_places(layers, "t/b", "@0 1 0:1, @1 1 1:1 through, @2 0 2:0");
    check_places(layers, "t/c/d", "@1 2 1:2 through");
    check_places(layers, "t/e", "@1 3 1:0 through");
    check_places(layers, "t/f", "@1 4 1:4 through");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_added_changed_deleted_and_added_again() {
    check_history(
        "a = 1 | mtime=1\n---\na = 22 | mtime=2\n---\nb = 1\n---\n.wh.a\n---\na = 1",
        "a",
        "@0 added entry file
         @1 changed entry file content mtime
         @3 deleted whiteout file
         @4 added entry file",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_44_the_same_content_again_is_flagged() {
    check_history(
        "a = same | mtime=1\n---\na = same | mtime=2\n---\na = same | mtime=2\n---\na = same | mtime=2 mode=0600",
        "a",
        "@0 added entry file
         @1 changed entry file mtime identical
         @2 changed entry file identical
         @3 changed entry file metadata identical",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_44_it_is_a_change_by_its_metadata() {
    let layers =
        "a = same | mtime=1\nb = same | mtime=1\n---\na = same | mtime=2\nb = same | mtime=1";
    check_view(layers, own(1), "changed a file 4 @1");
    let union = union_of(layers);
    // If even the time is the same there is no change, but the content is stored again.
    for (name, changed) in [("a", true), ("b", false)] {
        let info = union.node(node(&union, name), own(1)).unwrap();
        assert_eq!(info.change.is_some(), changed, "{name}");
        assert!(union.history(node(&union, name))[1].content_identical);
    }
    // A link does not store content again, and neither does an empty file.
    check_history(
        "a = same\n---\na => a2",
        "a",
        "@0 added entry file\n@1 changed entry hardlink kind content",
    );
    check_history(
        "a = x\n---\na = y",
        "a",
        "@0 added entry file\n@1 changed entry file content",
    );
    // Only files have stored content. For other kinds, an equal entry changes nothing, and a
    // different one is a change of content.
    for (one, other, kind) in [
        ("a -> x", "a -> y", "symlink"),
        ("a c 1:3", "a c 1:5", "char"),
        ("a b 8:0", "a b 8:1", "block"),
        ("a => x", "a => y", "hardlink"),
    ] {
        let added = format!("@0 added entry {kind}\n@1 changed entry {kind}");
        check_history(&format!("{one}\n---\n{one}"), "a", &added);
        check_history(
            &format!("{one}\n---\n{other}"),
            "a",
            &format!("{added} content"),
        );
    }
    for (line, kind) in [("a p", "fifo"), ("a/", "dir"), ("a/b = 1", "dir")] {
        let cause = if line == "a/b = 1" {
            "implied"
        } else {
            "entry"
        };
        check_history(
            &format!("{line}\n---\n.wh.a\n{line}"),
            "a",
            &format!("@0 added {cause} {kind}\n@1 changed {cause} {kind}"),
        );
    }
}

/// As many bytes in as many copies as in dive's own test image. The figures come from dive's tests.
#[wasm_bindgen_test(unsupported = test)]
fn ls_44_the_space_of_content_stored_again_is_dives() {
    let layers = "bin/busybox = @1154361
         ---
         somefile.txt = @6405
         ---
         root/example/really/nested/
         ---
         root/example/somefile1.txt = @6405 | mtime=1
         ---
         root/example/somefile1.txt = @6405 | mtime=1 mode=0444
         ---
         root/example/somefile2.txt = @6405
         ---
         root/example/somefile3.txt = @6405
         ---
         root/example/.wh.somefile3.txt
         root/saved.txt = @6405
         ---
         root/.saved.txt = @6405
         ---
         root/.wh.example
         ---
         root/.data/
         root/.data/tag.sh = @917
         root/.data/test.sh = @1270
         ---
         tmp/saved.again1.txt = @6405
         ---
         root/.data/saved.again2.txt = @6405
         ---
         root/saved.txt = @6405 | mode=0755";
    let union = union_of(layers);
    let analysis = analyse(&union, 10).unwrap();
    let dive = &analysis.dive;
    assert_eq!(
        (analysis.stored_bytes, dive.wasted_bytes),
        (1_220_598, 32_025)
    );
    assert_eq!(format!("{:.5}", dive.score), "0.98442");
    assert_eq!(format!("{:.5}", dive.user_wasted_percent), "0.48349");
    // The union knows which paths have the same content again.
    let again = |path: &str| {
        union
            .history(node(&union, path))
            .last()
            .map(|touch| touch.content_identical)
    };
    assert_eq!(again("root/saved.txt"), Some(true));
    assert_eq!(again("root/.saved.txt"), Some(false));
}

#[wasm_bindgen_test(unsupported = test)]
fn every_descendant_knows_how_it_went() {
    let layers = "d/\nd/e/\nd/e/f = 1\n---\n.wh.d\n---\nd/e/f = 1\n---\nd/.wh..wh..opq\n---\nd/e/f = 1\n---\nd = file";
    check_history(
        layers,
        "d",
        "@0 added entry dir
         @1 deleted whiteout dir
         @2 added implied dir
         @5 changed entry file kind content metadata mtime",
    );
    check_history(
        layers,
        "d/e",
        "@0 added entry dir
         @1 deleted parent-removed dir
         @2 added implied dir
         @3 deleted opaque dir
         @4 added implied dir
         @5 deleted parent-replaced dir",
    );
    check_history(
        layers,
        "d/e/f",
        "@0 added entry file
         @1 deleted parent-removed file
         @2 added entry file
         @3 deleted parent-removed file
         @4 added entry file
         @5 deleted parent-replaced file",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn whiteout_and_new_object_in_one_layer_are_one_change() {
    check_history(
        "a = 1\nd/ | mode=0700\nd/x = 1\n---\n.wh.a\na -> b\n.wh.d\nd/new = 1",
        "a",
        "@0 added entry file
         @1 changed entry symlink kind content metadata",
    );
    check_history(
        "d/ | mode=0700\nd/x = 1\n---\n.wh.d\nd/new = 1",
        "d",
        "@0 added entry dir
         @1 changed implied dir metadata mtime",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_comes_and_goes_within_a_layer_was_never_there() {
    check_history("keep = 1\n---\nd/\nd/x = 1\nd = file", "d/x", "");
    check_history(
        "keep = 1\n---\nd/\nd/x = 1\nd = file",
        "d",
        "@1 added entry file",
    );
    check_history(
        "d/\nd/x = 1\n---\nd/x = 2\nd = file",
        "d/x",
        "@0 added entry file\n@1 deleted parent-replaced file",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn metadata_written_through_another_name_is_told() {
    let layers = "a = 1 | mode=0644\n---\nb => a | mode=0600\n---\n.wh.b\n---\nc => a | mode=0640\n---\na = 2\n---\nd => c";
    check_history(
        layers,
        "a",
        "@0 added entry file
         @1 changed link file metadata
         @3 changed link file metadata
         @4 changed entry file content metadata",
    );
    check_history(
        layers,
        "c",
        "@3 added entry file
         @5 changed link file metadata",
    );
    check_history(layers, "b", "@1 added entry file\n@2 deleted whiteout file");
    // Equal metadata is not a change for the other name, and neither is a symbolic link's mode.
    check_history("a = 1\n---\nb => a", "a", "@0 added entry file");
    check_history("a -> t\n---\nb => a", "a", "@0 added entry symlink");
    for other in ["uid=1", "gid=1", "mtime=1", "mode=0645", "xattr.user.k=v"] {
        let difference = if other == "mtime=1" {
            "mtime"
        } else {
            "metadata"
        };
        check_history(
            &format!("a = 1\n---\nb => a | {other}"),
            "a",
            &format!("@0 added entry file\n@1 changed link file {difference}"),
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_root_has_a_history_only_where_it_is_named() {
    let union = union_of("a = 1\n---\n./ | mode=0700");
    let touches: Vec<_> = union
        .history(lamina::overlay::NodeId::ROOT)
        .iter()
        .map(touch_line)
        .collect();
    assert_eq!(touches, ["@1 changed entry dir metadata mtime"]);
    assert!(union.history(lamina::overlay::NodeId(99)).is_empty());
}
