//! Sums over the subtrees of a union's paths, while the paths change one by one.
//!
//! Every subtree is a range once the paths stand in the order of a walk from parents to children; a Fenwick tree over
//! that order gives the sum of a range, and takes a change, in as many steps as the number of paths has binary digits.

use crate::overlay::{NodeId, Union};

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
    /// By node: its place in the walk, and the place after its last descendant.
    start: Vec<u32>,
    end: Vec<u32>,
    /// By node: what it has now.
    own: Vec<(u64, bool)>,
    /// Partial sums, by place. Changes are added modulo the width of the numbers, which cancels out.
    bytes: Vec<u128>,
    objects: Vec<u32>,
    /// Numbers looked at.
    pub(super) n_steps: u64,
}

impl Subtrees {
    pub(super) fn new(union: &Union) -> Subtrees {
        let n = union.n_nodes();
        let parents: Vec<usize> = (0..n as u32)
            .map(|id| {
                union
                    .parent(NodeId(id))
                    .map_or(0, |parent| parent.0 as usize)
            })
            .collect();
        // Parents have smaller numbers than their children.
        let mut len = vec![1_u32; n];
        for at in (1..n).rev() {
            len[parents[at]] += len[at];
        }
        let mut start = vec![0_u32; n];
        let mut next = vec![1_u32; n];
        for at in 1..n {
            let parent = parents[at];
            start[at] = next[parent];
            next[parent] += len[at];
            next[at] = start[at] + 1;
        }
        Subtrees {
            end: start.iter().zip(&len).map(|(at, len)| at + len).collect(),
            start,
            own: vec![(0, false); n],
            bytes: vec![0; n + 1],
            objects: vec![0; n + 1],
            n_steps: 2 * n as u64,
        }
    }

    /// Where a path stands in the walk.
    pub(super) fn place(&self, node: NodeId) -> u32 {
        self.start.get(node.0 as usize).copied().unwrap_or(0)
    }

    /// Whether a place of the walk is a path or below it.
    pub(super) fn holds(&self, node: NodeId, place: u32) -> bool {
        let at = node.0 as usize;
        self.start.get(at).is_some_and(|&start| start <= place)
            && self.end.get(at).is_some_and(|&end| place < end)
    }

    /// Gives a path another share.
    pub(super) fn set(&mut self, node: NodeId, size_bytes: u64, is_object: bool) {
        let at = node.0 as usize;
        let Some(own) = self.own.get_mut(at) else {
            return;
        };
        let before = std::mem::replace(own, (size_bytes, is_object));
        if before == (size_bytes, is_object) {
            return;
        }
        let bytes = u128::from(size_bytes).wrapping_sub(u128::from(before.0));
        let objects = u32::from(is_object).wrapping_sub(u32::from(before.1));
        let mut at = self.start[at] as usize + 1;
        while at < self.bytes.len() {
            self.n_steps += 1;
            self.bytes[at] = self.bytes[at].wrapping_add(bytes);
            self.objects[at] = self.objects[at].wrapping_add(objects);
            at += at & at.wrapping_neg();
        }
    }

    /// The sum of a path and all below it.
    pub(super) fn sum(&mut self, node: NodeId) -> Share {
        let at = node.0 as usize;
        let (Some(&start), Some(&end)) = (self.start.get(at), self.end.get(at)) else {
            return Share::default();
        };
        let (upto, before) = (self.before(end as usize), self.before(start as usize));
        Share {
            size_bytes: upto.size_bytes.wrapping_sub(before.size_bytes),
            n_objects: upto.n_objects.wrapping_sub(before.n_objects),
        }
    }

    /// The sum of the first places of the walk.
    fn before(&mut self, n_places: usize) -> Share {
        let mut sum = Share::default();
        let mut at = n_places;
        while at > 0 {
            self.n_steps += 1;
            sum.size_bytes = sum.size_bytes.wrapping_add(self.bytes[at]);
            sum.n_objects = sum.n_objects.wrapping_add(self.objects[at]);
            at -= at & at.wrapping_neg();
        }
        sum
    }
}
