//! The bounds of a union, each at the last value that it lets pass and at the first that it does not.

use std::rc::Rc;

use lamina::layer::Limits;
use lamina::overlay::{LayerIdx, Union};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{layers_of, lines_of, whole};
use crate::support::index_of;

/// The paths and the warnings of all layers under these limits.
fn check(limits: Limits, layers: &str, paths: &str, warnings: &str) -> Union {
    let mut union = Union::new(limits);
    let mut told = Vec::new();
    for layer in layers_of(layers) {
        let layer = union.apply(Rc::new(index_of(&layer)));
        let warnings = union.warnings(layer).kept.iter();
        told.extend(warnings.map(|warning| format!("{} {}", warning.code, warning.subject)));
    }
    let lines = lines_of(&union, whole(&union));
    let listed: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(listed.join(" "), paths, "{layers}");
    assert_eq!(told.join(", "), warnings, "{layers}");
    union
}

#[wasm_bindgen_test(unsupported = test)]
fn depth_through_links_is_that_of_the_place_itself() {
    let limits = Limits {
        path_depth: 4,
        ..Limits::DEFAULT
    };
    let base = "d/e/\nl -> d/e\n";
    let check = |line: &str, more: &str, warnings: &str| {
        let paths = format!("d d/e {more}l");
        check(limits, &format!("{base}{line}"), &paths, warnings);
    };
    check("l/a/b = 1", "d/e/a d/e/a/b ", "");
    check("l/a/b/", "d/e/a d/e/a/b ", "");
    check("l/a/b/c = 1", "d/e/a d/e/a/b ", "path-too-deep l/a/b/c");
    check("l/a/b/c/f = 1", "", "path-too-deep l/a/b/c/f");
    check("l/a/b/.wh.x", "d/e/a d/e/a/b ", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn links_that_lead_up_again_are_not_deep() {
    let limits = Limits {
        path_depth: 3,
        ..Limits::DEFAULT
    };
    check(
        limits,
        "d/e/f/\nup -> d/e/f/../..\nup/g/h = 1",
        "d d/e d/e/f d/g d/g/h up",
        "",
    );
    check(
        limits,
        "d/e/f/\nroot -> d/e/f\nd/e/f/abs -> /d\nroot/abs/g/h = 1",
        "d d/e d/e/f root",
        "path-too-deep d/e/f/abs, path-too-deep root/abs/g/h",
    );
}
