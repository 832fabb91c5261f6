//! The rules themselves, over a text that each must refuse and one that it must not.

use super::rules::*;
use super::*;

/// Runs one rule over one file that must be refused, and one that must not.
fn check_rule(rule: Rule, path: &str, bad: &str, good: &str) {
    assert!(
        !rule(path, bad).is_empty(),
        "should be refused in {path}: {bad}"
    );
    assert_eq!(
        rule(path, good),
        Vec::<String>::new(),
        "should pass in {path}: {good}"
    );
}

#[test]
fn an_import_that_looks_up_is_caught() {
    let check = |path, bad, good| check_rule(imports_look_down, path, bad, good);
    check(
        "src/layer/tar.rs",
        "use crate::overlay::Union;",
        "use crate::image::Digest;",
    );
    check(
        "src/layer/tar.rs",
        "let x = crate::workspace::open();",
        "// crate::workspace opens it",
    );
    check(
        "src/io/memory.rs",
        "use crate::{io::Error, layer::Limits};",
        "use crate::io::{Error, ErrorKind};",
    );
    check(
        "src/image/path.rs",
        "use crate::{\n    layer::{A, B},\n};",
        "use crate::{\n    image::{A, B},\n};",
    );
    check(
        "src/web/fetch.rs",
        "use crate::image::Digest;",
        "use crate::io::Transport;",
    );
    check(
        "src/ui/app.rs",
        "use crate::workspace::Workspace;",
        "use crate::protocol::Request;",
    );
    assert_eq!(
        imports_look_down("src/extra/mod.rs", "").len(),
        1,
        "a module without a rank is refused"
    );
    assert_eq!(
        imports_look_down("src/bin/app.rs", "use lamina::ui::App;"),
        Vec::<String>::new()
    );
}

#[test]
fn a_file_without_a_doc_is_caught() {
    let check = |bad, good| check_rule(file_says_what_it_is, "src/io/a.rs", bad, good);
    check("use std::fmt;", "//! Says what it is.\nuse std::fmt;");
    check("//!\n", "//! Errors.");
}

#[test]
fn a_long_file_is_caught() {
    let (bad, good) = ("\n".repeat(501), "\n".repeat(500));
    check_rule(file_is_short, "src/io/a.rs", &bad, &good);
}

#[test]
fn a_feature_outside_of_lib_is_caught() {
    let check = |bad, good| check_rule(features_are_asked_in_lib, "src/io/a.rs", bad, good);
    check("#[cfg(feature = \"web\")]", "#[cfg(test)]");
    check("if cfg!(feature = \"web\") {}", "let feature = 1;");
    assert_eq!(
        features_are_asked_in_lib("src/lib.rs", "#[cfg(feature = \"web\")]"),
        Vec::<String>::new()
    );
}

#[test]
fn a_browser_crate_outside_of_its_folders_is_caught() {
    let rule = browser_crates_stay_in_their_folders;
    check_rule(
        rule,
        "src/ui/a.rs",
        "use web_sys::Event;",
        "use yew::prelude::*;",
    );
    check_rule(
        rule,
        "src/io/a.rs",
        "wasm_bindgen_futures::spawn_local(f)",
        "// as web_sys does",
    );
    assert_eq!(
        rule("src/web/fetch.rs", "use web_sys::Event;"),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_left_for_later_is_caught() {
    let check = |bad, good| check_rule(nothing_is_left_for_later, "src/io/a.rs", bad, good);
    check("// TODO: finish", "// To do this twice is safe.");
    check("fn f() { todo!() }", "fn todo() {}");
    check("fn f() { unimplemented!() }", "fn f() {}");
    check("#[ignore]\n#[test]", "#[test]");
}

#[test]
fn a_word_that_is_compared_is_caught() {
    let good = "fn f(row: &Row) -> bool { matches!(row.check, Check::Ok) }";
    for bad in [
        "fn f(row: &Row) -> bool { row.word == \"ok\" }",
        "fn f(row: &Row) -> bool { match row.word.as_str() { _ => true } }",
        "fn f(row: &Row) -> bool { row.check.word() == \"ok\" }",
    ] {
        check_rule(words_are_not_compared, "src/ui/x.rs", bad, good);
    }
}

#[test]
fn a_path_in_digits_is_caught() {
    check_rule(
        paths_are_not_digits,
        "src/ui/state/x.rs",
        "path_hex: String,",
        "path_key: ImagePath,",
    );
}

#[test]
fn a_button_outside_of_the_kit_is_caught() {
    let good = "html! { <p>{ Button::new(text.save).html() }</p> }";
    for bad in [
        "html! { <button type=\"button\" class=\"button\" {onclick}>{ text.save }</button> }",
        "html! { <a class=\"button button--quiet\" {href} /> }",
        "let class = classes!(\"button\", is_first.then_some(\"button--primary\"));",
    ] {
        check_rule(buttons_are_the_kits, "src/ui/pages/x.rs", bad, good);
        assert_eq!(buttons_are_the_kits("src/ui/kit/button.rs", bad), [""; 0]);
    }
}

#[test]
fn a_suite_case_of_one_ring_is_caught() {
    let good = "#[wasm_bindgen_test(unsupported = test)]\nfn case() {}";
    let check = |bad| check_rule(suites_run_in_both_rings, "tests/suite/image.rs", bad, good);
    check("#[test]\nfn case() {}");
    assert_eq!(
        suites_run_in_both_rings("tests/cli.rs", "#[test]"),
        Vec::<String>::new()
    );
}

#[test]
fn a_doc_that_begins_with_a_question_word_is_caught() {
    let rule = docs_begin_with_a_noun_or_a_verb;
    let check = |bad, good| check_rule(rule, "src/io/a.rs", bad, good);
    check("    /// What it is.", "/// Says\n/// What it is.");
    check("//! Errors.\n//!\n//! How they go.", "// How they go.");
    assert_eq!(rule("src/cli/connection.rs", "/// Where to push."), [""; 0]);
}
