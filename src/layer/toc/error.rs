//! Errors of a table of contents. The layer is read as a whole then.

use std::fmt;

use crate::layer::Error;
use crate::message::{Code, Message};

/// The reason why a table of contents cannot be used, or a file cannot be opened by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TocError {
    /// The layer's end does not name a table: it is an ordinary layer.
    Absent,
    /// The claimed place violates the format, or lies outside of the layer.
    Place {
        /// The violation, in words.
        what: Code,
    },
    /// The table is larger than the limit, or has more of something.
    TooMany {
        /// The counted thing, in words.
        what: Code,
        /// Value of the limit.
        limit: u64,
    },
    /// The table's digest differs from the one in the manifest.
    Digest {
        /// Digest in the manifest.
        expected: String,
        /// Digest of the bytes.
        actual: String,
    },
    /// The table cannot be decompressed.
    Damaged(Error),
    /// The bytes are not a table of contents, or contradict themselves.
    Malformed {
        /// The violation, in words.
        what: Message,
    },
    /// A file's bytes do not match their digest in the table.
    Content {
        /// Compressed offset where they begin.
        stored_offset: u64,
        /// Digest in the table.
        expected: String,
        /// Digest of the bytes.
        actual: String,
    },
    /// A file's compressed bytes end before its content does.
    ContentEnds {
        /// Compressed offset where they begin.
        stored_offset: u64,
    },
}

impl From<&TocError> for Message {
    fn from(error: &TocError) -> Message {
        match error {
            TocError::Absent => Message::toc_absent(),
            TocError::Place { what } => Message::toc_place(*what),
            TocError::TooMany { what, limit } => Message::toc_too_many(*what, *limit),
            TocError::Digest { expected, actual } => {
                Message::toc_digest(expected.as_str(), actual.as_str())
            }
            TocError::Damaged(error) => Message::toc_damaged(error),
            TocError::Malformed { what } => Message::toc_malformed(what.clone()),
            TocError::Content {
                stored_offset,
                expected,
                actual,
            } => Message::toc_content(*stored_offset, expected.as_str(), actual.as_str()),
            TocError::ContentEnds { stored_offset } => Message::toc_content_ends(*stored_offset),
        }
    }
}

impl fmt::Display for TocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for TocError {}

/// Builds an error from words alone.
pub(super) fn malformed(what: impl Into<Message>) -> TocError {
    TocError::Malformed { what: what.into() }
}
