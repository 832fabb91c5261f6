//! Sums over the subtrees of a union's paths, while the paths change one by one.
//!
//! Every subtree is a range once the paths stand in the order of a walk from parents to children; a Fenwick tree over
//! that order gives the sum of a range, and takes a change, in as many steps as the number of paths has binary digits.

use crate::overlay::{NodeId, PerNode, Union};

/// What is summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// Bytes of the entries that wrote the paths.
    pub(super) size_bytes: u128,
    /// Paths that are there and no directories.
    pub(super) n_objects: u32,
}

/// The sums. Paths have no share until they are given one.
pub(super) struct Subtrees {
    /// Its place in the walk.
    start: PerNode<u32>,
    /// How many places it and all below it have, the first its own.
    len: PerNode<u32>,
    /// What it has now.
    own: PerNode<(u64, bool)>,
    /// Partial sums, by place. Changes are added modulo the width of the numbers, which cancels out.
    sums: Vec<Share>,
    /// Numbers looked at.
    pub(super) n_steps: u64,
}

impl Subtrees {
    pub(super) fn new(union: &Union) -> Subtrees {
        let n = union.n_nodes();
        let parents: Vec<(NodeId, NodeId)> = union
            .ids()
            .filter_map(|id| Some((id, union.parent(id)?)))
            .collect();
        // Parents have smaller numbers than their children.
        let mut len = PerNode::new(n, 1_u32);
        for &(id, parent) in parents.iter().rev() {
            *len.at(parent) += len.get(id);
        }
        let mut start = PerNode::new(n, 0_u32);
        let mut next = PerNode::new(n, 1_u32);
        for &(id, parent) in &parents {
            *start.at(id) = next.get(parent);
            *next.at(parent) += len.get(id);
            *next.at(id) = start.get(id) + 1;
        }
        Subtrees {
            start,
            len,
            own: PerNode::new(n, (0, false)),
            sums: vec![Share::default(); n + 1],
            n_steps: 2 * n as u64,
        }
    }

    /// Where a path stands in the walk.
    pub(super) fn place(&self, node: NodeId) -> u32 {
        self.start.get(node)
    }

    /// Whether a place of the walk is a path or below it.
    pub(super) fn holds(&self, node: NodeId, place: u32) -> bool {
        let start = self.start.get(node);
        (start..start + self.len.get(node)).contains(&place)
    }

    /// Gives a path another share.
    pub(super) fn set(&mut self, node: NodeId, size_bytes: u64, is_object: bool) {
        let before = std::mem::replace(self.own.at(node), (size_bytes, is_object));
        if before == (size_bytes, is_object) {
            return;
        }
        let change = Share {
            size_bytes: u128::from(size_bytes).wrapping_sub(u128::from(before.0)),
            n_objects: u32::from(is_object).wrapping_sub(u32::from(before.1)),
        };
        let mut at = self.start.get(node) as usize + 1;
        while let Some(sum) = self.sums.get_mut(at) {
            self.n_steps += 1;
            *sum = sum.plus(change);
            at += at & at.wrapping_neg();
        }
    }

    /// The sum of a path and all below it.
    pub(super) fn sum(&mut self, node: NodeId) -> Share {
        let start = self.start.get(node);
        let upto = self.before(start + self.len.get(node));
        let before = self.before(start);
        Share {
            size_bytes: upto.size_bytes.wrapping_sub(before.size_bytes),
            n_objects: upto.n_objects.wrapping_sub(before.n_objects),
        }
    }

    /// The sum of the first places of the walk.
    fn before(&mut self, n_places: u32) -> Share {
        let mut sum = Share::default();
        let mut at = n_places as usize;
        while at > 0 {
            self.n_steps += 1;
            sum = sum.plus(self.sums.get(at).copied().unwrap_or_default());
            at -= at & at.wrapping_neg();
        }
        sum
    }
}

impl Share {
    fn plus(self, other: Share) -> Share {
        Share {
            size_bytes: self.size_bytes.wrapping_add(other.size_bytes),
            n_objects: self.n_objects.wrapping_add(other.n_objects),
        }
    }
}
