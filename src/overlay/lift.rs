//! A layer that can be removed again: the writable one of a container, which changes with every edit.
//!
//! Adding and removing it costs only what the layer itself contains, however large the image is. Rebuilding the
//! union would cost the image's time with each edit, and a copy of it the memory. Paths keep their nodes, and nodes
//! that only a removed layer named stay without a record, like any other path that was taken back. Whatever the
//! page stores by node number (open directories, the selection) stays valid.

use std::rc::Rc;

use super::apply::{Applying, NewNames};
use super::log::{Log, SHARED};
use super::{LayerIdx, NodeId, Union};
use crate::layer::LayerIndex;

/// The length of the log at a point in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    records: u32,
    inodes: u32,
    versions: u32,
    names: u32,
}

impl Union {
    /// Adds a layer that [`Union::lift`] can remove, and returns its number.
    pub fn lay_on(&mut self, index: Rc<LayerIndex>) -> LayerIdx {
        let mark = self.log.mark();
        let layer = self.add_layer(Some(Rc::clone(&index)));
        self.write(layer, |union, number| {
            // The names of its nodes must outlive the layer.
            Applying::new(union, number, index, NewNames::Kept).run();
        });
        if let Some(applied) = self.layers.last_mut() {
            applied.mark = Some(mark);
        }
        layer
    }

    /// Removes the topmost layer if [`Union::lay_on`] added it. False if there is no such layer.
    pub fn lift(&mut self) -> bool {
        let Some(mark) = self.layers.last().and_then(|applied| applied.mark) else {
            return false;
        };
        for (node, below) in self.log.back_to(mark) {
            self.arena.set_last_touch(node, below);
            let seen = self.log.record(below);
            if seen.is_some_and(|record| record.state.is_present()) {
                self.arena.list_live(node);
            }
        }
        self.layers.pop();
        self.forget_views();
        true
    }
}

impl Log {
    fn mark(&self) -> Mark {
        Mark {
            records: self.records.next(),
            inodes: self.inodes.next(),
            versions: self.versions.next(),
            names: self.names.next(),
        }
    }

    /// Undoes everything written since the mark. Returns the nodes of those records with the record below each,
    /// newest first.
    fn back_to(&mut self, mark: Mark) -> Vec<(NodeId, u32)> {
        for name in self.names.cut(mark.names).into_iter().rev() {
            if let Some(inode) = self.inodes.get_mut(name.inode) {
                inode.last_name = name.next;
            }
            // The path of a lower layer that a link turned into the first name of an inode.
            if name.record < mark.records
                && let Some(record) = self.records.get_mut(name.record)
            {
                record.entry = name.entry;
                record.flags &= !SHARED;
            }
        }
        for version in self.versions.cut(mark.versions).into_iter().rev() {
            if let Some(inode) = self.inodes.get_mut(version.inode) {
                inode.last_version = version.below;
            }
        }
        self.inodes.cut(mark.inodes);
        let records = self.records.cut(mark.records).into_iter().rev();
        let restored = records.map(|record| (NodeId(record.node), record.below));
        restored.collect()
    }
}
