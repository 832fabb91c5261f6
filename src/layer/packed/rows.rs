//! The entries of a layer, one after the other.
//!
//! They come back through the same door as from a tar, the builder, and so make an index that holds together.

use super::read::{Unpacker, spend};
use super::write::Packer;
use super::{PackedError, malformed};
use crate::image::Timestamp;
use crate::layer::{
    AccessIndex, Bound, DataPlace, Device, Entry, EntryId, EntryKind, Extent, IndexBuilder,
    LayerIndex, Limits, TarOffset, XattrRef,
};

/// An entry without names, place, hash and attributes.
const LEAST_ENTRY_BYTES: usize = 48;
const EXTENT_BYTES: usize = 16;
/// Two texts, each with its length.
const XATTR_BYTES: usize = 8;
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

/// What stands in an entry beside what every entry has.
const DATA: u8 = 1;
const SPARSE: u8 = 2;
const DEVICE: u8 = 4;
const SHA256: u8 = 8;
const XATTRS: u8 = 16;
const INCOMPLETE: u8 = 32;

pub(super) fn pack(packer: &mut Packer, index: &LayerIndex) {
    packer.count(index.n_entries());
    for entry in index.entries() {
        let xattrs: Vec<_> = index.xattrs(entry.id).collect();
        pack_entry(packer, &entry, &xattrs);
    }
}

fn pack_entry(packer: &mut Packer, entry: &Entry<'_>, xattrs: &[XattrRef<'_>]) {
    let flag = |set, flag| if set { flag } else { 0 };
    packer.u8(match entry.kind {
        EntryKind::File => 0,
        EntryKind::Dir => 1,
        EntryKind::Symlink => 2,
        EntryKind::Hardlink => 3,
        EntryKind::Char => 4,
        EntryKind::Block => 5,
        EntryKind::Fifo => 6,
    });
    packer.u8(match entry.data {
        DataPlace::None => 0,
        DataPlace::At(_) => DATA,
        DataPlace::Sparse { .. } => SPARSE,
    } | flag(entry.device.is_some(), DEVICE)
        | flag(entry.sha256.is_some(), SHA256)
        | flag(!xattrs.is_empty(), XATTRS)
        | flag(entry.incomplete, INCOMPLETE));
    packer.raw(&entry.mode.to_le_bytes());
    packer.u32(entry.uid);
    packer.u32(entry.gid);
    packer.u64(entry.size_bytes);
    packer.i64(entry.mtime.seconds);
    packer.u32(entry.mtime.nanos);
    packer.u64(entry.fingerprint);
    packer.text(entry.path);
    packer.text(entry.link);
    if let Some(device) = entry.device {
        packer.u32(device.major);
        packer.u32(device.minor);
    }
    match entry.data {
        DataPlace::None => {}
        DataPlace::At(start) => packer.u64(start.0),
        DataPlace::Sparse { start, extents } => {
            packer.u64(start.0);
            packer.count(extents.len());
            for extent in extents {
                packer.u64(extent.logical_offset);
                packer.u64(extent.len);
            }
        }
    }
    if let Some(sha256) = entry.sha256 {
        packer.raw(&sha256);
    }
    if !xattrs.is_empty() {
        packer.count(xattrs.len());
        for xattr in xattrs {
            packer.text(xattr.name);
            packer.text(xattr.value);
        }
    }
}

/// What has been used up of the limits for the whole layer.
#[derive(Default)]
struct Used {
    text_bytes: u64,
    xattr_bytes: u64,
    extents: u64,
}

pub(super) fn unpack(
    unpacker: &mut Unpacker<'_>,
    access: &AccessIndex,
    limits: &Limits,
) -> Result<LayerIndex, PackedError> {
    let n_entries = unpacker.count(LEAST_ENTRY_BYTES)?;
    spend(
        &mut 0,
        n_entries as u64,
        Bound::Entries,
        u64::from(limits.entries),
    )?;
    let mut builder = IndexBuilder::new();
    let mut used = Used::default();
    for _ in 0..n_entries {
        unpack_entry(unpacker, &mut builder, &mut used, access, limits)?;
    }
    Ok(builder.finish())
}

