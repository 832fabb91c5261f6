//! The list of dead content: one row per file, and one row for a directory that a layer emptied.
//!
//! Files share a row if one layer stored them, another removed them in the same way, and that layer left no file of
//! the layers below in their common directory, whatever it wrote there itself. The row names the directory that was
//! removed, or else the one that was emptied.

use std::collections::BTreeMap;

use crate::overlay::{LayerIdx, NodeId, PerNode, Union};

use super::DeathCause;
use super::dead::Death;
use super::order::{sorted, stored_order};
use super::replay::{Replay, Shown};

/// Dead bytes of one file, or of the files of one directory.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dead {
    /// Path without a leading slash; empty for the root.
    pub path: Vec<u8>,
    /// Node of the path; `None` if no path has the entry's name.
    pub node: Option<NodeId>,
    /// True if the path is the directory in which the files died.
    pub is_dir: bool,
    /// Number of files in the row.
    pub n_files: u32,
    /// Bytes that were stored.
    pub bytes: u64,
    /// Layer that stored them.
    pub stored_by: LayerIdx,
    /// Layer that hid them; the same one if they were never visible.
    pub hidden_by: LayerIdx,
    /// Cause of their death.
    pub how: DeathCause,
}

/// The part that does not fit into a bounded list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowsLeftOut {
    /// Number of rows.
    #[serde(rename = "rows")]
    pub n_rows: u64,
    /// Bytes of those rows.
    pub bytes: u64,
}

impl RowsLeftOut {
    pub(super) fn of(bytes: impl Iterator<Item = u64>) -> RowsLeftOut {
        bytes.fold(RowsLeftOut::default(), |sum, bytes| RowsLeftOut {
            n_rows: sum.n_rows + 1,
            bytes: sum.bytes.saturating_add(bytes),
        })
    }
}

/// The fate of content that is dead.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum WasteKind {
    /// Its path is gone.
    Deleted,
    /// Something else took its path.
    Overwritten,
    /// It was stored a second time for another mode, owner or attribute.
    Metadata,
    /// It was stored a second time, and nothing about it changed.
    Again,
    /// No path ever showed it.
    Unreachable,
}

impl WasteKind {
    /// Returns the kind of a cause.
    pub fn of(how: DeathCause) -> WasteKind {
        match how {
            DeathCause::Whiteout | DeathCause::Opaque | DeathCause::DirectoryReplaced => {
                WasteKind::Deleted
            }
            DeathCause::Replaced | DeathCause::Overwritten => WasteKind::Overwritten,
            DeathCause::MetadataOnly => WasteKind::Metadata,
            DeathCause::SameContent => WasteKind::Again,
            DeathCause::LeftOut => WasteKind::Unreachable,
        }
    }
}

/// Sum of the dead content that one layer stored and one layer hid, in one way.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WasteSum {
    /// Cause of its death.
    pub kind: WasteKind,
    /// Layer that stored it.
    pub stored_by: LayerIdx,
    /// Layer that hid it.
    pub hidden_by: LayerIdx,
    /// Number of files.
    pub n_files: u64,
    /// Bytes that were stored.
    pub bytes: u64,
}

/// A row whose path is not yet resolved.
struct Row {
    /// The first of its deaths.
    death: Death,
    n_files: u32,
    bytes: u64,
    /// Directory of a row with more than one file.
    dir: Option<NodeId>,
}

/// The rows of all layers so far.
pub(super) struct Rows {
    rows: Vec<Row>,
    tops: PerNode<Top>,
    /// Directories visited.
    pub(super) n_steps: u64,
}

/// The cached result for a directory: the topmost emptied directory above it, if it is emptied itself.
#[derive(Clone, Copy, Default)]
struct Top {
    /// One past the layer for which this holds.
    layer: u32,
    top: Option<NodeId>,
}

/// A death that may share a row with others.
struct Removed {
    death: Death,
    node: NodeId,
    top: NodeId,
    /// Position of the path in the walk.
    place: u32,
}

impl Removed {
    /// Returns a key for deaths that share a row: the layer that stored them, how they died, and the topmost
    /// emptied directory around them.
    fn group(&self) -> u64 {
        let (layer, how) = (u64::from(self.death.place.layer.0), self.death.how as u64);
        (layer << 4 | how) << 32 | u64::from(self.top.0)
    }
}

impl Rows {
    pub(super) fn new(union: &Union) -> Rows {
        Rows {
            rows: Vec::new(),
            tops: PerNode::new(union.n_nodes(), Top::default()),
            n_steps: 0,
        }
    }

