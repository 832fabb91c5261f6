//! Packs the tables of a layer's entries, one after the other.
//!
//! Unpacking restores the tables unchanged, then looks at every entry through the index's public interface. It
//! refuses entries that do not resolve there, and those that no tar produces.

use super::error::{PackedError, malformed};
use super::read::{Unpacker, spend};
use super::write::Packer;
use crate::bounds::{Bound, LayerLimits};
use crate::layer::index::{OtherPlace, Rare, Row, Span, Tables, Texts, Traits, Xattr};
use crate::layer::{AccessIndex, DataPlace, Entry, EntryKind, Extent, LayerIndex, TarOffset};

const NANOS_PER_SECOND: u32 = 1_000_000_000;

const KINDS: [EntryKind; 7] = [
    EntryKind::File,
    EntryKind::Dir,
    EntryKind::Symlink,
    EntryKind::Hardlink,
    EntryKind::Char,
    EntryKind::Block,
    EntryKind::Fifo,
];

/// A type that is packed in a fixed number of bytes.
trait Fixed: Sized {
    const BYTES: usize;
    fn pack(&self, packer: &mut Packer);
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, PackedError>;
}

/// Implements `Fixed` for a type whose fields are written one after the other.
macro_rules! fixed {
    ($type:ident { $($field:ident: $of:ty),* }) => {
        impl Fixed for $type {
            const BYTES: usize = 0 $(+ <$of as Fixed>::BYTES)*;
            fn pack(&self, packer: &mut Packer) {
                $(self.$field.pack(packer);)*
            }
            fn unpack(unpacker: &mut Unpacker<'_>) -> Result<$type, PackedError> {
                Ok($type { $($field: Fixed::unpack(unpacker)?),* })
            }
        }
    };
}

/// Implements `Fixed` for numbers.
macro_rules! fixed_number {
    ($($type:ty)*) => {$(
        impl Fixed for $type {
            const BYTES: usize = size_of::<$type>();
            fn pack(&self, packer: &mut Packer) {
                packer.raw(&self.to_le_bytes());
            }
            fn unpack(unpacker: &mut Unpacker<'_>) -> Result<$type, PackedError> {
                unpacker.array().map(<$type>::from_le_bytes)
            }
        }
    )*};
}

fixed_number!(u16 u32 u64 i64);
fixed!(Span {
    start: u32,
    len: u32
});
fixed!(Xattr {
    name: Span,
    value: Span
});
fixed!(Extent {
    logical_offset: u64,
    len: u64
});
fixed!(OtherPlace { start: TarOffset, extents: Option<Span> });
fixed!(Traits {
    kind: EntryKind,
    has_device: bool,
    mode: u16,
    uid: u32,
    gid: u32
});
fixed!(Row {
    name_end: u32,
    dir: u32,
    traits: u32,
    size: u32,
    seconds: u32,
    block: u32,
    value: u64
});