fn unpack_entry(
    unpacker: &mut Unpacker<'_>,
    builder: &mut IndexBuilder,
    used: &mut Used,
    access: &AccessIndex,
    limits: &Limits,
) -> Result<(), PackedError> {
    let kind = KINDS.get(usize::from(unpacker.u8()?)).copied();
    let flags = unpacker.u8()?;
    let mut entry = Entry {
        id: EntryId(0),
        path: b"",
        kind: kind.ok_or(malformed("an unknown kind of entry"))?,
        mode: unpacker.u16()?,
        uid: unpacker.u32()?,
        gid: unpacker.u32()?,
        size_bytes: unpacker.u64()?,
        mtime: Timestamp {
            seconds: unpacker.i64()?,
            nanos: unpacker.u32()?,
        },
        link: b"",
        device: None,
        data: DataPlace::None,
        fingerprint: unpacker.u64()?,
        sha256: None,
        incomplete: flags & INCOMPLETE != 0,
    };
    entry.path = unpacker.text()?;
    entry.link = unpacker.text()?;
    if flags & DEVICE != 0 {
        entry.device = Some(Device {
            major: unpacker.u32()?,
            minor: unpacker.u32()?,
        });
    }
    let start = match flags & (DATA | SPARSE) {
        0 => TarOffset(0),
        _ => TarOffset(unpacker.u64()?),
    };
    let extents = match flags & SPARSE {
        0 => Vec::new(),
        _ => unpack_extents(unpacker, entry.size_bytes)?,
    };
    spend(
        &mut used.extents,
        extents.len() as u64,
        Bound::SparseExtents,
        limits.sparse_extents as u64,
    )?;
    entry.data = match flags & (DATA | SPARSE) {
        0 => DataPlace::None,
        DATA => DataPlace::At(start),
        _ => DataPlace::Sparse {
            start,
            extents: &extents,
        },
    };
    if flags & SHA256 != 0 {
        entry.sha256 = Some(unpacker.array()?);
    }
    let xattrs = match flags & XATTRS {
        0 => Vec::new(),
        _ => unpack_xattrs(unpacker)?,
    };
    let xattr_bytes = xattrs.iter().map(|x| (x.name.len() + x.value.len()) as u64);
    let xattr_bytes = xattr_bytes.sum();
    spend(
        &mut used.xattr_bytes,
        xattr_bytes,
        Bound::XattrBytes,
        limits.xattr_bytes,
    )?;
    let text_bytes = (entry.path.len() + entry.link.len()) as u64 + xattr_bytes;
    let text_limit = limits.text_bytes.min(u64::from(u32::MAX));
    spend(
        &mut used.text_bytes,
        text_bytes,
        Bound::TextBytes,
        text_limit,
    )?;
    check(&entry, start, access, limits)?;
    builder.push(&entry, &xattrs);
    Ok(())
}

/// Refuses what no tar gives.
fn check(
    entry: &Entry<'_>,
    start: TarOffset,
    access: &AccessIndex,
    limits: &Limits,
) -> Result<(), PackedError> {
    let depth = entry.path.split(|&b| b == b'/').count();
    let bound = |n: usize, what, limit: usize| spend(&mut 0, n as u64, what, limit as u64);
    bound(entry.path.len(), Bound::PathBytes, limits.path_bytes)?;
    bound(entry.link.len(), Bound::PathBytes, limits.path_bytes)?;
    bound(depth, Bound::PathDepth, limits.path_depth)?;
    if !is_normalised(entry.path) || (entry.path.is_empty() && entry.kind != EntryKind::Dir) {
        return Err(malformed("a path that no entry can have"));
    }
    let is_file = entry.kind == EntryKind::File;
    if !is_file && (entry.size_bytes > 0 || entry.data != DataPlace::None) {
        return Err(malformed("content of what is no file"));
    }
    if start.0 > access.decoded_bytes {
        return Err(malformed("a file lies outside of the layer"));
    }
    if entry.mode > 0o7777 || entry.mtime.nanos >= NANOS_PER_SECOND {
        return Err(malformed("a number is out of its range"));
    }
    Ok(())
}

/// Whether a path is as `ImagePath` has it.
fn is_normalised(path: &[u8]) -> bool {
    let plain = |name: &[u8]| !matches!(name, b"" | b"." | b"..");
    !path.contains(&0) && (path.is_empty() || path.split(|&b| b == b'/').all(plain))
}

fn unpack_extents(
    unpacker: &mut Unpacker<'_>,
    size_bytes: u64,
) -> Result<Vec<Extent>, PackedError> {
    let n = unpacker.count(EXTENT_BYTES)?;
    let mut extents = Vec::with_capacity(n);
    let mut from = 0;
    for _ in 0..n {
        let extent = Extent {
            logical_offset: unpacker.u64()?,
            len: unpacker.u64()?,
        };
        let end = extent.logical_offset.checked_add(extent.len);
        let end = end.filter(|&end| extent.logical_offset >= from && end <= size_bytes);
        from = end.ok_or(malformed("the extents of a sparse file do not fit"))?;
        extents.push(extent);
    }
    Ok(extents)
}

fn unpack_xattrs<'a>(unpacker: &mut Unpacker<'a>) -> Result<Vec<XattrRef<'a>>, PackedError> {
    let n = unpacker.count(XATTR_BYTES)?;
    let mut xattrs = Vec::with_capacity(n);
    for _ in 0..n {
        xattrs.push(XattrRef {
            name: unpacker.text()?,
            value: unpacker.text()?,
        });
    }
    Ok(xattrs)
}
