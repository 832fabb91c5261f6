//! A layer that can be taken off again: the writable one of a container, which changes with every edit.
//!
//! Laying it on and lifting it cost what the layer itself has, however large the image is; a union built anew would
//! cost the image each time, and a copy of it the memory. Paths keep their nodes all the while, and nodes that only a
//! lifted layer named stay without a record, as those of any path that was taken back: so what the page holds by the
//! numbers of nodes (open directories, the selection) holds on.

use std::rc::Rc;

use super::apply::{Applying, NewNames};
use super::log::{Log, SHARED};
use super::{LayerIdx, NodeId, Union};
use crate::layer::LayerIndex;

/// How long the log was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    records: u32,
    inodes: u32,
    versions: u32,
    names: u32,
}

impl Union {
    /// Puts a layer on top that [`Union::lift`] takes off again, and gives its number.
    pub fn lay_on(&mut self, index: Rc<LayerIndex>) -> LayerIdx {
        let mark = self.log.mark();
        let layer = self.add_layer(Some(Rc::clone(&index)));
        self.write(layer, |union, number| {
            // The names of its nodes must outlive it.
            Applying::new(union, number, index, NewNames::Kept).run();
        });
        if let Some(applied) = self.layers.last_mut() {
            applied.mark = Some(mark);
        }
        layer
    }

    /// Takes the topmost layer off, if [`Union::lay_on`] put it there; false if there is no such layer.
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

    /// Takes back all that was written since the mark; the nodes of those records with what held below, newest first.
    fn back_to(&mut self, mark: Mark) -> Vec<(NodeId, u32)> {
        for name in self.names.cut(mark.names).into_iter().rev() {
            if let Some(inode) = self.inodes.get_mut(name.inode) {
                inode.last_name = name.next;
            }
            // A path of a lower layer that became the first name of an inode, because a link to it came.
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
