//! Why a command could not show anything.

use crate::{build, io, source, workspace};

/// The reason, as one line.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The image cannot be had.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// No image comes of a commit.
    #[error(transparent)]
    Commit(#[from] workspace::CommitError),
    /// There is no such image, layer or file, or it is not for this command; the text says what is.
    #[error("{0}")]
    Choice(String),
    /// A recipe is wrong.
    #[error("{path}: {cause}")]
    Recipe {
        /// The recipe's file.
        path: String,
        /// What is wrong.
        cause: build::Error,
    },
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// Standard output does not take the lines.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    /// The way out, where the command has one of its own.
    pub(super) fn hint(&self) -> Option<String> {
        let Error::Source(error) = self else {
            return None;
        };
        let registry = match error {
            source::Error::LoginNeeded { registry, .. } => registry,
            source::Error::AbsentPlatforms { .. } => {
                let both = "--present-platforms takes what is here under a new index, --platform one image of it";
                return Some(both.to_owned());
            }
            _ => return None,
        };
        let host = registry
            .split_once("://")
            .map_or(&**registry, |(_, host)| host);
        Some(format!(
            "sign in by docker login {host}, or give --user NAME --password-stdin"
        ))
    }
}
