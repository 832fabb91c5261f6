//! One entry of a tar, as described by all of its headers.

use crate::image::{ImagePath, Timestamp};
use crate::layer::{DataPlace, Device, Entry, EntryId, EntryKind, Extent, TarOffset};

/// An entry after its headers. Its content, if any, comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TarEntry {
    /// Offset of its first header, including PAX and long-name records.
    pub header_offset: TarOffset,
    /// Offset of its stored content.
    pub data_offset: TarOffset,
    /// Name as written.
    pub name: Vec<u8>,
    /// Name, normalised.
    pub path: ImagePath,
    /// Type of the entry.
    pub kind: EntryKind,
    /// Permission bits, up to 0o7777; 0o777 for symbolic links.
    pub mode: u16,
    /// Numeric user ID of the owner.
    pub uid: u32,
    /// Numeric group ID.
    pub gid: u32,
    /// Time of last modification.
    pub mtime: Timestamp,
    /// Bytes of a file's content, including holes; 0 for everything else.
    pub size_bytes: u64,
    /// Bytes of content that the tar holds.
    pub stored_bytes: u64,
    /// Target of a symbolic or hard link as written; empty otherwise.
    pub link: Vec<u8>,
    /// Numbers of a character or block device; `None` for everything else.
    pub device: Option<Device>,
    /// Data extents of a sparse file, ascending; `None` for other files.
    pub extents: Option<Vec<Extent>>,
    /// Extended attributes, as name and value.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl TarEntry {
    /// Returns the entry as a row of an index, without the fields that its content decides.
    pub fn as_row(&self) -> Entry<'_> {
        let data = match &self.extents {
            Some(extents) => DataPlace::Sparse {
                start: self.data_offset,
                extents,
            },
            None if self.size_bytes == 0 => DataPlace::None,
            None => DataPlace::At(self.data_offset),
        };
        Entry {
            id: EntryId(0),
            path: self.path.as_bytes().into(),
            kind: self.kind,
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            size_bytes: self.size_bytes,
            mtime: self.mtime,
            link: &self.link,
            device: self.device,
            data,
            fingerprint: 0,
            sha256: None,
            incomplete: false,
        }
    }
}
