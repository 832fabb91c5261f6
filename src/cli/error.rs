//! Errors that end a command without a result.

use crate::{io, source, workspace};

/// The reason, as one line.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The image cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The commit failed.
    #[error(transparent)]
    Commit(#[from] workspace::CommitError),
    /// There is no such image, layer or file, or the command does not accept it. The text names the valid choices.
    #[error("{0}")]
    Choice(String),
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    /// Returns the way out, if the command has an option for it.
    pub(super) fn hint(&self) -> Option<String> {
        let Error::Source(error) = self else {
            return None;
        };
        if matches!(error, source::Error::AbsentPlatforms { .. }) {
            let both = "--present-platforms takes what is here under a new index, --platform one image of it";
            return Some(both.to_owned());
        }
        error.registry_to_sign_in().map(sign_in_hint)
    }
}

/// Returns how to sign in to the registry with this base URL.
pub(super) fn sign_in_hint(registry: &str) -> String {
    let host = registry
        .split_once("://")
        .map_or(registry, |(_, host)| host);
    format!("sign in by docker login {host}, or give --user NAME --password-stdin")
}
