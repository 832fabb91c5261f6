//! The result as JUnit's XML: a suite for each image, a test for each rule.

use std::io::{self, Write};

use crate::cli::console::plain;
use crate::insight::RuleStatus;

use super::checked::{Checked, Results};
use super::judged::Judged;
use super::text::findings;

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    let mut suites: Vec<Suite> = results.checked.iter().map(Suite::of_image).collect();
    if !results.damage.is_empty() {
        suites.push(Suite {
            name: results.place.to_owned(),
            cases: vec![Case::of_damage(results.damage)],
        });
    }
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="lamina check" tests="{}" failures="{}" errors="{}">"#,
        sum(|suite| suite.cases.len()),
        sum(Suite::n_failures),
        sum(Suite::n_errors),
    )?;
    for suite in &suites {
        suite.write(out)?;
    }
    writeln!(out, "</testsuites>")
}

/// The tests of one image.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// A test.
struct Case {
    name: String,
    outcome: CaseOutcome,
}

/// The outcome of a test.
enum CaseOutcome {
    Kept,
    Off,
    /// A broken rule, with its findings.
    Broken {
        message: String,
        lines: Vec<String>,
    },
    /// Damage, and reasons why there is no ruling.
    Error {
        message: String,
        lines: Vec<String>,
    },
}

impl Suite {
    fn of_image(checked: &Checked) -> Suite {
        let mut cases: Vec<Case> = checked.all_judged().iter().map(Case::of_rule).collect();
        if let Some(reason) = checked.problem() {
            cases.push(Case {
                name: "analysis".to_owned(),
                outcome: CaseOutcome::Error {
                    message: reason,
                    lines: Vec::new(),
                },
            });
        }
        cases.push(Case::of_damage(&checked.damage));
        Suite {
            name: checked.title.clone(),
            cases,
        }
    }

    fn n_failures(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, CaseOutcome::Broken { .. });
        self.cases.iter().filter(failed).count()
    }

    fn n_errors(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, CaseOutcome::Error { .. });
        self.cases.iter().filter(failed).count()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let off = |case: &&Case| matches!(case.outcome, CaseOutcome::Off);
        let name = xml(&self.name);
        writeln!(
            out,
            r#"  <testsuite name="{name}" tests="{}" failures="{}" errors="{}" skipped="{}">"#,
            self.cases.len(),
            self.n_failures(),
            self.n_errors(),
            self.cases.iter().filter(off).count(),
        )?;
        for case in &self.cases {
            case.write(&name, out)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

impl Case {
    fn of_rule(judged: &Judged) -> Case {
        let outcome = match judged.ruling.status {
            RuleStatus::Pass => CaseOutcome::Kept,
            RuleStatus::Off => CaseOutcome::Off,
            RuleStatus::Fail => CaseOutcome::Broken {
                message: format!("{}, {} asked for", judged.value(), judged.bound()),
                lines: findings(judged).collect(),
            },
        };
        Case {
            name: judged.title(),
            outcome,
        }
    }

    fn of_damage(damage: &[String]) -> Case {
        let outcome = match damage.first() {
            None => CaseOutcome::Kept,
            Some(first) => CaseOutcome::Error {
                message: first.clone(),
                lines: damage.to_vec(),
            },
        };
        Case {
            name: "integrity".to_owned(),
            outcome,
        }
    }

    /// Writes the test. The suite's name is escaped already.
    fn write(&self, suite: &str, out: &mut dyn Write) -> io::Result<()> {
        let name = xml(&self.name);
        let start = format!(r#"    <testcase classname="{suite}" name="{name}""#);
        let (tag, message, lines) = match &self.outcome {
            CaseOutcome::Kept => return writeln!(out, "{start}/>"),
            CaseOutcome::Off => return writeln!(out, "{start}><skipped/></testcase>"),
            CaseOutcome::Broken { message, lines } => ("failure", message, lines),
            CaseOutcome::Error { message, lines } => ("error", message, lines),
        };
        let lines: Vec<String> = lines.iter().map(|line| xml(line)).collect();
        writeln!(out, "{start}>")?;
        writeln!(
            out,
            r#"      <{tag} type="{name}" message="{}">{}</{tag}>"#,
            xml(message),
            lines.join("\n")
        )?;
        writeln!(out, "    </testcase>")
    }
}

/// Escapes a text for an element or an attribute. XML has no place for most control characters, which are spelt out.
fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(xml("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
        assert_eq!(xml("a\u{1b}\nb\u{ffff}"), "a␛ b\u{fffd}");
    }
}
