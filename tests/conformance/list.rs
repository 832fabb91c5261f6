//! The lists `tests/conformance/*.txt`: the text of each line, and a check that a list is complete.
//!
//! A line begins with its id. Indented text continues it or, after `decided:`, says why Lamina decides otherwise.

use crate::ids::{Id, SECTIONS, id_of, split_id};

/// One line of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: Id,
    /// Behaviour of Lamina.
    pub(crate) text: String,
    /// Reason for a decision against the recommendation, if any.
    pub(crate) decided: Option<String>,
}

/// Reads a list. Complaints name the file and the line.
pub(crate) fn read_list(file: &str, text: &str) -> (Vec<Line>, Vec<String>) {
    let (mut lines, mut complaints) = (Vec::<Line>::new(), Vec::new());
    for (at, raw) in (1..).zip(text.lines()) {
        let words = raw.trim();
        if words.is_empty() || raw.starts_with('#') {
            continue;
        }
        if !raw.starts_with([' ', '\t']) {
            match split_id(words, '-') {
                Some((id, text)) => lines.push(Line {
                    id,
                    text: text.trim().to_owned(),
                    decided: None,
                }),
                None => complaints.push(format!(
                    "{file}:{at}: a line begins with its id, such as AF-01; what goes on is indented: {words}"
                )),
            }
            continue;
        }
        let Some(line) = lines.last_mut() else {
            complaints.push(format!("{file}:{at}: nothing stands before it: {words}"));
            continue;
        };
        match (words.strip_prefix("decided:"), &mut line.decided) {
            (Some(_), Some(_)) => {
                complaints.push(format!("{file}:{at}: {} is decided already", line.id))
            }
            (Some(reason), decided) => *decided = Some(reason.trim().to_owned()),
            (None, Some(decided)) => join(decided, words),
            (None, None) => join(&mut line.text, words),
        }
    }
    for line in &lines {
        if line.text.is_empty() {
            complaints.push(format!("{file}: {} does not say what is held", line.id));
        }
        if line.decided.as_ref().is_some_and(String::is_empty) {
            complaints.push(format!("{file}: {} is decided without a reason", line.id));
        }
    }
    (lines, complaints)
}

fn join(text: &mut String, words: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(words);
}

/// Checks that the list has each id of its section once, in order, without a gap, up to the
/// number of lines. Returns complaints.
pub(crate) fn list_is_whole(list: &str, lines: &[Line]) -> Vec<String> {
    let section = SECTIONS.iter().find(|section| section.list == list);
    let Some(section) = section else {
        return vec![format!("{list}: no section has this list")];
    };
    let expected = section.n_lines.iter().flat_map(|(prefix, n_lines)| {
        (1..=*n_lines).map(|number| Id {
            prefix: (*prefix).to_owned(),
            number,
        })
    });
    let expected: Vec<Id> = expected.collect();
    let actual: Vec<Id> = lines.iter().map(|line| line.id.clone()).collect();
    let mut complaints = Vec::new();
    for id in &expected {
        let n_times = actual.iter().filter(|actual| *actual == id).count();
        if n_times != 1 {
            complaints.push(format!("{list}: {id} stands there {n_times} times"));
        }
    }
    let strangers = actual.iter().filter(|id| !expected.contains(id));
    complaints.extend(strangers.map(|id| format!("{list}: {id} is no line of this section")));
    if complaints.is_empty() && actual != expected {
        complaints.push(format!("{list}: its lines are not in order"));
    }
    complaints
}

/// Checks the complaints about a list of section `rules`, each without the file's name.
fn check_list(text: &str, complaints: &[&str]) {
    let (_, actual) = read_list("l", text);
    assert_eq!(actual, complaints, "{text}");
}

#[test]
fn a_list_has_an_id_a_text_and_perhaps_a_reason() {
    let text =
        "# a comment\n\nAF-01 One\n  goes on.\n  decided: because\n   of this.\nAF-02\n  Two.\n";
    let (lines, complaints) = read_list("l", text);
    let line = |id_text, text: &str, decided: Option<&str>| Line {
        id: id_of(id_text),
        text: text.to_owned(),
        decided: decided.map(str::to_owned),
    };
    let first = line("AF-01", "One goes on.", Some("because of this."));
    assert_eq!(lines, [first, line("AF-02", "Two.", None)]);
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn a_bad_list_is_told_where() {
    check_list(
        "  AF-01 indented",
        &["l:1: nothing stands before it: AF-01 indented"],
    );
    let no_id = "a line begins with its id, such as AF-01; what goes on is indented";
    for words in [
        "one",
        "af-01 one",
        "AF-1 one",
        "AF-011 one",
        "AFX-01 one",
        "AF01 one",
    ] {
        check_list(words, &[&format!("l:1: {no_id}: {words}")]);
    }
    check_list("AF-01", &["l: AF-01 does not say what is held"]);
    check_list(
        "AF-01 a\n decided:",
        &["l: AF-01 is decided without a reason"],
    );
    check_list(
        "AF-01 a\n decided: b\n decided: c",
        &["l:3: AF-01 is decided already"],
    );
}

#[test]
fn a_list_has_each_number_once_and_in_order() {
    let check = |list: &str, ids: &[&str], complaints: &[&str]| {
        let lines: Vec<_> = ids
            .iter()
            .map(|text| Line {
                id: id_of(text),
                text: String::new(),
                decided: None,
            })
            .collect();
        assert_eq!(list_is_whole(list, &lines), complaints, "{ids:?}");
    };
    let all: Vec<String> = (1..=10).map(|n| format!("R-{n:02}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check("rules", &all, &[]);
    check("rules", &all[1..], &["rules: R-01 stands there 0 times"]);
    check("rules", &all[..9], &["rules: R-10 stands there 0 times"]);
    check(
        "rules",
        &[&all[..], &["R-03"]].concat(),
        &["rules: R-03 stands there 2 times"],
    );
    check(
        "rules",
        &[&all[..], &["R-11"]].concat(),
        &["rules: R-11 is no line of this section"],
    );
    check(
        "rules",
        &[&all[..], &["AF-01"]].concat(),
        &["rules: AF-01 is no line of this section"],
    );
    check(
        "rules",
        &[&all[1..], &all[..1]].concat(),
        &["rules: its lines are not in order"],
    );
    check("odds", &all, &["odds: no section has this list"]);
}
