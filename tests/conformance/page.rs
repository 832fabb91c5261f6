//! The page `tests/CONFORMANCE.md`: totals, then a table for each section.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::Conformance;
use crate::ids::SECTIONS;
use crate::named_tests::Test;

impl Conformance {
    pub(crate) fn page(&self) -> String {
        let mut page = String::from(
            "# Conformance\n\n\
             What the specifications of container images demand, what the tools that write them do, and where they\n\
             disagree: line by line, how Lamina holds it. Each line has at least one test, which runs natively and in\n\
             headless Chromium; *held* means that it does what the specification says or what was recommended, and\n\
             *decided* that there was a choice, with the reason for it.\n\n\
             Generated from `tests/conformance/` and the tests' names by\n\
             `UPDATE_CONFORMANCE=1 cargo test --test conformance`; not to be edited by hand.\n\n\
             | section | lines | held | decided | tests |\n|---|---:|---:|---:|---:|\n",
        );
        let sections = SECTIONS.iter().filter_map(|section| {
            let lines = self.lists.get(section.list)?;
            Some((section.title, lines))
        });
        let (mut n_all, mut n_all_decided, mut all_tests) = (0, 0, BTreeSet::new());
        for (title, lines) in sections.clone() {
            let n_decided = lines.iter().filter(|line| line.decided.is_some()).count();
            let tests: BTreeSet<&Test> = lines.iter().flat_map(|l| self.tests_of(&l.id)).collect();
            let n_lines = lines.len();
            let anchor = title.to_ascii_lowercase().replace(' ', "-");
            let n_held = n_lines - n_decided;
            let n_tests = tests.len();
            writeln!(
                page,
                "| [{title}](#{anchor}) | {n_lines} | {n_held} | {n_decided} | {n_tests} |"
            )
            .expect("text grows");
            n_all += n_lines;
            n_all_decided += n_decided;
            all_tests.extend(tests);
        }
        let (n_held, n_tests) = (n_all - n_all_decided, all_tests.len());
        writeln!(
            page,
            "| **all** | {n_all} | {n_held} | {n_all_decided} | {n_tests} |"
        )
        .expect("text grows");
        for (title, lines) in sections {
            write!(
                page,
                "\n## {title}\n\n| id | what is held | verdict | tests |\n|---|---|---|---|\n"
            )
            .expect("text grows");
            for line in lines {
                let verdict = match &line.decided {
                    None => "held".to_owned(),
                    Some(reason) => format!("decided: {}", cell(reason)),
                };
                let tests: Vec<_> = self.tests_of(&line.id).map(link).collect();
                let (text, tests) = (cell(&line.text), tests.join("<br>"));
                writeln!(page, "| {} | {text} | {verdict} | {tests} |", line.id)
                    .expect("text grows");
            }
        }
        page
    }
}

fn link(test: &Test) -> String {
    let place = test.file.strip_prefix("tests/").unwrap_or(&test.file);
    format!("[{}]({place})", cell(&test.name))
}

/// Returns text for a cell of a Markdown table, escaped so that it neither ends the cell nor is read as HTML.
fn cell(text: &str) -> String {
    let mut is_code = false;
    let mut cell = String::new();
    for c in text.chars() {
        is_code ^= c == '`';
        match c {
            '|' => cell.push_str("\\|"),
            '<' if !is_code => cell.push_str("&lt;"),
            c => cell.push(c),
        }
    }
    cell
}

#[test]
fn the_page_tells_verdict_and_tests() {
    let mut conformance = Conformance::default();
    conformance.add_list(
        "rules",
        "rules",
        "R-01 a|b `<id>` <i>.\nR-02 Two.\n decided: so.",
    );
    let text = "#[wasm_bindgen_test(unsupported = test)]\nfn r_01_r_02_both() {}\n";
    conformance.add_tests("tests/suite/a.rs", text);
    let page = conformance.page();
    let both = "[r_01_r_02_both](suite/a.rs)";
    let rows = format!(
        "| R-01 | a\\|b `<id>` &lt;i>. | held | {both} |\n| R-02 | Two. | decided: so. | {both} |\n"
    );
    assert!(page.ends_with(&rows), "{page}");
    assert!(page.contains("| **all** | 2 | 1 | 1 | 1 |\n"), "{page}");
    assert!(
        page.contains("\n## Rules that decide most cases\n"),
        "{page}"
    );
}
