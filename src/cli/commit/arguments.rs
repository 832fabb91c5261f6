//! The arguments of `lamina commit`.

use clap::Args;

use super::super::chosen::{Chosen, Format};

/// The arguments of `lamina commit`. Edits are applied in this order, whatever the order of the arguments: delete,
/// rename, make directories, add files, link, and then set modes and owners.
#[derive(Args, Debug)]
pub(in super::super) struct CommitArguments {
    #[command(flatten)]
    pub(in super::super) chosen: Chosen,
    /// Delete a path, and all below it
    #[arg(long, value_name = "PATH")]
    pub(super) delete: Vec<String>,
    /// Rename a file or directory
    #[arg(long, value_name = "FROM:TO")]
    pub(super) rename: Vec<String>,
    /// Make a directory, and those above it
    #[arg(long, value_name = "PATH")]
    pub(super) mkdir: Vec<String>,
    /// Add a file or folder of this system; a destination that ends in a slash is the directory to put a file into
    #[arg(long, value_name = "FILE:PATH")]
    pub(super) add: Vec<String>,
    /// Make a symbolic link
    #[arg(long, value_name = "TARGET:PATH")]
    pub(super) symlink: Vec<String>,
    /// Set permissions, such as 0755:/bin/app
    #[arg(long, value_name = "MODE:PATH")]
    pub(super) chmod: Vec<String>,
    /// Set the owner, such as 1000:1000:/home/app
    #[arg(long, value_name = "UID:GID:PATH")]
    pub(super) chown: Vec<String>,
    /// Change the config as docker commit --change does, such as 'CMD ["sh"]'
    #[arg(long = "change", short = 'c', value_name = "INSTRUCTION")]
    pub(super) changes: Vec<String>,
    /// Who commits
    #[arg(long, short, value_name = "NAME", default_value = "")]
    pub(super) author: String,
    /// What the history says of it
    #[arg(long, short, value_name = "TEXT", default_value = "")]
    pub(super) message: String,
    /// A name for the new image, REPOSITORY[:TAG]; can be given several times
    #[arg(long = "tag", short = 't', value_name = "NAME")]
    pub(super) tags: Vec<String>,
    /// The time of the commit, RFC 3339 or seconds since 1970 [default: $SOURCE_DATE_EPOCH, else now]
    #[arg(long, value_name = "TIME")]
    pub(super) time: Option<String>,
    /// Store the new layer without compression
    #[arg(long)]
    pub(super) plain: bool,
    /// Print what changes, as docker diff does, and write nothing
    #[arg(long, conflicts_with = "output")]
    pub(super) diff: bool,
    /// What to write
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(super) output: String,
}
