//! The result as lines for people.

use std::io::{self, Write};

use crate::cli::console::plain;
use crate::cli::secrets_table::more;

use super::checked::{Checked, Results, first_damage};
use super::evidence::Evidence;
use super::judged::{Judged, word};

/// Writes a line for each rule, and one for each finding.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    for checked in results.checked {
        write_image(out, checked)?;
    }
    if !results.damage.is_empty() {
        writeln!(out, "{}", plain(results.place))?;
        writeln!(out, "{}", integrity(results.damage))?;
    }
    Ok(())
}

fn write_image(out: &mut dyn Write, checked: &Checked) -> io::Result<()> {
    writeln!(out, "{}", plain(&checked.title))?;
    if let Some(reason) = checked.problem() {
        writeln!(out, "{}", line("fail", "analysis", "none", &plain(&reason)))?;
    }
    for judged in checked.all_judged() {
        let (status, name) = (word(judged.ruling.status), judged.ruling.rule.name());
        let bound = match &judged.subject {
            None => judged.bound(),
            Some(subject) => format!("{} {}", judged.bound(), plain(subject)),
        };
        writeln!(
            out,
            "{}",
            line(status, name, &judged.value(), bound.trim_start())
        )?;
    }
    for judged in checked.all_judged() {
        for told in findings(judged) {
            writeln!(out, "      {}", plain(&told))?;
        }
    }
    for note in &checked.notes {
        writeln!(out, "      {}", plain(note))?;
    }
    writeln!(out, "{}", integrity(&checked.damage))
}

/// Returns a line for each finding, and how many there are beyond them.
pub(super) fn findings(judged: &Judged) -> impl Iterator<Item = String> + '_ {
    let evidence = judged.evidence.iter().map(finding);
    evidence.chain(more(judged.n_more))
}

/// Returns the line of a finding, with the reason if it is allowed.
pub(super) fn finding(evidence: &Evidence) -> String {
    match &evidence.allowed {
        None => evidence.told.clone(),
        Some(allowed) => format!(
            "allowed until {} ({}): {}",
            allowed.until, allowed.reason, evidence.told
        ),
    }
}

/// Returns the line about documents and layers: whole, or the first damage and the number of further ones.
fn integrity(damage: &[String]) -> String {
    match first_damage(damage) {
        None => {
            let rule = "nothing damaged, refuted or incomplete";
            line("pass", "integrity", "whole", rule)
        }
        Some(told) => line("fail", "integrity", "damaged", &told),
    }
}

/// Formats a line of the table.
fn line(status: &str, name: &str, value: &str, bound: &str) -> String {
    let line = format!("{status:<4}  {name:<24}  {value:>10}  {bound}");
    line.trim_end().to_owned()
}
