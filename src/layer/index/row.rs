//! One entry in 32 bytes, and the tables for values that do not fit.

use crate::layer::{EntryKind, Extent, TarOffset};

/// Value of `Row::size`: the size is in the table of large sizes.
pub(in crate::layer) const LARGE: u32 = u32::MAX;
/// Value of `Row::seconds`: the time is in the table of other times.
pub(in crate::layer) const OTHER_TIME: u32 = u32::MAX;
/// Value of `Row::block`: the entry has no content.
pub(in crate::layer) const NO_DATA: u32 = u32::MAX;
/// Value of `Row::block`: the content's place is in the table of other places.
pub(in crate::layer) const OTHER_PLACE: u32 = u32::MAX - 1;
/// Unit of `Row::block` in bytes: in every tar, content begins at such a block.
pub(in crate::layer) const BLOCK_BYTES: u64 = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::layer) struct Row {
    /// End of the entry's name in the names. The name begins at the end of the previous row's.
    pub(in crate::layer) name_end: u32,
    /// Number of the directory in [`Tables::dirs`].
    pub(in crate::layer) dir: u32,
    /// Index into [`Tables::traits`].
    pub(in crate::layer) traits: u32,
    /// Bytes of content, or [`LARGE`].
    pub(in crate::layer) size: u32,
    /// Seconds since 1970, or [`OTHER_TIME`].
    pub(in crate::layer) seconds: u32,
    /// Block where the content begins, or [`NO_DATA`], or [`OTHER_PLACE`].
    pub(in crate::layer) block: u32,
    /// By kind: a file's fingerprint, a link's target as a [`Span`] of the text, or a device's numbers.
    pub(in crate::layer) value: u64,
}

const _: () = assert!(
    size_of::<Row>() == 32,
    "one for each entry of each layer: keep it small"
);

/// Properties that many entries share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::layer) struct Traits {
    pub(in crate::layer) kind: EntryKind,
    pub(in crate::layer) has_device: bool,
    pub(in crate::layer) mode: u16,
    pub(in crate::layer) uid: u32,
    pub(in crate::layer) gid: u32,
}

/// A range of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::layer) struct Span {
    pub(in crate::layer) start: u32,
    pub(in crate::layer) len: u32,
}

impl Span {
    /// Returns the range of a table. `None` if the table is shorter.
    pub(in crate::layer) fn of<T>(self, all: &[T]) -> Option<&[T]> {
        let start = self.start as usize;
        all.get(start..start.checked_add(self.len as usize)?)
    }

    /// Packs start and length into one number.
    pub(in crate::layer) fn to_value(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.len)
    }

    pub(in crate::layer) fn of_value(value: u64) -> Span {
        Span {
            start: high(value),
            len: low(value),
        }
    }
}

/// Returns the upper half of a number.
pub(in crate::layer) fn high(value: u64) -> u32 {
    u32::try_from(value >> 32).unwrap_or(u32::MAX)
}

/// Returns the lower half of a number.
pub(in crate::layer) fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// The place of content that does not begin at a block boundary, or has holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::layer) struct OtherPlace {
    pub(in crate::layer) start: TarOffset,
    /// Extents of a sparse file, in [`Tables::extents`].
    pub(in crate::layer) extents: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::layer) struct Xattr {
    pub(in crate::layer) name: Span,
    pub(in crate::layer) value: Span,
}

/// Values that few entries have, by the entry's number, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::layer) struct Rare<T>(pub(in crate::layer) Vec<(u32, T)>);

impl<T> Default for Rare<T> {
    fn default() -> Rare<T> {
        Rare(Vec::new())
    }
}

impl<T> Rare<T> {
    pub(in crate::layer) fn get(&self, entry: u32) -> Option<&T> {
        let at = self.0.binary_search_by_key(&entry, |(entry, _)| *entry);
        self.0.get(at.ok()?).map(|(_, value)| value)
    }

    /// Sets an entry's value. Cheap if the entry comes after all others.
    pub(in crate::layer) fn set(&mut self, entry: u32, value: T) {
        match self.0.binary_search_by_key(&entry, |(entry, _)| *entry) {
            Ok(at) => {
                if let Some((_, old)) = self.0.get_mut(at) {
                    *old = value;
                }
            }
            Err(at) => self.0.insert(at, (entry, value)),
        }
    }

    pub(in crate::layer) fn is_ascending(&self) -> bool {
        self.0.is_sorted_by(|(a, _), (b, _)| a < b)
    }

    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<(u32, T)>()
    }
}

/// Texts stored one after the other, identified by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::layer) struct Texts {
    pub(in crate::layer) bytes: Vec<u8>,
    pub(in crate::layer) ends: Vec<u32>,
}

impl Texts {
    pub(in crate::layer) fn get(&self, number: u32) -> Option<&[u8]> {
        let number = number as usize;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes
            .get(start as usize..*self.ends.get(number)? as usize)
    }

    pub(super) fn push(&mut self, text: &[u8]) -> u32 {
        let number = position(self.ends.len());
        self.bytes.extend_from_slice(text);
        self.ends.push(position(self.bytes.len()));
        number
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

impl Tables {
    pub(super) fn text_bytes(&self) -> u64 {
        (self.names.len() + self.dirs.bytes.len() + self.text.len()) as u64
    }
}

/// The tables of an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::layer) struct Tables {
    pub(in crate::layer) rows: Vec<Row>,
    pub(in crate::layer) names: Vec<u8>,
    /// Paths of directories: first the root's, then one each time the tar enters a directory.
    pub(in crate::layer) dirs: Texts,
    pub(in crate::layer) traits: Vec<Traits>,
    /// Link targets and attributes.
    pub(in crate::layer) text: Vec<u8>,
    /// Nanoseconds by entry, up to the last entry that has any.
    pub(in crate::layer) nanos: Vec<u32>,
    pub(in crate::layer) sizes: Rare<u64>,
    pub(in crate::layer) times: Rare<i64>,
    pub(in crate::layer) places: Rare<OtherPlace>,
    pub(in crate::layer) extents: Vec<Extent>,
    pub(in crate::layer) xattr_spans: Rare<Span>,
    pub(in crate::layer) xattrs: Vec<Xattr>,
    pub(in crate::layer) hashes: Rare<[u8; 32]>,
    pub(in crate::layer) incomplete: Rare<()>,
}

/// Converts a count to the table's width. The reader's limits keep every count below four billion.
pub(super) fn position(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
