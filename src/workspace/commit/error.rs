//! Errors of commits.

use std::fmt;

use crate::build::commit::{ChangeError, ConfigError};
use crate::build::container::Refused;
use crate::image;
use crate::io;
use crate::message::Message;
use crate::source;

use super::super::NoContainer;

/// A failed commit. The image below and its container layer are unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitError {
    /// The image below does not allow a commit.
    Image(NoContainer),
    /// The bytes of the image below cannot be read.
    Source(source::Error),
    /// The merged layers cannot be expressed as a layer.
    Merged(Refused),
    /// The settings are invalid.
    Settings(ChangeError),
    /// The config below cannot serve as the base of a new one.
    Config(ConfigError),
    /// The config is too large, or is not a config.
    Document(image::Error),
    /// The bytes of a new file cannot be read, or the new layer cannot be stored.
    Io {
        /// The object that was read or written.
        what: Message,
        /// The error of the system.
        cause: io::Error,
    },
    /// The bytes of a new file are not those that were added: the file has changed since.
    Changed {
        /// The path of the file.
        path: String,
    },
    /// The layer cannot be written.
    Layer(crate::build::Error),
    /// The config of the image below has several values for one field.
    Ambiguous {
        /// The name of the field.
        field: String,
    },
    /// There are no such layers.
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

    pub(super) fn io(what: impl Into<Message>, cause: io::Error) -> CommitError {
        CommitError::Io {
            what: what.into(),
            cause,
        }
    }
}

impl From<NoContainer> for CommitError {
    fn from(error: NoContainer) -> CommitError {
        CommitError::Image(error)
    }
}

impl From<source::Error> for CommitError {
    fn from(error: source::Error) -> CommitError {
        CommitError::Source(error)
    }
}

impl From<Refused> for CommitError {
    fn from(error: Refused) -> CommitError {
        CommitError::Merged(error)
    }
}

impl From<ChangeError> for CommitError {
    fn from(error: ChangeError) -> CommitError {
        CommitError::Settings(error)
    }
}

impl From<ConfigError> for CommitError {
    fn from(error: ConfigError) -> CommitError {
        CommitError::Config(error)
    }
}

impl From<image::Error> for CommitError {
    fn from(error: image::Error) -> CommitError {
        CommitError::Document(error)
    }
}

impl From<crate::build::Error> for CommitError {
    fn from(error: crate::build::Error) -> CommitError {
        CommitError::Layer(error)
    }
}

impl From<&CommitError> for Message {
    fn from(error: &CommitError) -> Message {
        match error {
            CommitError::Image(error) => error.into(),
            CommitError::Source(error) => error.into(),
            CommitError::Merged(error) => error.into(),
            CommitError::Settings(error) => error.into(),
            CommitError::Config(error) => error.into(),
            CommitError::Document(error) => error.into(),
            CommitError::Io { what, cause } => Message::cause(what.clone(), cause),
            CommitError::Changed { path } => Message::new_file_changed(path),
            CommitError::Layer(error) => error.into(),
            CommitError::Ambiguous { field } => Message::config_ambiguous(field),
            CommitError::NoSuchLayers { from } => Message::no_two_layers(*from),
        }
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for CommitError {}
