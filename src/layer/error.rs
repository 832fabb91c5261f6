//! Errors that end the reading of a layer, one variant per cause.
//!
//! Harmless oddities are a [`super::Warning`]. The caller that opened the blob adds its name.

use std::borrow::Cow;

use super::{Bound, Compression, TarOffset};

/// Damage to a layer, or a limit that it crosses, with its offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The compressed stream stops in the middle: usually an incomplete download, or a full disk while saving.
    #[error(
        "the {compression} data is cut off at stored byte {stored_offset}; fetch or save the image again"
    )]
    Truncated {
        /// Format of the compressed bytes.
        compression: Compression,
        /// Offset where the compressed bytes end.
        stored_offset: u64,
    },
    /// The compressed stream violates its format.
    #[error("the {compression} data is damaged near stored byte {stored_offset}: {reason}")]
    Corrupt {
        /// Format of the compressed bytes.
        compression: Compression,
        /// Compressed offset where the damage was noticed; it lies there or shortly before.
        stored_offset: u64,
        /// Message of the decoder.
        reason: String,
    },
    /// A checksum or length of the compression format does not match the decompressed bytes.
    #[error(
        "the {compression} {what} {} does not hold: expected {expected}, actual {actual}", place_of_check(*.compression, *.stored_offset)
    )]
    Checksum {
        /// Format of the compressed bytes.
        compression: Compression,
        /// The failed check: `CRC-32`, `length`, `header CRC`, `content checksum`.
        what: Cow<'static, str>,
        /// Compressed offset where the check ends; for xz, where its stream begins.
        stored_offset: u64,
        /// Value stored in the stream.
        expected: String,
        /// Value computed from the decompressed bytes.
        actual: String,
    },
    /// A decoder that lies in a part of the program which was not fetched.
    #[error("the part of this page that reads {compression} is not here: try again")]
    NoDecoder {
        /// Format of the compressed bytes.
        compression: Compression,
    },
    /// A zstd frame that needs its writer's dictionary.
    #[error(
        "the zstd frame at stored byte {stored_offset} needs a dictionary (number {dictionary}), which an image cannot carry"
    )]
    NeedsDictionary {
        /// Compressed offset where the frame begins.
        stored_offset: u64,
        /// ID of the dictionary.
        dictionary: u32,
    },
    /// A zstd window or xz dictionary beyond the limit.
    #[error(
        "the {compression} data at stored byte {stored_offset} asks for a window of {window_bytes} bytes, more than the limit of {limit_bytes}"
    )]
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
    #[error("this is no tar archive, so it cannot be read as a file system; found {found}")]
    NotTar {
        /// Description of the first bytes, with its article.
        found: Cow<'static, str>,
    },
    /// A tar header whose checksum does not match: damage, or bytes that are not a header.
    #[error("the tar header at byte {} has a wrong checksum: expected {expected}, actual {actual}", .offset.0)]
    HeaderChecksum {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Checksum stored in the header.
        expected: i64,
        /// Sum of the header's bytes.
        actual: i64,
    },
    /// A number in a tar header that is malformed, negative where that is not allowed, or too large.
    #[error("the tar header at byte {} has a malformed {field}", .offset.0)]
    BadNumber {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Name of the header field.
        field: Cow<'static, str>,
    },
    /// A PAX header that violates its format.
    #[error("the PAX header at byte {} is malformed: {reason}", .offset.0)]
    BadPax {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// The violation, in words.
        reason: Cow<'static, str>,
    },
    /// The map of a sparse file is inconsistent.
    #[error("the sparse file at byte {} has an inconsistent map: {reason}", .offset.0)]
    BadSparseMap {
        /// Uncompressed offset where the file's header begins.
        offset: TarOffset,
        /// The inconsistency, in words.
        reason: Cow<'static, str>,
    },
    /// The tar stops in the middle of a header or of a file.
    #[error("the layer is truncated: the tar ends at byte {}, within {within}", .offset.0)]
    TarTruncated {
        /// Offset where the uncompressed bytes end.
        offset: TarOffset,
        /// The part that is cut off, in words.
        within: Cow<'static, str>,
    },
    /// A PAX or long-name record beyond the limit.
    #[error("the tar header at byte {} announces {size_bytes} bytes of names and attributes, more than the limit of {limit_bytes}", .offset.0)]
    ExtensionTooLong {
        /// Uncompressed offset where the header begins.
        offset: TarOffset,
        /// Announced size in bytes.
        size_bytes: u64,
        /// Limit in bytes.
        limit_bytes: u64,
    },
    /// More items than a limit allows. Everything read before stays.
    #[error("the layer has more {what} than the limit of {limit}")]
    TooMany {
        /// The limit that was crossed.
        what: Bound,
        /// Value of the limit.
        limit: u64,
    },
    /// Too many uncompressed bytes for the compressed ones, as in a decompression bomb.
    #[error(
        "the layer swells from {stored_bytes} stored to {decoded_bytes} decoded bytes and more, which looks like a decompression bomb"
    )]
    Expansion {
        /// Compressed bytes read so far.
        stored_bytes: u64,
        /// Uncompressed bytes so far.
        decoded_bytes: u64,
        /// Limit in uncompressed bytes per compressed byte.
        limit: u64,
    },
    /// The compressed bytes end before the requested content: the blob is shorter than when it was indexed.
    #[error(
        "the stored bytes end at {stored_offset}, {missing_bytes} bytes before the content does"
    )]
    ContentEnds {
        /// Offset where the compressed bytes end.
        stored_offset: u64,
        /// Bytes of content that are missing.
        missing_bytes: u64,
    },
    /// Compressed bytes that are read again differ from the verified ones: the file was overwritten, or the
    /// registry serves something else for range requests.
    #[error(
        "the stored bytes from {start} to {end} are not those that were verified before; open the image again"
    )]
    Changed {
        /// Compressed offset where the mismatching span begins.
        start: u64,
        /// Compressed offset where the span ends.
        end: u64,
    },
}

fn place_of_check(compression: Compression, stored_offset: u64) -> String {
    match compression {
        Compression::Xz => format!("in the stream at stored byte {stored_offset}"),
        _ => format!("before stored byte {stored_offset}"),
    }
}
