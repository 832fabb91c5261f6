//! Writes numbers, texts and values as bytes, one after the other.
//!
//! Their meaning is left to the callers.

use serde::Serialize;

/// The bytes written so far.
#[derive(Default)]
pub(super) struct Packer(Vec<u8>);

/// Converts a count to its packed width. Everything counted here stays below four billion.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Packer {
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn u8(&mut self, n: u8) {
        self.0.push(n);
    }

    pub(super) fn u32(&mut self, n: u32) {
        self.raw(&n.to_le_bytes());
    }

    pub(super) fn u64(&mut self, n: u64) {
        self.raw(&n.to_le_bytes());
    }

    /// Writes the count of the following items.
    pub(super) fn count(&mut self, n: usize) {
        self.u32(count(n));
    }

    /// Writes bytes with their length before them.
    pub(super) fn text(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    /// Writes a value of few bytes, as postcard has it.
    pub(super) fn typed<T: Serialize>(&mut self, value: &T) {
        // Writing to memory fails only for types without a length, and there are none here.
        let bytes = postcard::to_allocvec(value).unwrap_or_default();
        self.raw(&bytes);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
