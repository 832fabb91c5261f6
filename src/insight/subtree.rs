//! Sums over the subtrees of a union's paths, while the paths change one by one.
//!
//! In the order of a walk from parents to children, every subtree is a range. A Fenwick tree over that order
//! computes the sum of a range, and applies a change, in as many steps as the number of paths has binary digits.

use crate::overlay::{NodeId, PerNode, Union};

/// The summed quantities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// Bytes of the entries that wrote the paths.
    pub(super) size_bytes: u128,
    /// Number of paths that exist and are not directories.
    pub(super) n_objects: u32,
}

/// The sums. Paths have no share until one is set.
pub(super) struct Subtrees {
    /// Position of each path in the walk.
    start: PerNode<u32>,
    /// Number of positions of each path with everything below it; the first is its own.
    len: PerNode<u32>,
    /// Current share of each path.
    own: PerNode<(u64, bool)>,
    /// Partial sums, by position. Changes are added modulo the width of the numbers, which cancels out.
    sums: Vec<Share>,
    /// Numbers visited.
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

    /// Returns the position of a path in the walk.
    pub(super) fn place(&self, node: NodeId) -> u32 {
        self.start.get(node)
    }

    /// True if a position of the walk is the path or below it.
    pub(super) fn holds(&self, node: NodeId, place: u32) -> bool {
        let start = self.start.get(node);
        (start..start + self.len.get(node)).contains(&place)
    }

    /// Sets the share of a path.
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

    /// Returns the sum of a path and everything below it.
    pub(super) fn sum(&mut self, node: NodeId) -> Share {
        let start = self.start.get(node);
        let upto = self.before(start + self.len.get(node));
        let before = self.before(start);
        Share {
            size_bytes: upto.size_bytes.wrapping_sub(before.size_bytes),
            n_objects: upto.n_objects.wrapping_sub(before.n_objects),
        }
    }

    /// Returns the sum of the first `n_places` positions of the walk.
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
