//! A range of a layer's compressed bytes.

/// The compressed bytes to push next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredRange {
    /// Offset of the first byte in the blob.
    pub offset: u64,
    /// Length in bytes. At 0 the reader can go on without input: push an empty slice.
    pub len: u64,
}
