//! The compact table of a layer's entries, with the place of each file's content.
//!
//! The reader builds it as headers pass by; `overlay` and the content reader use it. An entry takes 32 bytes and
//! its name. Properties that many entries share, such as directories, are stored once. Properties that few entries
//! have are stored in tables of their own.

mod builder;
mod row;

use std::ops::Range;

use super::{DataPlace, Device, Entry, EntryId, EntryKind, EntryPath, TarOffset, XattrRef};
use crate::image::Timestamp;

pub use builder::IndexBuilder;
use row::position;
pub(in crate::layer) use row::{
    BLOCK_BYTES, LARGE, NO_DATA, OTHER_PLACE, OTHER_TIME, OtherPlace, Rare, Row, Span, Tables,
    Texts, Traits, Xattr, high, low,
};

/// The entries of one layer in tar order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerIndex {
    tables: Tables,
}

impl LayerIndex {
    /// Creates an index from tables, which are used as far as they are consistent.
    pub(in crate::layer) fn of_tables(tables: Tables) -> LayerIndex {
        LayerIndex { tables }
    }

    pub(in crate::layer) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Returns the number of entries.
    pub fn n_entries(&self) -> usize {
        self.tables.rows.len()
    }

    /// Returns the entry at a position, or `None` past the end.
    pub fn entry(&self, id: EntryId) -> Option<Entry<'_>> {
        let tables = &self.tables;
        let row = tables.rows.get(id.0 as usize)?;
        let traits = tables.traits.get(row.traits as usize)?;
        let (mut link, mut device, mut fingerprint) = (&[][..], None, 0);
        match traits.kind {
            EntryKind::File => fingerprint = row.value,
            EntryKind::Symlink | EntryKind::Hardlink => {
                link = Span::of_value(row.value).of(&tables.text)?;
            }
            EntryKind::Char | EntryKind::Block if traits.has_device => {
                device = Some(Device {
                    major: high(row.value),
                    minor: low(row.value),
                });
            }
            EntryKind::Char | EntryKind::Block | EntryKind::Dir | EntryKind::Fifo => {}
        }
        Some(Entry {
            id,
            path: EntryPath {
                dir: tables.dirs.get(row.dir)?,
                name: self.name(id)?,
            },
            kind: traits.kind,
            mode: traits.mode,
            uid: traits.uid,
            gid: traits.gid,
            size_bytes: self.size_bytes(id)?,
            mtime: Timestamp {
                seconds: match row.seconds {
                    OTHER_TIME => *tables.times.get(id.0)?,
                    seconds => i64::from(seconds),
                },
                nanos: tables.nanos.get(id.0 as usize).copied().unwrap_or(0),
            },
            link,
            device,
            data: match row.block {
                NO_DATA => DataPlace::None,
                OTHER_PLACE => self.other_place(id)?,
                block => DataPlace::At(TarOffset(u64::from(block) * BLOCK_BYTES)),
            },
            fingerprint,
            sha256: tables.hashes.get(id.0).copied(),
            incomplete: tables.incomplete.get(id.0).is_some(),
        })
    }

    fn other_place(&self, id: EntryId) -> Option<DataPlace<'_>> {
        let place = self.tables.places.get(id.0)?;
        Some(match place.extents {
            None => DataPlace::At(place.start),
            Some(extents) => DataPlace::Sparse {
                start: place.start,
                extents: extents.of(&self.tables.extents)?,
            },
        })
    }

    /// Returns the last component of an entry's path, or `None` past the end.
    pub fn name(&self, id: EntryId) -> Option<&[u8]> {
        self.tables.names.get(self.name_range(id)?)
    }

    /// Returns the names of all entries, concatenated without separators.
    pub fn names(&self) -> &[u8] {
        &self.tables.names
    }

    /// Returns the range of an entry's name in [`LayerIndex::names`], or `None` past the end.
    pub fn name_range(&self, id: EntryId) -> Option<Range<usize>> {
        let rows = &self.tables.rows;
        let start = match (id.0 as usize).checked_sub(1) {
            Some(before) => rows.get(before)?.name_end,
            None => 0,
        };
        Some(start as usize..rows.get(id.0 as usize)?.name_end as usize)
    }

    /// Returns the entry, `from` or a later one, whose name contains the byte at `at` of [`LayerIndex::names`].
    pub fn entry_of_name_byte(&self, at: usize, from: EntryId) -> Option<EntryId> {
        let rows = self.tables.rows.get(from.0 as usize..)?;
        let is_before = |row: &Row| row.name_end as usize <= at;
        // Usually near `from`: a galloping search, with a binary search in the last step.
        let mut step = 1_usize;
        while rows.get(step.saturating_sub(1)).is_some_and(is_before) {
            step = step.saturating_mul(2);
        }
        let passed = step / 2;
        let near = rows.get(passed..step.min(rows.len()))?;
        let found = passed.saturating_add(near.partition_point(is_before));
        (found < rows.len()).then(|| EntryId(from.0.saturating_add(position(found))))
    }

    /// Returns the size of an entry's content in bytes, as in [`LayerIndex::entry`], or `None` past the end.
    pub fn size_bytes(&self, id: EntryId) -> Option<u64> {
        match self.tables.rows.get(id.0 as usize)?.size {
            LARGE => self.tables.sizes.get(id.0).copied(),
            size => Some(u64::from(size)),
        }
    }

    /// Iterates over all entries in tar order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..position(self.n_entries())).filter_map(|id| self.entry(EntryId(id)))
    }

    /// Iterates over the extended attributes of an entry, in tar order.
    pub fn xattrs(&self, id: EntryId) -> impl Iterator<Item = XattrRef<'_>> {
        let tables = &self.tables;
        let span = tables.xattr_spans.get(id.0);
        let xattrs = span.and_then(|span| span.of(&tables.xattrs));
        xattrs.unwrap_or_default().iter().filter_map(|xattr| {
            Some(XattrRef {
                name: xattr.name.of(&tables.text)?,
                value: xattr.value.of(&tables.text)?,
            })
        })
    }

    /// Returns the number of bytes of names, link targets and attributes that the index holds.
    pub fn text_bytes(&self) -> u64 {
        self.tables.text_bytes()
    }

    /// Returns the number of bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.tables.heap_bytes()
    }
}
