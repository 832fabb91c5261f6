//! Errors that end the reading of a layer, one variant per cause.
//!
//! Harmless oddities are a [`super::Warning`]. The caller that opened the blob adds its name.

use std::fmt;

use crate::message::{Code, Message};

use super::{Compression, TarOffset};
use crate::bounds::{Bound, Reached};

/// Damage to a layer, or a limit that it crosses, with its offset.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Error {
    /// The compressed stream stops in the middle: usually an incomplete download, or a full disk while saving.
    Truncated {
        /// Format of the compressed bytes.
        compression: Compression,
        /// Offset where the compressed bytes end.
        stored_offset: u64,
    },
    /// The compressed stream violates its format.
    Corrupt {
        /// Format of the compressed bytes.
        compression: Compression,
        /// Compressed offset where the damage was noticed; it lies there or shortly before.
        stored_offset: u64,
        /// Message of the decoder.
        reason: Message,
    },
    /// A checksum or length of the compression format does not match the decompressed bytes.
    Checksum {
        /// Format of the compressed bytes.
        compression: Compression,
        /// The failed check: `CRC-32`, `length`, `header CRC`, `content checksum`.
        what: Code,
        /// Compressed offset where the check ends; for xz, where its stream begins.
        stored_offset: u64,
        /// Value stored in the stream.
        expected: String,
        /// Value computed from the decompressed bytes.
        actual: String,
    },
    /// A decoder that lies in a part of the program which was not fetched.
    NoDecoder {
        /// Format of the compressed bytes.
        compression: Compression,
    },
    /// A zstd frame that needs its writer's dictionary.
    NeedsDictionary {
        /// Compressed offset where the frame begins.
        stored_offset: u64,
        /// ID of the dictionary.
        dictionary: u32,
    },
    /// A zstd window or xz dictionary beyond the limit.
    WindowTooLarge {
        /// Format of the compressed bytes.
        compression: Compression,
        /// Compressed offset in the frame or stream being read.
        stored_offset: u64,
        /// Requested size in bytes.
        window_bytes: u64,
        /// Limit in bytes.
        limit_bytes: u64,
    },
    /// The uncompressed bytes are not a tar archive.
    NotTar {
        /// Description of the first bytes, with its article.
        found: Code,
    },
    /// A tar header whose checksum does not match: damage, or bytes that are not a header.
    HeaderChecksum {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Checksum stored in the header.
        expected: i64,
        /// Sum of the header's bytes.
        actual: i64,
    },
    /// A number in a tar header that is malformed, negative where that is not allowed, or too large.
    BadNumber {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Name of the header field.
        field: Code,
    },
    /// A PAX header that violates its format.
    BadPax {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// The violation, in words.
        reason: Code,
    },
    /// The map of a sparse file is inconsistent.
    BadSparseMap {
        /// Uncompressed offset where the file's header begins.
        offset: TarOffset,
        /// The inconsistency, in words.
        reason: Code,
    },
    /// The tar stops in the middle of a header or of a file.
    TarTruncated {
        /// Offset where the uncompressed bytes end.
        offset: TarOffset,
        /// The part that is cut off, in words.
        within: Code,
    },
    /// A PAX or long-name record beyond the limit.
    ExtensionTooLong {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Announced size in bytes.
        size_bytes: u64,
        /// Limit in bytes.
        limit_bytes: u64,
    },
    /// More items than a limit allows. Everything read before stays.
    TooMany {
        /// The limit that was crossed.
        what: Bound,
        /// Value of the limit.
        limit: u64,
    },
    /// Too many uncompressed bytes for the compressed ones, as in a decompression bomb.
    Expansion {
        /// Compressed bytes read so far.
        stored_bytes: u64,
        /// Uncompressed bytes so far.
        decoded_bytes: u64,
        /// Limit in uncompressed bytes per compressed byte.
        limit: u64,
    },
    /// The compressed bytes end before the requested content: the blob is shorter than when it was indexed.
    ContentEnds {
        /// Offset where the compressed bytes end.
        stored_offset: u64,
        /// Bytes of content that are missing.
        missing_bytes: u64,
    },
    /// Compressed bytes that are read again differ from the verified ones: the file was overwritten, or the
    /// registry serves something else for range requests.
    Changed {
        /// Compressed offset where the mismatching span begins.
        start: u64,
        /// Compressed offset where the span ends.
        end: u64,
    },
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        let word = |compression: &Compression| compression.word();
        match error {
            Error::Truncated {
                compression,
                stored_offset,
            } => Message::data_truncated(word(compression), *stored_offset),
            Error::Corrupt {
                compression,
                stored_offset,
                reason,
            } => Message::data_corrupt(word(compression), *stored_offset, reason.clone()),
            Error::Checksum {
                compression,
                what,
                stored_offset,
                expected,
                actual,
            } => {
                let (word, what, at) = (word(compression), *what, *stored_offset);
                let (expected, actual) = (expected.as_str(), actual.as_str());
                match compression {
                    Compression::Xz => {
                        Message::checksum_in_stream(word, what, at, expected, actual)
                    }
                    _ => Message::checksum_before(word, what, at, expected, actual),
                }
            }
            Error::NoDecoder { compression } => Message::no_decoder(word(compression)),
            Error::NeedsDictionary {
                stored_offset,
                dictionary,
            } => Message::needs_dictionary(*stored_offset, *dictionary),
            Error::WindowTooLarge {
                compression,
                stored_offset,
                window_bytes,
                limit_bytes,
            } => Message::window_too_large(
                word(compression),
                *stored_offset,
                *window_bytes,
                *limit_bytes,
            ),
            Error::NotTar { found } => Message::not_tar(*found),
            Error::HeaderChecksum {
                offset,
                expected,
                actual,
            } => Message::header_checksum(offset.0, expected.to_string(), actual.to_string()),
            Error::BadNumber { offset, field } => Message::bad_number(offset.0, *field),
            Error::BadPax { offset, reason } => Message::bad_pax(offset.0, *reason),
            Error::BadSparseMap { offset, reason } => Message::bad_sparse_map(offset.0, *reason),
            Error::TarTruncated { offset, within } => Message::tar_truncated(offset.0, *within),
            Error::ExtensionTooLong {
                offset,
                size_bytes,
                limit_bytes,
            } => Message::extension_too_long(offset.0, *size_bytes, *limit_bytes),
            Error::TooMany { what, limit } => Message::layer_too_many(*what, *limit),
            Error::Expansion {
                stored_bytes,
                decoded_bytes,
                ..
            } => Message::layer_swells(*stored_bytes, *decoded_bytes),
            Error::ContentEnds {
                stored_offset,
                missing_bytes,
            } => Message::content_ends(*stored_offset, *missing_bytes),
            Error::Changed { start, end } => Message::bytes_changed(*start, *end),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Returns the bound that ended the reading, if one did. The bytes need not be damaged then.
    pub fn reached(&self) -> Option<Reached> {
        let (bound, limit, seen) = match self {
            // Reading ends at the first item beyond the limit.
            Error::TooMany { what, limit } => (*what, *limit, limit.saturating_add(1)),
            Error::Expansion {
                stored_bytes,
                decoded_bytes,
                limit,
            } => {
                let ratio = decoded_bytes / (*stored_bytes).max(1);
                (Bound::Expansion, *limit, ratio)
            }
            Error::WindowTooLarge {
                window_bytes,
                limit_bytes,
                ..
            } => (Bound::ZstdWindowBytes, *limit_bytes, *window_bytes),
            Error::ExtensionTooLong {
                size_bytes,
                limit_bytes,
                ..
            } => (Bound::ExtensionBytes, *limit_bytes, *size_bytes),
            _ => return None,
        };
        Some(Reached { bound, limit, seen })
    }
}
