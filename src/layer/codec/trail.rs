//! Finds and proves the bit at which a deflate block ends, by following the block after it.
//!
//! zlib-rs reports the byte that a block ends in, but not the bit, which leaves eight candidates. miniz_oxide
//! inflates the next block from each of them. A candidate is right if it produces exactly the bytes that zlib-rs
//! produced, and ends where zlib-rs ended. If several candidates are right, any of them will do, provided that all
//! end at the same bit and so continue alike from there.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::decompress;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};

use super::checkpoint::{Checkpoint, Resume};
use super::inflate::at_boundary;
use crate::layer::TarOffset;

/// Maximum distance of a deflate reference, in bytes.
const WINDOW_BYTES: usize = 32 * 1024;
/// Bytes inflated at once before they are compared.
const STEP_BYTES: usize = 32 * 1024;
/// Compressed and uncompressed bytes beyond which a block is not followed, because no writer of layers makes larger
/// ones. 32,767 symbols expand to at most this many uncompressed bytes.
const MOST_STORED_BYTES: usize = 1024 * 1024;
const MOST_DECODED_BYTES: usize = 8 * 1024 * 1024 + 512 * 1024;

/// A place between two blocks, and the bytes after it.
pub(super) struct Trail {
    stored_offset: u64,
    decoded_offset: u64,
    /// The byte before the place. Its last bits may belong to the next block.
    last_byte: u8,
    /// Uncompressed bytes before the place.
    window: Box<[u8]>,
    stored: Vec<u8>,
    decoded: Vec<u8>,
}

/// The end of a trail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TrailEnd {
    /// Between two blocks.
    Boundary,
    /// With the last block.
    Done,
}

impl Trail {
    /// Begins at a place between two blocks.
    pub(super) fn new(
        stored_offset: u64,
        decoded_offset: u64,
        last_byte: u8,
        window: &[u8],
    ) -> Trail {
        Trail {
            stored_offset,
            decoded_offset,
            last_byte,
            window: window.into(),
            stored: Vec::new(),
            decoded: Vec::new(),
        }
    }

    /// Appends the following bytes. False if there are too many to follow.
    pub(super) fn follow(&mut self, stored: &[u8], decoded: &[u8]) -> bool {
        let fits = self.stored.len() + stored.len() <= MOST_STORED_BYTES
            && self.decoded.len() + decoded.len() <= MOST_DECODED_BYTES;
        if fits {
            self.stored.extend_from_slice(stored);
            self.decoded.extend_from_slice(decoded);
        }
        fits
    }

    /// Returns the checkpoint at the place. `None` if the bit is ambiguous.
    pub(super) fn prove(self, end: TrailEnd) -> Option<Checkpoint> {
        let candidates = (0..=7).map(|n_bits| (n_bits, top_bits(self.last_byte, n_bits)));
        let ends = candidates.filter_map(|(n_bits, bits)| {
            let ended_at = self.ends_at(n_bits, bits, end)?;
            Some((n_bits, bits, ended_at))
        });
        let ends: Vec<_> = ends.collect();
        let (n_bits, bits, ended_at) = ends.first().copied()?;
        if ends.iter().any(|(_, _, other)| *other != ended_at) {
            return None;
        }
        Some(Checkpoint {
            stored_offset: self.stored_offset,
            decoded_offset: TarOffset(self.decoded_offset),
            resume: Resume::Block {
                n_bits,
                bits,
                window: self.window,
            },
        })
    }

    /// Inflates the trail from a candidate. Returns the bits left in the last byte at its end if the output is the
    /// same.
    fn ends_at(&self, n_bits: u8, bits: u8, end: TrailEnd) -> Option<u8> {
        let mut inflater = at_boundary(n_bits, bits);
        let mut buffer = vec![0; 2 * WINDOW_BYTES + STEP_BYTES];
        buffer
            .get_mut(..self.window.len())?
            .copy_from_slice(&self.window);
        let mut filled = self.window.len();
        let (mut stored, mut decoded) = (self.stored.as_slice(), self.decoded.as_slice());
        let flags = TINFL_FLAG_HAS_MORE_INPUT
            | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
            | TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY;
        loop {
            if buffer.len() - filled < STEP_BYTES {
                buffer.copy_within(filled - WINDOW_BYTES..filled, 0);
                filled = WINDOW_BYTES;
            }
            let room = buffer.get_mut(..filled + STEP_BYTES)?;
            let (status, read, written) = decompress(&mut inflater, stored, room, filled, flags);
            stored = stored.get(read..)?;
            decoded = decoded.strip_prefix(buffer.get(filled..filled + written)?)?;
            filled += written;
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::BlockBoundary if end == TrailEnd::Boundary => {
                    let left = inflater.block_boundary_state()?.num_bits;
                    return (stored.is_empty() && decoded.is_empty()).then_some(left);
                }
                TINFLStatus::Done if end == TrailEnd::Done => {
                    return (stored.is_empty() && decoded.is_empty()).then_some(0);
                }
                _ => return None,
            }
        }
    }
}

/// Returns the last bits of a byte in reading order, moved to the low places.
fn top_bits(byte: u8, n_bits: u8) -> u8 {
    u8::try_from(u16::from(byte) >> (8 - u16::from(n_bits))).unwrap_or_default()
}
