//! Units of bytes that several bounds are written in.

/// A gibibyte.
pub(super) const GIB: u64 = 1024 * 1024 * 1024;
