//! Rules about an image, for pipelines: a figure and its bound, passed or failed.
//!
//! The first three are dive's, with dive's default bounds. The figures of the others are given by those who have them.

use super::Analysis;

/// The bounds of all rules; `None` for a rule that is switched off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Minimum of dive's score, from 0 to 1.
    pub lowest_efficiency: Option<f64>,
    /// Maximum of dive's wasted bytes.
    pub highest_wasted_bytes: Option<u64>,
    /// Maximum ratio of dive's wasted bytes to the bytes above the base layer, from 0 to 1.
    pub highest_user_wasted_percent: Option<f64>,
    /// Maximum of dead bytes.
    pub highest_dead_bytes: Option<u64>,
    /// Maximum number of secrets.
    pub highest_secrets: Option<u64>,
    /// Maximum of the bytes that a container sees.
    pub highest_visible_bytes: Option<u64>,
    /// Maximum of the bytes that the largest layer takes to download.
    pub highest_layer_download: Option<u64>,
    /// Maximum of the bytes of content in one layer.
    pub highest_layer_content: Option<u64>,
    /// Maximum number of installed packages.
    pub highest_packages: Option<u64>,
    /// Maximum number of files with setuid, setgid or capabilities.
    pub highest_setuid: Option<u64>,
    /// Maximum number of files and directories that everyone may write.
    pub highest_world_writable: Option<u64>,
    /// Maximum number of accounts that a password opens, or none protects.
    pub highest_passwords: Option<u64>,
    /// True if containers must not run as root.
    pub not_root: bool,
}

impl Bounds {
    /// The bounds of dive's CI mode.
    pub const DEFAULT: Bounds = Bounds {
        lowest_efficiency: Some(0.9),
        highest_wasted_bytes: None,
        highest_user_wasted_percent: Some(0.1),
        highest_dead_bytes: None,
        highest_secrets: None,
        highest_visible_bytes: None,
        highest_layer_download: None,
        highest_layer_content: None,
        highest_packages: None,
        highest_setuid: None,
        highest_world_writable: None,
        highest_passwords: None,
        not_root: false,
    };
}

/// A rule, by dive's name if dive has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the bounds say what each asks")]
pub enum Rule {
    LowestEfficiency,
    HighestWastedBytes,
    HighestUserWastedPercent,
    HighestDeadBytes,
    HighestSecrets,
    HighestVisibleBytes,
    HighestLayerDownload,
    HighestLayerContent,
    HighestPathBytes,
    HighestPackages,
    HighestSetuid,
    HighestWorldWritable,
    HighestPasswords,
    NotRoot,
    MostGrowth,
    StructureTest,
}

impl Rule {
    /// The rules that a `.dive-ci` file may name.
    pub const IN_FILES: [Rule; 13] = [
        Rule::LowestEfficiency,
        Rule::HighestWastedBytes,
        Rule::HighestUserWastedPercent,
        Rule::HighestDeadBytes,
        Rule::HighestSecrets,
        Rule::HighestVisibleBytes,
        Rule::HighestLayerDownload,
        Rule::HighestLayerContent,
        Rule::HighestPackages,
        Rule::HighestSetuid,
        Rule::HighestWorldWritable,
        Rule::HighestPasswords,
        Rule::NotRoot,
    ];

    /// Returns the name in `.dive-ci` files and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Rule::LowestEfficiency => "lowestEfficiency",
            Rule::HighestWastedBytes => "highestWastedBytes",
            Rule::HighestUserWastedPercent => "highestUserWastedPercent",
            Rule::HighestDeadBytes => "highestDeadBytes",
            Rule::HighestSecrets => "highestSecrets",
            Rule::HighestVisibleBytes => "highestVisibleBytes",
            Rule::HighestLayerDownload => "highestLayerDownload",
            Rule::HighestLayerContent => "highestLayerContent",
            Rule::HighestPathBytes => "highestPathBytes",
            Rule::HighestPackages => "highestPackages",
            Rule::HighestSetuid => "highestSetuid",
            Rule::HighestWorldWritable => "highestWorldWritable",
            Rule::HighestPasswords => "highestPasswords",
            Rule::NotRoot => "notRoot",
            Rule::MostGrowth => "mostGrowth",
            Rule::StructureTest => "structureTest",
        }
    }
}

/// A figure of an image, or the bound of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A fraction: from 0 to 1, or more if more is wasted than was added.
    Part(f64),
    /// A number of bytes.
    Bytes(u64),
    /// A number of things.
    Count(u64),
}

/// The outcome of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStatus {
    /// The figure is within the bound.
    Pass,
    /// The figure is beyond the bound.
    Fail,
    /// The rule is switched off.
    Off,
}

/// The result of one rule for an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    /// The rule that was applied.
    pub rule: Rule,
    /// Outcome of the rule.
    pub status: RuleStatus,
    /// Figure of the image.
    pub value: Figure,
    /// Bound of the rule; `None` if it is switched off.
    pub bound: Option<Figure>,
}

impl Ruling {
    /// Applies a rule that bounds a number of bytes.
    pub fn at_most_bytes(rule: Rule, value: u64, bound: Option<u64>) -> Ruling {
        Ruling {
            rule,
            status: status(bound.map(|bound| value <= bound)),
            value: Figure::Bytes(value),
            bound: bound.map(Figure::Bytes),
        }
    }

    /// Applies a rule that bounds a number of things.
    pub fn at_most(rule: Rule, value: u64, bound: Option<u64>) -> Ruling {
        Ruling {
            rule,
            status: status(bound.map(|bound| value <= bound)),
            value: Figure::Count(value),
            bound: bound.map(Figure::Count),
        }
    }
}

/// Applies the rules about waste.
pub fn apply_rules(analysis: &Analysis, bounds: &Bounds) -> [Ruling; 4] {
    let dive = &analysis.dive;
    let part = |rule, value: f64, bound: Option<f64>, keeps: fn(f64, f64) -> bool| Ruling {
        rule,
        status: status(bound.map(|bound| keeps(value, bound))),
        value: Figure::Part(value),
        bound: bound.map(Figure::Part),
    };
    [
        part(
            Rule::LowestEfficiency,
            dive.score,
            bounds.lowest_efficiency,
            |value, bound| value >= bound,
        ),
        Ruling::at_most_bytes(
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
        Ruling::at_most_bytes(
            Rule::HighestDeadBytes,
            analysis.dead_bytes,
            bounds.highest_dead_bytes,
        ),
    ]
}

fn status(keeps: Option<bool>) -> RuleStatus {
    match keeps {
        Some(true) => RuleStatus::Pass,
        Some(false) => RuleStatus::Fail,
        None => RuleStatus::Off,
    }
}
