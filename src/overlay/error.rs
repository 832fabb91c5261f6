//! Errors of paths that lead nowhere.

use std::fmt;

use crate::message::Message;

/// The reason why a path does not lead to anything in the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing exists at the path. Usually a dangling symbolic link, or a path of another layer's view.
    NotFound {
        /// Requested path, escaped.
        path: String,
    },
    /// A component of the path is not a directory.
    NotDirectory {
        /// Requested path, escaped.
        path: String,
    },
    /// The path has too many symbolic links. Usually they point at each other.
    Loop {
        /// Limit that was exceeded.
        hops: usize,
        /// Requested path, escaped.
        path: String,
    },
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        match error {
            Error::NotFound { path } => Message::path_not_found(path),
            Error::NotDirectory { path } => Message::path_not_directory(path),
            Error::Loop { hops, path } => Message::path_loop(*hops, path),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Error {}
