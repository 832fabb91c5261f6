//! The result as one JSON document, whose form docs/check.schema.json describes.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::output::write_json;
use crate::cli::secrets_table::more;
use crate::image::{escape, hex};
use crate::insight::{Figure, Rule};

use super::checked::{Checked, Figures, Results};
use super::evidence::Evidence;
use super::judged::{Judged, word};

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    let report = CheckReport {
        pass: results.pass(),
        images: results.checked.iter().map(image_report).collect(),
        damage: results.damage,
    };
    write_json(out, &report)
}

/// All results, as one document.
#[derive(Serialize)]
struct CheckReport<'a> {
    pass: bool,
    images: Vec<CheckedReport<'a>>,
    /// Damage of the place itself that its images do not report.
    damage: &'a [String],
}

#[derive(Serialize)]
struct CheckedReport<'a> {
    image: &'a str,
    image_id: Option<&'a str>,
    platform: Option<&'a str>,
    pass: bool,
    /// True if everything is present, complete, and matches its claims.
    whole: bool,
    /// False claims and missing parts.
    damage: &'a [String],
    /// The reason why the rules could not be applied.
    analysis_problem: Option<String>,
    /// The bytes of the image, which a later check can compare with.
    figures: Option<Figures>,
    rules: Vec<RuleReport<'a>>,
    /// The place of each secret, if the rule about them is on.
    secrets: Vec<String>,
    findings: Vec<EvidenceReport<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct RuleReport<'a> {
    rule: &'static str,
    /// The path pattern, baseline or test that one of several rulings of a rule is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    status: &'static str,
    value: Number,
    bound: Option<Number>,
    /// Number of findings that are not listed.
    #[serde(skip_serializing_if = "is_zero")]
    left_out: u64,
}

#[derive(Serialize)]
struct EvidenceReport<'a> {
    /// The rule of the check.
    rule: &'static str,
    /// The kind of finding, such as `setuid`.
    kind: &'static str,
    message: &'a str,
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    layer: Option<u32>,
    line: Option<u32>,
    /// The line of the history that made the layer, with the secrets in it masked.
    made_by: Option<&'a str>,
    fingerprint: &'a str,
    allowed: Option<AllowedReport<'a>>,
}

#[derive(Serialize)]
struct AllowedReport<'a> {
    reason: &'a str,
    until: &'a str,
}

/// A number in JSON. Infinity becomes `null`, since JSON cannot express it.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Part(f64),
    Bytes(u64),
    Count(u64),
}

impl From<Figure> for Number {
    fn from(figure: Figure) -> Number {
        match figure {
            Figure::Part(part) => Number::Part(part),
            Figure::Bytes(bytes) => Number::Bytes(bytes),
            Figure::Count(n) => Number::Count(n),
        }
    }
}

/// True for no number that is worth a member.
fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn image_report(checked: &Checked) -> CheckedReport<'_> {
    let judged = checked.all_judged().iter();
    let secrets = judged
        .clone()
        .filter(|judged| judged.ruling.rule == Rule::HighestSecrets);
    let secret_lines = secrets.flat_map(|judged| {
        let told = judged.counting().map(|one| one.told.clone());
        told.chain(more(judged.n_more))
    });
    let findings = judged.clone().flat_map(|judged| {
        let evidence = judged.evidence.iter();
        evidence.map(|one| evidence_report(judged, one))
    });
    CheckedReport {
        image: &checked.title,
        image_id: checked.image_id.as_deref(),
        platform: checked.platform.as_deref(),
        pass: checked.is_whole() && checked.keeps_rules(),
        whole: checked.damage.is_empty(),
        damage: &checked.damage,
        analysis_problem: checked.problem(),
        figures: checked.figures,
        secrets: secret_lines.collect(),
        findings: findings.collect(),
        rules: judged.map(rule_report).collect(),
        notes: &checked.notes,
    }
}

fn rule_report(judged: &Judged) -> RuleReport<'_> {
    let ruling = &judged.ruling;
    RuleReport {
        rule: ruling.rule.name(),
        subject: judged.subject.as_deref(),
        status: word(ruling.status),
        value: ruling.value.into(),
        bound: ruling.bound.map(Number::from),
        left_out: judged.n_more,
    }
}

fn evidence_report<'a>(judged: &Judged, evidence: &'a Evidence) -> EvidenceReport<'a> {
    let path = evidence.path.as_deref();
    let is_text = |path: &&[u8]| std::str::from_utf8(path).is_ok();
    EvidenceReport {
        rule: judged.ruling.rule.name(),
        kind: evidence.kind,
        message: &evidence.told,
        path: path.map(escape),
        path_bytes: path.filter(|path| !is_text(path)).map(hex),
        layer: evidence.layer,
        line: evidence.line,
        made_by: Some(evidence.made_by.as_str()).filter(|line| !line.is_empty()),
        fingerprint: &evidence.fingerprint,
        allowed: evidence.allowed.as_ref().map(|allowed| AllowedReport {
            reason: &allowed.reason,
            until: &allowed.until,
        }),
    }
}
