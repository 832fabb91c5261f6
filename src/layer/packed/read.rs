//! Reads numbers, texts and values from untrusted bytes.
//!
//! Numbers and texts allocate nothing: they are slices of the input.

use serde::de::DeserializeOwned;

use super::error::{PackedError, malformed};
use crate::bounds::Bound;

/// The remaining bytes.
pub(super) struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Unpacker<'a> {
        Unpacker(bytes)
    }

    pub(super) fn raw(&mut self, n: usize) -> Result<&'a [u8], PackedError> {
        let (taken, rest) = self
            .0
            .split_at_checked(n)
            .ok_or(malformed("it ends early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], PackedError> {
        let (taken, rest) = self
            .0
            .split_first_chunk()
            .ok_or(malformed("it ends early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, PackedError> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, PackedError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, PackedError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Reads the count of the following items, each of at least `least_bytes`. It never exceeds what the remaining
    /// bytes can hold.
    pub(super) fn count(&mut self, least_bytes: usize) -> Result<usize, PackedError> {
        let n = usize::try_from(self.u32()?).map_err(|_| malformed("a count is too large"))?;
        if n > self.0.len() / least_bytes.max(1) {
            return Err(malformed("a count is larger than what follows"));
        }
        Ok(n)
    }

    pub(super) fn text(&mut self) -> Result<&'a [u8], PackedError> {
        let n = self.count(1)?;
        self.raw(n)
    }

    /// Reads a value of few bytes, as postcard has it.
    pub(super) fn typed<T: DeserializeOwned>(&mut self) -> Result<T, PackedError> {
        let taken = postcard::take_from_bytes(self.0);
        let (value, rest) = taken.map_err(|_| malformed("a value has not its form"))?;
        self.0 = rest;
        Ok(value)
    }

    /// Fails if bytes are left.
    pub(super) fn finish(self) -> Result<(), PackedError> {
        match self.0 {
            [] => Ok(()),
            _ => Err(malformed("more follows than belongs to it")),
        }
    }
}

/// Adds `n` to the used part of a limit.
pub(super) fn spend(used: &mut u64, n: u64, what: Bound, limit: u64) -> Result<(), PackedError> {
    *used = used.saturating_add(n);
    if *used > limit {
        return Err(PackedError::TooMany { what, limit });
    }
    Ok(())
}
