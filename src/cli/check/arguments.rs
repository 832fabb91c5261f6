//! The arguments of `lamina check`.

use std::path::PathBuf;

use clap::Args;

use super::super::chosen::Chosen;
use super::bound::{CountBound, PartBound, SizeBound};

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
    /// Secrets in the files of all layers and in the config must not be more than this, or off [default: off]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) highest_secrets: Option<CountBound>,
    /// Read bounds from a .dive-ci file; those given as arguments come before them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Print one JSON document instead of lines
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
