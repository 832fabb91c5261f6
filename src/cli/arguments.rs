//! The command's arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::image::Platform;

use super::check::{PartBound, SizeBound};

/// Shows what a container image really is.
#[derive(Debug, Parser)]
#[command(name = "lamina", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the file system of an image, one JSON object a line
    Ls(LsArguments),
    /// Tell about images and their layers
    Inspect(InspectArguments),
    /// Apply rules about wasted and dead bytes, as dive does in pipelines; exit with 1 when one is broken
    Check(CheckArguments),
    /// Write a read-only registry from a text recipe, for tests and demonstrations
    #[command(hide = true)]
    Sample {
        /// The recipe
        recipe: PathBuf,
        /// The folder to write v2/ into
        #[arg(value_name = "OUTDIR")]
        folder: PathBuf,
    },
}

/// Which image is meant.
#[derive(Args, Debug)]
pub(super) struct Chosen {
    /// The image at this place of the archive, counted from 0
    #[arg(long, value_name = "N", conflicts_with = "name")]
    pub(super) image: Option<usize>,
    /// The image with this name in the archive
    #[arg(long = "ref", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// The image for this platform, such as linux/arm64/v8
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(super) platform: Option<Platform>,
    /// An archive, - for standard input, a folder with an OCI layout, or a reference such as
    /// registry.example.com/app:1
    #[arg(value_name = "ARCHIVE|-|DIRECTORY|REFERENCE")]
    pub(super) place: String,
}

#[derive(Args, Debug)]
pub(super) struct LsArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// List the union of the layers up to this one, the base being 0
    #[arg(long, value_name = "N", conflicts_with = "layer")]
    pub(super) upto: Option<u32>,
    /// List what this layer alone adds, changes and deletes
    #[arg(long, value_name = "N")]
    pub(super) layer: Option<u32>,
    /// Also tell times, hashes, other names, extended attributes and device numbers
    #[arg(long)]
    pub(super) full: bool,
}

#[derive(Args, Debug)]
pub(super) struct InspectArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(super) json: bool,
}

/// Each bound may be `off`.
#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// dive's score must not be lower than this, from 0 to 1, or off [default: 0.9]
    #[arg(long, value_name = "PART")]
    pub(super) lowest_efficiency: Option<PartBound>,
    /// dive's wasted bytes must not be more than this, such as 20MB or 1GiB, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(super) highest_wasted_bytes: Option<SizeBound>,
    /// The wasted bytes must not be a larger part of the bytes above the base layer than this, from 0 to 1, or off
    /// [default: 0.1]
    #[arg(long, value_name = "PART")]
    pub(super) highest_user_wasted_percent: Option<PartBound>,
    /// Bytes that no path of the final file system reaches must not be more than this, or off [default: off]
    #[arg(long, value_name = "SIZE")]
    pub(super) highest_dead_bytes: Option<SizeBound>,
    /// Read bounds from a .dive-ci file; those given as arguments come before them
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Print one JSON document instead of lines
    #[arg(long)]
    pub(super) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_fit_together() {
        Arguments::command().debug_assert();
        let parsed =
            Arguments::try_parse_from(["lamina", "ls", "--upto", "1", "--layer", "1", "-"]);
        assert!(parsed.is_err(), "one view at a time");
        let parsed = Arguments::try_parse_from(["lamina", "ls", "--platform", "linux", "-"]);
        assert!(parsed.is_err(), "a platform has an architecture");
    }
}
