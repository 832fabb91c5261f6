//! Compressed bytes on their way to the decoder, held back until their span is verified.
//!
//! Decompression is left to `content`.

use std::rc::Rc;

use super::{AccessIndex, StoredRange};
use crate::layer::Error;

/// Compressed bytes from some offset on, as far as they were pushed and verified.
pub(super) struct Proved {
    access: Rc<AccessIndex>,
    pending: Vec<u8>,
    /// Index in `pending` of the first byte not yet taken. May lie past the end at first, because the
    /// bytes of a span before the wanted ones are skipped.
    taken: usize,
    /// Index in `pending` of the end of the verified bytes.
    proved: usize,
    /// Offset in the blob of the byte after `pending`.
    next: u64,
    changed: Option<Error>,
}

impl Proved {
    /// Creates a buffer for the bytes from a compressed offset on.
    pub(super) fn new(access: Rc<AccessIndex>, from: u64) -> Proved {
        let from = from.min(access.stored_bytes);
        let next = access.spans.start_of(from);
        Proved {
            // Less than a span, so it fits a `usize` on every platform.
            taken: usize::try_from(from - next).unwrap_or(usize::MAX),
            access,
            pending: Vec::new(),
            proved: 0,
            next,
            changed: None,
        }
    }

    /// Returns the range to push next so that everything before `stored_end` can be verified, or else the rest of
    /// the blob.
    pub(super) fn wanted(&self, stored_end: u64, most: u64) -> StoredRange {
        let end = self.access.spans.end_of(stored_end);
        let left = match end.checked_sub(self.next) {
            Some(left) if left > 0 => left,
            _ => self.access.stored_bytes.saturating_sub(self.next),
        };
        StoredRange {
            offset: self.next,
            len: left.min(most),
        }
    }

    /// Returns the offset of the next byte to push.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// True if every byte was pushed.
    pub(super) fn is_at_end(&self) -> bool {
        self.next >= self.access.stored_bytes
    }

    /// Takes the next compressed bytes.
    pub(super) fn push(&mut self, stored: &[u8]) {
        if self.changed.is_some() {
            return;
        }
        if self.taken >= self.proved {
            self.pending.drain(..self.proved);
            self.taken -= self.proved;
            self.proved = 0;
        }
        self.pending.extend_from_slice(stored);
        self.next = self.next.saturating_add(stored.len() as u64);
        while self.changed.is_none() && self.prove_span() {}
    }

    /// Verifies the next span, if it is complete.
    fn prove_span(&mut self) -> bool {
        let unproved = self.pending.get(self.proved..).unwrap_or_default();
        let start = self.next - unproved.len() as u64;
        let end = self.access.spans.end_of(start.saturating_add(1));
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        let Some(span) = unproved.get(..len).filter(|span| !span.is_empty()) else {
            return false;
        };
        if self.access.spans.prove(start, span) {
            self.proved += len;
        } else {
            self.changed = Some(Error::Changed { start, end });
        }
        true
    }

    /// Returns the bytes that are verified and not yet taken.
    pub(super) fn ready(&self) -> &[u8] {
        self.pending
            .get(self.taken..self.proved)
            .unwrap_or_default()
    }

    /// Marks `n` of those bytes as taken.
    pub(super) fn take(&mut self, n: usize) {
        self.taken += n;
    }

    /// Returns the error that stops the output: the bytes differ from those of the first reading.
    pub(super) fn changed(&self) -> Option<&Error> {
        self.changed.as_ref()
    }
}
