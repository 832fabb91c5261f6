//! Sums below each directory of a view, computed for the whole view at once and cached.
//!
//! An inode with several names below a directory counts there once.

use super::arena::ROOT;
use super::log::Place;
use super::numbered::{NONE, PerNode, number};
use super::{NodeId, Totals, Union, View};
use crate::layer::{EntryId, EntryKind};

/// The sums of a view's directories, by node.
#[derive(Debug)]
pub(super) struct TotalsTable(Vec<(NodeId, Totals)>);

/// Intermediate sums: wide enough that absurd sizes neither overflow nor, when subtracted again, fall below zero.
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

    fn add_share(&mut self, share: &Share) {
        self.size_bytes += share.size_bytes;
        match share.kind {
            _ if !share.counts => {}
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
    /// Returns the sums below a directory, or of the path itself if it is not a directory; zeros if the view does
    /// not show it.
    ///
    /// A layer's own view counts only what the layer itself brings: deleted paths and directories that only lead to
    /// a change do not count, and content counts only if its bytes are in this layer. Deleted paths of a union do
    /// not count either.
    pub fn totals(&self, id: NodeId, view: View) -> Totals {
        let view = match view {
            View::WithDeleted(layer) => View::UpTo(layer),
            view => view,
        };
        let table = self.totals.get(view, || self.compute_totals(view));
        let at = table.0.binary_search_by_key(&id, |(node, _)| *node).ok();
        if let Some((_, totals)) = at.and_then(|at| table.0.get(at)) {
            return *totals;
        }
        let mut sum = Sum::default();
        if self.shows(id, view)
            && let Some(own) = self.share_of_shown(id, view)
        {
            sum.add_share(&own);
        }
        sum.totals()
    }

    fn compute_totals(&self, view: View) -> TotalsTable {
        let ids = self.ids_in(view);
        // Only directories have sums.
        let mut sums: Vec<(NodeId, Sum)> = Vec::new();
        let mut places = PerNode::new(self.arena.len(), NONE);
        for &id in &ids {
            if self.shown_kind(id, view) == Some(EntryKind::Dir) {
                *places.at(id) = number(sums.len());
                sums.push((id, Sum::default()));
            }
        }
        let mut twice = CountedTwice::new(self);
        for &id in ids.iter().rev() {
            let Some(own) = self.share_of_shown(id, view) else {
                continue;
            };
            if let Some(inode) = own.inode
                && own.size_bytes > 0
            {
                twice.add(self, inode, own.size_bytes, id);
            }
            let mut sum = Sum::default();
            if own.kind == EntryKind::Dir {
                let below = sums.get(places.get(id) as usize);
                sum = below.map_or(sum, |(_, below)| *below);
            }
            sum.add_share(&own);
            if id != ROOT
                && let Some((_, above)) = sums.get_mut(places.get(self.arena.parent(id)) as usize)
            {
                above.add(sum);
            }
        }
        twice.take_from(self, &mut sums);
        let totals = sums.into_iter().map(|(id, sum)| (id, sum.totals()));
        TotalsTable(totals.collect())
    }

    /// Returns the bytes of a visible file, and the inode of one that may have several names; 0 for another path.
    pub(super) fn file_share(&self, id: NodeId, view: View) -> (u64, Option<u32>) {
        let share = self.share_of_shown(id, view);
        share.map_or((0, None), |share| {
            (u64::try_from(share.size_bytes).unwrap_or(0), share.inode)
        })
    }

    /// Returns the share of a visible path in the sums.
    fn share_of_shown(&self, id: NodeId, view: View) -> Option<Share> {
        let (shown, said) = self.shown_record(id, view)?;
        let kind = shown.state.kind()?;
        let place = match kind {
            EntryKind::File => self.content_place(shown),
            _ => None,
        };
        let mut share = Share {
            kind,
            size_bytes: place.map_or(0, |place| i128::from(self.size_at(place))),
            inode: self.log.inode_of(shown),
            counts: true,
        };
        if matches!(view, View::Layer(_)) {
            let layer = self.upto(view);
            share.counts = said.state.is_present() && said.layer == layer;
            if !(share.counts && place.is_some_and(|place| place.layer == layer)) {
                share.size_bytes = 0;
            }
        }
        Some(share)
    }

    fn size_at(&self, place: Place) -> u64 {
        let layer = self.layers.get(usize::from(place.layer));
        let index = layer.and_then(|layer| layer.index.as_ref());
        index
            .and_then(|index| index.size_bytes(EntryId(place.entry)))
            .unwrap_or(0)
    }
}

/// The share of one path in the sums.
struct Share {
    kind: EntryKind,
    size_bytes: i128,
    inode: Option<u32>,
    counts: bool,
}

/// Finds where names of one inode meet on their way up: there, and above, its content was counted twice.
struct CountedTwice {
    /// Inode, size and node of each name, in order of arrival.
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

    /// Subtracts duplicate content in the directory where names meet, and in all directories above.
    fn take_from(mut self, union: &Union, sums: &mut [(NodeId, Sum)]) {
        if self.names.is_empty() {
            return;
        }
        let mut too_much = PerNode::new(self.n_nodes, 0);
        self.names.sort_unstable();
        // The inode that passed each node last, on the way up from its names.
        let mut passed = PerNode::new(self.n_nodes, NONE);
        for &(inode, size_bytes, id) in &self.names {
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
        for (id, sum) in sums.iter_mut().rev() {
            let amount: i128 = too_much.get(*id);
            sum.size_bytes -= amount;
            if *id != ROOT {
                *too_much.at(union.arena.parent(*id)) += amount;
            }
        }
    }
}
