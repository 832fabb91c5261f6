//! Builds the table of a layer's entries.

use std::collections::BTreeMap;

use super::LayerIndex;
use super::row::{
    BLOCK_BYTES, LARGE, NO_DATA, OTHER_PLACE, OTHER_TIME, OtherPlace, Row, Span, Tables, Traits,
    Xattr, position,
};
use crate::layer::{DataPlace, Entry, EntryId, EntryKind, TarOffset, XattrRef};

/// Builds a [`LayerIndex`] entry by entry.
#[derive(Debug)]
pub struct IndexBuilder {
    tables: Tables,
    /// Directory of the previous entry, after those of its ancestors that had entries. A tar often returns to them.
    open_dirs: Vec<u32>,
    traits: BTreeMap<Traits, u32>,
}

/// Number of the root in the table of directories.
const ROOT: u32 = 0;

impl Default for IndexBuilder {
    fn default() -> IndexBuilder {
        IndexBuilder::new()
    }
}

impl IndexBuilder {
    /// Creates a builder with no entries.
    pub fn new() -> IndexBuilder {
        let mut tables = Tables::default();
        tables.dirs.push(b"");
        IndexBuilder {
            tables,
            open_dirs: Vec::new(),
            traits: BTreeMap::new(),
        }
    }

    /// Returns the number of entries added so far.
    pub fn n_entries(&self) -> usize {
        self.tables.rows.len()
    }

    /// Returns the number of bytes of names, link targets and attributes held so far.
    pub fn text_bytes(&self) -> u64 {
        self.tables.text_bytes()
    }

