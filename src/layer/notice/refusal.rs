//! Reasons why engines refuse a layer.

use serde::{Deserialize, Serialize};

/// A reason why engines refuse a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineRefusal {
    /// An old GNU sparse file.
    OldGnuSparse,
    /// A "contiguous file", type 7.
    ContiguousFile,
    /// A type that no file system can hold.
    UnknownType {
        /// Type flag of the header.
        flag: u8,
    },
    /// One block of zeros, followed by other bytes.
    SingleZeroBlock,
    /// A component of the name is longer than the 255 bytes that Linux allows.
    NameTooLong {
        /// Length of the component in bytes.
        n_bytes: u64,
    },
    /// The path is longer than the 4,095 bytes that Linux allows.
    PathTooLong {
        /// Length of the path in bytes.
        n_bytes: u64,
    },
    /// The target of a symbolic link is longer than the 4,095 bytes that Linux allows.
    LinkTooLong {
        /// Length of the target in bytes.
        n_bytes: u64,
    },
    /// A link without a target.
    EmptyLink,
    /// The tar holds more of a sparse file than its map uses.
    SparseRest,
    /// The root would be something else than a directory.
    RootNotDirectory,
    /// A hard link whose target does not exist.
    UnresolvedHardlink,
    /// The path leads through too many symbolic links.
    SymlinkLoop,
    /// A name with a NUL byte.
    NulInName,
}

impl EngineRefusal {
    /// Returns a stable word in kebab case.
    pub(super) fn code(&self) -> &'static str {
        match self {
            EngineRefusal::OldGnuSparse => "old-gnu-sparse",
            EngineRefusal::ContiguousFile => "contiguous-file",
            EngineRefusal::UnknownType { .. } => "unknown-type",
            EngineRefusal::SingleZeroBlock => "single-zero-block",
            EngineRefusal::NameTooLong { .. } => "name-too-long",
            EngineRefusal::PathTooLong { .. } => "path-too-long",
            EngineRefusal::LinkTooLong { .. } => "link-too-long",
            EngineRefusal::EmptyLink => "empty-link",
            EngineRefusal::SparseRest => "sparse-rest",
            EngineRefusal::RootNotDirectory => "root-not-directory",
            EngineRefusal::UnresolvedHardlink => "unresolved-hardlink",
            EngineRefusal::SymlinkLoop => "symlink-loop",
            EngineRefusal::NulInName => "nul-in-name",
        }
    }
}
