//! The findings about an image's safety in the form of the report.

use serde::Serialize;

use super::system_report::{GapReport, filled};
use crate::image::{escape, hex};
use crate::insight::safety::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};

/// The findings about the safety of an image.
#[derive(Serialize)]
pub(super) struct SafetyReport {
    findings: Vec<SafetyFindingReport>,
    left_out: Vec<BeyondReport>,
    gaps: Vec<GapReport>,
}

/// The number of findings of a rule beyond the bounds.
#[derive(Serialize)]
struct BeyondReport {
    rule: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct SafetyFindingReport {
    rule: &'static str,
    /// `path`, `account`, `config` or `history`.
    place: &'static str,
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    layer: Option<u32>,
    /// The line of the history that made the layer, with the secrets in it masked.
    made_by: Option<String>,
    bytes: Option<u64>,
    /// Permission bits in octal, such as `4755`.
    mode: Option<String>,
    uid: Option<u32>,
    gid: Option<u32>,
    /// In the form of `getcap`, such as `cap_net_raw=ep`.
    capabilities: Option<String>,
    /// The account.
    account: Option<String>,
    /// The user, the port or the address.
    value: Option<String>,
    /// The step of the history, counted from 0.
    step: Option<u32>,
}

impl From<&SafetyList> for SafetyReport {
    fn from(list: &SafetyList) -> SafetyReport {
        let findings = list.findings.iter();
        let left_out = list.left_out.iter();
        SafetyReport {
            findings: findings.map(|finding| report(finding, list)).collect(),
            left_out: left_out.map(beyond).collect(),
            gaps: list.gaps.iter().map(GapReport::from).collect(),
        }
    }
}

fn beyond((rule, n): (&SafetyRule, &u64)) -> BeyondReport {
    BeyondReport {
        rule: rule.word(),
        count: *n,
    }
}

fn report(finding: &SafetyFinding, list: &SafetyList) -> SafetyFindingReport {
    let path = finding.place.path();
    let is_text = |path: &&[u8]| std::str::from_utf8(path).is_ok();
    let mut report = SafetyFindingReport {
        rule: finding.rule.word(),
        place: finding.place.word(),
        path: path.map(escape),
        path_bytes: path.filter(|path| !is_text(path)).map(hex),
        layer: finding.place.layer().map(|layer| layer.0),
        made_by: filled(list.line_of(finding)),
        bytes: None,
        mode: None,
        uid: None,
        gid: None,
        capabilities: None,
        account: None,
        value: None,
        step: None,
    };
    match &finding.place {
        SafetyPlace::Path {
            mode,
            uid,
            gid,
            size_bytes,
            capabilities,
            ..
        } => {
            report.bytes = Some(*size_bytes);
            report.mode = Some(format!("{mode:04o}"));
            (report.uid, report.gid) = (Some(*uid), Some(*gid));
            report.capabilities = filled(capabilities);
        }
        SafetyPlace::Account { name, .. } => report.account = Some(name.clone()),
        SafetyPlace::Config { value } => report.value = filled(value),
        SafetyPlace::History { step, address, .. } => {
            report.value = Some(address.clone());
            report.step = Some(*step);
        }
    }
    report
}
