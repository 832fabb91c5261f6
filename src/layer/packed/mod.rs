//! Packs the reading of one layer into bytes and back, for the store and for messages between workers.
//!
//! Storing the bytes is left to the caller, and so is the check that they belong to the wanted layer: the reading
//! holds the digests.
//!
//! All numbers are little-endian. The format is `MAGIC`, the version, the fields in the order of [`pack`], then
//! xxh3-64 of everything before. That hash is not protection against forgery, and need not be: the bytes stay where
//! this program put them, and it only detects their damage, at the speed of memory. Nothing is trusted all the
//! same. Every count is checked against the remaining bytes before memory is allocated for it, and every position
//! against the table that it points into. The worst result of forged bytes is an error, or a wrong index.

mod facts;
mod places;
mod read;
mod rows;
mod write;

use xxhash_rust::xxh3::xxh3_64;

use super::{Bound, Hashed, LayerReading, Limits};
use read::Unpacker;
use write::Packer;

const MAGIC: [u8; 8] = *b"LaminaL\n";
/// Version of the format. Raised with every change of the format, and of what a reader makes of the same layer.
const VERSION: u32 = 4;
/// Length in bytes of the hash at the end.
const HASH_BYTES: usize = 8;

/// The reason why bytes cannot be unpacked. The layer itself has to be read again then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// The magic differs: the bytes are something else.
    #[error("these bytes are no packed layer; read the layer again")]
    Foreign,
    /// Another version of this program packed the bytes.
    #[error(
        "the packed layer has version {found}, and this program knows {VERSION}; read the layer again"
    )]
    Version {
        /// Version in the bytes.
        found: u32,
    },
    /// The hash does not match: the bytes were cut off, or changed in the store.
    #[error("the packed layer is damaged: its checksum does not hold; read the layer again")]
    Damaged,
    /// The hash matches, but the content is inconsistent.
    #[error("the packed layer contradicts itself; read the layer again: {what}")]
    Malformed {
        /// The inconsistency, in words.
        what: &'static str,
    },
    /// The layer has more of something than a limit allows.
    #[error("the packed layer has more {what} than the limit of {limit}")]
    TooMany {
        /// The limit that was crossed.
        what: Bound,
        /// Value of the limit.
        limit: u64,
    },
}

fn malformed(what: &'static str) -> PackedError {
    PackedError::Malformed { what }
}

/// Packs a reading. Equal readings result in equal bytes.
///
/// ```
/// use lamina::layer::{Expected, FileHashes, LayerReader, Limits, ReadOptions, pack, unpack};
///
/// let options = ReadOptions { limits: Limits::DEFAULT, file_hashes: FileHashes::Skip };
/// let mut reader = LayerReader::new(Expected::default(), options);
/// reader.push(&[0; 1024]);
/// let reading = reader.finish();
/// assert_eq!(unpack(&pack(&reading), &Limits::DEFAULT), Ok(reading));
/// assert!(unpack(b"something else", &Limits::DEFAULT).is_err());
/// ```
pub fn pack(reading: &LayerReading) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.raw(&MAGIC);
    packer.u32(VERSION);
    places::pack(&mut packer, reading);
    facts::pack(&mut packer, reading);
    rows::pack(&mut packer, &reading.index);
    let hash = xxh3_64(packer.bytes());
    packer.u64(hash);
    packer.into_bytes()
}

/// Unpacks a reading.
///
/// # Errors
/// If the bytes are foreign, of another version, damaged, or beyond the limits.
pub fn unpack(bytes: &[u8], limits: &Limits) -> Result<LayerReading, PackedError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(PackedError::Foreign)?;
    let found = Unpacker::new(rest)
        .u32()
        .map_err(|_| PackedError::Damaged)?;
    if found != VERSION {
        return Err(PackedError::Version { found });
    }
    let (body, hash) = bytes
        .split_last_chunk::<HASH_BYTES>()
        .ok_or(PackedError::Damaged)?;
    if xxh3_64(body) != u64::from_le_bytes(*hash) {
        return Err(PackedError::Damaged);
    }
    let head = MAGIC.len() + size_of::<u32>();
    let mut unpacker = Unpacker::new(body.get(head..).ok_or(PackedError::Damaged)?);
    let access = places::unpack(&mut unpacker, limits)?;
    let facts = facts::unpack(&mut unpacker, limits)?;
    let index = rows::unpack(&mut unpacker, &access, limits)?;
    unpacker.finish()?;
    Ok(LayerReading {
        index,
        compression: access.compression,
        stored_bytes: access.stored_bytes,
        decoded_bytes: access.decoded_bytes,
        access,
        verdict: facts.verdict,
        digest: facts.digest,
        diff_id: facts.diff_id,
        damage: facts.damage,
        warnings: facts.warnings,
        left_out: facts.left_out,
    })
}

/// Packs a layer's hashes, to be passed from one thread to another.
pub fn pack_hashed(hashed: &Hashed) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.text(hashed.digest.as_str().as_bytes());
    packer.text(hashed.decoded.as_str().as_bytes());
    packer.u64(hashed.spans.n_bytes());
    places::pack_spans(&mut packer, &hashed.spans);
    packer.into_bytes()
}

/// Unpacks a layer's hashes.
///
/// # Errors
/// If the bytes are something else.
pub fn unpack_hashed(bytes: &[u8]) -> Result<Hashed, PackedError> {
    let mut unpacker = Unpacker::new(bytes);
    let digest = facts::unpack_digest(&mut unpacker)?;
    let decoded = facts::unpack_digest(&mut unpacker)?;
    let n_bytes = unpacker.u64()?;
    let spans = places::unpack_spans(&mut unpacker, n_bytes)?;
    unpacker.finish()?;
    Ok(Hashed {
        digest,
        decoded,
        spans,
    })
}
