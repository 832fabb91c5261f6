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
fn a_text_where_the_core_has_a_type_is_caught() {
    let good = "pub digest: Option<Digest>,";
    for bad in [
        "pub digest: String,",
        "pub index_digest: Option<String>,",
        "refuted: Option<Box<str>>,",
        "platform: Option<String>,",
    ] {
        check_rule(values_cross_as_their_types, "src/protocol/x.rs", bad, good);
    }
}

#[test]
fn a_second_type_of_a_name_is_caught() {
    let complaints = |second: &str| {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = [
            file("src/layer/row.rs", "pub struct Row;\npub enum Error {}"),
            file("src/io/row.rs", second),
            file("tests/suite/row.rs", "pub struct Row;"),
        ];
        public_names_are_unique(&files.into_iter().collect()).len()
    };
    assert_eq!(complaints("pub(super) struct Row;\npub enum Error {}"), 0);
    assert_eq!(complaints("pub type Row<'a> = &'a str;"), 1);
}

#[test]
fn a_part_that_the_kit_draws_is_caught_outside_of_it() {
    let good = "html! { <p>{ Button::new(text.save).html() }</p> }";
    for bad in [
        "html! { <button type=\"button\" class=\"button\" {onclick}>{ text.save }</button> }",
        "html! { <a class=\"button button--quiet\" {href} /> }",
        "let class = classes!(\"button\", is_first.then_some(\"button--primary\"));",
        "html! { <p class=\"notice notice--warn\">{ text.doubt }</p> }",
        "html! { <section role=\"dialog\">{ text.ask }</section> }",
        "html! { <div class=\"image__tabs\" role=\"tablist\">{ tabs }</div> }",
        "html! { <table>{ rows }</table> }",
        "html! { <input class=\"input mono\" {value} /> }",
    ] {
        check_rule(parts_are_the_kits, "src/ui/feature/x.rs", bad, good);
        assert_eq!(parts_are_the_kits("src/ui/kit/button.rs", bad), [""; 0]);
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
    let help = "    /// Where to push.\n    /// Or pull.\n    #[arg(long)]";
    assert_eq!(rule("src/cli/push.rs", help), [""; 0]);
}

/// Checks the circles of files that are written one after the other, each behind a line with its path.
fn check_circles(files: &str, expected: usize) {
    let files = files.split("== ").skip(1).map(|file| {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        (path.trim().to_owned(), text.to_owned())
    });
    let found = circles::circles(&files.collect());
    assert_eq!(found.len(), expected, "{found:?}");
}

#[test]
fn a_circle_through_a_folder_is_caught() {
    let below =
        "== src/lib.rs\nmod a;\n== src/a/mod.rs\nmod b;\nmod c;\nmod file;\npub(crate) use c::C;\n";
    let check = |rest: &str, expected| check_circles(&format!("{below}{rest}"), expected);
    let c = "== src/a/c/mod.rs\npub struct C;\n";
    // A sibling, by its own path and through what the parent re-exports.
    check(&format!("{c}== src/a/b/mod.rs\nuse super::c::C;\n"), 0);
    check(
        "== src/a/c/mod.rs\nuse super::b::B;\npub struct C;\n== src/a/b/mod.rs\nuse super::C;\npub struct B;\n",
        1,
    );
    // A path in the code counts as an import does.
    check(
        "== src/a/c/mod.rs\nfn f() { crate::a::b::g() }\npub struct C;\n== src/a/b/mod.rs\npub fn g() -> crate::a::C;\n",
        1,
    );
    // A file of the parent: it may be used by children that it does not use.
    check(
        &format!("{c}== src/a/file.rs\nuse super::C;\npub fn f(c: C);\n"),
        0,
    );
    check(
        "== src/a/c/mod.rs\nuse super::file::f;\npub struct C;\n== src/a/file.rs\nuse super::C;\npub fn f(c: C);\n",
        1,
    );
    // Tests and comments do not count.
    check(
        "== src/a/c/mod.rs\n// use super::b::B;\npub struct C;\n#[cfg(test)]\nmod tests { use super::super::b::B; }\n== src/a/b/mod.rs\nuse super::C;\npub struct B;\n",
        0,
    );
    // Files of one folder stand in an order, but where they are one piece.
    let two = |folder: &str| {
        format!(
            "== {folder}mod.rs\nmod b;\nmod c;\n== {folder}b.rs\nuse super::c::C;\npub struct B;\n== {folder}c.rs\nuse super::b::B;\npub struct C;\n"
        )
    };
    check_circles(&two("src/a/"), 1);
    check_circles(&two("src/overlay/"), 0);
}
