//! Finds tests that are named by ids: functions of the suites, titles of the end-to-end tests.
//!
//! The text is read line by line; no Rust or JavaScript is parsed.

use crate::ids::{Id, id_of, ids_of_name, is_listed, split_id};

/// A test by its name, or an end-to-end test by its title, with its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    pub(crate) file: String,
    pub(crate) name: String,
}

/// Returns the tests of a suite's file that are named by ids, and complaints about functions that are not tests.
pub(crate) fn tests_of_suite(file: &str, text: &str) -> (Vec<(Id, Test)>, Vec<String>) {
    let (mut found, mut complaints) = (Vec::new(), Vec::new());
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.contains("wasm_bindgen_test(unsupported = test)");
            continue;
        }
        if line.starts_with("//") {
            continue;
        }
        let signature = line.find("fn ").map(|at| &line[at + 3..]);
        let name =
            signature.and_then(|s| s.split(|c: char| c != '_' && !c.is_alphanumeric()).next());
        let ids = name.map(ids_of_name).unwrap_or_default();
        if let Some(name) = name
            && !ids.is_empty()
            && !is_test
        {
            complaints.push(format!("{file}: {name} has the name of a test and is none"));
        }
        let test = Test {
            file: file.to_owned(),
            name: name.unwrap_or_default().to_owned(),
        };
        let listed = ids.into_iter().filter(is_listed);
        found.extend(listed.map(|id| (id, test.clone())));
        is_test = false;
    }
    (found, complaints)
}

/// Returns the end-to-end tests whose title begins with an id. Any string of the file
/// that begins with one is a title.
pub(crate) fn tests_of_ring(file: &str, text: &str) -> Vec<(Id, Test)> {
    let quoted = text.lines().flat_map(|line| {
        line.match_indices(['"', '\'', '`'])
            .map(|(at, quote)| (&line[at + 1..], quote))
    });
    quoted
        .filter_map(|(text, quote)| {
            let (id, _) = split_id(text, '-').filter(|(id, _)| is_listed(id))?;
            let title = text.split(quote).next().unwrap_or_default();
            let test = Test {
                file: file.to_owned(),
                name: title.to_owned(),
            };
            Some((id, test))
        })
        .collect()
}

#[test]
fn only_tests_count() {
    let marked = "#[wasm_bindgen_test(unsupported = test)]\n";
    let (tests, complaints) = tests_of_suite(
        "f",
        &format!("{marked}fn af_01_a() {{}}\n{marked}// Why.\nfn other() {{}}\nfn r_text() {{}}\n"),
    );
    let test = Test {
        file: "f".to_owned(),
        name: "af_01_a".to_owned(),
    };
    assert_eq!(tests, [(id_of("AF-01"), test)]);
    assert_eq!(complaints, Vec::<String>::new());
    let (_, complaints) =
        tests_of_suite("f", &format!("{marked}fn a() {{}}\n\nfn af_02_b() {{}}\n"));
    assert_eq!(
        complaints,
        ["f: af_02_b has the name of a test and is none"]
    );
    let ring = tests_of_ring(
        "f",
        "test(\"AF-35 a folder\", x); // see \"AF-351\", \"RP-01 x\" and \"the AF-35\"",
    );
    let test = Test {
        file: "f".to_owned(),
        name: "AF-35 a folder".to_owned(),
    };
    assert_eq!(ring, [(id_of("AF-35"), test)]);
}
