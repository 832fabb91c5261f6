//! The way back into a layer's bytes: its checkpoints, and the hash states that prove what is read again.

use super::{Spans, StoredRange};
use crate::layer::codec::{Checkpoint, Resume};
use crate::layer::{Compression, DataPlace, Entry, TarOffset};

/// Random access into a layer's compressed bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessIndex {
    /// Compression of the whole blob.
    pub compression: Compression,
    /// Compressed size in bytes.
    pub stored_bytes: u64,
    /// Uncompressed size in bytes, up to the point where decompression failed.
    pub decoded_bytes: u64,
    /// Window limit for decompression, in bytes; the same as in the first reading.
    pub window_limit_bytes: u64,
    /// Checkpoints, ascending by both offsets. The first is the start of the layer.
    pub checkpoints: Vec<Checkpoint>,
    /// Hash states that verify compressed bytes when they are read again.
    pub spans: Spans,
}

impl AccessIndex {
    /// Returns the number of bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let windows = self.checkpoints.iter().map(|at| match &at.resume {
            Resume::Start => 0,
            Resume::Block { window, .. } => window.len(),
        });
        let table = self.checkpoints.capacity() * size_of::<Checkpoint>();
        windows.sum::<usize>() + table + self.spans.heap_bytes()
    }

    /// Returns ranges of compressed bytes that reveal a changed blob early. [`AccessIndex::is_span`] can verify
    /// each of them.
    pub fn sample(&self) -> Vec<StoredRange> {
        self.spans.sample()
    }

    /// True if `bytes` are exactly the compressed bytes of the span that begins at `offset`.
    pub fn is_span(&self, offset: u64, bytes: &[u8]) -> bool {
        self.spans.prove(offset, bytes)
    }

    /// Returns the number of bytes decompressed before an entry's content begins. Large where the last checkpoint
    /// lies far before it, as in a layer of one zstd frame.
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

    /// Returns the last uncompressed offset at or before this one at which decompression can begin.
    pub fn restart_before(&self, offset: TarOffset) -> TarOffset {
        match self.compression {
            Compression::None => offset,
            _ => self.before(offset).decoded_offset,
        }
    }

    /// Returns the last checkpoint at or before an uncompressed offset, or the layer's start if there is none.
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

    /// Returns a compressed offset that is enough to decompress everything before `decoded_end`.
    pub(super) fn stored_end_of(&self, decoded_end: TarOffset) -> u64 {
        let at = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.decoded_offset < decoded_end);
        self.checkpoints
            .get(at)
            .map_or(self.stored_bytes, |checkpoint| checkpoint.stored_offset)
    }
}
