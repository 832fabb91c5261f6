//! The result as annotations of a GitHub workflow: commands in lines of the log.

use std::io::{self, Write};
use std::slice::from_ref;

use crate::cli::console::plain;

use super::checked::{Checked, Results};
use super::judged::Judged;
use super::text::finding;

/// Findings that an annotation lists.
const MOST_LISTED: usize = 20;

/// Writes an annotation for each broken rule, for damage and for notes; GitHub shows ten of a kind in a step.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    for checked in results.checked {
        write_image(out, checked)?;
    }
    for damage in results.damage {
        annotate(out, "error", results.place, from_ref(damage))?;
    }
    Ok(())
}

fn write_image(out: &mut dyn Write, checked: &Checked) -> io::Result<()> {
    let title = |what: &str| format!("{}: {what}", checked.title);
    if let Some(reason) = checked.problem() {
        annotate(out, "error", &title("analysis"), &[reason])?;
    }
    for damage in &checked.damage {
        annotate(out, "error", &title("integrity"), from_ref(damage))?;
    }
    let broken = checked.all_judged().iter().filter(|judged| judged.fails());
    for judged in broken {
        annotate(out, "error", &title(&judged.title()), &lines(judged))?;
    }
    for note in &checked.notes {
        annotate(out, "warning", &title("note"), from_ref(note))?;
    }
    if checked.is_whole() && checked.keeps_rules() {
        let on = checked.all_judged().iter();
        let on = on.filter(|judged| judged.ruling.bound.is_some()).count();
        let kept = format!("{on} rules kept, nothing damaged");
        annotate(out, "notice", &title("lamina check"), &[kept])?;
    }
    Ok(())
}

fn lines(judged: &Judged) -> Vec<String> {
    let mut lines = vec![format!("{}, {} asked for", judged.value(), judged.bound())];
    lines.extend(judged.counting().take(MOST_LISTED).map(finding));
    let n_more = judged.counting().skip(MOST_LISTED).count() as u64;
    match n_more.saturating_add(judged.n_more) {
        0 => {}
        n => lines.push(format!("and {n} more")),
    }
    lines
}

/// Writes a command. No text of an image can begin another one: each is on the line of its own command.
fn annotate(out: &mut dyn Write, kind: &str, title: &str, lines: &[String]) -> io::Result<()> {
    let lines: Vec<String> = lines.iter().map(|line| data(&plain(line))).collect();
    let title = property(&plain(title));
    writeln!(out, "::{kind} title={title}::{}", lines.join("%0A"))
}

/// Escapes a message, as GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_within_their_command() {
        let mut out = Vec::new();
        let lines = ["50% a:b,c".to_owned(), "x\r\n::error::y".to_owned()];
        annotate(&mut out, "error", "r:1, a\n::b", &lines).expect("it is memory");
        let text = String::from_utf8(out).expect("it is text");
        assert!(
            text.starts_with("::error title=r%3A1%2C a %3A%3Ab::50%25 a:b,c%0Ax"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}
