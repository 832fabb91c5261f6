//! The options of a layer's reading, its progress and its result.

use super::access::AccessIndex;
use super::{Compression, Error, LayerIndex, LeftOut, Verdict, Warnings};
use crate::bounds::LayerLimits;
use crate::image::{DiffId, Digest};

/// Options for reading a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The bounds to enforce.
    pub limits: LayerLimits,
    /// Hashes of each file to compute.
    pub file_hashes: FileHashes,
}

/// Totals of the layers read before this one. Bounds on the whole image continue from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Before {
    /// Compressed bytes of the other layers.
    pub stored_bytes: u64,
    /// Uncompressed bytes of the other layers.
    pub decoded_bytes: u64,
    /// Bytes of their names and attributes held in memory.
    pub text_bytes: u64,
}

/// Choice of the hashes computed for each file's content. The fingerprint is always computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHashes {
    /// No SHA-256: it takes as much time as everything else together.
    Skip,
    /// SHA-256 of each file.
    Sha256,
}

/// The progress of a reading, in absolute numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Compressed bytes pushed.
    pub stored_bytes: u64,
    /// Uncompressed bytes so far.
    pub decoded_bytes: u64,
    /// Entries found so far.
    pub n_entries: u64,
}

/// The complete result of reading a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerReading {
    /// The entries, as far as they could be read.
    pub index: LayerIndex,
    /// Random access to the content of the entries.
    pub access: AccessIndex,
    /// Outcome of each claim.
    pub verdict: Verdict,
    /// Compression of the blob, recognised by its magic.
    pub compression: Compression,
    /// Compressed size in bytes.
    pub stored_bytes: u64,
    /// Uncompressed size in bytes, up to the point where decompression failed.
    pub decoded_bytes: u64,
    /// Digest of the compressed bytes, by the algorithm of the expected one, or else SHA-256.
    pub digest: Digest,
    /// Digest of the uncompressed bytes, by the algorithm of the expected one, or else SHA-256.
    pub diff_id: DiffId,
    /// Error that ended the reading early, or a checksum mismatch. The index has the entries before it.
    pub damage: Option<Error>,
    /// Oddities of the layer.
    pub warnings: Warnings,
    /// Entries that a bound or a rule omitted. If there are any, the index is incomplete.
    pub left_out: LeftOut,
}
