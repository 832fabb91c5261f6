//! Packs the sizes of a layer, its checkpoints, and the hash states that verify its parts.
//!
//! Their meaning is documented in `access`.

use super::read::Unpacker;
use super::write::Packer;
use super::{PackedError, malformed};
use crate::layer::access::SpanParts;
use crate::layer::{
    AccessIndex, Bound, Checkpoint, Compression, LayerReading, Limits, Resume, Spans, TarOffset,
};

/// Maximum distance of a deflate reference, in bytes.
const WINDOW_BYTES: usize = 32 * 1024;
/// Size of the smallest checkpoint in bytes: two offsets and a kind.
const CHECKPOINT_BYTES: usize = 17;
/// Kind of a checkpoint without a state. Smaller values are the number of bits.
const START: u8 = 8;

const COMPRESSIONS: [Compression; 5] = [
    Compression::None,
    Compression::Gzip,
    Compression::Zstd,
    Compression::Bzip2,
    Compression::Xz,
];

/// Writes a compression as one byte.
pub(super) fn pack_compression(packer: &mut Packer, compression: Compression) {
    packer.u8(match compression {
        Compression::None => 0,
        Compression::Gzip => 1,
        Compression::Zstd => 2,
        Compression::Bzip2 => 3,
        Compression::Xz => 4,
    });
}

pub(super) fn unpack_compression(unpacker: &mut Unpacker<'_>) -> Result<Compression, PackedError> {
    let number = usize::from(unpacker.u8()?);
    let found = COMPRESSIONS.get(number).copied();
    found.ok_or(malformed("an unknown compression"))
}

pub(super) fn pack(packer: &mut Packer, reading: &LayerReading) {
    let access = &reading.access;
    debug_assert_eq!(
        (
            reading.compression,
            reading.stored_bytes,
            reading.decoded_bytes
        ),
        (
            access.compression,
            access.stored_bytes,
            access.decoded_bytes
        ),
        "a reading and its access index are of the same bytes"
    );
    pack_compression(packer, access.compression);
    packer.u64(access.stored_bytes);
    packer.u64(access.decoded_bytes);
    packer.u64(access.window_limit_bytes);
    packer.count(access.checkpoints.len());
    for checkpoint in &access.checkpoints {
        packer.u64(checkpoint.stored_offset);
        packer.u64(checkpoint.decoded_offset.0);
        match &checkpoint.resume {
            Resume::Start => packer.u8(START),
            Resume::Block {
                n_bits,
                bits,
                window,
            } => {
                packer.u8(*n_bits);
                packer.u8(*bits);
                packer.text(window);
            }
        }
    }
    pack_spans(packer, &access.spans);
}

/// Writes the spans of a blob, but not its size.
pub(super) fn pack_spans(packer: &mut Packer, spans: &Spans) {
    let spans = spans.parts();
    packer.u64(spans.span_bytes);
    packer.raw(&spans.whole);
    packer.count(spans.states.len());
    packer.raw(spans.states.as_flattened());
}

pub(super) fn unpack(
    unpacker: &mut Unpacker<'_>,
    limits: &Limits,
) -> Result<AccessIndex, PackedError> {
    let compression = unpack_compression(unpacker)?;
    let stored_bytes = unpacker.u64()?;
    let decoded_bytes = unpacker.u64()?;
    // This reader bounds the memory, not the packer.
    let window_limit_bytes = unpacker.u64()?;
    if window_limit_bytes > limits.zstd_window_bytes {
        return Err(PackedError::TooMany {
            what: Bound::ZstdWindowBytes,
            limit: limits.zstd_window_bytes,
        });
    }
    let n_checkpoints = unpacker.count(CHECKPOINT_BYTES)?;
    if n_checkpoints > limits.checkpoints.max(2) {
        return Err(malformed("more checkpoints than are kept"));
    }
    let mut checkpoints: Vec<Checkpoint> = Vec::with_capacity(n_checkpoints);
    for _ in 0..n_checkpoints {
        let checkpoint = unpack_checkpoint(unpacker, compression)?;
        let fits = match checkpoints.last() {
            Some(last) => {
                last.stored_offset < checkpoint.stored_offset
                    && last.decoded_offset <= checkpoint.decoded_offset
            }
            None => checkpoint.stored_offset == 0 && checkpoint.decoded_offset.0 == 0,
        };
        let inside = checkpoint.stored_offset <= stored_bytes
            && checkpoint.decoded_offset.0 <= decoded_bytes;
        if !(fits && inside) {
            return Err(malformed("a checkpoint is out of place"));
        }
        checkpoints.push(checkpoint);
    }
    Ok(AccessIndex {
        compression,
        stored_bytes,
        decoded_bytes,
        window_limit_bytes,
        checkpoints,
        spans: unpack_spans(unpacker, stored_bytes)?,
    })
}

pub(super) fn unpack_spans(
    unpacker: &mut Unpacker<'_>,
    stored_bytes: u64,
) -> Result<Spans, PackedError> {
    let span_bytes = unpacker.u64()?;
    let whole = unpacker.array()?;
    let n_states = unpacker.count(size_of_val(&whole))?;
    let states = unpacker.raw(n_states.saturating_mul(size_of_val(&whole)))?;
    let parts = SpanParts {
        span_bytes,
        n_bytes: stored_bytes,
        states: states.as_chunks().0.to_vec(),
        whole,
    };
    Spans::of_parts(parts).ok_or(malformed("the hashes of its parts do not fit"))
}

fn unpack_checkpoint(
    unpacker: &mut Unpacker<'_>,
    compression: Compression,
) -> Result<Checkpoint, PackedError> {
    let stored_offset = unpacker.u64()?;
    let decoded_offset = TarOffset(unpacker.u64()?);
    let resume = match unpacker.u8()? {
        START => Resume::Start,
        n_bits @ 0..START if compression == Compression::Gzip => {
            let bits = unpacker.u8()?;
            let window = unpacker.text()?;
            if window.len() > WINDOW_BYTES {
                return Err(malformed("a window is larger than deflate has"));
            }
            let window = window.into();
            Resume::Block {
                n_bits,
                bits,
                window,
            }
        }
        _ => return Err(malformed("an unknown kind of checkpoint")),
    };
    Ok(Checkpoint {
        stored_offset,
        decoded_offset,
        resume,
    })
}
