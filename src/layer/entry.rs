//! One entry of a layer: a tar header, normalised.
//!
//! Recognising whiteouts, and what they hide, is left to `overlay`.

use super::EntryPath;
use crate::image::{ImagePath, Timestamp};

/// An entry's position in its layer, counted from 0 in tar order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// An offset into the uncompressed bytes of a layer.
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

/// The type of an entry.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A regular file; also a contiguous or old GNU sparse file of tar.
    File,
    /// A directory.
    Dir,
    /// A symbolic link with its target in `link`.
    Symlink,
    /// A hard link to the file that `link` names at this point of the tar.
    Hardlink,
    /// A character device.
    Char,
    /// A block device.
    Block,
    /// A named pipe.
    Fifo,
}

/// The numbers of a device node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Device {
    /// Major number: the driver.
    pub major: u32,
    /// Minor number: the unit.
    pub minor: u32,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// One entry of a layer, borrowed from its [`super::LayerIndex`].
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Position in the layer.
    pub id: EntryId,
    /// Normalised path; the root for `./`.
    pub path: EntryPath<'a>,
    /// Type of the entry.
    pub kind: EntryKind,
    /// Permission bits, up to 0o7777; 0o777 for symbolic links.
    pub mode: u16,
    /// Numeric user ID of the owner.
    pub uid: u32,
    /// Numeric group ID.
    pub gid: u32,
    /// Bytes of content for files, the logical size for sparse ones; 0 for everything else.
    pub size_bytes: u64,
    /// Time of last modification.
    pub mtime: Timestamp,
    /// Target as written, for symbolic and hard links; empty otherwise.
    pub link: &'a [u8],
    /// Numbers of a character or block device; `None` for everything else.
    pub device: Option<Device>,
    /// Place of a file's content in the uncompressed bytes.
    pub data: DataPlace<'a>,
    /// xxh3-64 of a file's stored content: equal content has equal values. A hint, not a proof; 0 for everything
    /// else.
    pub fingerprint: u64,
    /// SHA-256 of a file's content, if [`super::ReadOptions`] asked for it.
    pub sha256: Option<[u8; 32]>,
    /// True if the content ends before its size because the layer is cut off or damaged.
    pub incomplete: bool,
}

/// The place of a file's content in the uncompressed bytes of its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPlace<'a> {
    /// No content: an empty file, or no file at all.
    None,
    /// The content is the `size_bytes` bytes from here.
    At(TarOffset),
    /// A sparse file: its extents are stored one after the other from `start`, with zeros between and after them in
    /// the file.
    Sparse {
        /// Offset of the first extent's bytes.
        start: TarOffset,
        /// Extents, ascending by logical offset.
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

/// One extended attribute; its value is binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XattrRef<'a> {
    /// Name with its namespace, such as `security.capability`.
    pub name: &'a [u8],
    /// Value, byte for byte.
    pub value: &'a [u8],
}

impl Entry<'_> {
    /// Copies the path into an owned [`ImagePath`].
    pub fn image_path(&self) -> ImagePath {
        ImagePath::normalise(&self.path.to_vec()).unwrap_or_default()
    }
}
