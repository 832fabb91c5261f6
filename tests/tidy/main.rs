//! Holds the project's shape as data, and fails where the code leaves it: who may import whom, and a few habits.
//!
//! Findings of rustfmt and clippy are left to those.
#![cfg(not(target_arch = "wasm32"))]

mod cases;
mod circles;
mod paths;
mod rules;
mod style;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Bottom up: each module's name, its rank, and the modules that it may name by `crate::`.
///
/// ARCHITECTURE.md says what each owns; `src/lib.rs` and the binaries stand above all of them.
const MODULES: &str = "
    message    0
    bounds     0  message
    image      0  bounds message
    io         0  message
    layer      1  image bounds message message
    overlay    2  layer image bounds message message
    source     2  layer image io bounds message message
    insight    2  overlay layer image bounds message message
    build      3  overlay layer image io bounds message message
    workspace  4  build insight source overlay layer image io bounds message message
    protocol   5  workspace build insight source overlay layer image io bounds message message
    engine     6  protocol workspace build insight source overlay layer image io bounds message message
    web        6  io bounds message message
    worker     7  web engine protocol workspace source layer image io bounds message message
    ui         8  worker web protocol
    cli        8  workspace build insight source overlay layer image io bounds message message
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
const MEDIAN_LINES: usize = 150;

type Rule = fn(path: &str, text: &str) -> Vec<String>;

use rules::*;

const RULES: &[Rule] = &[
    imports_look_down,
    file_says_what_it_is,
    file_is_short,
    features_are_asked_in_lib,
    browser_crates_stay_in_their_folders,
    nothing_is_left_for_later,
    suites_run_in_both_rings,
    words_are_not_compared,
    paths_are_not_digits,
    values_cross_as_their_types,
    docs_begin_with_a_noun_or_a_verb,
    parts_are_the_kits,
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
    for folder in ["src", "tests", "benches", "fuzz", "xtask"] {
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
        .chain(public_names_are_unique(&files))
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

#[test]
fn no_circle_of_imports_leads_through_a_folder() {
    let found = circles::circles(&files());
    assert!(
        found.is_empty(),
        "{} circles:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn half_of_the_files_are_short() {
    let files = files();
    let of_library = files.iter().filter(|(path, _)| path.starts_with("src/"));
    let mut lines: Vec<usize> = of_library.map(|(_, text)| text.lines().count()).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(
        median < MEDIAN_LINES,
        "half of the library's files have {median} lines and more, less than {MEDIAN_LINES} are wanted"
    );
}
