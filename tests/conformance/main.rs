//! Checks the lists of `tests/conformance/` against the suites' tests, and `tests/CONFORMANCE.md` against both.
//!
//! `UPDATE_CONFORMANCE=1 cargo test --test conformance` writes that page again. The assertions of a test are not
//! checked: only that it exists, is a test, and names an existing line.
#![cfg(not(target_arch = "wasm32"))]

mod ids;
mod list;
mod named_tests;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ids::{Id, SECTIONS};
use list::{Line, list_is_whole, read_list};
use named_tests::{Test, tests_of_ring, tests_of_suite};

const PAGE: &str = "tests/CONFORMANCE.md";

/// The lists and the tests together.
#[derive(Default)]
struct Conformance {
    /// By the list's name, in the order of its lines.
    lists: BTreeMap<String, Vec<Line>>,
    suite: BTreeMap<Id, BTreeSet<Test>>,
    ring: BTreeMap<Id, BTreeSet<Test>>,
}

impl Conformance {
    fn add_list(&mut self, list: &str, file: &str, text: &str) -> Vec<String> {
        let (lines, mut complaints) = read_list(file, text);
        complaints.extend(list_is_whole(list, &lines));
        self.lists.insert(list.to_owned(), lines);
        complaints
    }

    fn add_tests(&mut self, file: &str, text: &str) -> Vec<String> {
        let mut keep = |tests: Vec<(Id, Test)>, ring: bool| {
            for (id, test) in tests {
                let kept = if ring {
                    &mut self.ring
                } else {
                    &mut self.suite
                };
                kept.entry(id).or_default().insert(test);
            }
        };
        if file.starts_with("tests/suite/") && file.ends_with(".rs") {
            let (tests, complaints) = tests_of_suite(file, text);
            keep(tests, false);
            return complaints;
        }
        if file.starts_with("tests/e2e/") && file.ends_with(".mjs") {
            keep(tests_of_ring(file, text), true);
        }
        Vec::new()
    }

    /// Returns lines without a test, and tests without a line.
    fn complaints(&self) -> Vec<String> {
        let lines = self.lists.values().flatten();
        let known: BTreeSet<&Id> = lines.map(|line| &line.id).collect();
        let untested = known.iter().filter(|id| !self.suite.contains_key(**id));
        let mut complaints: Vec<_> = untested
            .map(|id| format!("{id}: no test of the suites is named by it"))
            .collect();
        for (id, tests) in self.suite.iter().chain(&self.ring) {
            if !known.contains(id) {
                let tests = tests.iter();
                complaints
                    .extend(tests.map(|t| format!("{}: {}: {id} is no line", t.file, t.name)));
            }
        }
        for list in SECTIONS.iter().map(|section| section.list) {
            if !self.lists.contains_key(list) {
                complaints.push(format!("tests/conformance/{list}.txt is missing"));
            }
        }
        complaints
    }

    fn tests_of(&self, id: &Id) -> impl Iterator<Item = &Test> {
        let (suite, ring) = (self.suite.get(id), self.ring.get(id));
        suite.into_iter().chain(ring).flatten()
    }
}

/// Returns every file below a folder of the project, by its path from the root.
fn files_below(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files_below(&path));
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.insert(path, text);
        }
    }
    found
}

#[test]
fn every_line_has_a_test_and_the_page_says_so() {
    let mut conformance = Conformance::default();
    let mut complaints = Vec::new();
    for (file, text) in files_below("tests/conformance") {
        let list = file.strip_prefix("tests/conformance/");
        if let Some(list) = list.and_then(|name| name.strip_suffix(".txt")) {
            complaints.extend(conformance.add_list(list, &file, &text));
        }
    }
    for folder in ["tests/suite", "tests/e2e"] {
        for (file, text) in files_below(folder) {
            complaints.extend(conformance.add_tests(&file, &text));
        }
    }
    assert!(!conformance.suite.is_empty(), "the walk finds the suites");
    complaints.extend(conformance.complaints());
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = conformance.page();
    if std::env::var_os("UPDATE_CONFORMANCE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "{PAGE} is out of date: UPDATE_CONFORMANCE=1 cargo test --test conformance"
    );
}

#[test]
fn lines_without_tests_and_tests_without_lines_are_caught() {
    let mut conformance = Conformance::default();
    conformance.add_list("rules", "rules", "R-01 One.\nR-02 Two.");
    let marked =
        |name: &str| format!("#[wasm_bindgen_test(unsupported = test)]\nfn {name}() {{}}\n");
    let text = [
        marked("r_01_one"),
        marked("r_99_no"),
        marked("zz_01_typo"),
        marked("rp_01_tolerated"),
        marked("tf_01_tar"),
    ]
    .concat();
    conformance.add_tests("tests/suite/a.rs", &text);
    conformance.add_tests("tests/e2e/a.mjs", "test('R-98 none')");
    conformance.add_tests("tests/other.rs", &marked("r_02_not_in_a_suite"));
    let complaints = conformance.complaints();
    for expected in [
        "R-02: no test of the suites is named by it",
        "tests/suite/a.rs: r_99_no: R-99 is no line",
        "tests/suite/a.rs: zz_01_typo: ZZ-01 is no line",
        "tests/e2e/a.mjs: R-98 none: R-98 is no line",
        "tests/suite/a.rs: tf_01_tar: TF-01 is no line",
        "tests/conformance/tar.txt is missing",
    ] {
        assert!(
            complaints.iter().any(|complaint| complaint == expected),
            "{expected}: {complaints:?}"
        );
    }
}
