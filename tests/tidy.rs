//! Holds the project's shape as data, and fails where the code leaves it: who may import whom, and a few habits.
//!
//! What rustfmt and clippy can say is left to them.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Bottom up: each module's name, its rank, and the modules that it may name by `crate::`.
///
/// ARCHITECTURE.md says what each owns; `src/lib.rs` and the binaries stand above all of them.
const MODULES: &str = "
    image      0
    io         0
    layer      1  image
    overlay    2  layer image
    source     2  layer image io
    insight    2  overlay layer image
    build      3  overlay layer image io
    workspace  4  build insight source overlay layer image io
    protocol   5  workspace build source layer image io
    engine     6  protocol workspace build insight source overlay layer image io
    web        6  io
    worker     7  web engine protocol workspace source layer image io
    ui         8  worker web protocol
    cli        8  workspace build insight source overlay layer image io
";

struct Module {
    name: &'static str,
    rank: u8,
    may: Vec<&'static str>,
}

fn modules() -> Vec<Module> {
    let lines = MODULES.lines().map(str::split_whitespace);
    lines
        .filter_map(|mut words| {
            let name = words.next()?;
            let rank = words.next()?.parse().expect("a rank is a small number");
            Some(Module {
                name,
                rank,
                may: words.collect(),
            })
        })
        .collect()
}

/// The crates of the browser, and the folders that may name them.
const BROWSER_CRATES: &[&str] = &["web_sys", "js_sys", "wasm_bindgen"];
const BROWSER_FOLDERS: &[&str] = &["src/web/", "src/worker/", "src/bin/"];

const MOST_LINES: usize = 500;

/// The files whose doc comments are the command's help text.
const HELP_TEXTS: &str = "src/cli/arguments.rs src/cli/commit/arguments.rs src/cli/connection.rs";

type Rule = fn(path: &str, text: &str) -> Vec<String>;

const RULES: &[Rule] = &[
    imports_look_down,
    file_says_what_it_is,
    file_is_short,
    features_are_asked_in_lib,
    browser_crates_stay_in_their_folders,
    nothing_is_left_for_later,
    suites_run_in_both_rings,
    words_are_not_compared,
    docs_begin_with_a_noun_or_a_verb,
];

/// A line's code, without its comment. A `//` in a string cuts it short, which can only hide what follows it.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, code(line)))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a line: `a::b_c(d)` has `a`, `b_c` and `d`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

/// The modules named by `crate::NAME` or `crate::{NAME, NAME::X}` in the code of a file.
fn named_modules(text: &str) -> Vec<String> {
    let all: String = code_lines(text)
        .flat_map(|(_, line)| [line, "\n"])
        .collect();
    let mut names = Vec::new();
    for (at, start) in all.match_indices("crate::") {
        if all[..at].ends_with(is_word) {
            continue;
        }
        let rest = &all[at + start.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.extend(words(rest).next().map(str::to_owned));
            continue;
        };
        let (mut depth, mut item) = (0_usize, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.extend(words(&std::mem::take(&mut item)).next().map(str::to_owned))
                }
                _ => item.push(c),
            }
        }
        names.extend(words(&item).next().map(str::to_owned));
    }
    names
}

fn imports_look_down(path: &str, text: &str) -> Vec<String> {
    let Some(own) = path
        .strip_prefix("src/")
        .and_then(|inside| inside.split('/').next())
    else {
        return Vec::new();
    };
    let modules = modules();
    let Some(module) = modules
        .iter()
        .find(|module| own.trim_end_matches(".rs") == module.name)
    else {
        return if own.ends_with(".rs") || own == "bin" {
            Vec::new()
        } else {
            vec![format!(
                "{path}: `{own}` has no rank yet: give it one in tests/tidy.rs"
            )]
        };
    };
    named_modules(text)
        .into_iter()
        .filter(|name| name != module.name && modules.iter().any(|module| module.name == name))
        .filter(|name| !module.may.contains(&name.as_str()))
        .map(|name| format!("{path}: `{}` must not import from `{name}`", module.name))
        .collect()
}

fn file_says_what_it_is(path: &str, text: &str) -> Vec<String> {
    let first = text.lines().next().unwrap_or_default();
    let says = first
        .strip_prefix("//!")
        .is_some_and(|doc| doc.trim().len() > 3);
    if says {
        Vec::new()
    } else {
        vec![format!(
            "{path}: the first line must say, after `//!`, what the file is"
        )]
    }
}

fn file_is_short(path: &str, text: &str) -> Vec<String> {
    let n_lines = text.lines().count();
    if n_lines <= MOST_LINES {
        Vec::new()
    } else {
        vec![format!(
            "{path}: {n_lines} lines, at most {MOST_LINES}: split it by state or by case"
        )]
    }
}

