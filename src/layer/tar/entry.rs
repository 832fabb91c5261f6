//! One entry of a tar, as its headers describe it together.

use crate::image::{ImagePath, Timestamp};
use crate::layer::{DataPlace, Device, Entry, EntryId, EntryKind, Extent, TarOffset};

/// An entry, once all of its headers have been read; its content, if any, comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TarEntry {
    /// Where its first header begins, that of a PAX or long-name record included.
    pub header_offset: TarOffset,
    /// Where its stored content begins.
    pub data_offset: TarOffset,
    /// The name as it is written.
    pub name: Vec<u8>,
    /// The name, normalised.
    pub path: ImagePath,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, 07777; 0777 for symbolic links.
    pub mode: u16,
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// The time of last modification.
    pub mtime: Timestamp,
    /// Bytes of a file's content, holes included; 0 for everything else.
    pub size_bytes: u64,
    /// Bytes of content that the tar holds.
    pub stored_bytes: u64,
    /// The target of a symbolic or hard link as written; empty otherwise.
    pub link: Vec<u8>,
    /// Device numbers of character and block devices.
    pub device: Option<Device>,
    /// Where the stored bytes of a sparse file belong, ascending; `None` for other files.
    pub extents: Option<Vec<Extent>>,
    /// Extended attributes, name and value.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl TarEntry {
    /// The entry as a row of an index, as far as the headers tell it.
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
