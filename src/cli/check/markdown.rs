//! The result as Markdown, for the summary of a run or a comment on a pull request.

use std::io::{self, Write};

use crate::cli::console::plain;
use crate::insight::RuleStatus;

use super::checked::{Checked, Results, first_damage};
use super::judged::Judged;
use super::text::finding;

/// Findings that are listed of a rule. A comment on a pull request has at most 65,536 characters.
const MOST_LISTED: usize = 50;

/// Writes a table for each image, and its findings below.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    let word = if results.pass() { "passed" } else { "failed" };
    writeln!(out, "## lamina check {word}")?;
    for checked in results.checked {
        write_image(out, checked)?;
    }
    if let Some(damage) = first_damage(results.damage) {
        writeln!(out, "\n### {}\n\n❌ {}", code(results.place), code(&damage))?;
    }
    Ok(())
}

fn write_image(out: &mut dyn Write, checked: &Checked) -> io::Result<()> {
    writeln!(out, "\n### {}\n", code(&checked.title))?;
    writeln!(out, "| | rule | value | asked for |\n|---|---|---:|---|")?;
    for judged in checked.all_judged() {
        let mark = match judged.ruling.status {
            RuleStatus::Pass => "✅",
            RuleStatus::Fail => "❌",
            RuleStatus::Off => continue,
        };
        let subject = judged.subject.as_deref();
        let subject = subject.map_or_else(String::new, |subject| format!(" {}", cell(subject)));
        let (rule, value, bound) = (judged.ruling.rule.name(), judged.value(), judged.bound());
        writeln!(out, "| {mark} | {rule}{subject} | {value} | {bound} |")?;
    }
    if let Some(reason) = checked.problem() {
        writeln!(out, "| ❌ | analysis | none | {} |", cell(&reason))?;
    }
    match first_damage(&checked.damage) {
        None => writeln!(out, "| ✅ | integrity | whole | |")?,
        Some(damage) => writeln!(out, "| ❌ | integrity | damaged | {} |", cell(&damage))?,
    }
    for judged in checked.all_judged() {
        write_findings(out, judged)?;
    }
    if !checked.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &checked.notes {
        writeln!(out, "- ⚠️ {}", code(note))?;
    }
    Ok(())
}

fn write_findings(out: &mut dyn Write, judged: &Judged) -> io::Result<()> {
    if judged.evidence.is_empty() && judged.n_more == 0 {
        return Ok(());
    }
    let n = (judged.evidence.len() as u64).saturating_add(judged.n_more);
    let (rule, is_open) = (
        judged.ruling.rule.name(),
        if judged.fails() { " open" } else { "" },
    );
    writeln!(out, "\n<details{is_open}><summary>{rule}: {n}</summary>\n")?;
    for evidence in judged.evidence.iter().take(MOST_LISTED) {
        let line = match evidence.made_by.is_empty() {
            true => String::new(),
            false => format!(" by {}", code(&evidence.made_by)),
        };
        writeln!(out, "- {}{line}", code(&finding(evidence)))?;
    }
    let n_more = judged.evidence.iter().skip(MOST_LISTED).count() as u64;
    match n_more.saturating_add(judged.n_more) {
        0 => {}
        n => writeln!(out, "- and {n} more")?,
    }
    writeln!(out, "\n</details>")
}

/// Returns a text as code, in which nothing is a mark, a link or a mention.
fn code(text: &str) -> String {
    let text = plain(text);
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("{fence}{text}{fence}"),
        _ => format!("{fence} {text} {fence}"),
    }
}

/// Returns the same for a cell of a table, which a bar would end.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_code() {
        assert_eq!(code("a <b> @me"), "`a <b> @me`");
        assert_eq!(code("a ``b` c\nd"), "``` a ``b` c d ```");
        assert_eq!(cell("a|b"), "`a\\|b`");
    }
}
