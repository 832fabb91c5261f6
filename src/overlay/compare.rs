//! Compares the states of a path at two records of the log.
//!
//! The rules of `docker diff` for what counts as a change are here; `changes` decides which paths it lists.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::log::{Place, Record, State};
use super::{Change, Differences, Union};
use crate::image::Timestamp;
use crate::layer::{Entry, EntryKind, XattrRef};

/// A path's record in the union up to a layer, with the entries that it shows.
pub(super) struct Seen<'u> {
    union: &'u Union,
    upto: u16,
    pub(super) record: Record,
    pub(super) kind: EntryKind,
    pub(super) content: Option<Entry<'u>>,
    pub(super) metadata: Option<Entry<'u>>,
    pub(super) content_place: Option<Place>,
    pub(super) metadata_place: Option<Place>,
}

impl Union {
    /// Returns the state of a record in the union up to a layer. `None` if the record hides the path.
    pub(super) fn seen(&self, record: &Record, upto: u16) -> Option<Seen<'_>> {
        let (content_place, metadata_place) = (
            self.content_place(record),
            self.metadata_place(record, upto),
        );
        Some(Seen {
            union: self,
            upto,
            record: *record,
            kind: record.state.kind()?,
            content: content_place.and_then(|place| self.entry_at(place)),
            metadata: metadata_place.and_then(|place| self.entry_at(place)),
            content_place,
            metadata_place,
        })
    }

    /// Returns the state of the path before the layer of a record.
    pub(super) fn seen_below(&self, record: &Record) -> Option<Seen<'_>> {
        self.seen(
            self.log.record(record.below)?,
            record.layer.saturating_sub(1),
        )
    }
}

impl<'u> Seen<'u> {
    pub(super) fn implied(&self) -> bool {
        self.record.state == State::Implied
    }

    pub(super) fn mode(&self) -> u16 {
        match (&self.metadata, self.kind) {
            (_, EntryKind::Symlink) => 0o777,
            (Some(entry), _) => entry.mode & 0o7777,
            (None, _) => 0o755,
        }
    }

    pub(super) fn owner(&self) -> (u32, u32) {
        self.metadata
            .as_ref()
            .map_or((0, 0), |entry| (entry.uid, entry.gid))
    }

    pub(super) fn mtime(&self) -> Option<Timestamp> {
        self.metadata.as_ref().map(|entry| entry.mtime)
    }

    pub(super) fn size_bytes(&self) -> u64 {
        match (&self.content, self.kind) {
            (Some(entry), EntryKind::File) => entry.size_bytes,
            _ => 0,
        }
    }

