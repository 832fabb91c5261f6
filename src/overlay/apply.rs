//! Applies one layer to the union, entry by entry in tar order.
//!
//! Whiteouts take effect at their place, but hide only paths of lower layers, so that their place does not matter
//! for plain paths. Where it does matter, for links and for paths through links, the union follows the engines.
//! Hiding is left to `hide`, hard links to `link`.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use super::arena::ROOT;
use super::log::{Place, Record, State, THROUGH};
use super::name::{Named, in_aufs_links, is_aufs, is_aufs_own};
use super::walk::{Depth, End, Last};
use super::{LayerIdx, NodeId, Union};
use crate::layer::{
    EngineRefusal, Entry, EntryKind, EntryPath, LayerIndex, LeftOutWhy, Notice, Warning,
};

/// The union while a layer is being applied.
pub(super) struct Applying<'a> {
    pub(super) union: &'a mut Union,
    pub(super) layer: u16,
    pub(super) index: Rc<LayerIndex>,
    /// Directories that something in this layer needs. A whiteout turns them into new, implied ones.
    pub(super) needed: HashSet<NodeId>,
    /// Hashes of the names of whiteouts, opaque markers and AUFS's own entries so far.
    markers: HashSet<u64>,
    marker_keys: RandomState,
    /// Those for which a notice was given that they deleted a directory of this layer.
    told_deleted: HashSet<u64>,
    /// Directory of the previous entry, if the path to it was checked since the last marker.
    checked: Option<Box<[u8]>>,
    /// Directories below which nothing of a lower layer is left.
    pub(super) cleared: HashSet<NodeId>,
    /// AUFS's hard link targets by name: first their entries, then their inodes.
    pub(super) aufs_links: BTreeMap<Box<[u8]>, AufsLink>,
    /// Bytes of link targets that this layer may still follow.
    pub(super) link_budget: u64,
    new_names: NewNames,
    memo: Option<Memo>,
}

/// Storage for the names of paths that are new in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewNames {
    /// The layer's own table, which the union holds.
    OfEntries,
    /// The union. The layer's table may be dropped.
    Kept,
}

/// A file in AUFS's directory of hard link targets.
#[derive(Clone, Copy, Debug)]
pub(super) enum AufsLink {
    Entry(u32),
    Inode(u32),
}

/// Maximum number of records per allowed path. Layers that delete and write the same paths repeatedly create many.
const RECORDS_PER_PATH: usize = 4;

/// The directory of the previous entry: tars list the files of a directory one after the other.
struct Memo {
    path: Box<[u8]>,
    parent: Parent,
}

/// The directory of an entry.
#[derive(Clone, Copy)]
struct Parent {
    dir: NodeId,
    flags: u8,
    depth: Depth,
}

