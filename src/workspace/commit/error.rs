//! Why no image comes of a commit.

use crate::build::commit::{ChangeError, ConfigError};
use crate::build::container::Refused;
use crate::image;
use crate::io;
use crate::source;

use super::super::NoContainer;

/// A failure to commit; the image below and its container layer are as they were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The image below is none that can be committed on.
    #[error(transparent)]
    Image(#[from] NoContainer),
    /// The bytes of the image below cannot be had.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The layers come to something that no layer can say.
    #[error(transparent)]
    Merged(#[from] Refused),
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] ChangeError),
    /// No config can be made of the one below.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The config is larger than configs may be, or is none.
    #[error(transparent)]
    Document(#[from] image::Error),
    /// The bytes of a new file cannot be had, or the new layer's bytes have no place.
    #[error("{what}: {cause}")]
    Io {
        /// What was read or written.
        what: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The bytes of a new file are not those that were added: the file was changed since.
    #[error("the bytes of a new file were changed since it was added: /{path}")]
    Changed {
        /// The file.
        path: String,
    },
    /// The layer cannot be written.
    #[error(transparent)]
    Layer(#[from] crate::build::Error),
    /// The config of the image below says several things of one field.
    #[error(
        "the config of the image says several things of {field}, and engines and other readers take different ones; load the image by docker and save it again for one that has one meaning"
    )]
    Ambiguous {
        /// The field.
        field: String,
    },
    /// There are no such layers.
    #[error("there are no two layers from {from} on")]
    NoSuchLayers {
        /// The lowest one that was chosen.
        from: usize,
    },
}

impl CommitError {
    /// Whether the person ended it.
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
