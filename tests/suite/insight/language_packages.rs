//! The packages of languages: which layer brought, changed and removed each, and which files are theirs.

use lamina::bounds::Limits;
use wasm_bindgen_test::wasm_bindgen_test;

use super::packages::{check_lines, packages_within, told};

const NPM: &str = r#"{"name":"NAME","version":"VERSION","license":"MIT"}"#;

fn npm(name: &str, version: &str) -> String {
    NPM.replace("NAME", name).replace("VERSION", version)
}

#[wasm_bindgen_test(unsupported = test)]
fn python_packages_own_what_their_records_list() {
    check_lines(
        "v/lib/a/__init__.py = @100\nv/bin/a = @10
         v/lib/a-1.dist-info/METADATA = Name: a\\nVersion: 1\\nLicense: MIT\\n
         v/lib/a-1.dist-info/RECORD = a/__init__.py,,\\n../bin/a,,\\na/gone.py,,\\n
         v/lib/b.egg-info = Name: b\\nVersion: 3\\n
         ---
         v/lib/a/__init__.py = @200
         v/lib/.wh.a-1.dist-info =
         v/lib/a-2.dist-info/METADATA = Name: a\\nVersion: 2\\nLicense: MIT\\n
         v/lib/a-2.dist-info/RECORD = a/__init__.py,,\\n
         ---
         v/lib/.wh.b.egg-info =",
        "python",
        "python a 200 in 1 (MIT) added@0=1 changed@1=2
         python b 0 in 0 added@0=3 removed@2=3",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn removed_python_packages_still_ship_below() {
    check_lines(
        "v/a.py = @100
         v/a-1.dist-info/METADATA = Name: a\\nVersion: 1\\n
         v/a-1.dist-info/RECORD = a.py,,\\n
         ---
         .wh.v =",
        "python",
        "python a 100 in 1 added@0=1 removed@1=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn packages_of_node_stand_at_each_of_their_places() {
    let (a1, a2, b) = (npm("a", "1"), npm("a", "2"), npm("b", "1"));
    check_lines(
        &format!(
            "app/package.json = {{\"type\":\"module\"}}
             app/node_modules/a/package.json = {a1}
             app/node_modules/b/node_modules/a/package.json = {a1}
             app/node_modules/b/package.json = {b}
             ---
             app/node_modules/a/package.json = {a2}
             app/node_modules/.wh.b =
             srv/node_modules/b/package.json = {b}"
        ),
        "npm",
        "npm a 0 in 0 (MIT) added@0=1 removed@1=1
         npm a 0 in 0 (MIT) added@0=1 changed@1=2
         npm b 0 in 0 (MIT) added@0=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn files_that_cannot_be_read_are_told() {
    check_lines(
        &format!("a/package.json = {{\nb/package.json = {}", npm("b", "1")),
        "",
        "npm b 0 in 0 (MIT) added@0=1
         database a/package.json@0 0, 1 bad",
    );
    check_lines(
        "opt/a.jar = no archive\nbin/sh = @9000 | mode=0755",
        "",
        "gap opt/a.jar in a form that is not read",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn bounds_on_the_packages_of_languages_are_told() {
    let mut limits = Limits::DEFAULT;
    (
        limits.packages.manifest_bytes,
        limits.packages.manifests_bytes,
    ) = (200, 60);
    let (a, b) = (npm("a", "1"), npm("b", "1"));
    let layers = format!("a/package.json = {a}\n---\nb/package.json = {b}");
    let lines = told(&packages_within(&layers, limits));
    assert_eq!(
        lines,
        [
            "npm b 0 in 0 (MIT) added@1=1",
            "gap a/package.json 18 of 42 bytes read",
        ]
    );
    limits.packages.files = 1;
    let lines = told(&packages_within(&layers, limits));
    assert_eq!(
        lines,
        [
            "npm a 0 in 0 (MIT) added@0=1",
            "gap  at least 1 more, beyond the bound",
        ]
    );
}
