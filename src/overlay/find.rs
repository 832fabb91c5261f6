//! Finding paths by a part of their name.
//!
//! The tree's filter, which keeps the directories that lead to a match, is in `tree`.

use super::bytes::Needle;
use super::{NodeId, Union, View};

/// Bytes of the paths that are found at most: a hostile layer has thousands of them, each as long as can be.
const FOUND_BYTES: usize = 16 * 1024 * 1024;

/// How good a match is, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Name,
    Start,
    Part,
}

impl Union {
    /// Paths of a view whose name holds `query`, whatever the case of ASCII letters: whole names first, then names
    /// that begin with it, then the rest; each group sorted by path.
    ///
    /// What stands after the last slash of `query` is then the start of the name, and what stands before it the end
    /// of its directory's path: `etc/host` finds `etc/hosts` and `usr/etc/hostname`.
    pub fn find(&self, query: &[u8], view: View, limit: usize) -> Vec<NodeId> {
        let mut parts = query.rsplitn(2, |&b| b == b'/');
        let needle = Needle::new(parts.next().unwrap_or_default());
        let directory = parts.next().map(Needle::new);
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut found: [Vec<NodeId>; 3] = Default::default();
        let mut path_bytes = 0;
        for id in self.arena.ids().skip(1) {
            let name = self.arena.name(id);
            let rank = if needle.is_all_of(name) {
                Rank::Name
            } else if needle.starts(name) {
                Rank::Start
            } else if directory.is_none() && needle.is_in(name) {
                Rank::Part
            } else {
                continue;
            };
            let Some(group) = found.get_mut(rank as usize) else {
                continue;
            };
            // What is found first is kept, so that a query that all names match costs no more than others.
            if group.len() < limit
                && path_bytes < FOUND_BYTES
                && self.shows(id, view)
                && self.is_below(id, directory.as_ref())
            {
                path_bytes = path_bytes.saturating_add(self.arena.path_len(id));
                group.push(id);
            }
        }
        let mut sorted = Vec::new();
        for group in found {
            let mut paths: Vec<_> = group.into_iter().map(|id| (self.path(id), id)).collect();
            paths.sort_unstable();
            sorted.extend(paths.into_iter().map(|(_, id)| id));
        }
        sorted.truncate(limit);
        sorted
    }

    fn is_below(&self, id: NodeId, directory: Option<&Needle>) -> bool {
        directory.is_none_or(|directory| {
            let dir = self.arena.parent(id);
            directory.ends(&self.arena.path_end(dir, directory.len()))
        })
    }
}
