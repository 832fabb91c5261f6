//! Sums below each directory of a view, computed for the whole view at once and kept.
//!
//! An inode with several names below a directory is counted there once.

use super::arena::ROOT;
use super::log::Place;
use super::numbered::{NONE, PerNode};
use super::{NodeId, Totals, Union, View};
use crate::layer::EntryKind;

/// The sums of a view's directories, by node.
#[derive(Debug)]
pub(super) struct TotalsTable(Vec<(NodeId, Totals)>);

/// Sums under way: wide enough that sizes that no disk holds neither overflow nor, taken away again, go below zero.
#[derive(Clone, Copy, Default)]
struct Sum {
    size_bytes: i128,
    n_files: u32,
    n_dirs: u32,
    n_others: u32,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.size_bytes += other.size_bytes;
        self.n_files += other.n_files;
        self.n_dirs += other.n_dirs;
        self.n_others += other.n_others;
    }

    fn count(&mut self, kind: EntryKind) {
        match kind {
            EntryKind::File => self.n_files += 1,
            EntryKind::Dir => self.n_dirs += 1,
            _ => self.n_others += 1,
        }
    }

    fn totals(self) -> Totals {
        Totals {
            size_bytes: u64::try_from(self.size_bytes).unwrap_or(u64::MAX),
            n_files: self.n_files,
            n_dirs: self.n_dirs,
            n_others: self.n_others,
        }
    }
}

impl Union {
    /// Sums below a directory, or of the path itself when it is none; zeros when the view does not show it.
    ///
    /// A layer's own view counts what the layer itself brings: deleted paths and the directories that only lead
    /// to a change count for nothing, and content counts where its bytes stand in this layer.
    pub fn totals(&self, id: NodeId, view: View) -> Totals {
        let table = self.totals.get(view, || self.compute_totals(view));
        let at = table.0.binary_search_by_key(&id, |(node, _)| *node).ok();
        if let Some((_, totals)) = at.and_then(|at| table.0.get(at)) {
            return *totals;
        }
        let mut sum = Sum::default();
        if let Some(own) = self.own_share(id, view) {
            sum.size_bytes = own.size_bytes;
            if own.counts {
                sum.count(own.kind);
            }
        }
        sum.totals()
    }

    fn compute_totals(&self, view: View) -> TotalsTable {
        let ids = self.ids_in(view);
        let mut sums = PerNode::new(self.arena.len(), Sum::default());
        let mut twice = CountedTwice::new(self);
        let mut dirs = Vec::new();
        for &id in ids.iter().rev() {
            let Some(own) = self.own_share(id, view) else {
                continue;
            };
            let mut sum = sums.get(id);
            if let Some(inode) = own.inode
                && own.size_bytes > 0
            {
                twice.add(self, inode, own.size_bytes, id);
            }
            if own.kind == EntryKind::Dir {
                dirs.push((id, Totals::default()));
            }
            sum.size_bytes += own.size_bytes;
            if own.counts {
                sum.count(own.kind);
            }
            if id != ROOT {
                sums.at(self.arena.parent(id)).add(sum);
            }
        }
        // What was counted too often in a directory was so in all above it.
        let mut too_much = twice.per_directory();
        for &id in ids.iter().rev() {
            let amount = too_much.get(id);
            if amount != 0 {
                sums.at(id).size_bytes -= amount;
                if id != ROOT {
                    *too_much.at(self.arena.parent(id)) += amount;
                }
            }
        }
        dirs.reverse();
        for (id, totals) in &mut dirs {
            *totals = sums.get(*id).totals();
        }
        TotalsTable(dirs)
    }

    fn own_share(&self, id: NodeId, view: View) -> Option<Share> {
        let layer = self.upto(view);
        let seen = self.seen_in(id, view)?;
        let mut share = Share {
            kind: seen.kind,
            size_bytes: i128::from(seen.size_bytes()),
            inode: self.log.inode_of(&seen.record),
            counts: true,
        };
        if matches!(view, View::Layer(_)) {
            let is_here = self.seen_record(id, layer).is_some();
            let stored_here = seen
                .content_place
                .is_some_and(|Place { layer: at, .. }| at == layer);
            share.counts = is_here && seen.record.layer == layer;
            if !(share.counts && stored_here) {
                share.size_bytes = 0;
            }
        }
        Some(share)
    }
}

/// What one path brings to the sums.
struct Share {
    kind: EntryKind,
    size_bytes: i128,
    inode: Option<u32>,
    counts: bool,
}

/// Where names of one inode meet on their way up: there, and above, its content is one time too many.
struct CountedTwice {
    /// By inode: its names with their sizes, as they come.
    names: Vec<(u32, i128, NodeId)>,
    n_nodes: usize,
    parents: PerNode<NodeId>,
}

impl CountedTwice {
    fn new(union: &Union) -> CountedTwice {
        CountedTwice {
            names: Vec::new(),
            n_nodes: union.arena.len(),
            parents: PerNode::new(0, ROOT),
        }
    }

    fn add(&mut self, union: &Union, inode: u32, size_bytes: i128, id: NodeId) {
        if self.names.is_empty() {
            self.parents = PerNode::new(self.n_nodes, ROOT);
            for id in union.arena.ids() {
                *self.parents.at(id) = union.arena.parent(id);
            }
        }
        self.names.push((inode, size_bytes, id));
    }

    /// For each node, what to take away there; parents are not told yet.
    fn per_directory(mut self) -> PerNode<i128> {
        let mut too_much = PerNode::new(self.n_nodes, 0);
        self.names.sort_unstable();
        // Which inode passed here last, going up from its names.
        let n_nodes = if self.names.is_empty() {
            0
        } else {
            self.n_nodes
        };
        let mut passed = PerNode::new(n_nodes, NONE);
        for (inode, size_bytes, id) in self.names {
            let mut at = id;
            loop {
                at = self.parents.get(at);
                if std::mem::replace(passed.at(at), inode) == inode {
                    *too_much.at(at) += size_bytes;
                    break;
                }
                if at == ROOT {
                    break;
                }
            }
        }
        too_much
    }
}
