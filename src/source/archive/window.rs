//! Read-ahead over random access: many small neighbours cost one read, far jumps cost little.
//!
//! Which bytes are wanted is the scan's business.

use std::rc::Rc;

use crate::io::{self, ReadAt};

/// The smallest read: some headers and the small documents between them.
pub(super) const LEAST_BYTES: usize = 16 * 1024;
/// The largest read: large enough for a tree of small files to be read at the medium's speed.
const MOST_BYTES: usize = 1024 * 1024;

/// A stretch of a source that was read last, and how much to read next.
///
/// The stretch doubles while the scan goes on nearby and shrinks to a quarter with each far jump, so a
/// gigabyte of large layers costs kilobytes, and a gigabyte of small files costs about a thousand reads.
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

    /// The bytes from `offset` on, as many as are at hand; empty only at or past the end of the source.
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
