//! The list of what is dead: a row a file, and one row for a directory that a layer emptied.
//!
//! Files that one layer stored and another removed in one way share a row where the other left no file of the layers
//! below in the directory that holds them all, whatever it wrote there itself; the row names the directory that was
//! removed, or else the one that was emptied.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::overlay::{LayerIdx, NodeId, Union};

use super::How;
use super::dead::Death;
use super::replay::{Replay, Shown};

/// Dead bytes of one file, or of the files of one directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// The path, without a leading slash; empty for the root.
    pub path: Vec<u8>,
    /// The path's node; `None` where no path has the entry's name.
    pub node: Option<NodeId>,
    /// Whether the path is the directory in which the files died.
    pub is_dir: bool,
    /// How many files the row stands for.
    pub n_files: u32,
    /// The bytes that were stored.
    pub bytes: u64,
    /// The layer that stored them.
    pub stored_by: LayerIdx,
    /// The layer that hid them; the same one where they were never seen.
    pub hidden_by: LayerIdx,
    /// How.
    pub how: How,
}

/// What a bounded list leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How many rows.
    pub n_rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl LeftOut {
    pub(super) fn of(bytes: impl Iterator<Item = u64>) -> LeftOut {
        bytes.fold(LeftOut::default(), |sum, bytes| LeftOut {
            n_rows: sum.n_rows + 1,
            bytes: sum.bytes.saturating_add(bytes),
        })
    }
}

/// A row before its path is written out.
struct Row {
    /// The first of its deaths.
    death: Death,
    n_files: u32,
    bytes: u64,
    /// The directory of a row with more than one file.
    dir: Option<NodeId>,
}

/// The rows of all layers so far.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    /// Directories looked at.
    pub(super) n_steps: u64,
}

/// What shares a row: who stored it, how it died, and the topmost directory that was emptied around it.
type Group = (LayerIdx, How, NodeId);

struct Members {
    row: usize,
    /// The first and the last in the order of the walk.
    first: (u32, NodeId),
    last: u32,
}

impl Rows {
    /// Takes what died by a layer, which is the replay's present.
    pub(super) fn layer(&mut self, replay: &mut Replay<'_>, deaths: Vec<Death>) {
        let mut tops = HashMap::new();
        let mut groups: HashMap<Group, Members> = HashMap::new();
        let mut order: Vec<Group> = Vec::new();
        for death in deaths {
            let top = death
                .node
                .filter(|_| death.how.removes())
                .and_then(|node| Some((node, self.top(replay, node, &mut tops)?)));
            let Some((node, top)) = top else {
                self.push(death);
                continue;
            };
            let group = (death.place.layer, death.how, top);
            let place = replay.subtrees.place(node);
            if let Some(members) = groups.get_mut(&group) {
                if place < members.first.0 {
                    members.first = (place, node);
                }
                members.last = members.last.max(place);
                if let Some(row) = self.rows.get_mut(members.row) {
                    row.n_files = row.n_files.saturating_add(1);
                    row.bytes = row.bytes.saturating_add(death.bytes);
                }
                continue;
            }
            order.push(group);
            let members = Members {
                row: self.rows.len(),
                first: (place, node),
                last: place,
            };
            groups.insert(group, members);
            self.push(death);
        }
        for group in order {
            let Some(members) = groups.get(&group) else {
                continue;
            };
            if self
                .rows
                .get(members.row)
                .is_some_and(|row| row.n_files > 1)
            {
                let dir = self.dir(replay, members, group.2);
                if let Some(row) = self.rows.get_mut(members.row) {
                    row.dir = Some(dir);
                }
            }
        }
    }

    fn push(&mut self, death: Death) {
        self.rows.push(Row {
            n_files: 1,
            bytes: death.bytes,
            dir: None,
            death,
        });
    }

    /// The topmost directory above a path of which nothing is left that lower layers wrote, as nothing is of those
    /// between the two.
    fn top(
        &mut self,
        replay: &mut Replay<'_>,
        node: NodeId,
        tops: &mut HashMap<NodeId, Option<NodeId>>,
    ) -> Option<NodeId> {
        let union = replay.union;
        let (mut passed, mut top, mut at) = (Vec::new(), None, union.parent(node));
        while let Some(dir) = at {
            if let Some(known) = tops.get(&dir) {
                top = known.or(top);
                break;
            }
            self.n_steps += 1;
            passed.push(dir);
            if replay.subtrees.sum(dir).n_objects > 0 {
                break;
            }
            top = Some(dir);
            at = union.parent(dir);
        }
        for dir in passed {
            // The last one passed may hold files still; what is below it does not.
            let is_empty =
                top.is_some_and(|top| replay.subtrees.holds(top, replay.subtrees.place(dir)));
            tops.insert(dir, top.filter(|_| is_empty));
        }
        top
    }

    /// The directory that a row names: the lowest that holds all its files, or the highest above it that is gone.
    fn dir(&mut self, replay: &Replay<'_>, members: &Members, top: NodeId) -> NodeId {
        let union = replay.union;
        let above = |node: NodeId| union.parent(node).unwrap_or(NodeId::ROOT);
        let mut at = above(members.first.1);
        while at != top && !replay.subtrees.holds(at, members.last) {
            self.n_steps += 1;
            at = above(at);
        }
        let mut named = at;
        while at != top {
            self.n_steps += 1;
            at = above(at);
            if replay.shown(at) != Shown::Dir {
                named = at;
            }
        }
        named
    }

    /// The largest rows, so many, and what is left out.
    pub(super) fn largest(mut self, union: &Union, most_rows: usize) -> (Vec<Dead>, LeftOut) {
        // Equal ones stand in the order in which they are stored.
        self.rows.sort_by_key(|row| {
            (
                Reverse(row.bytes),
                row.death.place.layer,
                row.death.place.entry,
            )
        });
        let rest = self.rows.split_off(most_rows.min(self.rows.len()));
        let left_out = LeftOut::of(rest.iter().map(|row| row.bytes));
        let rows = self.rows.into_iter().map(|row| row.told(union));
        (rows.collect(), left_out)
    }
}

impl Row {
    fn told(self, union: &Union) -> Dead {
        let node = self.dir.or(self.death.node);
        let path = match node {
            Some(node) => union.path(node),
            None => union
                .entry(self.death.place)
                .map_or(Vec::new(), |entry| entry.path.to_vec()),
        };
        Dead {
            path,
            node,
            is_dir: self.dir.is_some(),
            n_files: self.n_files,
            bytes: self.bytes,
            stored_by: self.death.place.layer,
            hidden_by: self.death.hidden_by,
            how: self.death.how,
        }
    }
}
