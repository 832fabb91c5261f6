//! What the rules say of one image, as lines for people and as JSON for machines.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::select::title;
use crate::cli::table::{part, plain, size};
use crate::insight::{Analysis, Bounds, Figure, Rule, Ruling, Status, apply_rules};
use crate::workspace::{NoAnalysis, OpenImage};

/// One image, checked.
pub(super) struct Checked {
    title: String,
    image_id: Option<String>,
    is_whole: bool,
    rulings: Result<Vec<Ruling>, NoAnalysis>,
}

impl Checked {
    pub(super) fn new(
        image: &OpenImage,
        analysis: Result<Analysis, NoAnalysis>,
        outcome: Outcome,
        bounds: &Bounds,
    ) -> Checked {
        Checked {
            title: title(&image.found),
            image_id: image.found.image_id.as_ref().map(ToString::to_string),
            is_whole: outcome == Outcome::Whole,
            rulings: analysis.map(|analysis| apply_rules(&analysis, bounds).to_vec()),
        }
    }

    /// Whether every layer is there and as it is claimed.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole && self.rulings.is_ok()
    }

    /// Whether no rule is broken.
    pub(super) fn keeps_rules(&self) -> bool {
        let rulings = self.rulings.iter().flatten();
        rulings.into_iter().all(|r| r.status != Status::Fail)
    }
}

/// The rule about every layer.
const INTEGRITY: &str = "no layer damaged, refuted or incomplete";

fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Off => "off",
    }
}

fn told(figure: Figure) -> String {
    match figure {
        Figure::Part(value) => part(value),
        Figure::Bytes(bytes) => size(bytes),
    }
}

impl Display for Checked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", plain(&self.title))?;
        let mut line = |status, name: &str, value: &str, bound: &str| {
            let line = format!("{status:<4}  {name:<24}  {value:>10}  {bound}");
            writeln!(f, "{}", line.trim_end())
        };
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
                    line(word(ruling.status), ruling.rule.name(), &value, &bound)?;
                }
            }
            Err(reason) => {
                let reason = plain(&reason.to_string());
                line("fail", "analysis", "none", &reason)?;
            }
        }
        match self.is_whole {
            true => line("pass", "integrity", "whole", INTEGRITY),
            false => line("fail", "integrity", "damaged", INTEGRITY),
        }
    }
}

/// All that was checked, as one document.
#[derive(Serialize)]
pub(super) struct CheckReport {
    pass: bool,
    images: Vec<ImageReport>,
}

#[derive(Serialize)]
struct ImageReport {
    image: String,
    image_id: Option<String>,
    pass: bool,
    /// The rule that every layer is there, as it is claimed, and complete.
    whole: bool,
    /// Why the rules could not be applied.
    analysis_problem: Option<String>,
    rules: Vec<RuleReport>,
}

#[derive(Serialize)]
struct RuleReport {
    rule: &'static str,
    status: &'static str,
    value: Number,
    bound: Option<Number>,
}

/// Infinity is `null`: JSON has no word for it.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Part(f64),
    Bytes(u64),
}

impl From<Figure> for Number {
    fn from(figure: Figure) -> Number {
        match figure {
            Figure::Part(part) => Number::Part(part),
            Figure::Bytes(bytes) => Number::Bytes(bytes),
        }
    }
}

impl CheckReport {
    /// `is_whole` says whether the place holds nothing else that is damaged.
    pub(super) fn new(checked: &[Checked], is_whole: bool) -> CheckReport {
        let images: Vec<ImageReport> = checked.iter().map(ImageReport::from).collect();
        CheckReport {
            pass: is_whole && images.iter().all(|image| image.pass),
            images,
        }
    }
}

impl From<&Checked> for ImageReport {
    fn from(checked: &Checked) -> ImageReport {
        ImageReport {
            image: checked.title.clone(),
            image_id: checked.image_id.clone(),
            pass: checked.is_whole() && checked.keeps_rules(),
            whole: checked.is_whole,
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
        }
    }
}
