//! Places in the stored bytes from which decoding can begin, recorded while a layer streams by.
//!
//! Reading from them is `content`'s work.

use std::fmt;

use super::{Spans, StoredRange};
use crate::layer::{Compression, DataPlace, Entry, Limits, TarOffset};

/// Decoded bytes between two checkpoints inside a deflate stream: what one look into a file costs at most, but for
/// blocks that are longer themselves.
const BLOCK_SPAN_BYTES: u64 = 4 * 1024 * 1024;
/// Decoded bytes between two checkpoints at a member's or frame's start, which need no window and so cost little.
const START_SPAN_BYTES: u64 = 1024 * 1024;

/// The way back into a layer's stored bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessIndex {
    /// How the layer is compressed.
    pub compression: Compression,
    /// How many stored bytes there are.
    pub stored_bytes: u64,
    /// How many bytes they decode to, as far as they could be decoded.
    pub decoded_bytes: u64,
    /// The window that decoding may use, in bytes, as when the layer was first read.
    pub window_limit_bytes: u64,
    /// Places to begin, ascending by both offsets; the first is the start of the layer.
    pub checkpoints: Vec<Checkpoint>,
    /// What proves stored bytes that are read again.
    pub spans: Spans,
}

/// A place in the stored bytes from which decoding can begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The first stored byte to read.
    pub stored_offset: u64,
    /// Where the first byte decoded from there lies.
    pub decoded_offset: TarOffset,
    /// What the decoder must know beforehand.
    pub resume: Resume,
}

/// What a decoder must know to begin in the middle.
#[derive(Clone, PartialEq, Eq)]
pub enum Resume {
    /// Nothing: a gzip member, a zstd frame or the whole stream starts here.
    Start,
    /// The place is a boundary between two deflate blocks.
    Block {
        /// How many bits of the byte before the stored offset belong to the next block, 0 to 7.
        n_bits: u8,
        /// Those bits, in the low places.
        bits: u8,
        /// The decoded bytes before this place, at most 32 KiB, to which the next blocks may refer.
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

impl AccessIndex {
    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let windows = self.checkpoints.iter().map(|at| match &at.resume {
            Resume::Start => 0,
            Resume::Block { window, .. } => window.len(),
        });
        let table = self.checkpoints.capacity() * size_of::<Checkpoint>();
        windows.sum::<usize>() + table + self.spans.heap_bytes()
    }

    /// Ranges of stored bytes by which other bytes are noticed early, each one that [`AccessIndex::is_span`] can prove.
    pub fn sample(&self) -> Vec<StoredRange> {
        self.spans.sample()
    }

    /// Whether these are the stored bytes of the span that begins there, all of them.
    pub fn is_span(&self, offset: u64, bytes: &[u8]) -> bool {
        self.spans.prove(offset, bytes)
    }

    /// How many decoded bytes pass before an entry's content comes: much where the last place to begin lies far
    /// before it, as in a layer of one zstd frame.
    pub fn passed_bytes(&self, entry: &Entry<'_>) -> u64 {
        match entry.data {
            DataPlace::At(start) | DataPlace::Sparse { start, .. }
                if self.compression != Compression::None =>
            {
                start.0.saturating_sub(self.before(start).decoded_offset.0)
            }
            _ => 0,
        }
    }

    /// The last checkpoint at or before a decoded offset; the layer's start where there is none.
    pub(super) fn before(&self, offset: TarOffset) -> Checkpoint {
        let after = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.decoded_offset <= offset);
        after
            .checked_sub(1)
            .and_then(|at| self.checkpoints.get(at))
            .cloned()
            .unwrap_or_else(Checkpoint::start)
    }

    /// The stored offset by which everything before a decoded offset can be decoded.
    pub(super) fn stored_end_of(&self, decoded_end: TarOffset) -> u64 {
        let at = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.decoded_offset < decoded_end);
        self.checkpoints
            .get(at)
            .map_or(self.stored_bytes, |checkpoint| checkpoint.stored_offset)
    }
}

impl Checkpoint {
    /// The beginning of a layer.
    fn start() -> Checkpoint {
        Checkpoint {
            stored_offset: 0,
            decoded_offset: TarOffset(0),
            resume: Resume::Start,
        }
    }
}

/// Collects checkpoints while a codec decodes, far enough apart and never more than the limit.
#[derive(Debug)]
pub(in crate::layer) struct Recorder {
    checkpoints: Vec<Checkpoint>,
    block_span_bytes: u64,
    start_span_bytes: u64,
    limit: usize,
}

impl Recorder {
    /// Records with the usual spans.
    pub(in crate::layer) fn new(limits: &Limits) -> Recorder {
        Recorder {
            checkpoints: vec![Checkpoint::start()],
            block_span_bytes: BLOCK_SPAN_BYTES,
            start_span_bytes: START_SPAN_BYTES,
            limit: limits.checkpoints.max(2),
        }
    }

    /// How many bytes after `decoded` it is that a block boundary is wanted; the first one after them is recorded.
    pub(in crate::layer) fn until_block(&self, decoded: u64) -> u64 {
        self.block_span_bytes
            .saturating_sub(self.since_last(decoded))
    }

    /// Whether a block boundary at `decoded` bytes is far enough from the last checkpoint.
    pub(in crate::layer) fn wants_block(&self, decoded: u64) -> bool {
        self.since_last(decoded) > self.block_span_bytes
    }

    /// Whether a member's or frame's start at `decoded` bytes is far enough from the last checkpoint.
    pub(in crate::layer) fn wants_start(&self, decoded: u64) -> bool {
        self.since_last(decoded) >= self.start_span_bytes
    }

    /// Adds a checkpoint. At the limit every other one is given up and the spans double: memory stays bounded
    /// however long the layer is.
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

    /// Ends recording.
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
        let limits = Limits {
            checkpoints: 4,
            ..Limits::DEFAULT
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
