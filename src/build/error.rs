//! Errors of building layers and images.

use std::fmt;

use crate::message::Message;

/// A failure to build a layer or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A file's content has another length than its header states.
    ContentLength {
        /// Size in bytes according to the header.
        expected_bytes: u64,
        /// Bytes that were written.
        actual_bytes: u64,
        /// The path of the file.
        path: String,
    },
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        let Error::ContentLength {
            expected_bytes,
            actual_bytes,
            path,
        } = error;
        Message::content_length(*expected_bytes, *actual_bytes, path)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Error {}
