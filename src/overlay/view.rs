//! What a path is in a view: of the whole union, of the union up to a layer, of one layer alone.
//!
//! Answers are computed from the log each time; only what concerns a whole view is kept.

use std::rc::Rc;

use super::compare::{Seen, change};
use super::log::Record;
use super::numbered::number;
use super::{Change, EntryPlace, LayerIdx, NodeId, NodeInfo, Union, View};
use crate::layer::{EntryKind, XattrRef};

/// The names of inodes in a view, one inode's after the other's.
#[derive(Debug, Default)]
pub(super) struct NameTable {
    names: Vec<NodeId>,
    /// Where the names of each inode end.
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
    /// What a path is in a view; `None` when the view does not show it.
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

    /// What the view's layer does to a path that the view shows.
    pub(super) fn change_in(&self, id: NodeId, view: View) -> Option<Change> {
        match view {
            View::Layer(_) => self.shape(view).own_change(id),
            View::WithDeleted(_) if self.deleted_by(id, view).is_some() => Some(Change::Deleted),
            _ => self.own_change(id, self.upto(view)),
        }
    }

    /// The layer that deleted a path which the union up to the view's layer had and has no more.
    pub fn deleted_by(&self, id: NodeId, view: View) -> Option<LayerIdx> {
        let record = self.log.at(self.arena.last_touch(id), self.upto(view))?;
        (!record.state.is_present()).then_some(LayerIdx(u32::from(record.layer)))
    }

    /// What a view shows of a path: what is deleted as it was below.
    pub(super) fn seen_in(&self, id: NodeId, view: View) -> Option<Seen<'_>> {
        if !self.shows(id, view) {
            return None;
        }
        let upto = self.upto(view);
        let record = self.log.at(self.arena.last_touch(id), upto)?;
        // A union alone shows nothing that is hidden.
        self.seen(record, upto).or_else(|| self.seen_below(record))
    }

    /// The record that a view shows of a path that it shows, and the last word on it, which hides it where the
    /// view shows what is deleted.
    pub(super) fn shown_record(&self, id: NodeId, view: View) -> Option<(&Record, &Record)> {
        let said = self.log.at(self.arena.last_touch(id), self.upto(view))?;
        match said.state.is_present() {
            true => Some((said, said)),
            false => Some((self.log.record(said.below)?, said)),
        }
    }

    /// What a path is that a view shows.
    pub(super) fn shown_kind(&self, id: NodeId, view: View) -> Option<EntryKind> {
        self.shown_record(id, view)?.0.state.kind()
    }

    /// Whether a view shows a path.
    pub fn shows(&self, id: NodeId, view: View) -> bool {
        self.arena.contains(id)
            && match view {
                View::UpTo(_) => self.seen_record(id, self.upto(view)).is_some(),
                View::WithDeleted(_) => self.is_named(id, self.upto(view)),
                View::Layer(_) => self.shape(view).contains(id),
            }
    }

    /// True where a layer up to this one had the path.
    fn is_named(&self, id: NodeId, upto: u16) -> bool {
        self.log.at(self.arena.last_touch(id), upto).is_some()
    }

    /// What a layer did to a path.
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

    /// The children of a directory that a view shows, in no particular order.
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

    /// All paths that a view shows, each directory before what is in it, the root first.
    pub(super) fn ids_in(&self, view: View) -> Vec<NodeId> {
        match view {
            View::Layer(_) => self.shape(view).ids().collect(),
            _ => {
                let shown = |&id: &NodeId| self.shows(id, view);
                self.arena.ids().filter(shown).collect()
            }
        }
    }

    /// The other names of a path's content that are seen in the union up to the view's layer, sorted by path; of
    /// more than `Limits::links` only so many.
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
            .take(self.limits.links)
            .map(|&other| (self.path(other), other))
            .collect();
        named.sort_unstable();
        named.into_iter().map(|(_, other)| other).collect()
    }

    /// The names of an inode in the union up to a layer.
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

    /// The names of every inode in the union up to the view's layer.
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

    /// The extended attributes of a path in a view, sorted by name.
    pub fn xattrs(&self, id: NodeId, view: View) -> Vec<XattrRef<'_>> {
        self.seen_in(id, view)
            .map(|seen| seen.xattrs())
            .unwrap_or_default()
    }

    /// The SHA-256 of a file's content, where its layer was read with hashes.
    pub fn sha256(&self, id: NodeId, view: View) -> Option<[u8; 32]> {
        self.seen_in(id, view)?.content?.sha256
    }
}
