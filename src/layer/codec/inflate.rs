//! Inflates raw deflate data: zlib-rs reads a stream from its start, miniz_oxide from a checkpoint.
//!
//! zlib-rs is half as fast again, but only miniz_oxide can begin between two blocks and report its position in
//! bits. Members, their checks and the checkpoints are left to `gzip`.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{BlockBoundaryState, DecompressorOxide, decompress};
use zlib_rs::{InflateFlush, Status};

/// Base-2 logarithm of the deflate window.
const WINDOW_BITS: u8 = 15;

/// An inflater for one stream after the other.
pub(super) enum Inflater {
    /// From the start of a member.
    Onward(Box<zlib_rs::Inflate>),
    /// From a checkpoint. The buffer holds the bytes before it.
    Resumed(Box<DecompressorOxide>),
}

/// Points at which inflating stops by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StopAt {
    /// At the end of the stream.
    End,
    /// Also after each block whose end is noticed: not where it falls on the end of the input or of the room.
    Block,
}

/// The result of one call.
pub(super) struct Inflated {
    pub(super) read: usize,
    pub(super) written: usize,
    pub(super) outcome: Outcome,
}

/// The reason why a call ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All input was consumed.
    NeedsInput,
    /// All room was filled. More output may come without input.
    NeedsRoom,
    /// The inflater is between two blocks.
    Boundary,
    /// The last block has ended.
    Done,
    /// The input is not deflate data.
    Invalid,
}

impl Inflater {
    /// Creates an inflater at the start of a stream.
    pub(super) fn onward() -> Inflater {
        Inflater::Onward(Box::new(zlib_rs::Inflate::new(false, WINDOW_BITS)))
    }

    /// Creates an inflater between two blocks. `n_bits` bits of the byte before belong to the next block.
    pub(super) fn resumed(n_bits: u8, bits: u8) -> Inflater {
        Inflater::Resumed(Box::new(at_boundary(n_bits, bits)))
    }

    /// Restarts at the beginning of another stream.
    pub(super) fn restart(&mut self) {
        match self {
            Inflater::Onward(inflater) => inflater.reset(false),
            Inflater::Resumed(inflater) => inflater.init(),
        }
    }

    /// Inflates into `buffer` from `filled` on. The previous output precedes it: 32 KiB, or all of it.
    pub(super) fn inflate(
        &mut self,
        input: &[u8],
        buffer: &mut [u8],
        filled: usize,
        stop: StopAt,
    ) -> Inflated {
        match self {
            Inflater::Onward(inflater) => {
                let room = buffer.get_mut(filled..).unwrap_or_default();
                onward(inflater, input, room, stop)
            }
            Inflater::Resumed(inflater) => {
                let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
                let (status, read, written) = decompress(inflater, input, buffer, filled, flags);
                let outcome = match status {
                    TINFLStatus::NeedsMoreInput => Outcome::NeedsInput,
                    TINFLStatus::HasMoreOutput => Outcome::NeedsRoom,
                    TINFLStatus::BlockBoundary => Outcome::Boundary,
                    TINFLStatus::Done => Outcome::Done,
                    _ => Outcome::Invalid,
                };
                Inflated {
                    read,
                    written,
                    outcome,
                }
            }
        }
    }
}

/// Creates a miniz_oxide inflater between two blocks.
pub(super) fn at_boundary(n_bits: u8, bits: u8) -> DecompressorOxide {
    DecompressorOxide::from_block_boundary_state(&BlockBoundaryState {
        num_bits: n_bits.min(7),
        bit_buf: bits,
        ..BlockBoundaryState::default()
    })
}

fn onward(
    inflater: &mut zlib_rs::Inflate,
    input: &[u8],
    room: &mut [u8],
    stop: StopAt,
) -> Inflated {
    let (in_before, out_before) = (inflater.total_in(), inflater.total_out());
    let flush = match stop {
        StopAt::End => InflateFlush::NoFlush,
        StopAt::Block => InflateFlush::Block,
    };
    let status = inflater.decompress(input, room, flush);
    let since = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
    let read = since(inflater.total_in(), in_before);
    let written = since(inflater.total_out(), out_before);
    let outcome = match status {
        Ok(Status::StreamEnd) => Outcome::Done,
        Ok(Status::Ok | Status::BufError) if written == room.len() => Outcome::NeedsRoom,
        Ok(Status::Ok | Status::BufError) if read == input.len() => Outcome::NeedsInput,
        Ok(Status::Ok | Status::BufError) if stop == StopAt::Block => Outcome::Boundary,
        Ok(Status::Ok | Status::BufError) | Err(_) => Outcome::Invalid,
    };
    Inflated {
        read,
        written,
        outcome,
    }
}
