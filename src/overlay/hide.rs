//! Hides the paths that whiteouts, opaque markers and replaced directories remove.
//!
//! Each hidden descendant gets a record of its own, so that the history of every path, and every view of a lower
//! layer, is exact. A path is hidden at most once for each time that it was written.

use super::NodeId;
use super::apply::Applying;
use super::arena::ROOT;
use super::log::State;

impl Applying<'_> {
    /// Hides a path and everything below it, as far as they come from lower layers.
    pub(super) fn hide_lower(&mut self, node: NodeId, how: State, entry: u32) {
        let mut pending = vec![(node, how)];
        while let Some((node, how)) = pending.pop() {
            self.union.n_steps += 1;
            let Some(record) = self.now(node).copied() else {
                continue;
            };
            let own = record.layer == self.layer;
            if !own && self.needed.contains(&node) && record.state.is_dir() {
                self.put(node, State::Implied, entry, 0);
            } else if !own {
                self.put_gone(node, how, entry);
            }
            if record.state.is_dir() && self.cleared.insert(node) {
                self.push_children(node, State::GoneWithParent, &mut pending);
            }
        }
    }

    /// Hides the content of a directory that comes from lower layers. The directory itself stays.
    pub(super) fn hide_lower_children(&mut self, dir: NodeId, how: State, entry: u32) {
        if !self.cleared.insert(dir) {
            return;
        }
        let mut children = Vec::new();
        self.push_children(dir, how, &mut children);
        for (child, how) in children {
            self.hide_lower(child, how, entry);
        }
    }

    /// Hides everything below a directory that something else replaces, including this layer's own entries.
    pub(super) fn hide_all_below(&mut self, dir: NodeId, entry: u32) {
        let mut pending = Vec::new();
        self.push_children(dir, State::GoneByReplacement, &mut pending);
        while let Some((node, how)) = pending.pop() {
            self.union.n_steps += 1;
            let Some(record) = self.now(node).copied() else {
                continue;
            };
            self.put_gone(node, how, entry);
            if record.state.is_dir() {
                self.push_children(node, how, &mut pending);
            }
        }
    }

    fn push_children(&mut self, dir: NodeId, how: State, pending: &mut Vec<(NodeId, State)>) {
        let union = &mut *self.union;
        let (log, layer) = (&union.log, self.layer);
        let mut children = Vec::new();
        union.n_steps += union.arena.prune_live(
            dir,
            |arena, id| {
                let record = log.at(arena.last_touch(id), layer);
                id != ROOT && record.is_some_and(|record| record.state.is_present())
            },
            &mut children,
        );
        pending.extend(children.into_iter().map(|child| (child, how)));
    }
}
