//! Errors of commits.

use crate::build::commit::{ChangeError, ConfigError};
use crate::build::container::Refused;
use crate::image;
use crate::io;
use crate::source;

use super::super::NoContainer;

/// A failed commit. The image below and its container layer are unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The image below does not allow a commit.
    #[error(transparent)]
    Image(#[from] NoContainer),
    /// The bytes of the image below cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The merged layers cannot be expressed as a layer.
    #[error(transparent)]
    Merged(#[from] Refused),
    /// The settings are invalid.
    #[error(transparent)]
    Settings(#[from] ChangeError),
    /// The config below cannot serve as the base of a new one.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The config is too large, or is not a config.
    #[error(transparent)]
    Document(#[from] image::Error),
    /// The bytes of a new file cannot be read, or the new layer cannot be stored.
    #[error("{what}: {cause}")]
    Io {
        /// The object that was read or written.
        what: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// The bytes of a new file are not those that were added: the file has changed since.
    #[error("the bytes of a new file were changed since it was added: /{path}")]
    Changed {
        /// The path of the file.
        path: String,
    },
    /// The layer cannot be written.
    #[error(transparent)]
    Layer(#[from] crate::build::Error),
    /// The config of the image below has several values for one field.
    #[error(
        "the config of the image says several things of {field}, and engines and other readers take different ones; load the image by docker and save it again for one that has one meaning"
    )]
    Ambiguous {
        /// The name of the field.
        field: String,
    },
    /// There are no such layers.
    #[error("there are no two layers from {from} on")]
    NoSuchLayers {
        /// The lowest layer that was chosen.
        from: usize,
    },
}

impl CommitError {
    /// True if the person cancelled the commit.
    pub fn is_cancelled(&self) -> bool {
        match self {
            CommitError::Io { cause, .. }
            | CommitError::Source(source::Error::Io { cause, .. }) => {
                cause.kind == io::ErrorKind::Cancelled
            }
            _ => false,
        }
    }

    pub(super) fn io(what: &str, cause: io::Error) -> CommitError {
        CommitError::Io {
            what: what.to_owned(),
            cause,
        }
    }
}