fn features_are_asked_in_lib(path: &str, text: &str) -> Vec<String> {
    if path == "src/lib.rs" || path == "tests/tidy.rs" {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| line.contains("cfg") && line.contains("feature ="))
        .map(|(at, _)| format!("{path}:{at}: cargo features are asked for in src/lib.rs only"))
        .collect()
}

fn browser_crates_stay_in_their_folders(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/")
        || BROWSER_FOLDERS
            .iter()
            .any(|folder| path.starts_with(folder))
    {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| {
            words(line).any(|word| BROWSER_CRATES.iter().any(|name| word.starts_with(name)))
        })
        .map(|(at, _)| {
            format!(
                "{path}:{at}: only {} may name the browser's crates",
                BROWSER_FOLDERS.join(", ")
            )
        })
        .collect()
}

fn nothing_is_left_for_later(path: &str, text: &str) -> Vec<String> {
    if path == "tests/tidy.rs" {
        return Vec::new();
    }
    let later = [
        "TODO",
        "FIXME",
        "XXX",
        "todo!",
        "unimplemented!",
        "#[ignore",
    ];
    (1..)
        .zip(text.lines())
        .filter_map(|(at, line)| {
            later
                .iter()
                .find(|word| line.contains(*word))
                .map(|word| (at, word))
        })
        .map(|(at, word)| format!("{path}:{at}: `{word}`: do it now, or write an issue"))
        .collect()
}

/// What the core says by a type is matched as that type: a word that is renamed would pass unnoticed.
fn words_are_not_compared(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/ui/") && !path.starts_with("src/protocol/") {
        return Vec::new();
    }
    let is_bad = |line: &str| {
        [
            ".word ==",
            ".word.as_str()",
            ".word() == \"",
            "== \"mismatch\"",
        ]
        .iter()
        .any(|bad| line.contains(bad))
    };
    let lines = code_lines(text).filter(|(_, line)| is_bad(line));
    lines
        .map(|(number, _)| format!("{path}:{number}: compares a word as text: match the type"))
        .collect()
}

/// Refuses a question word at the start of a doc paragraph: it would put a clause where the noun or the verb belongs.
fn docs_begin_with_a_noun_or_a_verb(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/") || HELP_TEXTS.split(' ').any(|help| help == path) {
        return Vec::new();
    }
    let questions = ["What", "Whether", "How", "Where", "Who", "Which"];
    let asks = |doc: &str| questions.contains(&doc.split(|c| !is_word(c)).next().unwrap_or(""));
    let docs = text.lines().map(|line| {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or(line.strip_prefix("//!"));
        doc.map_or("", str::trim)
    });
    let with_line_before = std::iter::once("").chain(docs.clone()).zip(docs);
    (1..)
        .zip(with_line_before)
        .filter(|(_, (before, doc))| before.is_empty() && asks(doc))
        .map(|(at, (_, doc))| format!("{path}:{at}: `{doc}`: begin with a noun or a verb"))
        .collect()
}

fn suites_run_in_both_rings(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("tests/suite/") {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| line.trim() == "#[test]" || line.trim() == "#[wasm_bindgen_test]")
        .map(|(at, _)| {
            format!("{path}:{at}: write #[wasm_bindgen_test(unsupported = test)], for both rings")
        })
        .collect()
}

/// Every Rust file of the project, by its path from the root.
fn files() -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                if !["target", "node_modules", "corpus"]
                    .iter()
                    .any(|skipped| path.ends_with(skipped))
                {
                    walk(root, &path, found);
                }
            } else if path.ends_with(".rs") {
                let text =
                    fs::read_to_string(entry.path()).expect("a source file is readable text");
                found.insert(path, text);
            }
        }
    }
    let mut found = BTreeMap::new();
    for folder in ["src", "tests", "benches", "fuzz"] {
        walk(Path::new(env!("CARGO_MANIFEST_DIR")), folder, &mut found);
    }
    found
}

#[test]
fn the_project_is_tidy() {
    let files = files();
    assert!(
        files.contains_key("src/lib.rs"),
        "the walk finds the library"
    );
    let complaints: Vec<_> = files
        .iter()
        .flat_map(|(path, text)| RULES.iter().flat_map(move |rule| rule(path, text)))
        .collect();
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn the_table_itself_looks_down() {
    let modules = modules();
    for module in &modules {
        for name in &module.may {
            let other = modules.iter().find(|other| other.name == *name);
            let other = other.expect("the table names its own modules");
            assert!(
                other.rank <= module.rank,
                "{} may not stand on {name}",
                module.name
            );
            assert!(
                !other.may.contains(&module.name),
                "{} and {name} stand on each other",
                module.name
            );
        }
    }
}

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
