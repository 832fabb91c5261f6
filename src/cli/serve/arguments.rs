//! The arguments of `lamina serve` and `lamina open`. Their doc comments are the help text.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::super::connection::TrustArguments;

#[derive(Args, Debug)]
pub(in crate::cli) struct ServeArguments {
    /// The port to listen on; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(super) port: u16,
    /// Listen on this address in place of 127.0.0.1, so that other machines may reach the page
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<IpAddr>,
    /// Serve the page built in this folder in place of the one in this program
    #[arg(long, value_name = "DIRECTORY")]
    pub(super) page: Option<PathBuf>,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct OpenArguments {
    /// Print the address in place of opening a browser
    #[arg(long)]
    pub(super) no_browser: bool,
    /// Take the image from Docker or podman on this machine, by its name or ID there, and not from its registry
    #[arg(long)]
    pub(super) engine: bool,
    /// Take a container of Docker or podman on this machine, by its name or ID: its image, with its own layer on top
    #[arg(long, conflicts_with = "engine")]
    pub(super) container: bool,
    /// Serve the page built in this folder in place of the one in this program
    #[arg(long, value_name = "DIRECTORY")]
    pub(super) page: Option<PathBuf>,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
    /// A reference such as redis:7 or registry.example.com/app:1, an archive, or a folder with an OCI layout
    #[arg(value_name = "IMAGE|FILE|DIRECTORY")]
    pub(super) place: String,
}
