//! One layer on top of the union, entry by entry in the order of its tar.
//!
//! Whiteouts take effect where they stand, but hide only what lower layers brought, so their place in the layer
//! makes no difference to plain paths; what it makes one for (links, and paths through links) is as engines do it.
//! How things are hidden is in `hide`, hard links are in `link`.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::arena::ROOT;
use super::log::{Place, Record, State, THROUGH};
use super::name::{Named, in_aufs_links, is_aufs};
use super::walk::{Depth, End, Last};
use super::{LayerIdx, NodeId, Union};
use crate::image::escape;
use crate::layer::{Entry, EntryKind, EntryPath, LayerIndex, Warning};

/// The union while a layer is being applied.
pub(super) struct Applying<'a> {
    pub(super) union: &'a mut Union,
    pub(super) layer: u16,
    pub(super) index: Rc<LayerIndex>,
    /// Directories that something in this layer needs: a whiteout leaves them as new, implied ones.
    pub(super) needed: HashSet<NodeId>,
    /// Directories below which nothing of a lower layer is left.
    pub(super) cleared: HashSet<NodeId>,
    /// AUFS's hard link targets by name: their entries, then their inodes.
    pub(super) aufs_links: BTreeMap<Box<[u8]>, AufsLink>,
    /// Bytes of link targets that this layer may still follow.
    pub(super) link_budget: u64,
    new_names: NewNames,
    memo: Option<Memo>,
}

/// Where the names of paths are found that come up with a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewNames {
    /// In the layer's own table, which the union holds.
    OfEntries,
    /// In the union: the layer's table may go.
    Kept,
}

/// A file in AUFS's directory of hard link targets.
#[derive(Clone, Copy, Debug)]
pub(super) enum AufsLink {
    Entry(u32),
    Inode(u32),
}

/// How many records there may be for each path that there may be: layers that delete and write the same paths again
/// and again make many.
const RECORDS_PER_PATH: usize = 4;

/// The directory of the entry before: tars name the files of a directory one after the other.
struct Memo {
    path: Box<[u8]>,
    parent: Parent,
}

/// The directory that an entry goes into.
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
        let link_budget = union.limits.followed_link_bytes;
        Applying {
            union,
            layer,
            index,
            needed: HashSet::new(),
            cleared: HashSet::new(),
            aufs_links: BTreeMap::new(),
            link_budget,
            new_names,
            memo: None,
        }
    }

    pub(super) fn run(mut self) {
        let index = Rc::clone(&self.index);
        let most_records = self.union.limits.paths.saturating_mul(RECORDS_PER_PATH);
        for entry in index.entries() {
            self.union.n_steps += 1;
            if self.union.log.records.next() as usize >= most_records {
                return self.refuse_full(&entry);
            }
            self.entry(&entry);
        }
    }

    pub(super) fn warn(
        &mut self,
        code: &'static str,
        path: EntryPath<'_>,
        message: impl Into<String>,
    ) {
        let layer = LayerIdx(u32::from(self.layer));
        let warning = Warning::new(code, &path.to_vec(), message);
        self.union.warn(layer, warning);
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        if entry.path.is_root() {
            return self.root(entry);
        }
        if is_aufs(entry.path) {
            let path = entry.path.to_vec();
            if let (Some(name), EntryKind::File) = (in_aufs_links(&path), entry.kind) {
                self.aufs_links
                    .insert(name.into(), AufsLink::Entry(entry.id.0));
            }
            return;
        }
        let EntryPath { dir: dirs, name } = entry.path;
        let named = Named::of(name);
        if named == Named::Invalid {
            return self.warn(
                "invalid-whiteout",
                entry.path,
                "this whiteout names nothing that could be hidden, it is ignored",
            );
        }
        let Some(parent) = self.parent(dirs, entry) else {
            return;
        };
        match named {
            Named::Plain(name) => self.plain(parent, name, entry),
            Named::Whiteout(name) => {
                if let Some(node) = self.union.arena.find(parent.dir, name) {
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
            self.warn(
                "root-not-directory",
                EntryPath {
                    dir: b"",
                    name: b"/",
                },
                "the layer gives the root another type than a directory, this is ignored",
            );
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
            return self.refuse_full(entry);
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

    /// Makes room for an object that is not a directory, or for a directory where there was none.
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
            self.warn(
                "duplicate-path",
                entry.path,
                "the layer has this path more than once, the last one holds",
            );
        }
    }

    fn refuse_full(&mut self, entry: &Entry<'_>) {
        self.warn(
            "too-many-paths",
            entry.path,
            "the image has more paths than Lamina can count, this one is left out",
        );
    }

    /// Whether a path through links is one that could have been written without them.
    fn fits(&mut self, depth: Depth, entry: &Entry<'_>) -> bool {
        let limits = &self.union.limits;
        let fits = depth.levels <= limits.path_depth
            && depth.path_bytes <= limits.path_bytes.saturating_add(1);
        if !fits {
            self.warn(
                "path-too-deep",
                entry.path,
                "the path leads through links to a place deeper or longer than the limit; the entry is left out",
            );
        }
        fits
    }

    /// The directory for an entry, made where it is missing.
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
            self.warn(
                "through-symlink",
                entry.path,
                "the path leads through a symbolic link of a lower layer, which is followed; overlay runtimes would replace the link by a directory",
            );
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
                // A link that leads nowhere useful is replaced, not followed.
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
                self.warn(
                    "symlink-loop",
                    entry.path,
                    "the path leads through too many symbolic links, this entry is left out",
                );
                return None;
            }
        };
        self.link_budget = self.link_budget.saturating_sub(followed_bytes);
        if dangling {
            self.warn(
                "dangling-parent",
                entry.path,
                "the path leads through a symbolic link to nothing, its target is made a directory",
            );
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
                self.refuse_full(entry);
                return None;
            };
            if self.now(child).is_some() {
                self.warn("parent-not-directory", entry.path, "a directory of this path is something else in the layers so far, a new directory takes its place");
            }
            self.put(child, State::Implied, entry.id.0, 0);
            dir = child;
        }
        Some(Parent { dir, flags, depth })
    }

    /// Notes that this layer has something in `dir`.
    fn need(&mut self, dir: NodeId) {
        let mut at = dir;
        while self.needed.insert(at) && at != ROOT {
            self.union.n_steps += 1;
            at = self.union.arena.parent(at);
        }
    }

    /// What a path is at this point of the tar.
    pub(super) fn now(&self, node: NodeId) -> Option<&Record> {
        self.union.seen_record(node, self.layer)
    }

    /// Writes what a path is from now on; the number of the record.
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

    /// Writes that a path is no more; a path that only this layer had is as if it had never been.
    pub(super) fn put_gone(&mut self, node: NodeId, state: State, entry: u32) {
        // It may be a directory or a link on the way to the directory of the entry before.
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

    /// A place in this layer.
    pub(super) fn place(&self, entry: u32) -> Place {
        Place {
            layer: self.layer,
            entry,
        }
    }

    /// The path of a node as text, for messages.
    pub(super) fn told(&self, node: NodeId) -> String {
        let path = self.union.path(node);
        escape(path.get(..256).unwrap_or(&path))
    }
}

const _: () = assert!(
    size_of::<Record>() == 16,
    "one record for each path of each layer: keep it small"
);
