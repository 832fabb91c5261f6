//! The command's subcommands. Doc comments on them, and on the options beside each, are the help text.

use clap::{Parser, Subcommand};

use super::check::CheckArguments;
use super::commit::CommitArguments;
use super::copy::CopyArguments;
use super::dockerfile::DockerfileArguments;
use super::export::ExportArguments;
use super::inspect::InspectArguments;
use super::list::ListArguments;
use super::ls::LsArguments;
use super::push::PushArguments;
use super::sbom::SbomArguments;
use super::serve::{OpenArguments, ServeArguments};

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
    /// Rebuild the Dockerfile of an image from its history
    Dockerfile(DockerfileArguments),
    /// Write the packages of an image as a software bill of materials, in SPDX or CycloneDX
    Sbom(SbomArguments),
    /// Apply rules about wasted and dead bytes, secrets and safety, for pipelines; exit with 1 when one is broken
    Check(Box<CheckArguments>),
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
    /// Serve the page on this machine, with a relay to registries that no page in a browser can read
    Serve(ServeArguments),
    /// Open an image, an archive or a folder in the browser, by such a page
    Open(OpenArguments),
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