    /// Adds the deaths by a layer, which is the replay's current one.
    pub(super) fn layer(&mut self, replay: &mut Replay<'_>, deaths: Vec<Death>) {
        let mut removed = Vec::new();
        for death in deaths {
            let node = death.node.filter(|_| death.how.removes());
            let top = node.and_then(|node| Some((node, self.top(replay, node, death.hidden_by)?)));
            match top {
                Some((node, top)) => removed.push(Removed {
                    place: replay.subtrees.place(node),
                    death,
                    node,
                    top,
                }),
                None => self.push(death),
            }
        }
        let order = sorted(removed.iter().map(|r| (r.group(), r.place.into())));
        let removed: Vec<&Removed> = order.iter().filter_map(|&at| removed.get(at)).collect();
        for members in removed.chunk_by(|one, other| one.group() == other.group()) {
            let (Some(first), Some(last)) = (members.first(), members.last()) else {
                continue;
            };
            let several = members.len() > 1;
            let dir = several.then(|| self.dir(replay, first, last));
            let bytes = members.iter().map(|member| member.death.bytes);
            self.rows.push(Row {
                death: first.death.clone(),
                n_files: u32::try_from(members.len()).unwrap_or(u32::MAX),
                bytes: bytes.fold(0, u64::saturating_add),
                dir,
            });
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

    /// Returns the topmost directory above a path in which lower layers have nothing left, like in every directory
    /// between the two.
    fn top(&mut self, replay: &mut Replay<'_>, node: NodeId, layer: LayerIdx) -> Option<NodeId> {
        let union = replay.union;
        let (mut passed, mut top, mut at) = (Vec::new(), None, union.parent(node));
        while let Some(dir) = at {
            let known = self.tops.get(dir);
            if known.layer == layer.0 + 1 {
                top = known.top.or(top);
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
            // The last directory visited may still contain files; those below it do not.
            let is_empty =
                top.is_some_and(|top| replay.subtrees.holds(top, replay.subtrees.place(dir)));
            *self.tops.at(dir) = Top {
                layer: layer.0 + 1,
                top: top.filter(|_| is_empty),
            };
        }
        top
    }

    /// Returns the directory that a row names: the lowest that contains all its files, or the highest one above it
    /// that is gone.
    ///
    /// `first` and `last` are the row's first and last file in the order of the walk.
    fn dir(&mut self, replay: &Replay<'_>, first: &Removed, last: &Removed) -> NodeId {
        let (union, top) = (replay.union, first.top);
        let above = |node: NodeId| union.parent(node).unwrap_or(NodeId::ROOT);
        let mut at = above(first.node);
        while at != top && !replay.subtrees.holds(at, last.place) {
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

    /// Returns the sums by cause and layers, the largest first, at most `most_rows`, and the number of all of them.
    pub(super) fn sums(&self, most_rows: usize) -> (Vec<WasteSum>, u64) {
        let mut sums: BTreeMap<(WasteKind, LayerIdx, LayerIdx), (u64, u64)> = BTreeMap::new();
        for row in &self.rows {
            let death = &row.death;
            let key = (WasteKind::of(death.how), death.place.layer, death.hidden_by);
            let (n_files, bytes) = sums.entry(key).or_default();
            *n_files += u64::from(row.n_files);
            *bytes = bytes.saturating_add(row.bytes);
        }
        let sums: Vec<WasteSum> = sums
            .into_iter()
            .map(
                |((kind, stored_by, hidden_by), (n_files, bytes))| WasteSum {
                    kind,
                    stored_by,
                    hidden_by,
                    n_files,
                    bytes,
                },
            )
            .collect();
        let order = sorted(sums.iter().map(|sum| (u64::MAX - sum.bytes, 0)));
        let largest = order.iter().filter_map(|&at| sums.get(at)).take(most_rows);
        (largest.cloned().collect(), sums.len() as u64)
    }

    /// Returns the largest rows, at most `most_rows`, and the sum of the rest. Equal ones are in the order of
    /// storage.
    pub(super) fn largest(&self, union: &Union, most_rows: usize) -> (Vec<Dead>, RowsLeftOut) {
        let key = |row: &Row| (u64::MAX - row.bytes, stored_order(row.death.place));
        let order = sorted(self.rows.iter().map(key));
        let rows = || order.iter().filter_map(|&at| self.rows.get(at));
        let shown = rows().take(most_rows).map(|row| row.told(union));
        let left_out = RowsLeftOut::of(rows().skip(most_rows).map(|row| row.bytes));
        (shown.collect(), left_out)
    }
}

impl Row {
    fn told(&self, union: &Union) -> Dead {
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
