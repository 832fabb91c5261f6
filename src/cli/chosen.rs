//! Options that several commands have: the image that is meant, the limits, the form of an export.

use clap::{Args, ValueEnum};

use crate::bounds::{Bound, Limits};
use crate::image::Platform;

use super::connection::ConnectionArguments;

/// The output format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The form that docker load, podman load and ctr image import take [the default]
    DockerArchive,
    /// An OCI layout in a tar
    OciArchive,
    /// The root file system, as docker export has it
    Rootfs,
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
        let names: Vec<&str> = Bound::ALL.iter().map(|bound| bound.name()).collect();
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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::arguments::{Arguments, Command};
    use super::*;

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
        assert_eq!((limits.layer.entries, limits.image.layers), (9, 3));
        assert_eq!(limits.layer.expansion, Limits::DEFAULT.layer.expansion);
    }
}