    /// Adds an entry and returns its new ID; the `id` in `entry` is ignored. Keeps only what the kind has: a
    /// fingerprint for files, a target for links, numbers for devices.
    pub fn push(&mut self, entry: &Entry<'_>, xattrs: &[XattrRef<'_>]) -> EntryId {
        let id = EntryId(position(self.tables.rows.len()));
        let value = match (entry.kind, entry.device) {
            (EntryKind::File, _) => entry.fingerprint,
            (EntryKind::Symlink | EntryKind::Hardlink, _) => self.text(entry.link).to_value(),
            (EntryKind::Char | EntryKind::Block, Some(device)) => Span {
                start: device.major,
                len: device.minor,
            }
            .to_value(),
            _ => 0,
        };
        let dir = self.dir(entry.path.dir);
        let traits = self.traits(entry);
        let block = self.block(id, entry.data);
        let tables = &mut self.tables;
        tables.names.extend_from_slice(entry.path.name);
        let size = fitting(entry.size_bytes, LARGE);
        if size == LARGE {
            tables.sizes.set(id.0, entry.size_bytes);
        }
        let seconds = fitting(entry.mtime.seconds, OTHER_TIME);
        if seconds == OTHER_TIME {
            tables.times.set(id.0, entry.mtime.seconds);
        }
        if entry.mtime.nanos != 0 {
            tables.nanos.resize(tables.rows.len(), 0);
            tables.nanos.push(entry.mtime.nanos);
        }
        tables.rows.push(Row {
            name_end: position(tables.names.len()),
            dir,
            traits,
            size,
            seconds,
            block,
            value,
        });
        self.push_xattrs(id, xattrs);
        if let Some(sha256) = entry.sha256 {
            self.set_sha256(id, sha256);
        }
        if entry.incomplete {
            self.set_incomplete(id);
        }
        id
    }

    /// Returns the number of a directory. It gets a new one unless the tar is still in it or below it.
    fn dir(&mut self, path: &[u8]) -> u32 {
        if path.is_empty() {
            return ROOT;
        }
        while let Some(&open) = self.open_dirs.last() {
            let above = self.tables.dirs.get(open).unwrap_or_default();
            match path.strip_prefix(above) {
                Some([]) => return open,
                Some([b'/', ..]) => break,
                _ => self.open_dirs.pop(),
            };
        }
        let dir = self.tables.dirs.push(path);
        self.open_dirs.push(dir);
        dir
    }

    fn traits(&mut self, entry: &Entry<'_>) -> u32 {
        let traits = Traits {
            kind: entry.kind,
            has_device: entry.device.is_some(),
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
        };
        let all = &mut self.tables.traits;
        // Most entries have the same traits as the one before.
        let before = self.tables.rows.last().map(|row| row.traits);
        let same = |&number: &u32| all.get(number as usize) == Some(&traits);
        if let Some(number) = before.filter(same) {
            return number;
        }
        *self.traits.entry(traits).or_insert_with(|| {
            all.push(traits);
            position(all.len()).saturating_sub(1)
        })
    }

    fn block(&mut self, id: EntryId, data: DataPlace<'_>) -> u32 {
        let (start, extents) = match data {
            DataPlace::None => return NO_DATA,
            DataPlace::At(start) => (start, None),
            DataPlace::Sparse { start, extents } => (start, Some(extents)),
        };
        let TarOffset(offset) = start;
        let block = fitting(offset / BLOCK_BYTES, OTHER_PLACE);
        if extents.is_none() && offset % BLOCK_BYTES == 0 && block < OTHER_PLACE {
            return block;
        }
        let tables = &mut self.tables;
        let extents = extents.map(|extents| {
            let start = position(tables.extents.len());
            tables.extents.extend_from_slice(extents);
            let len = position(extents.len());
            Span { start, len }
        });
        tables.places.set(id.0, OtherPlace { start, extents });
        OTHER_PLACE
    }

    fn push_xattrs(&mut self, id: EntryId, xattrs: &[XattrRef<'_>]) {
        if xattrs.is_empty() {
            return;
        }
        let span = Span {
            start: position(self.tables.xattrs.len()),
            len: position(xattrs.len()),
        };
        self.tables.xattr_spans.set(id.0, span);
        for xattr in xattrs {
            let (name, value) = (self.text(xattr.name), self.text(xattr.value));
            self.tables.xattrs.push(Xattr { name, value });
        }
    }

    /// Sets a file's fingerprint, which is known only after its content has passed.
    pub fn set_fingerprint(&mut self, id: EntryId, fingerprint: u64) {
        let tables = &mut self.tables;
        if let Some(row) = tables.rows.get_mut(id.0 as usize) {
            let traits = tables.traits.get(row.traits as usize);
            if traits.is_some_and(|traits| traits.kind == EntryKind::File) {
                row.value = fingerprint;
            }
        }
    }

    /// Sets a file's SHA-256.
    pub fn set_sha256(&mut self, id: EntryId, sha256: [u8; 32]) {
        self.tables.hashes.set(id.0, sha256);
    }

    /// Marks a file whose content ends early.
    pub fn set_incomplete(&mut self, id: EntryId) {
        self.tables.incomplete.set(id.0, ());
    }

    /// Returns the index.
    pub fn finish(mut self) -> LayerIndex {
        self.tables.shrink();
        LayerIndex {
            tables: self.tables,
        }
    }

    fn text(&mut self, bytes: &[u8]) -> Span {
        let span = Span {
            start: position(self.tables.text.len()),
            len: position(bytes.len()),
        };
        self.tables.text.extend_from_slice(bytes);
        span
    }
}

/// Converts a number to 32 bits. Returns `other` if it does not fit or exceeds `other`, which is a reserved value.
fn fitting<T: TryInto<u32>>(number: T, other: u32) -> u32 {
    number.try_into().unwrap_or(other).min(other)
}

impl Tables {
    fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.names.shrink_to_fit();
        self.dirs.shrink();
        self.traits.shrink_to_fit();
        self.text.shrink_to_fit();
        self.nanos.shrink_to_fit();
        self.sizes.shrink();
        self.times.shrink();
        self.places.shrink();
        self.extents.shrink_to_fit();
        self.xattr_spans.shrink();
        self.xattrs.shrink_to_fit();
        self.hashes.shrink();
        self.incomplete.shrink();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        fn held<T>(table: &Vec<T>) -> usize {
            table.capacity() * size_of::<T>()
        }
        held(&self.rows)
            + held(&self.names)
            + self.dirs.heap_bytes()
            + held(&self.traits)
            + held(&self.text)
            + held(&self.nanos)
            + self.sizes.heap_bytes()
            + self.times.heap_bytes()
            + self.places.heap_bytes()
            + held(&self.extents)
            + self.xattr_spans.heap_bytes()
            + held(&self.xattrs)
            + self.hashes.heap_bytes()
            + self.incomplete.heap_bytes()
    }
}
