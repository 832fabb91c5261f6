//! Packs the sizes of a layer, its checkpoints, and the hash states that verify its parts.
//!
//! Their meaning is documented in `access`.

use serde::{Deserialize, Serialize};

use super::error::{PackedError, malformed};
use super::read::Unpacker;
use super::write::Packer;
use crate::bounds::{Bound, LayerLimits};
use crate::layer::access::SpanParts;
use crate::layer::{AccessIndex, Checkpoint, Compression, LayerReading, Resume, Spans, TarOffset};

/// Maximum distance of a deflate reference, in bytes.
const WINDOW_BYTES: usize = 32 * 1024;

/// The first fields of a layer's access index.
#[derive(Serialize, Deserialize)]
struct Sizes {
    compression: Compression,
    stored_bytes: u64,
    decoded_bytes: u64,
    window_limit_bytes: u64,
    n_checkpoints: u64,
}

/// A checkpoint without its window, which follows as bytes.
#[derive(Serialize, Deserialize)]
struct Head {
    stored_offset: u64,
    decoded_offset: TarOffset,
    /// Number and value of the bits before a deflate block; `None` at the start of a member or frame.
    bits: Option<(u8, u8)>,
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
    packer.typed(&Sizes {
        compression: access.compression,
        stored_bytes: access.stored_bytes,
        decoded_bytes: access.decoded_bytes,
        window_limit_bytes: access.window_limit_bytes,
        n_checkpoints: access.checkpoints.len() as u64,
    });
    for checkpoint in &access.checkpoints {
        let (bits, window) = match &checkpoint.resume {
            Resume::Start => (None, &[][..]),
            Resume::Block {
                n_bits,
                bits,
                window,
            } => (Some((*n_bits, *bits)), &window[..]),
        };
        packer.typed(&Head {
            stored_offset: checkpoint.stored_offset,
            decoded_offset: checkpoint.decoded_offset,
            bits,
        });
        packer.text(window);
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
    limits: &LayerLimits,
) -> Result<AccessIndex, PackedError> {
    let Sizes {
        compression,
        stored_bytes,
        decoded_bytes,
        window_limit_bytes,
        n_checkpoints,
    } = unpacker.typed()?;
    // This reader bounds the memory, not the packer.
    if window_limit_bytes > limits.zstd_window_bytes {
        return Err(PackedError::TooMany {
            what: Bound::ZstdWindowBytes,
            limit: limits.zstd_window_bytes,
        });
    }
    if n_checkpoints > limits.checkpoints.max(2) as u64 {
        return Err(malformed("more checkpoints than are kept"));
    }
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
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
    checkpoints.shrink_to_fit();
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
    let head: Head = unpacker.typed()?;
    let window = unpacker.text()?;
    let resume = match head.bits {
        None if window.is_empty() => Resume::Start,
        Some((n_bits @ 0..8, bits)) if compression == Compression::Gzip => {
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
        stored_offset: head.stored_offset,
        decoded_offset: head.decoded_offset,
        resume,
    })
}
