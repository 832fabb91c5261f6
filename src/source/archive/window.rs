//! Reads ahead over random access: many small neighbours cost one read, and far jumps cost little.
//!
//! The scan decides which bytes are wanted.

use std::rc::Rc;

use crate::io::{self, ReadAt};

/// The smallest read in bytes: some headers and the small documents between them.
pub(super) const LEAST_BYTES: usize = 16 * 1024;
/// The largest read in bytes: enough to read a tree of small files at the medium's speed.
const MOST_BYTES: usize = 1024 * 1024;

/// The most recent stretch of a source, and the size of the next read.
///
/// The size doubles while the scan stays nearby, and shrinks to a quarter with each far jump. A gigabyte of large
/// layers then costs kilobytes, and a gigabyte of small files costs about a thousand reads.
pub(super) struct Window {
    source: Rc<dyn ReadAt>,
    start: u64,
    bytes: Vec<u8>,
    ahead_bytes: usize,
}

impl Window {
    pub(super) fn new(source: Rc<dyn ReadAt>) -> Window {
        Window {
            source,
            start: 0,
            bytes: Vec::new(),
            ahead_bytes: LEAST_BYTES,
        }
    }

    /// Returns the buffered bytes from `offset` on; empty only at or past the end of the source.
    pub(super) async fn at(&mut self, offset: u64) -> Result<&[u8], io::Error> {
        if self.held(offset).is_none() {
            self.fill(offset).await?;
        }
        Ok(self.held(offset).unwrap_or_default())
    }

    fn held(&self, offset: u64) -> Option<&[u8]> {
        let skipped = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..).filter(|held| !held.is_empty())
    }

    async fn fill(&mut self, offset: u64) -> Result<(), io::Error> {
        let end = self.start + self.bytes.len() as u64;
        let near = (self.start..=end + self.ahead_bytes as u64).contains(&offset);
        if near && !self.bytes.is_empty() {
            self.ahead_bytes = (self.ahead_bytes * 2).min(MOST_BYTES);
        } else {
            self.ahead_bytes = (self.ahead_bytes / 4).max(LEAST_BYTES);
        }
        let left = self.source.len_bytes().saturating_sub(offset);
        let most = self.ahead_bytes.min(self.source.piece_bytes().max(1));
        let len = usize::try_from(left).map_or(most, |left| left.min(most));
        self.bytes = if len == 0 {
            Vec::new()
        } else {
            self.source.read_at(offset, len).await?
        };
        self.start = offset;
        Ok(())
    }
}