impl<'a> Applying<'a> {
    pub(super) fn new(
        union: &'a mut Union,
        layer: u16,
        index: Rc<LayerIndex>,
        new_names: NewNames,
    ) -> Applying<'a> {
        let link_budget = union.limits.image.followed_link_bytes;
        Applying {
            union,
            layer,
            index,
            needed: HashSet::new(),
            cleared: HashSet::new(),
            markers: HashSet::new(),
            marker_keys: RandomState::new(),
            told_deleted: HashSet::new(),
            checked: None,
            aufs_links: BTreeMap::new(),
            link_budget,
            new_names,
            memo: None,
        }
    }

    pub(super) fn run(mut self) {
        let index = Rc::clone(&self.index);
        let most_records = self
            .union
            .limits
            .image
            .paths
            .saturating_mul(RECORDS_PER_PATH);
        for entry in index.entries() {
            self.union.n_steps += 1;
            // All further entries are omitted, and each of them is counted.
            match self.union.log.records.next() as usize >= most_records {
                true => self.leave_out(&entry, LeftOutWhy::Paths),
                false => self.entry(&entry),
            }
        }
    }

    pub(super) fn notice(&mut self, notice: Notice, path: EntryPath<'_>) {
        let layer = LayerIdx(u32::from(self.layer));
        let warning = Warning::new(notice, &path.to_vec());
        self.union.warn(layer, warning);
    }

    pub(super) fn refused(&mut self, why: EngineRefusal, path: EntryPath<'_>) {
        self.notice(Notice::EnginesRefuse { why }, path);
    }

    fn leave_out(&mut self, entry: &Entry<'_>, why: LeftOutWhy) {
        let layer = LayerIdx(u32::from(self.layer));
        self.union.leave_out(layer, &entry.path.to_vec(), why);
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        if entry.path.is_root() {
            return self.root(entry);
        }
        let is_aufs = is_aufs(entry.path);
        let named = Named::of(entry.path.name);
        if !self.markers.is_empty() {
            self.warn_deleted_directories(entry);
        }
        // Entries without a node are identified by name alone.
        if is_aufs || !matches!(named, Named::Plain(_)) {
            let key = self.marker_keys.hash_one((entry.path.dir, entry.path.name));
            if !self.markers.insert(key) {
                self.notice(Notice::DuplicatePath, entry.path);
            }
            self.checked = None;
        }
        if is_aufs {
            let path = entry.path.to_vec();
            if let (Some(name), EntryKind::File) = (in_aufs_links(&path), entry.kind) {
                self.aufs_links
                    .insert(name.into(), AufsLink::Entry(entry.id.0));
            }
            if !is_aufs_own(&path) {
                self.notice(Notice::AufsName, entry.path);
            }
            return;
        }
        let dirs = entry.path.dir;
        if named == Named::Invalid {
            return self.notice(Notice::WhiteoutOfDirectory, entry.path);
        }
        let Some(parent) = self.parent(dirs, entry) else {
            return;
        };
        match named {
            Named::Plain(name) => self.plain(parent, name, entry),
            Named::Whiteout(name) => {
                if let Some(node) = self.union.arena.find(parent.dir, name) {
                    if self.is_own(node) {
                        self.notice(Notice::WhiteoutAfterEntry, entry.path);
                    }
                    self.hide_lower(node, State::GoneByWhiteout, entry.id.0);
                }
            }
            Named::Opaque => self.hide_lower_children(parent.dir, State::GoneByOpaque, entry.id.0),
            Named::Invalid => {}
        }
    }

    fn root(&mut self, entry: &Entry<'_>) {
        if entry.kind == EntryKind::Dir {
            self.dir(ROOT, entry, 0);
        } else {
            self.leave_out(entry, LeftOutWhy::Root);
            let root = EntryPath {
                dir: b"",
                name: b"/",
            };
            self.refused(EngineRefusal::RootNotDirectory, root);
        }
    }

    fn plain(&mut self, parent: Parent, name: &[u8], entry: &Entry<'_>) {
        if !self.fits(parent.depth.below(name), entry) {
            return;
        }
        let arena = &mut self.union.arena;
        let node = match self.new_names {
            NewNames::OfEntries => arena.find_or_add_entry(parent.dir, name, entry.id),
            NewNames::Kept => arena.find_or_add(parent.dir, name),
        };
        let Some(node) = node else {
            return self.leave_out(entry, LeftOutWhy::Paths);
        };
        match entry.kind {
            EntryKind::Dir => self.dir(node, entry, parent.flags),
            EntryKind::Hardlink => self.hardlink(node, entry, parent.flags),
            kind => {
                self.replace(node, entry);
                self.put(node, State::of(kind), entry.id.0, parent.flags);
            }
        }
    }

    fn dir(&mut self, node: NodeId, entry: &Entry<'_>, flags: u8) {
        if self.now(node).is_some_and(|record| record.state.is_dir()) {
            self.warn_duplicate(node, entry);
        } else {
            self.replace(node, entry);
        }
        self.put(node, State::Dir, entry.id.0, flags);
    }

    /// Prepares a path for an object that is not a directory, or for a directory where there was none.
    pub(super) fn replace(&mut self, node: NodeId, entry: &Entry<'_>) {
        self.warn_duplicate(node, entry);
        match self.now(node).map(|record| record.state) {
            Some(state) if state.is_dir() => self.hide_all_below(node, entry.id.0),
            Some(State::Symlink) => self.memo = None,
            _ => {}
        }
    }

    fn warn_duplicate(&mut self, node: NodeId, entry: &Entry<'_>) {
        let duplicate = self
            .now(node)
            .is_some_and(|record| record.layer == self.layer && record.state != State::Implied);
        if duplicate {
            self.notice(Notice::DuplicatePath, entry.path);
        }
    }

    /// Gives notice of directories that this layer whited out before: the entry itself, and those above it.
    fn warn_deleted_directories(&mut self, entry: &Entry<'_>) {
        let EntryPath { dir, name } = entry.path;
        if entry.kind == EntryKind::Dir {
            self.warn_deleted_directory(dir, name);
        }
        // A tar lists the entries of a directory one after the other.
        if self.checked.as_deref() == Some(dir) {
            return;
        }
        self.checked = Some(dir.into());
        let mut parent: &[u8] = b"";
        let mut n_bytes = 0;
        for name in dir.split(|byte| *byte == b'/') {
            self.warn_deleted_directory(parent, name);
            n_bytes += name.len() + usize::from(n_bytes > 0);
            parent = dir.get(..n_bytes).unwrap_or_default();
        }
    }

    fn warn_deleted_directory(&mut self, parent: &[u8], name: &[u8]) {
        let marker = [b".wh.", name].concat();
        let key = self.marker_keys.hash_one((parent, marker.as_slice()));
        if !name.is_empty() && self.markers.contains(&key) && self.told_deleted.insert(key) {
            let path = EntryPath { dir: parent, name };
            self.notice(Notice::WhiteoutOfOwnDirectory, path);
        }
    }

    /// True if this layer has brought something at a path or below it.
    fn is_own(&self, node: NodeId) -> bool {
        let record = self.now(node);
        record.is_some_and(|record| record.layer == self.layer || self.needed.contains(&node))
    }

    /// True if a path through links is within the limits of a path without them.
    fn fits(&mut self, depth: Depth, entry: &Entry<'_>) -> bool {
        let limits = &self.union.limits;
        let fits = depth.levels <= limits.layer.path_depth
            && depth.path_bytes <= limits.layer.path_bytes.saturating_add(1);
        if !fits {
            self.leave_out(entry, LeftOutWhy::PathDepth);
        }
        fits
    }

    /// Returns the directory of an entry. Creates it if it is missing.
    fn parent(&mut self, dirs: &[u8], entry: &Entry<'_>) -> Option<Parent> {
        let known = self.memo.as_ref().filter(|memo| *memo.path == *dirs);
        let parent = match known.map(|memo| memo.parent) {
            Some(parent) => parent,
            None => {
                let parent = self.find_parent(dirs, entry)?;
                self.need(parent.dir);
                let path = dirs.into();
                self.memo = Some(Memo { path, parent });
                parent
            }
        };
        if parent.flags & THROUGH != 0 {
            self.notice(Notice::ThroughSymlink, entry.path);
        }
        Some(parent)
    }

    fn find_parent(&mut self, dirs: &[u8], entry: &Entry<'_>) -> Option<Parent> {
        self.union.n_steps += 1 + dirs.iter().filter(|&&b| b == b'/').count() as u64;
        let walked = self
            .union
            .walk(self.layer, dirs, Last::Directory, self.link_budget);
        let mut flags = if walked.through_lower { THROUGH } else { 0 };
        let followed_bytes = walked.followed_bytes;
        let mut depth = walked.depth;
        let (at, names, dangling) = match walked.end {
            End::At(dir) => (dir, Vec::new(), false),
            End::Missing {
                at,
                names,
                dangling,
            } => (at, names.into_iter().map(Box::from).collect(), dangling),
            End::Blocked { by, rest } => {
                let name = self.union.arena.name(by).into();
                // A link that does not lead to a directory is replaced, not followed.
                flags = 0;
                let rest = rest
                    .split(|&b| b == b'/')
                    .filter(|name| !name.is_empty())
                    .map(Box::from);
                let names: Vec<Box<[u8]>> = std::iter::once(name).chain(rest).collect();
                (self.union.arena.parent(by), names, false)
            }
            End::Loop => {
                self.link_budget = self.link_budget.saturating_sub(followed_bytes);
                self.leave_out(entry, LeftOutWhy::Links);
                if self.link_budget > 0 {
                    self.refused(EngineRefusal::SymlinkLoop, entry.path);
                }
                return None;
            }
        };
        self.link_budget = self.link_budget.saturating_sub(followed_bytes);
        if dangling {
            self.notice(Notice::DanglingParent, entry.path);
        }
        let mut dir = at;
        for name in &names {
            depth = depth.below(name);
        }
        if !self.fits(depth, entry) {
            return None;
        }
        for name in names {
            let Some(child) = self.union.arena.find_or_add(dir, &name) else {
                self.leave_out(entry, LeftOutWhy::Paths);
                return None;
            };
            if self.now(child).is_some() {
                self.notice(Notice::ParentNotDirectory, entry.path);
            }
            self.put(child, State::Implied, entry.id.0, 0);
            dir = child;
        }
        Some(Parent { dir, flags, depth })
    }

    /// Marks `dir` and all directories above it as needed by this layer.
    fn need(&mut self, dir: NodeId) {
        let mut at = dir;
        while self.needed.insert(at) && at != ROOT {
            self.union.n_steps += 1;
            at = self.union.arena.parent(at);
        }
    }

    /// Returns the record of a path at this point of the tar, if the path exists.
    pub(super) fn now(&self, node: NodeId) -> Option<&Record> {
        self.union.seen_record(node, self.layer)
    }

    /// Writes a new state of a path. Returns the number of its record.
    pub(super) fn put(&mut self, node: NodeId, state: State, entry: u32, flags: u8) -> u32 {
        let union = &mut *self.union;
        let last = union.arena.last_touch(node);
        if state.is_present() {
            union.arena.list_live(node);
        }
        let record = Record {
            node: node.0,
            below: last,
            entry,
            layer: self.layer,
            state,
            flags,
        };
        match union.log.records.get_mut(last) {
            Some(own) if own.layer == self.layer => {
                *own = Record {
                    below: own.below,
                    ..record
                };
                last
            }
            _ => {
                let id = union.log.records.push(record);
                union.arena.set_last_touch(node, id);
                id
            }
        }
    }

    /// Records that a path is gone. A path that only this layer had leaves no trace.
    pub(super) fn put_gone(&mut self, node: NodeId, state: State, entry: u32) {
        // The path may be a directory or a link on the way to the directory of the previous entry.
        self.memo = None;
        let last = self.union.arena.last_touch(node);
        let own = self
            .union
            .log
            .record(last)
            .filter(|record| record.layer == self.layer);
        let Some(below) = own.map(|record| record.below) else {
            self.put(node, state, entry, 0);
            return;
        };
        let was_there = self
            .union
            .log
            .record(below)
            .is_some_and(|record| record.state.is_present());
        if was_there {
            self.put(node, state, entry, 0);
        } else {
            if let Some(record) = self.union.log.records.get_mut(last) {
                (record.state, record.flags) = (State::Void, 0);
            }
            self.union.arena.set_last_touch(node, below);
        }
    }

    /// Returns the place of an entry in this layer.
    pub(super) fn place(&self, entry: u32) -> Place {
        Place {
            layer: self.layer,
            entry,
        }
    }
}

const _: () = assert!(
    size_of::<Record>() == 16,
    "one record for each path of each layer: keep it small"
);
