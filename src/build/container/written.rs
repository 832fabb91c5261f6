//! The entries that a commit writes, in the order of the tar: each change in full, with the directories above it.
//!
//! In every directory whiteouts precede their siblings, as the image specification requires (`layer.md`, section
//! "Whiteouts"), and everything else is sorted by name, so equal edits give equal layers. Each deleted path gets a
//! whiteout of its own, never an opaque marker, except if the name to hide is itself named like a whiteout.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Base;
use super::upper::{Below, ContentSource, Inode, InodeId, Kind, Name, Upper, join, parent_of};
use crate::image::Timestamp;
use crate::layer::{
    DataPlace, Device, Entry, EntryId, EntryKind, EntryPath, IndexBuilder, LayerIndex, XattrRef,
};
use crate::overlay::{EntryPlace, NodeId};

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// The attribute that a write removes from a file, as in the kernel.
const CAPABILITY: &[u8] = b"security.capability";

/// The entries of a container layer.
#[derive(Clone, Debug)]
pub struct Written {
    /// The entries in the order of the tar.
    pub entries: Rc<[WrittenEntry]>,
    /// The index of the entries, for `overlay`. An entry's number is its position.
    pub index: Rc<LayerIndex>,
}

/// One entry of a layer that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenEntry {
    /// The path without a leading slash; empty for the root.
    pub path: Box<[u8]>,
    /// The type of the entry.
    pub kind: EntryKind,
    /// Permission bits, 07777.
    pub mode: u16,
    /// The owner's numeric ID.
    pub uid: u32,
    /// The group's numeric ID.
    pub gid: u32,
    /// Size of a file's content in bytes.
    pub size_bytes: u64,
    /// The xxh3-64 hash of a file's content.
    pub fingerprint: u64,
    /// The time of last modification.
    pub mtime: Timestamp,
    /// The target of a symbolic or hard link.
    pub link: Box<[u8]>,
    /// The device numbers of a device.
    pub device: Option<Device>,
    /// Extended attributes, sorted by name.
    pub xattrs: Vec<OwnedXattr>,
    /// The location of a file's content.
    pub source: ContentSource,
}

/// One extended attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedXattr {
    /// The name with its namespace, such as `security.capability`.
    pub name: Box<[u8]>,
    /// The binary value.
    pub value: Box<[u8]>,
}

impl OwnedXattr {
    fn as_ref(&self) -> XattrRef<'_> {
        XattrRef {
            name: &self.name,
            value: &self.value,
        }
    }
}

impl WrittenEntry {
    /// Returns the extended attributes by reference, for a writer.
    pub fn xattr_refs(&self) -> Vec<XattrRef<'_>> {
        self.xattrs.iter().map(OwnedXattr::as_ref).collect()
    }
}

/// The entry at a path of the layer.
#[derive(Clone, Copy)]
enum Item {
    Whiteout,
    Opaque,
    Inode(InodeId),
    /// A directory of the image that contains changes.
    Dir(NodeId),
}

impl Written {
    pub(super) fn of(upper: &Upper, base: Base<'_>, started: Timestamp) -> Written {
        let mut writing = Writing {
            upper,
            base,
            started,
            names: BTreeMap::new(),
        };
        let mut items = writing.items();
        items.sort_by_cached_key(|(path, item)| {
            place(path, matches!(item, Item::Whiteout | Item::Opaque))
        });
        let entries: Rc<[WrittenEntry]> = items
            .iter()
            .filter_map(|(path, item)| writing.entry(path, *item))
            .collect();
        let index = Rc::new(index_of(&entries));
        Written { entries, index }
    }

    /// Returns the size of all files' content in bytes.
    pub fn content_bytes(&self) -> u64 {
        let sizes = self.entries.iter().map(|entry| match entry.kind {
            EntryKind::File => entry.size_bytes,
            _ => 0,
        });
        sizes.fold(0, u64::saturating_add)
    }
}

/// Returns a sort key that puts a directory before its content, and a whiteout before its siblings.
pub(super) fn place(path: &[u8], is_whiteout: bool) -> Vec<u8> {
    if path.is_empty() {
        return Vec::new();
    }
    let (whiteout, plain) = (1, 2);
    let mut key = Vec::with_capacity(path.len().saturating_add(8));
    let mut names = path.split(|&b| b == b'/').peekable();
    while let Some(name) = names.next() {
        let hides = names.peek().is_none() && is_whiteout;
        key.push(if hides { whiteout } else { plain });
        key.extend_from_slice(name);
        // No name contains a NUL.
        key.push(0);
    }
    key
}

struct Writing<'a> {
    upper: &'a Upper,
    base: Base<'a>,
    started: Timestamp,
    /// The first written name of each inode.
    names: BTreeMap<InodeId, Box<[u8]>>,
}

