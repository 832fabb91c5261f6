//! Dead content: the layer that hid it, the cause, and the rows that report it; with dive's figures for comparison.

use wasm_bindgen_test::wasm_bindgen_test;

use super::check;

#[wasm_bindgen_test(unsupported = test)]
fn content_lives_as_long_as_one_of_its_names() {
    // A hard link has no bytes of its own: one copy of 30 bytes, and an empty one.
    check(
        "a = @30\nb => a\n---\n.wh.a\n---\n.wh.b",
        "score 0.0000 wasted 30 percent inf
         again a x2 30
         layer 0 stored 30 dead 30
         layer 1 stored 0 dead 0
         layer 2 stored 0 dead 0
         dead b 30 @0 by 2 whiteout",
    );
    check(
        "a = @30\n---\nb => a\n---\n.wh.a\n---\nc => b\n.wh.b",
        "score 0.0000 wasted 30 percent inf
         again a x2 30
         layer 0 stored 30 dead 0
         layer 1 stored 0 dead 0
         layer 2 stored 0 dead 0
         layer 3 stored 0 dead 0",
    );
    // Both names in one layer: reported once, by the name of the entry that has the bytes.
    check(
        "z = @30\na => z\n---\n.wh.a\nz = @5",
        "score 0.1429 wasted 35 percent 7.0000
         again z x2 35
         layer 0 stored 30 dead 30
         layer 1 stored 5 dead 0
         dead z 30 @0 by 1 overwritten",
    );
    // A link over a file leaves the file's own content without a name.
    check(
        "a = @30\nb = @20\n---\nb => a",
        "score 0.6000 wasted 20 percent inf
         again b x2 20
         layer 0 stored 50 dead 20
         layer 1 stored 0 dead 0
         dead b 20 @0 by 1 overwritten",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_44_the_same_content_again_is_told_apart_from_a_change() {
    check(
        "a = @30\nb = @20\nc = @10 | xattr.user.k=v\n---
         a = @30 | mtime=5\nb = @20 | mode=0755\nc = @10",
        "score 0.5000 wasted 120 percent 2.0000
         again a x2 60
         again b x2 40
         again c x2 20
         layer 0 stored 60 dead 60
         layer 1 stored 60 dead 0
         dead a 30 @0 by 1 same-content
         dead b 20 @0 by 1 metadata-only
         dead c 10 @0 by 1 metadata-only",
    );
    check(
        "a = @30\n---\na = @30 | uid=7\n---\na = @30 | uid=7 mtime=9",
        "score 0.3333 wasted 90 percent 1.5000
         again a x3 90
         layer 0 stored 30 dead 30
         layer 1 stored 30 dead 30
         layer 2 stored 30 dead 0
         dead a 30 @0 by 1 metadata-only
         dead a 30 @1 by 2 same-content",
    );
    // chmod of one of two names: a hard link to the other stores nothing again.
    check(
        "a = @30\nb => a\n---\na => b | mode=0600",
        "score 0.0000 wasted 30 percent inf
         again a x2 30
         layer 0 stored 30 dead 0
         layer 1 stored 0 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn content_that_its_own_layer_hides_is_dead_from_the_start() {
    check(
        "a = @30\na = @20\nb = @5\nb = @5\nc = @4 | mode=0600\nc = @4\nd = @9\nd -> a",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 77 dead 48
         dead a 30 @0 by 0 overwritten
         dead d 9 @0 by 0 replaced
         dead b 5 @0 by 0 same-content
         dead c 4 @0 by 0 metadata-only",
    );
    check(
        "d/a = @30\nd = @20",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 50 dead 30
         dead d/a 30 @0 by 0 directory-replaced",
    );
    // A name that a hard link has since taken over keeps the content.
    check(
        "a = @30\nb => a\na = @20",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 50 dead 0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn content_that_no_path_can_show_is_left_out() {
    check(
        "d/a = @5\n---\nd/.wh.a = @30\nd/.wh..wh..opq = @20\n.wh..wh.aufs = @10\n.wh. = @3\n. = @2",
        "score 0.0000 wasted 5 percent 0.0769
         again d/a x2 5
         layer 0 stored 5 dead 5
         layer 1 stored 65 dead 65
         dead d/.wh.a 30 @1 by 1 left-out
         dead d/.wh..wh..opq 20 @1 by 1 left-out
         dead .wh..wh.aufs 10 @1 by 1 left-out
         dead d/a 5 @0 by 1 whiteout
         dead .wh. 3 @1 by 1 left-out
         dead  2 @1 by 1 left-out",
    );
    // AUFS's link targets are alive through the names that link to them.
    check(
        ".wh..wh.plnk/1 = @30\n.wh..wh.plnk/2 = @20\na => .wh..wh.plnk/1",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 50 dead 20
         dead .wh..wh.plnk/2 20 @0 by 0 left-out",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_removed_cache_is_one_row() {
    // Its files are whited out one by one; the directory stays.
    let files = "var/lib/dpkg/status = @7\nvar/lib/apt/lists/a = @30\nvar/lib/apt/lists/b = @20
         var/lib/apt/lists/c = @10\nvar/cache/apt/p = @40";
    let whiteouts = "var/lib/apt/lists/.wh.a\nvar/lib/apt/lists/.wh.b\nvar/lib/apt/lists/.wh.c
         var/cache/.wh.apt";
    check(
        &format!("{files}\n---\n{whiteouts}"),
        "score 0.5918 wasted 60 percent inf
         again var/lib/apt/lists/a x2 30
         again var/lib/apt/lists/b x2 20
         again var/lib/apt/lists/c x2 10
         layer 0 stored 107 dead 100
         layer 1 stored 0 dead 0
         dead var/lib/apt/lists/ of 3 60 @0 by 1 whiteout
         dead var/cache/apt/p 40 @0 by 1 whiteout",
    );
    // Each layer that stored some of it has its row, and so has each layer that removed some.
    check(
        "x = @1\nd/s/a = @30\nd/s/b = @20\n---\nd/t/c = @5\nd/t/e = @6\nd/t/f = @7\n---\nd/t/.wh.f\n---\n.wh.d",
        "score 0.9462 wasted 7 percent 0.3889
         again d/t/f x2 7
         layer 0 stored 51 dead 50
         layer 1 stored 18 dead 18
         layer 2 stored 0 dead 0
         layer 3 stored 0 dead 0
         dead d/ of 2 50 @0 by 3 whiteout
         dead d/ of 2 11 @1 by 3 whiteout
         dead d/t/f 7 @1 by 2 whiteout",
    );
    // Files that the layer itself puts into the directory do not matter.
    check(
        "x = @1\nd/a = @30\nd/b = @20\nd/c = @10\n---\n.wh.d\nd/a = @3\nd/n = @4",
        "score 0.7656 wasted 33 percent 4.7143
         again d/a x2 33
         layer 0 stored 61 dead 60
         layer 1 stored 7 dead 0
         dead d/a 30 @0 by 1 overwritten
         dead d/ of 2 30 @0 by 1 whiteout",
    );
    // A remaining file keeps its neighbours in separate rows.
    check(
        "d/a = @30\nd/b = @20\nd/c = @10\n---\nd/.wh.a\nd/.wh.b",
        "score 0.1667 wasted 50 percent inf
         again d/a x2 30
         again d/b x2 20
         layer 0 stored 60 dead 50
         layer 1 stored 0 dead 0
         dead d/a 30 @0 by 1 whiteout
         dead d/b 20 @0 by 1 whiteout",
    );
    // Everything that the image had.
    check(
        "a = @3\nb/c = @4\n---\n.wh..wh..opq",
        "score 1.0000 wasted 0 percent 0.0000
         layer 0 stored 7 dead 7
         layer 1 stored 0 dead 0
         dead / of 2 7 @0 by 1 opaque",
    );
}
