//! Packs the reading of one layer into bytes and back, for the store and for messages between workers.
//!
//! Storing the bytes is left to the caller, and so is the check that they belong to the wanted layer: the reading
//! holds the digests.
//!
//! The format is `MAGIC`, the version, the fields in the order of [`pack`], then xxh3-64 of everything before. What has
//! few values is written by postcard; tables of rows and hashes, which are nearly all of the bytes, are columns of
//! fixed width, little-endian, that are read at the speed of memory. That hash is not protection against forgery, and need not be: the bytes stay where
//! this program put them, and it only detects their damage, at the speed of memory. Nothing is trusted all the
//! same. Every count is checked against the remaining bytes before memory is allocated for it, and every position
//! against the table that it points into. The worst result of forged bytes is an error, or a wrong index.

mod error;
mod facts;
mod places;
mod read;
mod rows;
mod write;

use xxhash_rust::xxh3::xxh3_64;

use super::{Hashed, LayerReading};
use crate::bounds::LayerLimits;
pub use error::PackedError;
use error::VERSION;
use read::Unpacker;
use write::Packer;

const MAGIC: [u8; 8] = *b"LaminaL\n";
/// Length in bytes of the hash at the end.
const HASH_BYTES: usize = 8;

/// Packs a reading. Equal readings result in equal bytes.
///
/// ```
/// use lamina::bounds::LayerLimits;
/// use lamina::layer::{Expected, FileHashes, LayerReader, ReadOptions, pack, unpack};
///
/// let options = ReadOptions { limits: LayerLimits::DEFAULT, file_hashes: FileHashes::Skip };
/// let mut reader = LayerReader::new(Expected::default(), options);
/// reader.push(&[0; 1024]);
/// let reading = reader.finish();
/// assert_eq!(unpack(&pack(&reading), &LayerLimits::DEFAULT), Ok(reading));
/// assert!(unpack(b"something else", &LayerLimits::DEFAULT).is_err());
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
pub fn unpack(bytes: &[u8], limits: &LayerLimits) -> Result<LayerReading, PackedError> {
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
    packer.typed(&(&hashed.digest, &hashed.decoded, hashed.spans.n_bytes()));
    places::pack_spans(&mut packer, &hashed.spans);
    packer.into_bytes()
}

/// Unpacks a layer's hashes.
///
/// # Errors
/// If the bytes are something else.
pub fn unpack_hashed(bytes: &[u8]) -> Result<Hashed, PackedError> {
    let mut unpacker = Unpacker::new(bytes);
    let (digest, decoded, n_bytes) = unpacker.typed()?;
    let spans = places::unpack_spans(&mut unpacker, n_bytes)?;
    unpacker.finish()?;
    Ok(Hashed {
        digest,
        decoded,
        spans,
    })
}
