//! Files for an analysis: a path through links within a budget, and the contents that it had in each layer.

use super::log::Record;
use super::walk::{End, Last};
use super::{EntryPlace, LayerIdx, NodeId, Union, View};
use crate::layer::EntryKind;

/// The state of a path, without what a table of the whole view has to tell, such as its other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownFile {
    /// Type of the path.
    pub kind: EntryKind,
    /// Bytes of content; 0 for everything except files.
    pub size_bytes: u64,
    /// Layer that supplies the path.
    pub layer: LayerIdx,
    /// Entry with the content's bytes.
    pub content: Option<EntryPlace>,
}

/// The end of a path that was followed through links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// A path that the view shows.
    There(NodeId),
    /// A path that a layer deleted.
    Deleted(NodeId, LayerIdx),
    /// No layer of the view names it, something blocks it, or its links form a loop.
    Nowhere,
    /// The budget does not suffice to tell.
    Unknown,
}

impl Union {
    /// Returns the state of a visible path.
    pub fn file(&self, id: NodeId, view: View) -> Option<ShownFile> {
        if !self.shows(id, view) {
            return None;
        }
        let (record, _) = self.shown_record(id, view)?;
        self.file_of(record)
    }

    /// Iterates over the files that layers up to one have at a path, the newest first. A file below a deletion is
    /// among them.
    pub fn files(&self, id: NodeId, top: LayerIdx) -> impl Iterator<Item = ShownFile> + '_ {
        let known = self.arena.contains(id);
        let upto = self.upto(View::UpTo(top));
        let last = known.then(|| self.log.at(self.arena.last_touch(id), upto));
        let records = std::iter::successors(last.flatten(), |record| self.log.record(record.below));
        records.filter_map(|record| self.file_of(record))
    }

    fn file_of(&self, record: &Record) -> Option<ShownFile> {
        let kind = record.state.kind()?;
        let is_file = kind == EntryKind::File;
        let place = self.content_place(record).filter(|_| is_file);
        let entry = place.and_then(|place| self.entry_at(place));
        Some(ShownFile {
            kind,
            size_bytes: entry.map_or(0, |entry| entry.size_bytes),
            layer: LayerIdx(u32::from(record.layer)),
            content: place.map(EntryPlace::from),
        })
    }

    /// Follows a path through links, also into directories that a layer deleted. The bytes of link targets are taken
    /// from a budget, which is what bounds the time of many paths.
    pub fn follow_within(&self, path: &[u8], view: View, left_bytes: &mut u64) -> Followed {
        let upto = self.upto(view);
        let walked = self.walk(upto, path, Last::Anything, *left_bytes);
        let left = left_bytes.checked_sub(walked.followed_bytes);
        *left_bytes = left.unwrap_or(0);
        let node = match walked.end {
            _ if left.is_none() => return Followed::Unknown,
            End::At(node) => return Followed::There(node),
            End::Missing { at, names, .. } => names
                .iter()
                .try_fold(at, |at, name| self.arena.find(at, name)),
            End::Blocked { .. } | End::Loop => None,
        };
        self.ended(node, view)
    }

    /// Returns the end of a path whose directory was followed.
    pub fn ended(&self, node: Option<NodeId>, view: View) -> Followed {
        let Some(node) = node else {
            return Followed::Nowhere;
        };
        match self.deleted_by(node, view) {
            // A whiteout may name what was never there.
            Some(_) if self.files(node, view.layer()).next().is_none() => Followed::Nowhere,
            Some(by) => Followed::Deleted(node, by),
            None if self.shows(node, view) => Followed::There(node),
            None => Followed::Nowhere,
        }
    }
}

impl Followed {
    /// Returns the node of a path that the view shows.
    pub fn there(self) -> Option<NodeId> {
        match self {
            Followed::There(node) => Some(node),
            _ => None,
        }
    }
}
