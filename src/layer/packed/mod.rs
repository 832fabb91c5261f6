//! One layer that was read, as bytes, and back: what the store keeps and what workers hand over.
//!
//! Where the bytes are kept, and whether they are of the layer that is wanted, is for whoever keeps them to know:
//! the digests stand in the reading.
//!
//! All numbers are little-endian. `MAGIC`, the version, then what stands in [`pack`] in its order, then xxh3-64 of
//! everything before. That hash is no proof against somebody who writes such bytes on purpose, nor has it to be: the
//! bytes stay where this program put them, and only their own damage is to be noticed, at the speed of memory. All
//! the same nothing is believed: every count is held against the bytes left before room is made for it, every
//! position against what it points into, and so the worst that forged bytes give is an error, or an index that lies.

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
/// Higher with every change of the form, and of what a reader makes of the same layer.
const VERSION: u32 = 4;
/// The hash at the end.
const HASH_BYTES: usize = 8;

/// Why bytes are no packed layer; the layer itself is to be read again then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// They begin in another way: something else was stored there.
    #[error("these bytes are no packed layer; read the layer again")]
    Foreign,
    /// They were packed by another version of this program.
    #[error(
        "the packed layer has version {found}, and this program knows {VERSION}; read the layer again"
    )]
    Version {
        /// The version that stands there.
        found: u32,
    },
    /// The hash does not fit: they were cut off, or changed where they were stored.
    #[error("the packed layer is damaged: its checksum does not hold; read the layer again")]
    Damaged,
    /// The hash fits, but not what it is of.
    #[error("the packed layer contradicts itself; read the layer again: {what}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
    /// It has more of something than the limit allows.
    #[error("the packed layer has more {what} than the limit of {limit}")]
    TooMany {
        /// Of what.
        what: Bound,
        /// The limit.
        limit: u64,
    },
}

fn malformed(what: &'static str) -> PackedError {
    PackedError::Malformed { what }
}

/// A reading as bytes: the same for the same reading.
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

/// The reading that was packed.
///
/// # Errors
/// When the bytes are foreign, of another version, damaged, or beyond the limits.
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

/// A layer's hashes as bytes, as one thread hands them to another.
pub fn pack_hashed(hashed: &Hashed) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.text(hashed.digest.as_str().as_bytes());
    packer.text(hashed.decoded.as_str().as_bytes());
    packer.u64(hashed.spans.n_bytes());
    places::pack_spans(&mut packer, &hashed.spans);
    packer.into_bytes()
}

/// The hashes that were packed.
///
/// # Errors
/// When these bytes are something else.
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