    pub(super) fn link(&self) -> &'u [u8] {
        match (&self.content, self.kind) {
            (Some(entry), EntryKind::Symlink | EntryKind::Hardlink) => entry.link,
            _ => &[],
        }
    }

    /// Returns the effective extended attributes: those of the content's entry, overwritten by those of later links
    /// to it.
    pub(super) fn xattrs(&self) -> Vec<XattrRef<'u>> {
        let union = self.union;
        let mut places: Vec<Place> = match union.log.inode_of(&self.record) {
            Some(inode) => union
                .log
                .versions(inode)
                .map(|version| version.metadata)
                .filter(|place| place.layer <= self.upto)
                .collect(),
            None => Vec::new(),
        };
        places.extend(self.content_place);
        places.dedup();
        let mut xattrs: BTreeMap<&[u8], XattrRef<'u>> = BTreeMap::new();
        for place in places {
            let index = union
                .layers
                .get(usize::from(place.layer))
                .and_then(|layer| layer.index.as_ref());
            for xattr in index
                .into_iter()
                .flat_map(|index| index.xattrs(crate::layer::EntryId(place.entry)))
            {
                xattrs.entry(xattr.name).or_insert(xattr);
            }
        }
        xattrs.into_values().collect()
    }

    /// Returns a digest of all attributes, for comparison; `None` if there are none.
    ///
    /// Cached per inode, because a file may have a thousand attributes and a million names.
    fn attributes_digest(&self) -> Option<[u8; 32]> {
        let kept = &self.union.attribute_digests;
        let key = self.union.log.inode_of(&self.record);
        let key = key.map(|inode| (inode, self.upto));
        if let Some(digest) = key.and_then(|key| kept.borrow().get(&key).copied()) {
            return Some(digest);
        }
        let xattrs = self.xattrs();
        if xattrs.is_empty() {
            return None;
        }
        let mut hash = Sha256::new();
        for part in xattrs.iter().flat_map(|xattr| [xattr.name, xattr.value]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize().into();
        if let Some(key) = key {
            kept.borrow_mut().insert(key, digest);
        }
        Some(digest)
    }

    fn same_file(&self, below: &Seen<'_>) -> bool {
        match (&self.content, &below.content) {
            (Some(now), Some(then)) => {
                self.content_place == below.content_place
                    || (now.size_bytes, now.fingerprint, now.incomplete)
                        == (then.size_bytes, then.fingerprint, then.incomplete)
            }
            _ => false,
        }
    }

    /// True if kind and content equal those of `below`.
    pub(super) fn shows_content_of(&self, below: &Seen<'_>) -> bool {
        self.kind == below.kind && self.same_content(below)
    }

    fn same_content(&self, below: &Seen<'_>) -> bool {
        match self.kind {
            EntryKind::File => self.same_file(below),
            EntryKind::Dir | EntryKind::Fifo => true,
            EntryKind::Symlink | EntryKind::Hardlink => self.link() == below.link(),
            EntryKind::Char | EntryKind::Block => {
                let device = |seen: &Seen<'_>| seen.content.as_ref().and_then(|entry| entry.device);
                device(self) == device(below)
            }
        }
    }

    /// True for a file that was stored again, at another place, with the same content.
    pub(super) fn repeats_content(&self, below: &Seen<'_>) -> bool {
        (self.kind, below.kind) == (EntryKind::File, EntryKind::File)
            && self.content_place != below.content_place
            && self.same_file(below)
            && self.content.as_ref().is_some_and(|entry| !entry.incomplete)
    }

    /// True if any difference counts as a change. Compares attributes last, because they take the longest.
    fn is_changed_from(&self, below: &Seen<'_>) -> bool {
        let time_counts = self.kind != EntryKind::Dir;
        self.kind != below.kind
            || !self.same_content(below)
            || self.mode() != below.mode()
            || self.owner() != below.owner()
            || (time_counts && !same_time(self.mtime(), below.mtime()))
            || self.attributes_digest() != below.attributes_digest()
    }

    pub(super) fn differences(&self, below: &Seen<'_>) -> Differences {
        let kind = self.kind != below.kind;
        Differences {
            kind,
            content: kind || !self.same_content(below),
            mode: self.mode() != below.mode(),
            owner: self.owner() != below.owner(),
            xattrs: self.attributes_digest() != below.attributes_digest(),
            mtime: !same_time(self.mtime(), below.mtime()),
        }
    }
}

/// Compares times. If one of them has no fraction, only the seconds count.
fn same_time(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.seconds == other.seconds
                && (one.nanos == other.nanos || one.nanos == 0 || other.nanos == 0)
        }
        (one, other) => one == other,
    }
}

/// Returns the change of a path between two states; `None` if it exists in neither, or if no difference counts.
///
/// As in `docker diff`, a directory's time does not count: it changes whenever a child is added or removed.
pub(super) fn change(now: Option<&Seen<'_>>, below: Option<&Seen<'_>>) -> Option<Change> {
    match (now, below) {
        (Some(now), Some(below)) => now.is_changed_from(below).then_some(Change::Changed),
        (Some(_), None) => Some(Change::Added),
        (None, Some(_)) => Some(Change::Deleted),
        (None, None) => None,
    }
}
