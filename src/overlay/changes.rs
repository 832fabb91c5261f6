//! One layer's own view: the paths that it touches and the directories above them, each with its change.
//!
//! Also decides which of them `docker diff` lists. It lists only the top of a deleted tree, and nothing that
//! vanished with a directory which is now something else. It lists every directory except the root as changed if a
//! path in it is listed, whether or not the layer has an entry for the directory.

use std::rc::Rc;

use super::arena::ROOT;
use super::log::State;
use super::numbered::PerNode;
use super::{Change, LayerCounts, LayerIdx, NodeId, Union, View};

/// The paths of a layer's own view.
#[derive(Debug)]
pub(super) struct LayerShape {
    /// Sorted by node.
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    node: NodeId,
    /// Change of the path by the layer itself.
    own: Option<Change>,
    /// Change in the list of `docker diff`.
    listed: Option<Change>,
}

impl LayerShape {
    fn row(&self, id: NodeId) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&id, |row| row.node).ok()?;
        self.rows.get(at)
    }

    pub(super) fn contains(&self, id: NodeId) -> bool {
        self.row(id).is_some()
    }

    pub(super) fn own_change(&self, id: NodeId) -> Option<Change> {
        self.row(id)?.own
    }

    pub(super) fn listed(&self, id: NodeId) -> Option<Change> {
        self.row(id)?.listed
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.rows.iter().map(|row| row.node)
    }
}

impl Union {
    pub(super) fn shape(&self, view: View) -> Rc<LayerShape> {
        self.shapes.get(View::Layer(view.layer()), || {
            self.compute_shape(view.layer())
        })
    }

    fn compute_shape(&self, layer: LayerIdx) -> LayerShape {
        let upto = self.upto(View::Layer(layer));
        let mut rows: Vec<Row> = self
            .with_directories_above(self.touched(layer))
            .into_iter()
            .map(|node| Row {
                node,
                own: self.own_change(node, upto),
                listed: None,
            })
            .collect();
        // Children come after their parents. Going backwards, each row already knows whether a row below it is
        // listed.
        let mut above = rows.as_mut_slice();
        while let Some((row, rest)) = above.split_last_mut() {
            above = rest;
            if row.node == ROOT {
                row.listed = None;
                continue;
            }
            let parent = self.arena.parent(row.node);
            row.listed = match row.own {
                Some(Change::Deleted) => {
                    let in_dir = self
                        .seen_record(parent, upto)
                        .is_some_and(|record| record.state.is_dir());
                    in_dir.then_some(Change::Deleted)
                }
                own => own.or(row.listed),
            };
            let dir = above.binary_search_by_key(&parent, |row| row.node).ok();
            if let (Some(_), Some(dir)) = (row.listed, dir.and_then(|at| above.get_mut(at))) {
                dir.listed.get_or_insert(Change::Changed);
            }
        }
        LayerShape { rows }
    }

    /// Returns the paths that a layer writes, hides, or changes through another name of the same inode.
    fn touched(&self, layer: LayerIdx) -> Vec<NodeId> {
        let Some(applied) = self.layers.get(layer.0 as usize) else {
            return Vec::new();
        };
        let upto = self.upto(View::Layer(layer));
        let mut touched: Vec<NodeId> = self
            .log
            .records
            .range(&applied.records)
            .iter()
            .filter(|record| record.state != State::Void)
            .map(|record| NodeId(record.node))
            .collect();
        for version in self.log.versions.range(&applied.versions) {
            if version.metadata.layer == upto {
                touched.extend(self.names_in(version.inode, upto));
            }
        }
        touched
    }

    /// Returns the nodes and all directories above them, sorted and without duplicates.
    fn with_directories_above(&self, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        nodes.sort_unstable();
        nodes.dedup();
        let mut known = PerNode::new(self.arena.len(), false);
        for &node in &nodes {
            *known.at(node) = true;
        }
        let mut found = Vec::new();
        for &node in &nodes {
            let mut above = self.arena.parent(node);
            while !std::mem::replace(known.at(above), true) {
                found.push(above);
                above = self.arena.parent(above);
            }
        }
        nodes.append(&mut found);
        nodes.sort_unstable();
        nodes
    }

    /// Counts the paths that a layer adds, changes and deletes. Repeated paths do not count, and neither does the
    /// root, which no list shows.
    pub fn counts(&self, layer: LayerIdx) -> LayerCounts {
        let mut counts = LayerCounts::default();
        let shape = self.shape(View::Layer(layer));
        for row in shape.rows.iter().filter(|row| row.node != ROOT) {
            match row.own {
                Some(Change::Added) => counts.n_added += 1,
                Some(Change::Changed) => counts.n_changed += 1,
                Some(Change::Deleted) => counts.n_deleted += 1,
                None => {}
            }
        }
        counts
    }
}
