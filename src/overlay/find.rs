//! Finding paths by a part of their name.
//!
//! The tree's filter, which keeps the directories that lead to a match, is in `tree`.

use super::path_text::PathText;
use super::{NodeId, Union, View};

/// Bytes of the paths that are found at most: a hostile layer has thousands of them, each as long as can be.
const FOUND_BYTES: usize = 16 * 1024 * 1024;

impl Union {
    /// Paths of a view whose name holds `query`, whatever the case of ASCII letters: whole names first, then names
    /// that begin with it, then the rest; each group sorted by path.
    ///
    /// What stands after the last slash of `query` is then the start of the name, and what stands before it the end
    /// of its directory's path: `etc/host` finds `etc/hosts` and `usr/etc/hostname`.
    pub fn find(&self, query: &[u8], view: View, limit: usize) -> Vec<NodeId> {
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut text = PathText::new(self, query);
        let mut found: [Vec<NodeId>; 3] = Default::default();
        let mut path_bytes = 0;
        for id in self.arena.ids().skip(1) {
            // There is no group of what does not fit.
            let Some(group) = found.get_mut(text.fit(id) as usize) else {
                continue;
            };
            // What is found first is kept, so that a query that all names match costs no more than others.
            if group.len() < limit && path_bytes < FOUND_BYTES && self.shows(id, view) {
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
}
