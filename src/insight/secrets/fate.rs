//! Tells what became of a file's content: whether a path of the final file system still has it, and else which layer
//! took its last name.

use std::collections::{BTreeMap, BTreeSet};

use super::SecretFate;
use crate::overlay::{EntryPlace, LayerIdx, NodeId, Union};

/// The fates of contents. A content that no path ever had was written over within its layer.
pub(super) struct Fates {
    fates: BTreeMap<EntryPlace, SecretFate>,
}

impl Fates {
    /// Follows these contents through the image's own layers, which are the lowest `n_layers` of the union.
    ///
    /// The cost is that of all that the layers touch, and nothing if there are no contents.
    pub(super) fn of(union: &Union, n_layers: usize, contents: &BTreeSet<EntryPlace>) -> Fates {
        let mut fates = Fates {
            fates: BTreeMap::new(),
        };
        let Some(first) = contents.iter().map(|content| content.layer).min() else {
            return fates;
        };
        for layer in (first.0 as usize..n_layers).map(LayerIdx::at) {
            for (node, touch) in union.touches(layer) {
                let content = touch.content.filter(|content| contents.contains(content));
                if let Some(content) = content {
                    fates.follow(union, n_layers, content, node);
                }
            }
        }
        fates
    }

    /// Adds what became of one name of a content.
    fn follow(&mut self, union: &Union, n_layers: usize, content: EntryPlace, node: NodeId) {
        let known = self.fates.get(&content).copied();
        if known == Some(SecretFate::Live) {
            return;
        }
        let touches = union.history(node);
        let own = touches
            .iter()
            .filter(|touch| (touch.layer.0 as usize) < n_layers);
        let mut fate = SecretFate::Live;
        for touch in own {
            if touch.layer < content.layer {
                continue;
            }
            let by = touch.layer;
            let has_it = touch.content == Some(content);
            let is_deleted = touch.change == crate::overlay::Change::Deleted;
            fate = match fate {
                _ if is_deleted && matches!(fate, SecretFate::Live) => SecretFate::Deleted { by },
                _ if has_it && !is_deleted => SecretFate::Live,
                SecretFate::Live => SecretFate::Overwritten { by },
                hidden => hidden,
            };
        }
        // The last of its names counts.
        if fate == SecretFate::Live || known.and_then(SecretFate::by) <= fate.by() {
            self.fates.insert(content, fate);
        }
    }

    /// Returns the fate of a content.
    pub(super) fn get(&self, content: EntryPlace) -> SecretFate {
        let by = content.layer;
        let fate = self.fates.get(&content).copied();
        fate.unwrap_or(SecretFate::Overwritten { by })
    }
}
