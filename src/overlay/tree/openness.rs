//! The open directories of a tree.

use std::collections::HashSet;

use super::filter::Marks;
use crate::overlay::{NodeId, Union, View};

/// Decides which paths are shown and which directories are open.
pub(super) struct Openness<'t> {
    pub(super) view: View,
    pub(super) marks: Option<&'t Marks>,
    /// Directories that differ from the default, which is closed or decided by the filter.
    pub(super) changed: &'t HashSet<NodeId>,
}

impl Openness<'_> {
    pub(super) fn is_open(&self, id: NodeId) -> bool {
        let by_default = self.marks.is_some_and(|marks| marks.leads_to_match(id));
        id == NodeId::ROOT || by_default != self.changed.contains(&id)
    }

    pub(super) fn children(&self, union: &Union, dir: NodeId) -> impl Iterator<Item = NodeId> {
        let shown = |id: &NodeId| self.marks.is_none_or(|marks| marks.is_shown(*id));
        union.children(dir, self.view).filter(shown)
    }
}
