//! The secrets of an image in the form of the report. The secrets themselves are masked.

use serde::Serialize;

use super::OpenImage;
use super::system_report::GapReport;
use crate::image::{escape, hex};
use crate::insight::secrets::{SecretFinding, SecretList, SecretPlace};

/// The findings about secrets.
#[derive(Serialize)]
pub(super) struct SecretsReport {
    findings: Vec<SecretReport>,
    left_out: u64,
    apart_left_out: u64,
    files_searched: u64,
    files_binary: u64,
    files_cut: u64,
    file_bytes: u64,
    gaps: Vec<GapReport>,
}

#[derive(Serialize)]
struct SecretReport {
    rule: &'static str,
    /// `secret`, or why it is told apart.
    standing: &'static str,
    /// `file`, `env`, `label` or `history`.
    place: &'static str,
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    layer: Option<u32>,
    /// The line of the file, counted from 1.
    line: Option<u32>,
    /// The variable or label.
    name: Option<String>,
    /// The step of the history, counted from 0.
    step: Option<u32>,
    /// The line of the history that made the layer, with the secrets in it masked.
    made_by: Option<String>,
    fate: &'static str,
    hidden_by: Option<u32>,
    masked: String,
}

impl SecretsReport {
    pub(super) fn of(list: &SecretList, image: &OpenImage) -> SecretsReport {
        let findings = list.findings.iter();
        SecretsReport {
            findings: findings
                .map(|finding| secret_report(finding, list, image))
                .collect(),
            left_out: list.n_left_out,
            apart_left_out: list.n_apart_left_out,
            files_searched: list.n_searched,
            files_binary: list.n_binary,
            files_cut: list.n_cut,
            file_bytes: list.file_bytes,
            gaps: list.gaps.iter().map(GapReport::from).collect(),
        }
    }
}

fn secret_report(finding: &SecretFinding, list: &SecretList, image: &OpenImage) -> SecretReport {
    let mut report = SecretReport {
        rule: finding.rule.word(),
        standing: finding.standing.word(),
        place: finding.place.word(),
        path: None,
        path_bytes: None,
        layer: None,
        line: None,
        name: None,
        step: None,
        made_by: None,
        fate: finding.fate.word(),
        hidden_by: finding.fate.by().map(|layer| layer.0),
        masked: finding.value.masked(),
    };
    match &finding.place {
        SecretPlace::File { path, layer, line } => {
            let is_text = std::str::from_utf8(path).is_ok();
            report.path = Some(escape(path));
            report.path_bytes = (!is_text).then(|| hex(path));
            report.layer = Some(layer.0);
            report.line = Some(*line);
            let made_by = image.history_of(layer.0 as usize);
            report.made_by = made_by.map(|entry| list.masked(&entry.created_by));
        }
        SecretPlace::Env { name } | SecretPlace::Label { name } => {
            report.name = Some(name.clone());
        }
        SecretPlace::History { step } => report.step = Some(*step),
    }
    report
}
