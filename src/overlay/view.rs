//! Paths in a view: of the whole union, of the union up to a layer, or of one layer alone.
//!
//! Results are computed from the log each time. Only data about a whole view is cached.

use std::rc::Rc;

use super::compare::{Seen, change};
use super::log::Record;
use super::numbered::number;
use super::{Change, Differences, EntryPlace, LayerIdx, NodeId, NodeInfo, Union, View};
use crate::layer::{EntryKind, XattrRef};

/// The names of all inodes in a view, grouped by inode.
#[derive(Debug, Default)]
pub(super) struct NameTable {
    names: Vec<NodeId>,
    /// End of each inode's names.
    ends: Vec<usize>,
}

impl NameTable {
    fn of(&self, inode: u32) -> &[NodeId] {
        let end_of = |inode: usize| self.ends.get(inode).copied();
        let start = (inode as usize).checked_sub(1).map_or(Some(0), end_of);
        start
            .zip(end_of(inode as usize))
            .and_then(|(start, end)| self.names.get(start..end))
            .unwrap_or_default()
    }
}

impl Union {
    /// Returns the state of a path in a view; `None` if the view does not show it.
    pub fn node(&self, id: NodeId, view: View) -> Option<NodeInfo<'_>> {
        let seen = self.seen_in(id, view)?;
        let change = self.change_in(id, view);
        let content = seen.content.as_ref();
        let (uid, gid) = seen.owner();
        Some(NodeInfo {
            kind: seen.kind,
            mode: seen.mode(),
            uid,
            gid,
            size_bytes: seen.size_bytes(),
            mtime: seen.mtime(),
            link: seen.link(),
            device: content.and_then(|entry| entry.device),
            layer: LayerIdx(u32::from(seen.record.layer)),
            implied: seen.implied(),
            content: seen.content_place.map(EntryPlace::from),
            metadata: seen.metadata_place.map(EntryPlace::from),
            n_names: self.n_names(&seen.record, view),
            incomplete: content.is_some_and(|entry| entry.incomplete),
            through_symlink: seen.record.flags & super::log::THROUGH != 0,
            change,
        })
    }

    /// Returns the change of a visible path by the view's layer.
    pub(super) fn change_in(&self, id: NodeId, view: View) -> Option<Change> {
        match view {
            View::Layer(_) => self.shape(view).own_change(id),
            View::WithDeleted(_) if self.deleted_by(id, view).is_some() => Some(Change::Deleted),
            _ => self.own_change(id, self.upto(view)),
        }
    }

    /// Returns the differences that the view's layer makes to a path that it changes; none for other paths.
    pub fn differences(&self, id: NodeId, view: View) -> Differences {
        let upto = self.upto(view);
        let differences = || {
            let record = self.log.at(self.arena.last_touch(id), upto)?;
            let below = match record.layer == upto {
                true => self.seen_below(record)?,
                // Another name of the same inode brought other metadata.
                false => self.seen(record, upto.saturating_sub(1))?,
            };
            Some(self.seen(record, upto)?.differences(&below))
        };
        differences().unwrap_or_default()
    }

    /// Returns the layer that deleted a path from the union up to the view's layer.
    pub fn deleted_by(&self, id: NodeId, view: View) -> Option<LayerIdx> {
        let record = self.log.at(self.arena.last_touch(id), self.upto(view))?;
        (!record.state.is_present()).then_some(LayerIdx(u32::from(record.layer)))
    }

    /// Returns the visible state of a path. A deleted path has its state below the deletion.
    pub(super) fn seen_in(&self, id: NodeId, view: View) -> Option<Seen<'_>> {
        if !self.shows(id, view) {
            return None;
        }
        let upto = self.upto(view);
        let record = self.log.at(self.arena.last_touch(id), upto)?;
        // `UpTo` shows nothing that is hidden.
        self.seen(record, upto).or_else(|| self.seen_below(record))
    }

    /// Returns the record that a view shows for a visible path, and the latest record on it. The latest one hides
    /// the path if the view shows deleted paths.
    pub(super) fn shown_record(&self, id: NodeId, view: View) -> Option<(&Record, &Record)> {
        let said = self.log.at(self.arena.last_touch(id), self.upto(view))?;
        match said.state.is_present() {
            true => Some((said, said)),
            false => Some((self.log.record(said.below)?, said)),
        }
    }

    /// Returns the type of a visible path.
    pub(super) fn shown_kind(&self, id: NodeId, view: View) -> Option<EntryKind> {
        self.shown_record(id, view)?.0.state.kind()
    }

    /// True if a view shows a path.
    pub fn shows(&self, id: NodeId, view: View) -> bool {
        self.arena.contains(id)
            && match view {
                View::UpTo(_) => self.seen_record(id, self.upto(view)).is_some(),
                View::WithDeleted(_) => self.is_named(id, self.upto(view)),
                View::Layer(_) => self.shape(view).contains(id),
            }
    }

    /// True if a layer up to this one names the path.
    fn is_named(&self, id: NodeId, upto: u16) -> bool {
        self.log.at(self.arena.last_touch(id), upto).is_some()
    }

    /// Returns the change of a path by a layer.
    pub(super) fn own_change(&self, id: NodeId, layer: u16) -> Option<Change> {
        let record = self.log.at(self.arena.last_touch(id), layer)?;
        if record.layer == layer {
            let below = self.log.record(record.below);
            let was_there = below.is_some_and(|below| below.state.is_present());
            return match (record.state.is_present(), was_there) {
                (true, true) => change(
                    self.seen(record, layer).as_ref(),
                    self.seen_below(record).as_ref(),
                ),
                (true, false) => Some(Change::Added),
                (false, true) => Some(Change::Deleted),
                (false, false) => None,
            };
        }
        let version = self.log.version(self.log.inode_of(record)?, layer)?;
        if version.metadata.layer != layer {
            return None;
        }
        let below = self.seen(record, layer.saturating_sub(1));
        change(self.seen(record, layer).as_ref(), below.as_ref())
    }

    /// Iterates over the visible children of a directory, in no particular order.
    pub fn children(&self, id: NodeId, view: View) -> impl Iterator<Item = NodeId> + '_ {
        let shape = matches!(view, View::Layer(_)).then(|| self.shape(view));
        let upto = self.upto(view);
        let all = self.arena.contains(id).then(|| self.arena.children(id));
        all.into_iter()
            .flatten()
            .filter(move |&child| match &shape {
                Some(shape) => shape.contains(child),
                None if matches!(view, View::WithDeleted(_)) => self.is_named(child, upto),
                None => self.seen_record(child, upto).is_some(),
            })
    }

    /// Returns all visible paths, each directory before its content, the root first.
    pub(super) fn ids_in(&self, view: View) -> Vec<NodeId> {
        match view {
            View::Layer(_) => self.shape(view).ids().collect(),
            _ => {
                let shown = |&id: &NodeId| self.shows(id, view);
                self.arena.ids().filter(shown).collect()
            }
        }
    }

    /// Returns the other names of a path's content in the union up to the view's layer, sorted by path, at most
    /// `ImageLimits::links` of them.
    pub fn links(&self, id: NodeId, view: View) -> Vec<NodeId> {
        let record = self.seen_in(id, view).map(|seen| seen.record);
        let Some(inode) = record.and_then(|record| self.log.inode_of(&record)) else {
            return Vec::new();
        };
        let names = self.names_of_all(view);
        let mut named: Vec<_> = names
            .of(inode)
            .iter()
            .filter(|&&other| other != id)
            .take(self.limits.image.links)
            .map(|&other| (self.path(other), other))
            .collect();
        named.sort_unstable();
        named.into_iter().map(|(_, other)| other).collect()
    }

    /// Iterates over the names of an inode in the union up to a layer.
    pub(super) fn names_in(&self, inode: u32, upto: u16) -> impl Iterator<Item = NodeId> + '_ {
        self.log.names(inode).filter_map(move |(id, record)| {
            let node = NodeId(record.node);
            let holds = self.log.at(self.arena.last_touch(node), upto)?;
            let is_this = self
                .log
                .record(id)
                .is_some_and(|record| std::ptr::eq(record, holds));
            is_this.then_some(node)
        })
    }

    fn n_names(&self, record: &Record, view: View) -> u32 {
        let Some(inode) = self.log.inode_of(record) else {
            return 1;
        };
        number(self.names_of_all(view).of(inode).len()).max(1)
    }

    /// Returns the names of every inode in the union up to the view's layer.
    fn names_of_all(&self, view: View) -> Rc<NameTable> {
        self.names.get(View::UpTo(view.layer()), || {
            let upto = self.upto(view);
            let mut table = NameTable::default();
            for inode in 0..self.log.inodes.next() {
                table.names.extend(self.names_in(inode, upto));
                table.ends.push(table.names.len());
            }
            table
        })
    }

    /// Returns the extended attributes of a path in a view, sorted by name.
    pub fn xattrs(&self, id: NodeId, view: View) -> Vec<XattrRef<'_>> {
        self.seen_in(id, view)
            .map(|seen| seen.xattrs())
            .unwrap_or_default()
    }

    /// Returns the SHA-256 of a file's content, if its layer was read with hashes.
    pub fn sha256(&self, id: NodeId, view: View) -> Option<[u8; 32]> {
        self.seen_in(id, view)?.content?.sha256
    }
}
