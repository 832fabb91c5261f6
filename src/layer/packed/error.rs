//! The reasons why a packed layer cannot be taken.

use std::fmt;

use crate::bounds::Bound;
use crate::message::{Code, Message};

/// Raised with every change of the format, and of what a reader makes of the same layer.
const FORMAT: u32 = 6;
/// Version of packed layers. The damage of a layer holds codes of messages by number, so that other codes make another
/// version.
pub(super) const VERSION: u32 = FORMAT ^ Code::FINGERPRINT;

/// The reason why bytes cannot be unpacked. The layer itself has to be read again then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackedError {
    /// The magic differs: the bytes are something else.
    Foreign,
    /// Another version of this program packed the bytes.
    Version {
        /// Version in the bytes.
        found: u32,
    },
    /// The hash does not match: the bytes were cut off, or changed in the store.
    Damaged,
    /// The hash matches, but the content is inconsistent.
    Malformed {
        /// The inconsistency, in words.
        what: &'static str,
    },
    /// The layer has more of something than a limit allows.
    TooMany {
        /// The limit that was crossed.
        what: Bound,
        /// Value of the limit.
        limit: u64,
    },
}

pub(super) fn malformed(what: &'static str) -> PackedError {
    PackedError::Malformed { what }
}

impl From<&PackedError> for Message {
    fn from(error: &PackedError) -> Message {
        match error {
            PackedError::Foreign => Message::packed_foreign(),
            PackedError::Version { found } => Message::packed_version(*found, VERSION),
            PackedError::Damaged => Message::packed_damaged(),
            PackedError::Malformed { what } => Message::packed_malformed(*what),
            PackedError::TooMany { what, limit } => Message::packed_too_many(*what, *limit),
        }
    }
}

impl fmt::Display for PackedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for PackedError {}
