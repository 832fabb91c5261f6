//! Why a layer cannot be read to its end, one variant per cause.
//!
//! What is merely odd is a [`super::Warning`]; which blob it was is added by whoever opened it.

use std::borrow::Cow;

use super::{Bound, Compression, TarOffset};

/// Damage to a layer, or a limit that it crosses. Offsets say where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The compressed stream stops in the middle: usually a broken download or a full disk while saving.
    #[error(
        "the {compression} data is cut off at stored byte {stored_offset}; fetch or save the image again"
    )]
    Truncated {
        /// How the bytes are compressed.
        compression: Compression,
        /// Where the stored bytes end.
        stored_offset: u64,
    },
    /// The compressed stream breaks its format.
    #[error("the {compression} data is damaged near stored byte {stored_offset}: {reason}")]
    Corrupt {
        /// How the bytes are compressed.
        compression: Compression,
        /// Where the damage was noticed; it lies at this byte or not far before it.
        stored_offset: u64,
        /// What the decoder says.
        reason: String,
    },
    /// The codec's own checksum, or its count of bytes, does not fit what was decoded.
    #[error(
        "the {compression} {what} {} does not hold: expected {expected}, actual {actual}", place_of_check(*.compression, *.stored_offset)
    )]
    Checksum {
        /// How the bytes are compressed.
        compression: Compression,
        /// Which check: `CRC-32`, `length`, `header CRC`, `content checksum`.
        what: Cow<'static, str>,
        /// Where the check ends in the stored bytes; for xz, where the stream begins that it is in.
        stored_offset: u64,
        /// The value that is stored.
        expected: String,
        /// The value of the decoded bytes.
        actual: String,
    },
    /// The part of this program that decodes it could not be fetched.
    #[error("the part of this page that reads {compression} is not here: try again")]
    NoDecoder {
        /// How the bytes are compressed.
        compression: Compression,
    },
    /// A zstd frame that only its writer's dictionary opens.
    #[error(
        "the zstd frame at stored byte {stored_offset} needs a dictionary (number {dictionary}), which an image cannot carry"
    )]
    NeedsDictionary {
        /// Where the frame begins.
        stored_offset: u64,
        /// The dictionary's number.
        dictionary: u32,
    },
    /// A zstd window or xz dictionary beyond the limit.
    #[error(
        "the {compression} data at stored byte {stored_offset} asks for a window of {window_bytes} bytes, more than the limit of {limit_bytes}"
    )]
    WindowTooLarge {
        /// How the bytes are compressed.
        compression: Compression,
        /// Where the frame or stream was being read.
        stored_offset: u64,
        /// The size asked for.
        window_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// The decoded bytes are no tar at all.
    #[error("this is no tar archive, so it cannot be read as a file system; found {found}")]
    NotTar {
        /// What the first bytes look like.
        found: Cow<'static, str>,
    },
    /// A tar header whose checksum does not fit: damage, or bytes that are no header.
    #[error("the tar header at byte {} has a wrong checksum: expected {expected}, actual {actual}", .offset.0)]
    HeaderChecksum {
        /// Where the header begins.
        offset: TarOffset,
        /// The sum that is stored.
        expected: i64,
        /// The sum of the header's bytes.
        actual: i64,
    },
    /// A number in a tar header that is malformed, negative where it may not be, or too large.
    #[error("the tar header at byte {} has a malformed {field}", .offset.0)]
    BadNumber {
        /// Where the header begins.
        offset: TarOffset,
        /// Which field.
        field: Cow<'static, str>,
    },
    /// A PAX header that breaks its format.
    #[error("the PAX header at byte {} is malformed: {reason}", .offset.0)]
    BadPax {
        /// Where the header begins.
        offset: TarOffset,
        /// What is wrong.
        reason: Cow<'static, str>,
    },
    /// The map of a sparse file is inconsistent.
    #[error("the sparse file at byte {} has an inconsistent map: {reason}", .offset.0)]
    BadSparseMap {
        /// Where the file's header begins.
        offset: TarOffset,
        /// What is wrong.
        reason: Cow<'static, str>,
    },
    /// The tar stops in the middle of a header or of a file.
    #[error("the layer is truncated: the tar ends at byte {}, within {within}", .offset.0)]
    TarTruncated {
        /// Where the decoded bytes end.
        offset: TarOffset,
        /// What is cut off.
        within: Cow<'static, str>,
    },
    /// A PAX or long-name record beyond the limit.
    #[error("the tar header at byte {} announces {size_bytes} bytes of names and attributes, more than the limit of {limit_bytes}", .offset.0)]
    ExtensionTooLong {
        /// Where the header begins.
        offset: TarOffset,
        /// The size announced.
        size_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// More of something than the limit allows; what was read before stays.
    #[error("the layer has more {what} than the limit of {limit}")]
    TooMany {
        /// Of what.
        what: Bound,
        /// The limit.
        limit: u64,
    },
    /// So many decoded bytes for so few stored ones that it is taken for a decompression bomb.
    #[error(
        "the layer swells from {stored_bytes} stored to {decoded_bytes} decoded bytes and more, which looks like a decompression bomb"
    )]
    Expansion {
        /// Stored bytes read so far.
        stored_bytes: u64,
        /// Decoded bytes so far.
        decoded_bytes: u64,
        /// The limit: decoded bytes for each stored one.
        limit: u64,
    },
    /// Content was asked for that the stored bytes do not hold: the blob is shorter than when it was indexed.
    #[error(
        "the stored bytes end at {stored_offset}, {missing_bytes} bytes before the content does"
    )]
    ContentEnds {
        /// Where the stored bytes end.
        stored_offset: u64,
        /// How many bytes of content are missing.
        missing_bytes: u64,
    },
    /// Stored bytes that are read again are others than when they were verified: the file was written over, or the
    /// registry serves something else by ranges.
    #[error(
        "the stored bytes from {start} to {end} are not those that were verified before; open the image again"
    )]
    Changed {
        /// Where the span begins whose hash does not hold.
        start: u64,
        /// Where it ends.
        end: u64,
    },
}

fn place_of_check(compression: Compression, stored_offset: u64) -> String {
    match compression {
        Compression::Xz => format!("in the stream at stored byte {stored_offset}"),
        _ => format!("before stored byte {stored_offset}"),
    }
}
