//! Checkpoints: offsets in a layer's compressed bytes where decompression can begin, recorded while the layer
//! streams by.
//!
//! Decompressing from a checkpoint is left to `access`.

use std::fmt;

use crate::bounds::LayerLimits;
use crate::layer::TarOffset;

/// Uncompressed bytes between two checkpoints inside a deflate stream. Bounds the cost of one look into a file,
/// except where a single block is longer.
const BLOCK_SPAN_BYTES: u64 = 4 * 1024 * 1024;
/// Uncompressed bytes between two checkpoints at the start of a member or frame. These store no window, so they are
/// cheap and may be closer together.
const START_SPAN_BYTES: u64 = 1024 * 1024;

/// A place in the compressed bytes where decompression can begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Offset of the first compressed byte to read.
    pub stored_offset: u64,
    /// Offset of the first byte decompressed from there.
    pub decoded_offset: TarOffset,
    /// State that the decoder needs before it begins.
    pub resume: Resume,
}

/// The state that a decoder needs to begin in the middle of a blob.
#[derive(Clone, PartialEq, Eq)]
pub enum Resume {
    /// No state: a gzip member, a zstd frame or the whole stream starts here.
    Start,
    /// The state at a boundary between two deflate blocks.
    Block {
        /// Bits of the byte before `stored_offset` that belong to the next block, 0 to 7.
        n_bits: u8,
        /// The value of those bits, in the low places.
        bits: u8,
        /// Uncompressed bytes before this place, at most 32 KiB, that the following blocks may refer to.
        window: Box<[u8]>,
    },
}

impl fmt::Debug for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Resume::Start => f.write_str("Start"),
            Resume::Block { n_bits, window, .. } => {
                write!(f, "Block({n_bits} bits, {} bytes of window)", window.len())
            }
        }
    }
}

impl Checkpoint {
    /// Returns the checkpoint at the start of a layer.
    pub(in crate::layer) fn start() -> Checkpoint {
        Checkpoint {
            stored_offset: 0,
            decoded_offset: TarOffset(0),
            resume: Resume::Start,
        }
    }
}

/// Collects checkpoints while a codec runs: far enough apart, and never more than the limit.
#[derive(Debug)]
pub(in crate::layer) struct Recorder {
    checkpoints: Vec<Checkpoint>,
    block_span_bytes: u64,
    start_span_bytes: u64,
    limit: usize,
}

impl Recorder {
    /// Creates a recorder with the default spans.
    pub(in crate::layer) fn new(limits: &LayerLimits) -> Recorder {
        Recorder {
            checkpoints: vec![Checkpoint::start()],
            block_span_bytes: BLOCK_SPAN_BYTES,
            start_span_bytes: START_SPAN_BYTES,
            limit: limits.checkpoints.max(2),
        }
    }

    /// Returns the number of bytes after `decoded` until a block boundary is wanted. The first boundary after them
    /// is recorded.
    pub(in crate::layer) fn until_block(&self, decoded: u64) -> u64 {
        self.block_span_bytes
            .saturating_sub(self.since_last(decoded))
    }

    /// True if a block boundary at `decoded` bytes is far enough from the last checkpoint.
    pub(in crate::layer) fn wants_block(&self, decoded: u64) -> bool {
        self.since_last(decoded) > self.block_span_bytes
    }

    /// True if the start of a member or frame at `decoded` bytes is far enough from the last checkpoint.
    pub(in crate::layer) fn wants_start(&self, decoded: u64) -> bool {
        self.since_last(decoded) >= self.start_span_bytes
    }

    /// Adds a checkpoint. At the limit, drops every other checkpoint and doubles the spans, so that memory stays
    /// bounded for layers of any length.
    pub(in crate::layer) fn record(&mut self, checkpoint: Checkpoint) {
        if self.checkpoints.len() >= self.limit {
            let mut position = 0;
            self.checkpoints.retain(|_| {
                position += 1;
                position % 2 == 1
            });
            self.block_span_bytes = self.block_span_bytes.saturating_mul(2);
            self.start_span_bytes = self.start_span_bytes.saturating_mul(2);
        }
        self.checkpoints.push(checkpoint);
    }

    /// Returns the recorded checkpoints.
    pub(in crate::layer) fn finish(self) -> Vec<Checkpoint> {
        self.checkpoints
    }

    fn since_last(&self, decoded: u64) -> u64 {
        let last = self
            .checkpoints
            .last()
            .map_or(0, |last| last.decoded_offset.0);
        decoded.saturating_sub(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_up_every_other_checkpoint_at_the_limit() {
        let limits = LayerLimits {
            checkpoints: 4,
            ..LayerLimits::DEFAULT
        };
        let mut recorder = Recorder::new(&limits);
        for at in 1..=4 {
            let decoded = at * BLOCK_SPAN_BYTES;
            assert_eq!(recorder.until_block(decoded), 0);
            assert!(!recorder.wants_block(decoded) && recorder.wants_block(decoded + 1));
            recorder.record(Checkpoint {
                decoded_offset: TarOffset(decoded),
                ..Checkpoint::start()
            });
        }
        assert!(!recorder.wants_block(5 * BLOCK_SPAN_BYTES));
        assert!(recorder.wants_block(6 * BLOCK_SPAN_BYTES + 1));
        let kept: Vec<_> = recorder
            .finish()
            .iter()
            .map(|c| c.decoded_offset.0 / BLOCK_SPAN_BYTES)
            .collect();
        assert_eq!(kept, [0, 2, 4]);
    }
}
