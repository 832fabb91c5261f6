//! The rules of the style sheets: tokens are the only place of colours, type, depth and break points, and the kit the
//! only other one that names pixels.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const FOLDER: &str = "www/css";

/// Thickest line, in pixels, that a feature may draw.
const MOST_LINE: f64 = 3.0;

/// Custom properties that Rust sets on an element.
const SET_BY_RUST: &[&str] = &["--panel", "--gutter"];

/// Each style sheet by its path below [`FOLDER`].
fn sheets() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut sheets = BTreeMap::new();
    for folder in ["", "kit/", "feature/"] {
        for entry in fs::read_dir(root.join(folder)).expect("the folder is there") {
            let entry = entry.expect("its entries can be listed");
            if entry.path().is_file() {
                let name = format!("{folder}{}", entry.file_name().to_string_lossy());
                let text = fs::read_to_string(entry.path()).expect("a style sheet is text");
                sheets.insert(name, text);
            }
        }
    }
    sheets
}

/// The numbers before `px` in a line.
fn pixels(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("px").filter_map(|(end, _)| {
        let before = &line[..end];
        let start = before
            .rfind(|c: char| !c.is_ascii_digit() && c != '.')
            .map_or(0, |at| at + 1);
        (start < end).then(|| &before[start..])
    })
}

/// The names `--x` that follow `prefix` in a text.
fn names<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(prefix).map(move |(at, _)| {
        let rest = &text[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// The values of a property in a line of rules.
fn values<'a>(line: &'a str, property: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(property).filter_map(move |(at, _)| {
        let is_whole = line[..at].ends_with([' ', '{', ';']) || at == 0;
        let value = line[at + property.len()..].strip_prefix(": ")?;
        is_whole.then(|| value.split([';', '}']).next().unwrap_or(value))
    })
}

fn is_query(line: &str) -> bool {
    line.trim_start().starts_with(['@'])
}

/// The complaints about one style sheet. `points` are the break points.
fn complaints(name: &str, text: &str, points: &BTreeSet<&str>) -> Vec<String> {
    if name == "tokens.css" {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut complain =
        |at: usize, what: String| found.push(format!("{FOLDER}/{name}:{at}: {what}"));
    for (at, line) in (1..).zip(text.lines()) {
        if is_query(line) {
            let unknown = pixels(line).filter(|px| !points.contains(px));
            for px in unknown {
                complain(at, format!("{px}px is no break point of tokens.css"));
            }
            continue;
        }
        let thick = pixels(line).find(|px| px.parse().is_ok_and(|px: f64| px > MOST_LINE));
        if let Some(px) = thick.filter(|_| !name.starts_with("kit/")) {
            complain(at, format!("{px}px: take a token, or rem"));
        }
        for value in values(line, "z-index") {
            if !value.starts_with("var(--z-") {
                complain(at, format!("z-index: {value}: take a token"));
            }
        }
        for value in values(line, "font-size").chain(values(line, "font")) {
            if !value.contains("var(--fs") && value != "inherit" {
                complain(at, format!("font: {value}: take a token"));
            }
        }
        if line.contains(": #") || line.contains("rgb(") {
            complain(at, "a colour: take a token".to_owned());
        }
    }
    found
}

/// The break points that the head of tokens.css lists.
fn break_points(tokens: &str) -> BTreeSet<&str> {
    let head = tokens.split(":root").next().unwrap_or_default();
    let list = head.split("Break points").nth(1).unwrap_or_default();
    pixels(list).collect()
}

#[test]
fn the_style_sheets_are_tidy() {
    let sheets = sheets();
    let points = break_points(&sheets["tokens.css"]);
    let found: Vec<String> = sheets
        .iter()
        .flat_map(|(name, text)| complaints(name, text, &points))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_page_takes_each_style_sheet_once() {
    let mut sheets = sheets();
    let page = sheets.remove("page.css").expect("it is the page's");
    let imports: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("@import \"")?.strip_suffix("\";"))
        .collect();
    let mut sorted = imports.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        sheets.keys().map(String::as_str).collect::<Vec<_>>()
    );
    assert_eq!(imports.first(), Some(&"tokens.css"), "tokens come first");
}

#[test]
fn every_token_that_is_taken_is_there() {
    let sheets = sheets();
    let all: String = sheets.values().map(String::as_str).collect();
    let there: BTreeSet<&str> = all
        .lines()
        .flat_map(|line| line.split(['{', ';']))
        .filter_map(|rule| rule.trim().strip_prefix("--")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let of_rust = crate::files();
    let taken = names(&all, "var(--").map(str::to_owned).chain(
        of_rust
            .iter()
            .filter(|(path, _)| path.starts_with("src/"))
            .flat_map(|(_, text)| {
                names(text, "token_px(\"--")
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            }),
    );
    let missing: BTreeSet<String> = taken
        .filter(|name| !there.contains(name.as_str()))
        .filter(|name| !SET_BY_RUST.contains(&format!("--{name}").as_str()))
        .collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn rust_asks_for_the_break_points_of_the_style_sheets() {
    let sheets = sheets();
    let points = break_points(&sheets["tokens.css"]);
    let files = crate::files();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src/ui/")) {
        let queries = text
            .lines()
            .filter(|line| line.contains("(max-") || line.contains("(min-"));
        for px in queries.flat_map(pixels) {
            assert!(
                points.contains(px),
                "{path}: {px}px is no break point of tokens.css"
            );
        }
    }
}

#[test]
fn a_style_sheet_that_leaves_the_tokens_is_caught() {
    let points = BTreeSet::from(["700"]);
    for bad in [
        ".a { width: 24px; }",
        ".a { z-index: 3; }",
        ".a { font-size: 11px; }",
        ".a { font: 1rem sans-serif; }",
        ".a { color: #fff; }",
        "@media (max-width: 640px) {",
    ] {
        assert!(
            !complaints("feature/a.css", bad, &points).is_empty(),
            "{bad}"
        );
    }
    for good in [
        ".a { width: 1.5rem; border: 1px solid var(--line); }",
        ".a { z-index: var(--z-head); font: var(--fs-s)/var(--lh-s) var(--mono); }",
        "@media (max-width: 700px) {",
    ] {
        assert_eq!(
            complaints("feature/a.css", good, &points),
            [""; 0],
            "{good}"
        );
    }
    assert_eq!(
        complaints("kit/a.css", ".a { width: 24px; }", &points),
        [""; 0]
    );
}
