//! The command's arguments. Doc comments on subcommands and options are the help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::image::Platform;
use crate::layer::{Bound, Limits};

use super::check::{PartBound, SizeBound};
use super::commit::CommitArguments;
use super::connection::ConnectionArguments;

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
    /// Change files and settings of an image, as a new layer and a new image in an archive
    Commit(Box<CommitArguments>),
    /// Write an image as an archive that engines load, or a layer or directory of it as tar
    Export(ExportArguments),
    /// List the repositories of a registry, or the tags of a repository, one a line
    List(ListArguments),
    /// Push an image to a registry: what is there already is not sent again
    Push(PushArguments),
    /// Copy an image from a registry or archive to a registry, or to an archive
    Copy(CopyArguments),
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

/// The options and the place that select an image.
#[derive(Args, Debug)]
pub(super) struct Chosen {
    /// The image at this place of the archive, counted from 0
    #[arg(long, value_name = "N", conflicts_with = "name")]
    pub(super) image: Option<usize>,
    /// The image with this name in the archive
    #[arg(long = "ref", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// The image for this platform, such as linux/arm64/v8 or windows(10.0.20348)/amd64
    #[arg(long, value_name = "OS[(VERSION)]/ARCH[/VARIANT]")]
    pub(super) platform: Option<Platform>,
    /// Raise or lower a limit: entries, decoded_bytes, expansion, ... A size may end in MiB, GiB and the like
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit)]
    pub(super) raised: Vec<(Bound, u64)>,
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// An archive, - for standard input, a folder with an OCI layout, or a reference such as
    /// registry.example.com/app:1
    #[arg(value_name = "ARCHIVE|-|DIRECTORY|REFERENCE")]
    pub(super) place: String,
}

impl Chosen {
    /// Returns the default limits with the given ones replaced.
    pub(super) fn limits(&self) -> Limits {
        let raised = self.raised.iter();
        raised.fold(Limits::DEFAULT, |limits, (bound, value)| {
            limits.with(*bound, *value)
        })
    }
}

/// Parses `NAME=VALUE`.
fn limit(text: &str) -> Result<(Bound, u64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write it as NAME=VALUE, such as expansion=1000")?;
    let bound = Bound::of_name(name).ok_or_else(|| {
        let names: Vec<&str> = Bound::ALL.into_iter().map(Bound::name).collect();
        format!(
            "there is no such limit; the limits are {}",
            names.join(", ")
        )
    })?;
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = value.get(digits.len()..).unwrap_or_default();
    let scale = UNITS.iter().find(|(word, _)| *word == unit);
    let amount = digits.replace('_', "").parse::<u64>().ok();
    amount
        .zip(scale)
        .and_then(|(amount, (_, scale))| amount.checked_mul(*scale))
        .map(|value| (bound, value))
        .ok_or_else(|| "the value is a whole number, with kB, MB, GB, TB, KiB, MiB, GiB, TiB or nothing after it".to_owned())
}

const UNITS: [(&str, u64); 10] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

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

/// The arguments of `lamina check`. Each bound may be `off`.
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

/// The output format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// What docker load, podman load and ctr image import take [the default]
    DockerArchive,
    /// An OCI layout in a tar
    OciArchive,
    /// The root file system, as docker export has it
    Rootfs,
}

#[derive(Args, Debug)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// What to write
    #[arg(long, value_enum, conflicts_with_all = ["path", "layer"])]
    pub(super) format: Option<Format>,
    /// A name for the image in the archive, REPOSITORY[:TAG]; can be given several times [default: the names it has]
    #[arg(long = "tag", value_name = "NAME", conflicts_with_all = ["path", "layer"])]
    pub(super) tags: Vec<String>,
    /// Keep all platforms of the image, byte for byte, in an OCI archive
    #[arg(long, requires = "format", conflicts_with_all = ["path", "layer", "platform"])]
    pub(super) all_platforms: bool,
    /// Keep the platforms of the image that are here, under a new index where some are not, in an OCI archive
    #[arg(long, requires = "format", conflicts_with_all = ["path", "layer", "platform", "all_platforms"])]
    pub(super) present_platforms: bool,
    /// Only this directory of the file system, as tar
    #[arg(long, value_name = "DIR", conflicts_with = "layer")]
    pub(super) path: Option<String>,
    /// Only this layer, as the tar that it is, the base being 0
    #[arg(long, value_name = "N")]
    pub(super) layer: Option<usize>,
    /// The layer as it is stored, compressed or not
    #[arg(long, requires = "layer")]
    pub(super) stored: bool,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(super) output: String,
}

#[derive(Args, Debug)]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// A registry such as registry.example.com:5000, or a repository such as registry.example.com/app; http:// before it
    /// for a registry without TLS
    #[arg(value_name = "REGISTRY|REPOSITORY")]
    pub(super) place: String,
}

#[derive(Args, Debug)]
pub(super) struct PushArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// A further tag; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// Push the images of all platforms, under the index that names them: as without it, but an error where there is no
    /// index
    #[arg(long, conflicts_with = "platform")]
    pub(super) all_platforms: bool,
    /// Push the images of those platforms that are here, under a new index where some are not
    #[arg(long, conflicts_with_all = ["platform", "all_platforms"])]
    pub(super) present_platforms: bool,
    /// Where to: HOST[:PORT]/REPOSITORY[:TAG], with http:// before it for a registry without TLS
    #[arg(value_name = "TARGET", required = true)]
    pub(super) references: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct CopyArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// Copy to an archive of this kind; an OCI archive takes all platforms
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Copy the images of those platforms that are here, under a new index where some are not
    #[arg(long, conflicts_with = "platform")]
    pub(super) present_platforms: bool,
    /// A reference such as registry.example.com/app:1, or a file such as app.tar
    #[arg(value_name = "DESTINATION")]
    pub(super) destination: String,
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

    fn check_limit(text: &str, expected: Option<(Bound, u64)>) {
        assert_eq!(limit(text).ok(), expected, "{text}");
    }

    #[test]
    fn limits_are_given_by_name() {
        check_limit("expansion=1000", Some((Bound::Expansion, 1000)));
        check_limit("entries=8_000_000", Some((Bound::Entries, 8_000_000)));
        check_limit(
            "decoded_bytes=100GiB",
            Some((Bound::DecodedBytes, 100 << 30)),
        );
        check_limit(
            "zstd_window_bytes=2kB",
            Some((Bound::ZstdWindowBytes, 2000)),
        );
        for wrong in [
            "entries",
            "entries=",
            "entries=-1",
            "entries=1.5",
            "entries=1Gib",
            "retries=9",
            "=1",
        ] {
            check_limit(wrong, None);
        }
        check_limit("decoded_bytes=99999999999TiB", None);
        let parsed = Arguments::try_parse_from([
            "lamina",
            "ls",
            "--limit",
            "entries=7",
            "--limit",
            "entries=9",
            "--limit",
            "layers=3",
            "-",
        ]);
        let Command::Ls(arguments) = parsed.expect("it can be given several times").command else {
            panic!("ls was asked for");
        };
        let limits = arguments.chosen.limits();
        assert_eq!((limits.entries, limits.layers), (9, 3));
        assert_eq!(limits.expansion, Limits::DEFAULT.expansion);
    }
}
