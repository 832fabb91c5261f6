//! A table of contents held against what the layer really has, once it was read.

use super::document::STARGZ_INDEX;
use crate::image::ImagePath;
use crate::layer::{Entry, EntryId, EntryKind, LayerIndex, XattrRef};

/// How a table and its layer differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The first path, by its bytes, of which they tell something else.
    pub path: Vec<u8>,
    /// How many paths there are.
    pub n_paths: u64,
}

/// What a table tells otherwise than the layer is; `None` when it is right. Contents are not compared: whatever of them
/// was shown by the table was proved by its digests.
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

/// An entry with what of it is compared by more than a look.
struct Told<'i> {
    path: Vec<u8>,
    index: &'i LayerIndex,
    entry: Entry<'i>,
}

/// The entries by their paths; of several at one path the last, as it is what is seen. A table does not list itself.
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

    /// The target; that of a hard link is a name of the tar, however it is written.
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
