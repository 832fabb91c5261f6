//! Errors of a table of contents. The layer is read as a whole then.

use crate::layer::Error;

/// The reason why a table of contents cannot be used, or a file cannot be opened by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TocError {
    /// The layer's end does not name a table: it is an ordinary layer.
    #[error("the layer has no table of contents")]
    Absent,
    /// The claimed place violates the format, or lies outside of the layer.
    #[error("the place of the table of contents is malformed: {what}")]
    Place {
        /// The violation, in words.
        what: &'static str,
    },
    /// The table is larger than the limit, or has more of something.
    #[error("the table of contents has more {what} than the limit of {limit}")]
    TooMany {
        /// The counted thing, in words.
        what: &'static str,
        /// Value of the limit.
        limit: u64,
    },
    /// The table's digest differs from the one in the manifest.
    #[error(
        "the table of contents is not the one that the manifest claims: expected {expected}, actual {actual}"
    )]
    Digest {
        /// Digest in the manifest.
        expected: String,
        /// Digest of the bytes.
        actual: String,
    },
    /// The table cannot be decompressed.
    #[error("the table of contents is damaged: {0}")]
    Damaged(Error),
    /// The bytes are not a table of contents, or contradict themselves.
    #[error("the table of contents is malformed: {what}")]
    Malformed {
        /// The violation, in words.
        what: String,
    },
    /// A file's bytes do not match their digest in the table.
    #[error(
        "the bytes at {stored_offset} are not those that the layer's table of contents means: expected {expected}, actual {actual}"
    )]
    Content {
        /// Compressed offset where they begin.
        stored_offset: u64,
        /// Digest in the table.
        expected: String,
        /// Digest of the bytes.
        actual: String,
    },
    /// A file's compressed bytes end before its content does.
    #[error("the stored bytes at {stored_offset} end before the file's content does")]
    ContentEnds {
        /// Compressed offset where they begin.
        stored_offset: u64,
    },
}

/// Builds an error from words alone.
pub(super) fn malformed(what: impl Into<String>) -> TocError {
    TocError::Malformed { what: what.into() }
}
