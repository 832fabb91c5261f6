//! The summary of an image: its waste by cause and place, what is large, and the squash that pays.

use lamina::image::escape;
use lamina::insight::{Overview, WasteKind, WastePlace, overview};
use wasm_bindgen_test::wasm_bindgen_test;

use super::union_of;

fn kind(kind: WasteKind) -> &'static str {
    match kind {
        WasteKind::Deleted => "deleted",
        WasteKind::Overwritten => "overwritten",
        WasteKind::Metadata => "metadata",
        WasteKind::Again => "again",
        WasteKind::Unreachable => "unreachable",
    }
}

fn place(place: &WastePlace) -> String {
    let slash = if place.is_dir { "/" } else { "" };
    let known = place
        .known
        .map_or(String::new(), |known| format!(" ({})", known.word()));
    format!("{}{slash}{known}", escape(&place.path))
}

fn told(told: &Overview) -> Vec<String> {
    let mut lines = Vec::new();
    for waste in &told.waste {
        let places: Vec<String> = waste.places.iter().map(place).collect();
        lines.push(format!(
            "{} {} in {} @{} by {}: {}",
            kind(waste.kind),
            waste.bytes,
            waste.n_files,
            waste.stored_by.0,
            waste.hidden_by.0,
            places.join(", ")
        ));
    }
    let large = told.dirs.iter().map(|dir| ("dir", dir));
    for (word, large) in large.chain(told.files.iter().map(|file| ("file", file))) {
        let (path, bytes, layer) = (escape(&large.path), large.bytes, large.layer.0);
        lines.push(format!("{word} {path} {bytes} @{layer}"));
    }
    for shipped in &told.shipped {
        let (path, bytes) = (escape(&shipped.path), shipped.bytes);
        lines.push(format!("ships {} {path} {bytes}", shipped.known.word()));
    }
    if let Some(range) = told.squash {
        let (from, to, saved) = (range.from.0, range.to.0, range.saved_bytes);
        lines.push(format!("squash {from} to {to} saves {saved}"));
    }
    lines
}

fn check(layers: &str, expected: &str) {
    let union = union_of(layers);
    let (analysis, overview) = overview(&union, union.n_layers()).unwrap();
    let expected: Vec<_> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let actual = told(&overview);
    assert_eq!(
        actual,
        expected,
        "layers:\n{layers}\nactual:\n{}",
        actual.join("\n")
    );
    let told: u64 = overview.waste.iter().map(|waste| waste.bytes).sum();
    assert_eq!(told + overview.waste_left_out.bytes, analysis.dead_bytes);
}

#[wasm_bindgen_test(unsupported = test)]
fn waste_is_told_by_cause_with_the_directories_that_hold_it() {
    // Packages of apt are deleted one by one, a key is deleted, an application is copied by chown.
    check(
        "etc/passwd = @30\n---
         var/lib/apt/lists/a = @3000\nvar/lib/apt/lists/b = @3000\nvar/cache/apt/archives/p.deb = @2000
         var/cache/apt/archives/q.deb = @1000\nvar/cache/apt/archives/lock = @1\nusr/bin/python = @500\n---
         app/data = @800\napp/key = @40\n---
         var/lib/apt/lists/.wh.a\nvar/lib/apt/lists/.wh.b\nvar/cache/apt/archives/.wh.p.deb
         var/cache/apt/archives/.wh.q.deb\napp/.wh.key\n---
         app/data = @800 | uid=1000",
        "deleted 9000 in 4 @1 by 3: var/lib/apt/lists/ (apt-lists), var/cache/apt/archives/ (apt-cache)
         metadata 800 in 1 @2 by 4: app/data
         deleted 40 in 1 @2 by 3: app/key
         dir app 800 @2
         dir usr/bin 500 @1
         file app/data 800 @4
         file usr/bin/python 500 @1
         file etc/passwd 30 @0
         file var/cache/apt/archives/lock 1 @1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_an_image_need_not_ship_is_named() {
    check(
        "var/lib/apt/lists/a = @2000000\nroot/.npm/_cacache/x = @1500000\nroot/.cache/pip/y = @100\n---
         tmp/z = @1200000\nbin/sh = @100",
        "dir var/lib/apt/lists 2000000 @0
         dir root/.npm/_cacache 1500000 @0
         dir tmp 1200000 @1
         file var/lib/apt/lists/a 2000000 @0
         file root/.npm/_cacache/x 1500000 @0
         file tmp/z 1200000 @1
         file root/.cache/pip/y 100 @0
         file bin/sh 100 @1
         ships apt-lists var/lib/apt/lists 2000000
         ships npm-cache root/.npm 1500000
         ships temporary tmp 1200000",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_squash_that_pays_is_chosen() {
    check(
        "base = @100000\n---\na = @90000\nb = @70000\n---\n.wh.a\n.wh.b\n---\nc = @10",
        "deleted 160000 in 2 @1 by 2: /
         dir  100010 @0
         file base 100000 @0
         file c 10 @3
         squash 1 to 3 saves 160000",
    );
    // A second name counts once.
    check(
        "a = @100\nb => a",
        "dir  100 @0
         file a 100 @0",
    );
}
