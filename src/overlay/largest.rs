//! The largest files of a view.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{NodeId, Union, View};

/// A file by its size; of equal ones the first of the union is the larger.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Sized {
    size_bytes: u64,
    node: Reverse<u32>,
    inode: Option<u32>,
}

impl Union {
    /// Returns the largest files that a view shows, at most `most`, with their sizes in bytes, the largest first. Of
    /// several names of an inode, only the first counts. Empty files do not count.
    pub fn largest_files(&self, view: View, most: usize) -> Vec<(NodeId, u64)> {
        let mut kept: BinaryHeap<Reverse<Sized>> = BinaryHeap::new();
        for id in self.ids().filter(|&id| self.shows(id, view)) {
            let (size_bytes, inode) = self.file_share(id, view);
            let least = kept.peek().map_or(0, |Reverse(least)| least.size_bytes);
            let has_room = kept.len() < most;
            if size_bytes == 0 || (!has_room && size_bytes <= least) {
                continue;
            }
            let is_same = |Reverse(other): &Reverse<Sized>| other.inode == inode;
            if inode.is_some() && kept.iter().any(is_same) {
                continue;
            }
            kept.push(Reverse(Sized {
                size_bytes,
                node: Reverse(id.0),
                inode,
            }));
            if !has_room {
                kept.pop();
            }
        }
        let largest = kept.into_sorted_vec().into_iter();
        largest
            .map(|Reverse(file)| (NodeId(file.node.0), file.size_bytes))
            .collect()
    }
}