impl Writing<'_> {
    fn items(&self) -> Vec<(Box<[u8]>, Item)> {
        let mut items: Vec<(Box<[u8]>, Item)> = Vec::new();
        let mut above: Vec<u8> = Vec::new();
        for (path, name) in self.upper.names() {
            let dir = parent_of(path).unwrap_or_default();
            if above != dir {
                self.add_dirs(dir, &above, &mut items);
                above = dir.to_vec();
            }
            match name {
                Name::Whiteout => items.push((path.into(), Item::Whiteout)),
                Name::Inode(id) => {
                    items.push((path.into(), Item::Inode(id)));
                    if self.upper.inode(id).is_some_and(hides_below) {
                        self.add_whiteouts(path, &mut items);
                    }
                }
            }
        }
        items
    }

    /// Adds the directories of the image on the way to `dir`, except those that the layer names itself and those
    /// on the way to `before`.
    fn add_dirs(&self, dir: &[u8], before: &[u8], items: &mut Vec<(Box<[u8]>, Item)>) {
        let mut at = dir;
        while !at.is_empty() && !is_within(before, at) {
            if self.upper.name(at).is_none()
                && let Some(node) = self.base.find(at)
            {
                items.push((at.into(), Item::Dir(node)));
            }
            at = parent_of(at).unwrap_or_default();
        }
    }

    /// Hides the image's content of a directory that is new here, name by name.
    fn add_whiteouts(&self, dir: &[u8], items: &mut Vec<(Box<[u8]>, Item)>) {
        let Some(node) = self.base.find(dir) else {
            return;
        };
        let first = items.len();
        for child in self.base.children(node) {
            let name = self.base.name(child);
            if name.starts_with(WHITEOUT) {
                // No whiteout can name it.
                items.truncate(first);
                return items.push((join(dir, OPAQUE).into(), Item::Opaque));
            }
            let path = join(dir, name);
            if self.upper.name(&path).is_none() {
                items.push((path.into(), Item::Whiteout));
            }
        }
    }

    fn entry(&mut self, path: &[u8], item: Item) -> Option<WrittenEntry> {
        match item {
            Item::Opaque => Some(hiding(path.into(), self.started)),
            Item::Whiteout => {
                let EntryPath { dir, name } = EntryPath::of(path);
                let name = [WHITEOUT, name].concat();
                Some(hiding(join(dir, &name).into(), self.started))
            }
            Item::Dir(node) => {
                let info = self.base.info(node)?;
                Some(WrittenEntry {
                    mode: info.mode,
                    uid: info.uid,
                    gid: info.gid,
                    mtime: info.mtime.unwrap_or(self.started),
                    xattrs: self.base.owned_xattrs(node),
                    ..bare(path.into(), EntryKind::Dir)
                })
            }
            Item::Inode(id) => {
                let inode = self.upper.inode(id)?;
                let is_dir = matches!(inode.kind, Kind::Dir(_));
                if let Some(first) = self.names.get(&id).filter(|_| !is_dir) {
                    let link = first.clone();
                    return Some(self.hard_link(path, inode, link));
                }
                self.names.insert(id, path.into());
                Some(self.first_name(path, inode))
            }
        }
    }

    fn hard_link(&self, path: &[u8], inode: &Inode, link: Box<[u8]>) -> WrittenEntry {
        WrittenEntry {
            mode: inode.mode,
            uid: inode.uid,
            gid: inode.gid,
            mtime: inode.mtime,
            link,
            ..bare(path.into(), EntryKind::Hardlink)
        }
    }

    fn first_name(&self, path: &[u8], inode: &Inode) -> WrittenEntry {
        let mut entry = WrittenEntry {
            mode: inode.mode,
            uid: inode.uid,
            gid: inode.gid,
            mtime: inode.mtime,
            xattrs: inode
                .copied
                .map(|node| self.base.owned_xattrs(node))
                .unwrap_or_default(),
            ..bare(path.into(), inode.kind.entry_kind())
        };
        match &inode.kind {
            Kind::File(file) => {
                entry.size_bytes = file.size_bytes;
                entry.fingerprint = file.fingerprint;
                entry.source = file.source.clone();
                if matches!(file.source, ContentSource::New(_)) {
                    entry.xattrs.retain(|xattr| *xattr.name != *CAPABILITY);
                }
            }
            Kind::Symlink(target) => entry.link = target.clone(),
            Kind::Char(device) | Kind::Block(device) => entry.device = *device,
            Kind::Dir(_) | Kind::Fifo => {}
        }
        entry
    }
}

fn hides_below(inode: &Inode) -> bool {
    matches!(inode.kind, Kind::Dir(Below::Hidden))
}

/// True if `path` is `dir` or below it.
fn is_within(path: &[u8], dir: &[u8]) -> bool {
    path.strip_prefix(dir)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
}

/// Returns an entry without any attributes.
pub(super) fn bare(path: Box<[u8]>, kind: EntryKind) -> WrittenEntry {
    WrittenEntry {
        path,
        kind,
        mode: 0,
        uid: 0,
        gid: 0,
        size_bytes: 0,
        fingerprint: 0,
        mtime: Timestamp::default(),
        link: Box::default(),
        device: None,
        xattrs: Vec::new(),
        source: ContentSource::Empty,
    }
}

/// Returns a whiteout or an opaque marker: an empty file that only its name gives a meaning.
pub(super) fn hiding(path: Box<[u8]>, mtime: Timestamp) -> WrittenEntry {
    WrittenEntry {
        mtime,
        ..bare(path, EntryKind::File)
    }
}

pub(super) fn index_of(entries: &[WrittenEntry]) -> LayerIndex {
    let mut builder = IndexBuilder::new();
    for entry in entries {
        let xattrs = entry.xattr_refs();
        let row = Entry {
            id: EntryId(0),
            path: EntryPath::of(&entry.path),
            kind: entry.kind,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size_bytes: entry.size_bytes,
            mtime: entry.mtime,
            link: &entry.link,
            device: entry.device,
            // The bytes are not in a tar yet.
            data: DataPlace::None,
            fingerprint: entry.fingerprint,
            sha256: None,
            incomplete: false,
        };
        builder.push(&row, &xattrs);
    }
    builder.finish()
}

impl WrittenEntry {
    /// Returns the place of the content in the image below, if it was copied up.
    pub fn copied_content(&self) -> Option<EntryPlace> {
        match self.source {
            ContentSource::Lower(place) => Some(place),
            ContentSource::New(_) | ContentSource::Empty => None,
        }
    }
}
