//! The bounds on the structure tests of `lamina check`.

/// Bounds on what an image can make structure tests do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StructureLimits {
    /// Bytes of a file whose content is tested. Stops a file that is held in memory as a whole.
    pub file_bytes: u64,
    /// Licences read in one test. Stops an image with a million of them.
    pub licences: usize,
}

impl StructureLimits {
    /// The bounds of the command unless others are given.
    pub const DEFAULT: StructureLimits = StructureLimits {
        file_bytes: 64 * 1024 * 1024,
        licences: 10_000,
    };
}
