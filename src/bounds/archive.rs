//! The bounds on archives: their members, and the room that a compressed archive is unpacked to.

use super::units::GIB;

/// Bounds on what an archive can make its reader do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Members per archive. Stops memory exhaustion by millions of empty members.
    pub members: usize,
    /// Bytes compared while members of an archive are looked up, including links followed. Stops long paths through
    /// chains of links that are looked up for every layer.
    pub lookup_bytes: u64,
    /// Bytes of a decompressed archive held in memory where no file can take them. Stops memory exhaustion.
    pub spool_memory_bytes: u64,
    /// Bytes of a decompressed archive in total. Stops decompression bombs that fill the disk.
    pub spool_bytes: u64,
}

impl ArchiveLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: ArchiveLimits = ArchiveLimits {
        members: 1_000_000,
        lookup_bytes: GIB,
        spool_memory_bytes: GIB,
        spool_bytes: 64 * GIB,
    };
}
