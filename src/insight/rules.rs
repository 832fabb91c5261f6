//! Rules about an image's space, as a pipeline applies them: a figure and its bound, kept or broken.
//!
//! The first three are dive's, with the bounds that dive applies when it is told none.

use super::Analysis;

/// What is asked of an image; `None` where a rule is switched off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// dive's score must not be lower; from 0 to 1.
    pub lowest_efficiency: Option<f64>,
    /// dive's wasted bytes must not be more.
    pub highest_wasted_bytes: Option<u64>,
    /// They must not be a larger part of the bytes above the base layer; from 0 to 1.
    pub highest_user_wasted_percent: Option<f64>,
    /// The dead bytes must not be more.
    pub highest_dead_bytes: Option<u64>,
}

impl Bounds {
    /// The bounds of dive's CI mode.
    pub const DEFAULT: Bounds = Bounds {
        lowest_efficiency: Some(0.9),
        highest_wasted_bytes: None,
        highest_user_wasted_percent: Some(0.1),
        highest_dead_bytes: None,
    };
}

/// A rule, by dive's name where dive has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the bounds say what each asks")]
pub enum Rule {
    LowestEfficiency,
    HighestWastedBytes,
    HighestUserWastedPercent,
    HighestDeadBytes,
}

impl Rule {
    /// Its name in `.dive-ci` files and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Rule::LowestEfficiency => "lowestEfficiency",
            Rule::HighestWastedBytes => "highestWastedBytes",
            Rule::HighestUserWastedPercent => "highestUserWastedPercent",
            Rule::HighestDeadBytes => "highestDeadBytes",
        }
    }
}

/// A figure of an image, or the bound of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A part of a whole: from 0 to 1, or more where more is wasted than was added.
    Part(f64),
    /// Bytes.
    Bytes(u64),
}

/// Whether a rule is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Pass,
    /// It is broken.
    Fail,
    /// It is switched off.
    Off,
}

/// What one rule says of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    /// The rule.
    pub rule: Rule,
    /// Whether it is kept.
    pub status: Status,
    /// The image's figure.
    pub value: Figure,
    /// What is asked; `None` for a rule that is switched off.
    pub bound: Option<Figure>,
}

/// Applies all rules.
pub fn apply_rules(analysis: &Analysis, bounds: &Bounds) -> [Ruling; 4] {
    let dive = &analysis.dive;
    let part = |rule, value: f64, bound: Option<f64>, keeps: fn(f64, f64) -> bool| Ruling {
        rule,
        status: status(bound.map(|bound| keeps(value, bound))),
        value: Figure::Part(value),
        bound: bound.map(Figure::Part),
    };
    let bytes = |rule, value: u64, bound: Option<u64>| Ruling {
        rule,
        status: status(bound.map(|bound| value <= bound)),
        value: Figure::Bytes(value),
        bound: bound.map(Figure::Bytes),
    };
    [
        part(
            Rule::LowestEfficiency,
            dive.score,
            bounds.lowest_efficiency,
            |value, bound| value >= bound,
        ),
        bytes(
            Rule::HighestWastedBytes,
            dive.wasted_bytes,
            bounds.highest_wasted_bytes,
        ),
        part(
            Rule::HighestUserWastedPercent,
            dive.user_wasted_percent,
            bounds.highest_user_wasted_percent,
            |value, bound| value <= bound,
        ),
        bytes(
            Rule::HighestDeadBytes,
            analysis.dead_bytes,
            bounds.highest_dead_bytes,
        ),
    ]
}

fn status(keeps: Option<bool>) -> Status {
    match keeps {
        Some(true) => Status::Pass,
        Some(false) => Status::Fail,
        None => Status::Off,
    }
}