impl Fixed for TarOffset {
    const BYTES: usize = u64::BYTES;
    fn pack(&self, packer: &mut Packer) {
        self.0.pack(packer);
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<TarOffset, PackedError> {
        u64::unpack(unpacker).map(TarOffset)
    }
}

impl Fixed for () {
    const BYTES: usize = 0;
    fn pack(&self, _: &mut Packer) {}
    fn unpack(_: &mut Unpacker<'_>) -> Result<(), PackedError> {
        Ok(())
    }
}

impl Fixed for [u8; 32] {
    const BYTES: usize = 32;
    fn pack(&self, packer: &mut Packer) {
        packer.raw(self);
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<[u8; 32], PackedError> {
        unpacker.array()
    }
}

impl Fixed for bool {
    const BYTES: usize = 1;
    fn pack(&self, packer: &mut Packer) {
        packer.u8(u8::from(*self));
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<bool, PackedError> {
        match unpacker.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("neither yes nor no")),
        }
    }
}

impl Fixed for EntryKind {
    const BYTES: usize = 1;
    fn pack(&self, packer: &mut Packer) {
        packer.u8(match self {
            EntryKind::File => 0,
            EntryKind::Dir => 1,
            EntryKind::Symlink => 2,
            EntryKind::Hardlink => 3,
            EntryKind::Char => 4,
            EntryKind::Block => 5,
            EntryKind::Fifo => 6,
        });
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<EntryKind, PackedError> {
        let kind = KINDS.get(usize::from(unpacker.u8()?)).copied();
        kind.ok_or(malformed("an unknown kind of entry"))
    }
}

/// Takes the same space if the span is absent.
impl Fixed for Option<Span> {
    const BYTES: usize = bool::BYTES + Span::BYTES;
    fn pack(&self, packer: &mut Packer) {
        self.is_some().pack(packer);
        self.unwrap_or(Span { start: 0, len: 0 }).pack(packer);
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Option<Span>, PackedError> {
        let is_some = bool::unpack(unpacker)?;
        let span = Span::unpack(unpacker)?;
        Ok(is_some.then_some(span))
    }
}

impl<T: Fixed> Fixed for (u32, T) {
    const BYTES: usize = u32::BYTES + T::BYTES;
    fn pack(&self, packer: &mut Packer) {
        self.0.pack(packer);
        self.1.pack(packer);
    }
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<(u32, T), PackedError> {
        Ok((u32::unpack(unpacker)?, T::unpack(unpacker)?))
    }
}

fn pack_table<T: Fixed>(packer: &mut Packer, table: &[T]) {
    packer.count(table.len());
    for row in table {
        row.pack(packer);
    }
}

fn unpack_table<T: Fixed>(unpacker: &mut Unpacker<'_>) -> Result<Vec<T>, PackedError> {
    let n = unpacker.count(T::BYTES)?;
    let mut table = Vec::with_capacity(n);
    for _ in 0..n {
        table.push(T::unpack(unpacker)?);
    }
    Ok(table)
}

pub(super) fn pack(packer: &mut Packer, index: &LayerIndex) {
    let tables = index.tables();
    pack_table(packer, &tables.rows);
    packer.text(&tables.names);
    packer.text(&tables.dirs.bytes);
    pack_table(packer, &tables.dirs.ends);
    pack_table(packer, &tables.traits);
    packer.text(&tables.text);
    pack_table(packer, &tables.nanos);
    pack_table(packer, &tables.sizes.0);
    pack_table(packer, &tables.times.0);
    pack_table(packer, &tables.places.0);
    pack_table(packer, &tables.extents);
    pack_table(packer, &tables.xattr_spans.0);
    pack_table(packer, &tables.xattrs);
    pack_table(packer, &tables.hashes.0);
    pack_table(packer, &tables.incomplete.0);
}

pub(super) fn unpack(
    unpacker: &mut Unpacker<'_>,
    access: &AccessIndex,
    limits: &LayerLimits,
) -> Result<LayerIndex, PackedError> {
    let tables = Tables {
        rows: unpack_table(unpacker)?,
        names: unpacker.text()?.to_vec(),
        dirs: Texts {
            bytes: unpacker.text()?.to_vec(),
            ends: unpack_table(unpacker)?,
        },
        traits: unpack_table(unpacker)?,
        text: unpacker.text()?.to_vec(),
        nanos: unpack_table(unpacker)?,
        sizes: Rare(unpack_table(unpacker)?),
        times: Rare(unpack_table(unpacker)?),
        places: Rare(unpack_table(unpacker)?),
        extents: unpack_table(unpacker)?,
        xattr_spans: Rare(unpack_table(unpacker)?),
        xattrs: unpack_table(unpacker)?,
        hashes: Rare(unpack_table(unpacker)?),
        incomplete: Rare(unpack_table(unpacker)?),
    };
    check_tables(&tables, limits)?;
    let index = LayerIndex::of_tables(tables);
    check_entries(&index, access, limits)?;
    Ok(index)
}

/// Refuses tables whose order is broken.
fn check_tables(tables: &Tables, limits: &LayerLimits) -> Result<(), PackedError> {
    let n_entries = tables.rows.len() as u64;
    let limit = u64::from(limits.entries);
    spend(&mut 0, n_entries, Bound::Entries, limit)?;
    let dirs = &tables.dirs;
    let well = follow(
        &mut tables.rows.iter().map(|row| row.name_end),
        &tables.names,
    ) && follow(dirs.ends.iter().copied(), &dirs.bytes)
        && dirs.ends.first().is_none_or(|&root_end| root_end == 0)
        && tables.nanos.len() <= tables.rows.len()
        && tables.nanos.iter().all(|&nanos| nanos < NANOS_PER_SECOND)
        && tables.traits.iter().all(|traits| traits.mode <= 0o7777)
        && tables.sizes.is_ascending()
        && tables.times.is_ascending()
        && tables.places.is_ascending()
        && tables.xattr_spans.is_ascending()
        && tables.hashes.is_ascending()
        && tables.incomplete.is_ascending();
    if !well {
        return Err(malformed("a table is not in order"));
    }
    let mut depths = (0..).map_while(|number| dirs.get(number));
    depths.try_for_each(|dir| {
        let depth = dir.split(|&b| b == b'/').count();
        let limit = limits.path_depth as u64;
        spend(&mut 0, depth as u64, Bound::PathDepth, limit)?;
        let is_root = dir.is_empty();
        let plain = !dir.contains(&0) && dir.split(|&b| b == b'/').all(is_plain);
        match is_root || plain {
            true => Ok(()),
            false => Err(malformed("a directory that no entry can be in")),
        }
    })
}

/// True if texts with these ends, stored one after the other, cover exactly `bytes`.
fn follow(mut ends: impl Iterator<Item = u32>, bytes: &[u8]) -> bool {
    let mut before = 0;
    let ascend = ends.all(|end| std::mem::replace(&mut before, end) <= end);
    ascend && before as usize == bytes.len()
}

/// True if a name without slash and NUL is valid in a directory.
fn is_plain(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..")
}

/// The used parts of the limits on the whole layer.
#[derive(Default)]
struct Used {
    text_bytes: u64,
    xattr_bytes: u64,
    extents: u64,
}

/// Refuses entries that do not resolve, or that no tar produces.
fn check_entries(
    index: &LayerIndex,
    access: &AccessIndex,
    limits: &LayerLimits,
) -> Result<(), PackedError> {
    let tables = index.tables();
    let mut used = Used::default();
    let mut n_found = 0;
    for entry in index.entries() {
        n_found += 1;
        check_entry(&entry, access, limits)?;
        if let DataPlace::Sparse { extents, .. } = entry.data {
            check_extents(extents, entry.size_bytes)?;
            let limit = limits.sparse_extents as u64;
            let n = extents.len() as u64;
            spend(&mut used.extents, n, Bound::SparseExtents, limit)?;
        }
        let text_bytes = (entry.path.len_bytes() + entry.link.len()) as u64;
        used.text_bytes = used.text_bytes.saturating_add(text_bytes);
        if let Some(span) = tables.xattr_spans.get(entry.id.0) {
            let mut n_xattrs = 0;
            for xattr in index.xattrs(entry.id) {
                n_xattrs += 1;
                let bytes = (xattr.name.len() + xattr.value.len()) as u64;
                used.text_bytes = used.text_bytes.saturating_add(bytes);
                let limit = limits.xattr_bytes;
                spend(&mut used.xattr_bytes, bytes, Bound::XattrBytes, limit)?;
            }
            if n_xattrs != span.len {
                return Err(malformed("attributes are missing"));
            }
        }
        let text_limit = limits.text_bytes.min(u64::from(u32::MAX));
        spend(&mut used.text_bytes, 0, Bound::TextBytes, text_limit)?;
    }
    match n_found == index.n_entries() {
        true => Ok(()),
        false => Err(malformed("an entry points to what is not there")),
    }
}

fn check_entry(
    entry: &Entry<'_>,
    access: &AccessIndex,
    limits: &LayerLimits,
) -> Result<(), PackedError> {
    let path = entry.path;
    let bound = |n: usize, what, limit: usize| spend(&mut 0, n as u64, what, limit as u64);
    bound(path.len_bytes(), Bound::PathBytes, limits.path_bytes)?;
    bound(entry.link.len(), Bound::PathBytes, limits.path_bytes)?;
    if !path.dir.is_empty() {
        let depth = 2 + path.dir.iter().filter(|&&b| b == b'/').count();
        bound(depth, Bound::PathDepth, limits.path_depth)?;
    }
    let plain = is_plain(path.name) && !path.name.iter().any(|&b| b == b'/' || b == 0);
    if !(plain || path.is_root() && entry.kind == EntryKind::Dir) {
        return Err(malformed("a path that no entry can have"));
    }
    let is_file = entry.kind == EntryKind::File;
    if !is_file && (entry.size_bytes > 0 || entry.data != DataPlace::None) {
        return Err(malformed("content of what is no file"));
    }
    let (DataPlace::At(start) | DataPlace::Sparse { start, .. }) = entry.data else {
        return Ok(());
    };
    match start.0 <= access.decoded_bytes {
        true => Ok(()),
        false => Err(malformed("a file lies outside of the layer")),
    }
}

fn check_extents(extents: &[Extent], size_bytes: u64) -> Result<(), PackedError> {
    let mut from = 0;
    for extent in extents {
        let end = extent.logical_offset.checked_add(extent.len);
        let end = end.filter(|&end| extent.logical_offset >= from && end <= size_bytes);
        from = end.ok_or(malformed("the extents of a sparse file do not fit"))?;
    }
    Ok(())
}
