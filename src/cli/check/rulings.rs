//! The rulings of the rules for one image, as lines for people and as JSON for machines.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::cli::console::plain;
use crate::cli::secrets_table::{cut, more, place};
use crate::cli::select::title;
use crate::cli::system_line::gaps;
use crate::cli::table::{part, size};
use crate::insight::secrets::{SecretFinding, SecretList};
use crate::insight::{
    Analysis, Bounds, Figure, Rule, RuleStatus, Ruling, apply_rules, rule_on_secrets,
};
use crate::workspace::{NoAnalysis, OpenImage};

/// The result for one image.
pub(super) struct Checked {
    title: String,
    image_id: Option<String>,
    /// False claims and missing parts.
    damage: Vec<String>,
    rulings: Result<Vec<Ruling>, NoAnalysis>,
    /// A line for each secret, if they were searched for.
    secrets: Vec<String>,
    /// The number of texts that were not searched to their end.
    secrets_note: Option<String>,
}

impl Checked {
    pub(super) fn new(
        image: &OpenImage,
        analysis: Result<Analysis, NoAnalysis>,
        damage: Vec<String>,
        bounds: &Bounds,
    ) -> Checked {
        Checked {
            title: title(&image.found),
            image_id: image.found.image_id.as_ref().map(ToString::to_string),
            damage,
            rulings: analysis.map(|analysis| apply_rules(&analysis, bounds).to_vec()),
            secrets: Vec::new(),
            secrets_note: None,
        }
    }

    /// Applies the rule about secrets. An image that could not be searched keeps no rule.
    pub(super) fn add_secrets(&mut self, list: Result<SecretList, NoAnalysis>, bounds: &Bounds) {
        let list = match list {
            Ok(list) => list,
            Err(reason) => {
                self.rulings = Err(reason);
                return;
            }
        };
        let secrets = list.findings.iter().filter(|one| one.standing.is_secret());
        let line = |one: &SecretFinding| format!("{} in {}", one.rule.word(), place(one));
        self.secrets = secrets.map(line).chain(more(list.n_left_out)).collect();
        self.secrets_note = cut(&list);
        // A file that could not be searched may hold secrets.
        let unsearched = gaps(&list.gaps).map(|gaps| format!("not searched for secrets: {gaps}"));
        self.damage.extend(unsearched);
        if let Ok(rulings) = &mut self.rulings {
            rulings.push(rule_on_secrets(list.n_secrets(), bounds));
        }
    }

    /// True if everything is present and matches its claims.
    pub(super) fn is_whole(&self) -> bool {
        self.damage.is_empty() && self.rulings.is_ok()
    }

    /// True if no rule is broken.
    pub(super) fn keeps_rules(&self) -> bool {
        let rulings = self.rulings.iter().flatten();
        rulings.into_iter().all(|r| r.status != RuleStatus::Fail)
    }
}

/// Characters of the first damage shown in the table. Standard error has all of it.
const DAMAGE_CHARS: usize = 200;

/// Returns the line about documents and layers: whole, or the first damage and the number of further ones.
pub(super) fn integrity(damage: &[String]) -> String {
    let Some(first) = damage.first() else {
        let rule = "nothing damaged, refuted or incomplete";
        return line("pass", "integrity", "whole", rule);
    };
    let first = plain(first);
    let mut told: String = first.chars().take(DAMAGE_CHARS).collect();
    if told.len() < first.len() {
        told.push('…');
    }
    match damage.len().saturating_sub(1) {
        0 => {}
        n => told.push_str(&format!("; and {n} more")),
    }
    line("fail", "integrity", "damaged", &told)
}

/// Formats a line of the table.
fn line(status: &str, name: &str, value: &str, bound: &str) -> String {
    let line = format!("{status:<4}  {name:<24}  {value:>10}  {bound}");
    line.trim_end().to_owned()
}

fn word(status: RuleStatus) -> &'static str {
    match status {
        RuleStatus::Pass => "pass",
        RuleStatus::Fail => "fail",
        RuleStatus::Off => "off",
    }
}

fn told(figure: Figure) -> String {
    match figure {
        Figure::Part(value) => part(value),
        Figure::Bytes(bytes) => size(bytes),
        Figure::Count(n) => n.to_string(),
    }
}

impl Display for Checked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", plain(&self.title))?;
        match &self.rulings {
            Ok(rulings) => {
                for ruling in rulings {
                    let bound = match (ruling.rule, ruling.bound) {
                        (_, None) => String::new(),
                        (Rule::LowestEfficiency, Some(bound)) => {
                            format!("at least {}", told(bound))
                        }
                        (_, Some(bound)) => format!("at most {}", told(bound)),
                    };
                    let value = told(ruling.value);
                    let (status, name) = (word(ruling.status), ruling.rule.name());
                    writeln!(f, "{}", line(status, name, &value, &bound))?;
                }
            }
            Err(reason) => {
                let reason = plain(&reason.to_string());
                writeln!(f, "{}", line("fail", "analysis", "none", &reason))?;
            }
        }
        for secret in self.secrets.iter().chain(&self.secrets_note) {
            writeln!(f, "      {}", plain(secret))?;
        }
        writeln!(f, "{}", integrity(&self.damage))
    }
}

/// All results, as one document.
#[derive(Serialize)]
pub(super) struct CheckReport {
    pass: bool,
    images: Vec<ImageReport>,
    /// Damage of the place itself that its images do not report.
    damage: Vec<String>,
}

#[derive(Serialize)]
struct ImageReport {
    image: String,
    image_id: Option<String>,
    pass: bool,
    /// True if everything is present, complete, and matches its claims.
    whole: bool,
    /// False claims and missing parts.
    damage: Vec<String>,
    /// The reason why the rules could not be applied.
    analysis_problem: Option<String>,
    rules: Vec<RuleReport>,
    /// The place of each secret, if the rule about them is on.
    secrets: Vec<String>,
}

#[derive(Serialize)]
struct RuleReport {
    rule: &'static str,
    status: &'static str,
    value: Number,
    bound: Option<Number>,
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

impl CheckReport {
    /// Creates the document from the results, with the other damage of the selected images.
    pub(super) fn new(checked: &[Checked], damage: &[String]) -> CheckReport {
        let images: Vec<ImageReport> = checked.iter().map(ImageReport::from).collect();
        CheckReport {
            pass: damage.is_empty() && images.iter().all(|image| image.pass),
            images,
            damage: damage.to_vec(),
        }
    }
}

impl From<&Checked> for ImageReport {
    fn from(checked: &Checked) -> ImageReport {
        ImageReport {
            image: checked.title.clone(),
            image_id: checked.image_id.clone(),
            pass: checked.is_whole() && checked.keeps_rules(),
            whole: checked.damage.is_empty(),
            damage: checked.damage.clone(),
            analysis_problem: checked.rulings.as_ref().err().map(ToString::to_string),
            rules: checked
                .rulings
                .iter()
                .flatten()
                .map(|ruling| RuleReport {
                    rule: ruling.rule.name(),
                    status: word(ruling.status),
                    value: ruling.value.into(),
                    bound: ruling.bound.map(Number::from),
                })
                .collect(),
            secrets: checked.secrets.clone(),
        }
    }
}
