//! The secrets of an image, as `lamina inspect --secrets` prints them: a line, and a line for each. The secrets
//! themselves are masked.

use crate::image::escape;
use crate::insight::secrets::{SecretFate, SecretFinding, SecretList, SecretPlace};
use crate::workspace::NoAnalysis;

use super::console::plain;
use super::{system_line, table};

/// Returns the numbers of findings; empty for an artifact, and if nothing was searched.
pub(super) fn line(list: Option<Result<&SecretList, &NoAnalysis>>) -> String {
    let list = match list {
        None | Some(Err(NoAnalysis::Artifact)) => return String::new(),
        Some(Err(reason)) => return format!("not known: {reason}"),
        Some(Ok(list)) => list,
    };
    let mut parts = vec![match list.n_secrets() {
        0 => "none found".to_owned(),
        n => table::of(n, "secret", "secrets"),
    }];
    match list.n_apart() {
        0 => {}
        n => parts.push(format!("{n} told apart")),
    }
    let searched = table::of(list.n_searched, "file", "files");
    parts.push(format!("{searched} of all layers searched"));
    match list.n_binary {
        0 => {}
        n => parts.push(format!("{n} of them no text")),
    }
    parts.extend(cut(list));
    parts.extend(system_line::gaps(&list.gaps));
    parts.join(", ")
}

/// Returns the number of texts that were not searched to their end.
pub(super) fn cut(list: &SecretList) -> Option<String> {
    let texts = table::of(list.n_cut, "text", "texts");
    let bytes = table::size(list.file_bytes);
    (list.n_cut > 0).then(|| format!("{texts} searched in the first {bytes} only"))
}

/// Returns the number of findings that are not listed.
pub(super) fn more(n_left_out: u64) -> Option<String> {
    (n_left_out > 0).then(|| format!("and {n_left_out} more"))
}

/// Returns a line for each finding.
pub(super) fn lines(list: &SecretList) -> String {
    let lines = list.findings.iter().map(|finding| {
        let told = format!(
            "{}: {} {}, {}",
            match finding.standing.is_secret() {
                true => "Secret",
                false => finding.standing.word(),
            },
            finding.rule.word(),
            finding.value.masked(),
            place(finding)
        );
        format!("{}\n", plain(&told))
    });
    let n_left_out = list.n_left_out.saturating_add(list.n_apart_left_out);
    let more = more(n_left_out).map(|more| format!("{more}\n"));
    lines.chain(more).collect()
}

/// Returns where a finding is, and what became of it.
pub(super) fn place(finding: &SecretFinding) -> String {
    let fate = match finding.fate {
        SecretFate::Live => String::new(),
        SecretFate::Overwritten { by } => {
            format!(", overwritten by layer {} and still shipped", by.0)
        }
        SecretFate::Deleted { by } => format!(", deleted by layer {} and still shipped", by.0),
    };
    match &finding.place {
        SecretPlace::File { path, layer, line } => {
            format!("/{} line {line} in layer {}{fate}", escape(path), layer.0)
        }
        SecretPlace::Env { name } => format!("variable {name}"),
        SecretPlace::Label { name } => format!("label {name}"),
        SecretPlace::History { step } => format!("step {step} of the history"),
    }
}
