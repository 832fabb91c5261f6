//! The arguments of `lamina check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::chosen::Chosen;
use super::bound::{CountBound, PartBound, PathBudget, SizeBound};

/// The form of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CheckFormat {
    /// A line for each rule
    #[default]
    Text,
    /// One JSON document
    Json,
    /// JUnit's XML, which shows each rule as a test
    Junit,
    /// SARIF 2.1.0, which GitHub and others show beside code
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// A summary for a pull request
    Markdown,
}

/// The arguments of `lamina check`. Each bound may be `off`.
#[derive(Args, Debug)]
pub(in crate::cli) struct CheckArguments {
    #[command(flatten)]
    pub(in crate::cli) chosen: Chosen,
    /// dive's score must not be lower than this, from 0 to 1, or off [default: 0.9]
    #[arg(long, value_name = "PART")]
    pub(in crate::cli) lowest_efficiency: Option<PartBound>,
    /// dive's wasted bytes must not be more than this, such as 20MB or 1GiB, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) highest_wasted_bytes: Option<SizeBound>,
    /// The wasted bytes must not be a larger part of the bytes above the base layer than this, from 0 to 1, or off
    /// [default: 0.1]
    #[arg(long, value_name = "PART")]
    pub(in crate::cli) highest_user_wasted_percent: Option<PartBound>,
    /// Bytes that no path of the final file system reaches must not be more than this, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) highest_dead_bytes: Option<SizeBound>,
    /// Bytes that a container sees must not be more than this, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) highest_visible_bytes: Option<SizeBound>,
    /// No layer may take more bytes to download than this, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) highest_layer_download: Option<SizeBound>,
    /// No layer may hold more bytes of content than this, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) highest_layer_content: Option<SizeBound>,
    /// Visible bytes of files that a pattern names, or below what it names, must not be more than this:
    /// /usr/share/doc=5MB, '**/*.pyc=0'; can be given several times
    #[arg(long, value_name = "PATTERN=SIZE")]
    pub(in crate::cli) highest_path_bytes: Vec<PathBudget>,
    /// Installed packages must not be more than this, or off [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_packages: Option<CountBound>,
    /// Secrets in the files of all layers and in the config must not be more than this, or off [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_secrets: Option<CountBound>,
    /// Files with setuid, setgid or capabilities must not be more than this, or off [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_setuid: Option<CountBound>,
    /// Files that everyone may write, and such directories without the sticky bit, must not be more than this, or off
    /// [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_world_writable: Option<CountBound>,
    /// Accounts that a password opens, or that have none, must not be more than this, or off [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_passwords: Option<CountBound>,
    /// Containers must not run as root unless told otherwise
    #[arg(long)]
    pub(in crate::cli) not_root: bool,
    /// Compare with another image, or with a report that lamina inspect --json or lamina check --json has written
    #[arg(long, value_name = "PLACE|REPORT.json", requires = "most_growth")]
    pub(in crate::cli) baseline: Option<String>,
    /// Visible bytes must not be more than those of the baseline by more than this
    #[arg(long, value_name = "SIZE", requires = "baseline")]
    pub(in crate::cli) most_growth: Option<SizeBound>,
    /// Do not count findings that this file allows, by path or fingerprint, with a reason and a last day (YAML)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) allow: Option<PathBuf>,
    /// Run the structure tests of this file, in the YAML of container-structure-test 2.0.0; commands are not run, and
    /// named instead; can be given several times
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) structure: Vec<PathBuf>,
    /// Read bounds from a .dive-ci file; those given as arguments come before them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(in crate::cli) format: CheckFormat,
    /// Print one JSON document instead of lines, like --format json
    #[arg(long, conflicts_with = "format")]
    pub(in crate::cli) json: bool,
}

impl CheckArguments {
    /// Returns the form of the output.
    pub(super) fn form(&self) -> CheckFormat {
        match self.json {
            true => CheckFormat::Json,
            false => self.format,
        }
    }
}
