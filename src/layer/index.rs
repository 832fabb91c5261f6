//! The table of a layer's entries, compact, and the way back to each file's bytes.
//!
//! Built by the reader as headers pass by; read by `overlay` and by the content reader.

use crate::image::Timestamp;

use super::{DataPlace, Device, Entry, EntryId, EntryKind, Extent, TarOffset, XattrRef};

/// The entries of one layer in the order of its tar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerIndex {
    rows: Vec<Row>,
    /// Paths, link targets and attributes, one after the other.
    text: Vec<u8>,
    extents: Vec<Extent>,
    xattrs: Vec<Xattr>,
    hashes: Vec<[u8; 32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u32,
    len: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    path: Span,
    link: Span,
    kind: EntryKind,
    incomplete: bool,
    mode: u16,
    uid: u32,
    gid: u32,
    size_bytes: u64,
    mtime: Timestamp,
    device: Option<Device>,
    data: Place,
    fingerprint: u64,
    /// One past the position in `hashes`; 0 for none.
    hash: u32,
    xattrs: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    None,
    At(TarOffset),
    Sparse { start: TarOffset, extents: Span },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Xattr {
    name: Span,
    value: Span,
}

/// A count as the table keeps it: the reader's limits leave no room for four billion of anything.
fn position(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Span {
    fn of<T>(self, all: &[T]) -> &[T] {
        let start = self.start as usize;
        let end = start.saturating_add(self.len as usize);
        all.get(start..end).unwrap_or_default()
    }
}

impl LayerIndex {
    /// How many entries there are.
    pub fn n_entries(&self) -> usize {
        self.rows.len()
    }

    /// The entry at a position; `None` past the end.
    pub fn entry(&self, id: EntryId) -> Option<Entry<'_>> {
        let row = self.rows.get(id.0 as usize)?;
        Some(Entry {
            id,
            path: row.path.of(&self.text),
            kind: row.kind,
            mode: row.mode,
            uid: row.uid,
            gid: row.gid,
            size_bytes: row.size_bytes,
            mtime: row.mtime,
            link: row.link.of(&self.text),
            device: row.device,
            data: match row.data {
                Place::None => DataPlace::None,
                Place::At(offset) => DataPlace::At(offset),
                Place::Sparse { start, extents } => DataPlace::Sparse {
                    start,
                    extents: extents.of(&self.extents),
                },
            },
            fingerprint: row.fingerprint,
            sha256: (row.hash as usize)
                .checked_sub(1)
                .and_then(|at| self.hashes.get(at).copied()),
            incomplete: row.incomplete,
        })
    }

    /// All entries in the order of the tar.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..position(self.rows.len())).filter_map(|id| self.entry(EntryId(id)))
    }

    /// The extended attributes of an entry, in the order of the tar.
    pub fn xattrs(&self, id: EntryId) -> impl Iterator<Item = XattrRef<'_>> {
        let span = self.rows.get(id.0 as usize).map(|row| row.xattrs);
        span.map(|span| span.of(&self.xattrs))
            .unwrap_or_default()
            .iter()
            .map(|xattr| XattrRef {
                name: xattr.name.of(&self.text),
                value: xattr.value.of(&self.text),
            })
    }
}

/// Builds a [`LayerIndex`] entry by entry.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    index: LayerIndex,
}

impl IndexBuilder {
    /// An empty table.
    pub fn new() -> IndexBuilder {
        IndexBuilder::default()
    }

    /// How many entries there are so far.
    pub fn n_entries(&self) -> usize {
        self.index.rows.len()
    }

    /// Adds an entry; its `id` is ignored and the new one given back.
    pub fn push(&mut self, entry: &Entry<'_>, xattrs: &[XattrRef<'_>]) -> EntryId {
        let id = EntryId(position(self.index.rows.len()));
        let path = self.text(entry.path);
        let link = self.text(entry.link);
        let first_xattr = position(self.index.xattrs.len());
        for xattr in xattrs {
            let (name, value) = (self.text(xattr.name), self.text(xattr.value));
            self.index.xattrs.push(Xattr { name, value });
        }
        let data = match entry.data {
            DataPlace::None => Place::None,
            DataPlace::At(offset) => Place::At(offset),
            DataPlace::Sparse { start, extents } => {
                let span = Span {
                    start: position(self.index.extents.len()),
                    len: position(extents.len()),
                };
                self.index.extents.extend_from_slice(extents);
                Place::Sparse {
                    start,
                    extents: span,
                }
            }
        };
        self.index.rows.push(Row {
            path,
            link,
            kind: entry.kind,
            incomplete: entry.incomplete,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size_bytes: entry.size_bytes,
            mtime: entry.mtime,
            device: entry.device,
            data,
            fingerprint: entry.fingerprint,
            hash: 0,
            xattrs: Span {
                start: first_xattr,
                len: position(xattrs.len()),
            },
        });
        if let Some(sha256) = entry.sha256 {
            self.set_sha256(id, sha256);
        }
        id
    }

    /// Sets what is known of a file only after its content has passed.
    pub fn set_fingerprint(&mut self, id: EntryId, fingerprint: u64) {
        if let Some(row) = self.index.rows.get_mut(id.0 as usize) {
            row.fingerprint = fingerprint;
        }
    }

    /// Sets a file's SHA-256.
    pub fn set_sha256(&mut self, id: EntryId, sha256: [u8; 32]) {
        self.index.hashes.push(sha256);
        let one_past = position(self.index.hashes.len());
        if let Some(row) = self.index.rows.get_mut(id.0 as usize) {
            row.hash = one_past;
        }
    }

    /// Marks a file whose content ends early.
    pub fn set_incomplete(&mut self, id: EntryId) {
        if let Some(row) = self.index.rows.get_mut(id.0 as usize) {
            row.incomplete = true;
        }
    }

    /// Ends building.
    pub fn finish(mut self) -> LayerIndex {
        self.index.rows.shrink_to_fit();
        self.index.text.shrink_to_fit();
        self.index
    }

    fn text(&mut self, bytes: &[u8]) -> Span {
        let span = Span {
            start: position(self.index.text.len()),
            len: position(bytes.len()),
        };
        self.index.text.extend_from_slice(bytes);
        span
    }
}
