//! Stored bytes on their way to the decoder: held back until the span that they are in is proved.
//!
//! What they decode to is `content`'s work.

use std::rc::Rc;

use super::{AccessIndex, StoredRange};
use crate::layer::Error;

/// Stored bytes from some place on, as far as they were brought and proved.
pub(super) struct Proved {
    access: Rc<AccessIndex>,
    pending: Vec<u8>,
    /// Where in `pending` the bytes begin that nobody has taken; may be beyond them, in what is not wanted.
    taken: usize,
    /// Where in `pending` the bytes end that are proved.
    proved: usize,
    /// The stored offset of the byte after those of `pending`.
    next: u64,
    changed: Option<Error>,
}

impl Proved {
    /// Bytes from a stored offset on.
    pub(super) fn new(access: Rc<AccessIndex>, from: u64) -> Proved {
        let from = from.min(access.stored_bytes);
        let next = access.spans.start_of(from);
        Proved {
            // Less than a span, and so within what a platform counts.
            taken: usize::try_from(from - next).unwrap_or(usize::MAX),
            access,
            pending: Vec::new(),
            proved: 0,
            next,
            changed: None,
        }
    }

    /// What to bring next so that everything before a stored offset can be proved, or else up to the end of all.
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

    /// Where the next byte stands that is to be brought.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether every byte was brought.
    pub(super) fn is_at_end(&self) -> bool {
        self.next >= self.access.stored_bytes
    }

    /// Takes bytes that were brought.
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

    /// Proves the next span, if all of it is there.
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

    /// Bytes that are proved and not yet taken.
    pub(super) fn ready(&self) -> &[u8] {
        self.pending
            .get(self.taken..self.proved)
            .unwrap_or_default()
    }

    /// Says that so many of them are used up.
    pub(super) fn take(&mut self, n: usize) {
        self.taken += n;
    }

    /// Why no more will be ready: the bytes are not those that were read before.
    pub(super) fn changed(&self) -> Option<&Error> {
        self.changed.as_ref()
    }
}
