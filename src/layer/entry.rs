//! One row of a layer: what a tar header says, normalised.
//!
//! Whether a name is a whiteout, and what it hides, is `overlay`'s to say.

use super::EntryPath;
use crate::image::{ImagePath, Timestamp};

/// The position of an entry in its layer, in the order of the tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// An offset into the decoded bytes of a layer.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct TarOffset(pub u64);

/// What an entry is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A regular file (also tar's contiguous and old GNU sparse files).
    File,
    /// A directory.
    Dir,
    /// A symbolic link; its target stands in `link`.
    Symlink,
    /// A hard link to the path in `link`, as it is at this point of the tar.
    Hardlink,
    /// A character device.
    Char,
    /// A block device.
    Block,
    /// A named pipe.
    Fifo,
}

/// Device numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Device {
    /// The driver.
    pub major: u32,
    /// The unit.
    pub minor: u32,
}

/// One entry of a layer, borrowed from its [`super::LayerIndex`].
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Where it stands in the layer.
    pub id: EntryId,
    /// The normalised path; the root for `./`.
    pub path: EntryPath<'a>,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, 07777; 0777 for symbolic links.
    pub mode: u16,
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// Bytes of content for files, the logical size for sparse ones; 0 for everything else.
    pub size_bytes: u64,
    /// The time of last modification.
    pub mtime: Timestamp,
    /// The target of a symbolic link verbatim, or of a hard link as written; empty otherwise.
    pub link: &'a [u8],
    /// Device numbers of character and block devices.
    pub device: Option<Device>,
    /// Where a file's content lies in the decoded bytes.
    pub data: DataPlace<'a>,
    /// xxh3-64 of a file's stored content: equal content has equal values. A hint, no proof; 0 for everything else.
    pub fingerprint: u64,
    /// SHA-256 of a file's content, where the reading was asked to compute it.
    pub sha256: Option<[u8; 32]>,
    /// Whether the content ends before its size because the layer is cut off or damaged.
    pub incomplete: bool,
}

/// Where a file's content lies in the decoded bytes of its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPlace<'a> {
    /// There is no content: no file, or an empty one.
    None,
    /// The content is the `size_bytes` bytes from here.
    At(TarOffset),
    /// A sparse file: these extents, in order, in the bytes from `start`; zeros between and after.
    Sparse {
        /// Where the first extent's bytes begin.
        start: TarOffset,
        /// The extents, by logical offset.
        extents: &'a [Extent],
    },
}

/// A stretch of a sparse file that holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Extent {
    /// Offset in the file.
    pub logical_offset: u64,
    /// Length in bytes.
    pub len: u64,
}

/// One extended attribute; the value is binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XattrRef<'a> {
    /// The name with its namespace, such as `security.capability`.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
}

impl Entry<'_> {
    /// The path as an owned value.
    pub fn image_path(&self) -> ImagePath {
        ImagePath::normalise(&self.path.to_vec()).unwrap_or_default()
    }
}
