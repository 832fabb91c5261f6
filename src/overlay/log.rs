//! The log of each layer's changes to each path, and the inodes that several names share: flat records, linked by
//! number.
//!
//! A path has at most one record per layer: its state when that layer is completely applied. Records of one layer
//! are adjacent, so a layer's own changes are a range of them. Nothing here knows names.

use super::numbered::{NONE, Numbered};
use crate::layer::EntryKind;

/// The state of a path from a record on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The record was taken back: its change was undone within its layer.
    Void,
    /// Hidden by a whiteout of its own name.
    GoneByWhiteout,
    /// Hidden by an opaque marker in its directory.
    GoneByOpaque,
    /// Hidden together with a directory above it.
    GoneWithParent,
    /// Hidden because something else replaced a directory above it.
    GoneByReplacement,
    /// A directory without an entry.
    Implied,
    Dir,
    File,
    Symlink,
    Char,
    Block,
    Fifo,
    /// A hard link whose target cannot be found.
    Unresolved,
}

impl State {
    pub(super) fn of(kind: EntryKind) -> State {
        match kind {
            EntryKind::File => State::File,
            EntryKind::Dir => State::Dir,
            EntryKind::Symlink => State::Symlink,
            EntryKind::Hardlink => State::Unresolved,
            EntryKind::Char => State::Char,
            EntryKind::Block => State::Block,
            EntryKind::Fifo => State::Fifo,
        }
    }

    /// Returns the visible type; `None` if the path is hidden.
    pub(super) fn kind(self) -> Option<EntryKind> {
        match self {
            State::Implied | State::Dir => Some(EntryKind::Dir),
            State::File => Some(EntryKind::File),
            State::Symlink => Some(EntryKind::Symlink),
            State::Unresolved => Some(EntryKind::Hardlink),
            State::Char => Some(EntryKind::Char),
            State::Block => Some(EntryKind::Block),
            State::Fifo => Some(EntryKind::Fifo),
            _ => None,
        }
    }

    pub(super) fn is_present(self) -> bool {
        self.kind().is_some()
    }

    pub(super) fn is_dir(self) -> bool {
        matches!(self, State::Implied | State::Dir)
    }
}

/// Flag: `entry` is the number of a [`Name`], not of an entry.
pub(super) const SHARED: u8 = 1;
/// Flag: the path was written through a symbolic link of a lower layer.
pub(super) const THROUGH: u8 = 2;

/// The record of one layer on one path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) node: u32,
    /// Number of the next lower layer's record on the same path.
    pub(super) below: u32,
    /// Entry that is visible, or that added or removed the path; see [`SHARED`].
    pub(super) entry: u32,
    pub(super) layer: u16,
    pub(super) state: State,
    pub(super) flags: u8,
}

/// A place in an image: a layer and an entry of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) layer: u16,
    pub(super) entry: u32,
}

/// Content with more than one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inode {
    pub(super) content: Place,
    pub(super) last_version: u32,
    pub(super) last_name: u32,
}

/// The entry whose metadata applies to an inode from its layer on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    pub(super) inode: u32,
    pub(super) below: u32,
    pub(super) metadata: Place,
}

/// A record that is one of an inode's names. Stale if the record has been overwritten since.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) inode: u32,
    pub(super) record: u32,
    pub(super) next: u32,
    /// Entry that created the name.
    pub(super) entry: u32,
}

/// All records of a union.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) records: Numbered<Record>,
    pub(super) inodes: Numbered<Inode>,
    pub(super) versions: Numbered<Version>,
    pub(super) names: Numbered<Name>,
}

impl Log {
    pub(super) fn record(&self, id: u32) -> Option<&Record> {
        self.records.get(id)
    }

    /// Returns the record for the union up to a layer, starting from record `last` downwards.
    pub(super) fn at(&self, last: u32, upto: u16) -> Option<&Record> {
        let mut record = self.record(last)?;
        while record.layer > upto {
            record = self.record(record.below)?;
        }
        Some(record)
    }

    /// Returns the inode of a shared record.
    pub(super) fn inode_of(&self, record: &Record) -> Option<u32> {
        let shared = record.flags & SHARED != 0 && record.state.is_present();
        Some(self.names.get(shared.then_some(record.entry)?)?.inode)
    }

    /// Returns the metadata of an inode in the union up to a layer.
    pub(super) fn version(&self, inode: u32, upto: u16) -> Option<&Version> {
        let mut version = self.versions.get(self.inodes.get(inode)?.last_version)?;
        while version.metadata.layer > upto {
            version = self.versions.get(version.below)?;
        }
        Some(version)
    }

    /// Iterates over the metadata versions of an inode, newest first.
    pub(super) fn versions(&self, inode: u32) -> impl Iterator<Item = &Version> {
        let mut next = self
            .inodes
            .get(inode)
            .map_or(NONE, |inode| inode.last_version);
        std::iter::from_fn(move || {
            let version = self.versions.get(next)?;
            next = version.below;
            Some(version)
        })
    }

    /// Iterates over the records that are names of an inode, in any layer.
    pub(super) fn names(&self, inode: u32) -> impl Iterator<Item = (u32, &Record)> {
        let mut next = self.inodes.get(inode).map_or(NONE, |inode| inode.last_name);
        std::iter::from_fn(move || {
            let (id, name) = (next, self.names.get(next)?);
            next = name.next;
            Some((id, name))
        })
        .filter_map(|(id, name)| {
            let record = self.record(name.record)?;
            let current =
                record.flags & SHARED != 0 && record.entry == id && record.state.is_present();
            current.then_some((name.record, record))
        })
    }

    /// Adds an inode with the content and metadata of one entry, but no name yet.
    pub(super) fn add_inode(&mut self, place: Place) -> u32 {
        let last_version = self.versions.push(Version {
            inode: self.inodes.next(),
            below: NONE,
            metadata: place,
        });
        self.inodes.push(Inode {
            content: place,
            last_version,
            last_name: NONE,
        })
    }

    /// Applies an entry's metadata to an inode from the entry's layer on. Replaces the layer's earlier version.
    pub(super) fn replace_version(&mut self, inode: u32, metadata: Place) {
        let last = self
            .inodes
            .get(inode)
            .map_or(NONE, |inode| inode.last_version);
        match self.versions.get_mut(last) {
            Some(last) if last.metadata.layer == metadata.layer => last.metadata = metadata,
            _ => self.add_version(inode, metadata),
        }
    }

    /// Like [`Log::replace_version`], but keeps the layer's earlier version: its attributes still apply.
    pub(super) fn add_version(&mut self, inode: u32, metadata: Place) {
        let Some(head) = self.inodes.get_mut(inode) else {
            return;
        };
        head.last_version = self.versions.push(Version {
            inode,
            below: head.last_version,
            metadata,
        });
    }

    /// Makes a record one of an inode's names.
    pub(super) fn share(&mut self, record: u32, inode: u32, entry: u32) {
        let (Some(head), Some(row)) = (self.inodes.get_mut(inode), self.records.get_mut(record))
        else {
            return;
        };
        let name = self.names.push(Name {
            inode,
            record,
            next: head.last_name,
            entry,
        });
        head.last_name = name;
        row.entry = name;
        row.flags |= SHARED;
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.records.heap_bytes()
            + self.inodes.heap_bytes()
            + self.versions.heap_bytes()
            + self.names.heap_bytes()
    }

    pub(super) fn shrink(&mut self) {
        self.records.shrink();
        self.inodes.shrink();
        self.versions.shrink();
        self.names.shrink();
    }
}
