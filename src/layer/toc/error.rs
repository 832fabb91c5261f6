//! Why a table of contents is of no use: then the layer is read as a whole.

use crate::layer::Error;

/// Why a table of contents cannot be used, or a file cannot be opened by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TocError {
    /// The layer's end names none: it is an ordinary layer.
    #[error("the layer has no table of contents")]
    Absent,
    /// Where it is said to be breaks the format, or lies outside of the layer.
    #[error("the place of the table of contents is malformed: {what}")]
    Place {
        /// What is wrong.
        what: &'static str,
    },
    /// It is larger than the limit, or has more of something.
    #[error("the table of contents has more {what} than the limit of {limit}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Its digest is not the one that the manifest claims.
    #[error(
        "the table of contents is not the one that the manifest claims: expected {expected}, actual {actual}"
    )]
    Digest {
        /// What was claimed.
        expected: String,
        /// What was found.
        actual: String,
    },
    /// Its bytes cannot be decoded.
    #[error("the table of contents is damaged: {0}")]
    Damaged(Error),
    /// It is no table of contents, or contradicts itself.
    #[error("the table of contents is malformed: {what}")]
    Malformed {
        /// What is wrong.
        what: String,
    },
    /// A file's bytes are not those of which the table has the digest.
    #[error(
        "the bytes at {stored_offset} are not those that the layer's table of contents means: expected {expected}, actual {actual}"
    )]
    Content {
        /// Where the stored bytes begin.
        stored_offset: u64,
        /// The digest in the table.
        expected: String,
        /// The digest of the bytes.
        actual: String,
    },
    /// A file's stored bytes end before its content does.
    #[error("the stored bytes at {stored_offset} end before the file's content does")]
    ContentEnds {
        /// Where the stored bytes begin.
        stored_offset: u64,
    },
}

/// What is wrong, where words are enough.
pub(super) fn malformed(what: impl Into<String>) -> TocError {
    TocError::Malformed { what: what.into() }
}
