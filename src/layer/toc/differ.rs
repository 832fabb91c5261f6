//! Compares a table of contents with the layer's actual entries, once the layer is read.

use super::place::STARGZ_INDEX;
use crate::image::ImagePath;
use crate::layer::{Entry, EntryId, EntryKind, LayerIndex, XattrRef};

/// The difference between a table and its layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// First path, in byte order, that differs.
    pub path: Vec<u8>,
    /// Number of paths that differ.
    pub n_paths: u64,
}

/// Returns the difference between a table and its layer, or `None` if the table is right. Contents are not
/// compared: content shown by the table was verified by its digests.
pub fn difference(listed: &LayerIndex, read: &LayerIndex) -> Option<Difference> {
    let (listed, read) = (by_path(listed), by_path(read));
    let (mut ours, mut theirs) = (listed.iter().peekable(), read.iter().peekable());
    let (mut first, mut n_paths) = (None, 0);
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (Some(one), Some(other)) => one.path.cmp(&other.path),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let (one, other) = (
            order.is_le().then(|| ours.next()).flatten(),
            order.is_ge().then(|| theirs.next()).flatten(),
        );
        let same = matches!((one, other), (Some(one), Some(other)) if one.is_like(other));
        if !same {
            n_paths += 1;
            first = first.or(one.or(other).map(|row| row.path.clone()));
        }
    }
    first.map(|path| Difference { path, n_paths })
}

/// An entry with everything that is compared.
struct Told<'i> {
    path: Vec<u8>,
    index: &'i LayerIndex,
    entry: Entry<'i>,
}

/// Returns the entries by path. Of several at one path only the last, which is the visible one. A table does not
/// list itself.
fn by_path(index: &LayerIndex) -> Vec<Told<'_>> {
    let told = |entry: Entry<'_>| (entry.path.to_vec(), entry.id);
    let mut ids: Vec<(Vec<u8>, EntryId)> = index.entries().map(told).collect();
    ids.sort_unstable();
    let mut rows: Vec<Told<'_>> = Vec::with_capacity(ids.len());
    for (path, id) in ids {
        if path == STARGZ_INDEX {
            continue;
        }
        let Some(entry) = index.entry(id) else {
            continue;
        };
        if rows.last().is_some_and(|last| last.path == path) {
            rows.pop();
        }
        rows.push(Told { path, index, entry });
    }
    rows
}

impl Told<'_> {
    fn is_like(&self, other: &Told<'_>) -> bool {
        let (one, two) = (&self.entry, &other.entry);
        // Some writers round times to whole seconds.
        let same_time = one.mtime.seconds.abs_diff(two.mtime.seconds) <= 1;
        let same = (
            one.kind,
            one.mode,
            one.uid,
            one.gid,
            one.size_bytes,
            one.device,
        ) == (
            two.kind,
            two.mode,
            two.uid,
            two.gid,
            two.size_bytes,
            two.device,
        );
        same && same_time && self.link() == other.link() && self.xattrs() == other.xattrs()
    }

    /// Returns the target. For a hard link it is normalised, because it names an entry of the tar.
    fn link(&self) -> Vec<u8> {
        match self.entry.kind {
            EntryKind::Hardlink => ImagePath::normalise(self.entry.link)
                .map(|path| path.as_bytes().to_vec())
                .unwrap_or_default(),
            _ => self.entry.link.to_vec(),
        }
    }

    fn xattrs(&self) -> Vec<XattrRef<'_>> {
        let mut xattrs: Vec<_> = self.index.xattrs(self.entry.id).collect();
        xattrs.sort_unstable_by_key(|xattr| xattr.name);
        xattrs
    }
}
