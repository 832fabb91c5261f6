//! Counts the copies of each path over the layers, for dive's score and wasted bytes.
//!
//! [`super`] defines them. This module builds the layers' own trees, of paths as the layers write them.

use std::collections::HashMap;

use crate::layer::{EntryPath, LayerIndex};
use crate::overlay::{Change, LayerIdx, Named, NodeId, PerNode, Union, View, is_aufs};

use super::order::sorted;
use super::rows::RowsLeftOut;

/// The figures of dive.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Dive {
    /// Ratio of the bytes of the smallest copies to the bytes of all copies, from 0 to 1.
    pub score: f64,
    /// Bytes of all copies of the paths with two or more.
    pub wasted_bytes: u64,
    /// Ratio of the wasted bytes to the bytes above the base layer. May exceed 1, and is infinite if bytes are
    /// wasted although the layers above hold none.
    pub user_wasted_percent: f64,
    /// Paths with two or more copies that have bytes, the largest first.
    pub wasted: Vec<Repeated>,
    /// Paths that do not fit into that list.
    pub wasted_left_out: RowsLeftOut,
}

/// A path with two or more copies.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Repeated {
    /// Path as the layers write it, without a leading slash.
    pub path: Vec<u8>,
    /// Node of the path; `None` if no path has that name.
    pub node: Option<NodeId>,
    /// Topmost layer up to which the path exists; `None` if the union shows it to the end.
    pub seen_upto: Option<LayerIdx>,
    /// Number of its copies, including whiteouts.
    pub copies: u32,
    /// Bytes of all its copies.
    pub bytes: u64,
}

/// The copies of one path.
#[derive(Clone, Copy, Default)]
struct Copies {
    n: u32,
    sum: u64,
    smallest: u64,
}

/// A path in the tree of the current layer.
#[derive(Clone, Copy, Default)]
struct Own {
    /// One past the layer's number; any other value belongs to another layer.
    layer: u32,
    size_bytes: u64,
    is_whiteout: bool,
    has_children: bool,
}

/// A path as layers write it: the union's own node if there is one with that name, or else a number after those.
///
/// Names are looked up below names, not below the targets of links, so this is the path as written.
type PathId = NodeId;

const ROOT: PathId = NodeId(0);

/// All copies so far.
pub(super) struct Counting<'u> {
    union: &'u Union,
    /// Paths without a node in the union: whiteouts of nothing, paths through links, and whiteouts themselves.
    beside: HashMap<(PathId, &'u [u8]), PathId>,
    parents: Vec<(PathId, &'u [u8])>,
    copies: PerNode<Copies>,
    own: PerNode<Own>,
    touched: Vec<PathId>,
    /// Bytes of the entries above the base layer.
    user_bytes: u128,
    /// Entries and components visited.
    pub(super) n_steps: u64,
}

impl<'u> Counting<'u> {
    pub(super) fn new(union: &'u Union) -> Counting<'u> {
        Counting {
            union,
            beside: HashMap::new(),
            parents: Vec::new(),
            copies: PerNode::new(union.n_nodes(), Copies::default()),
            own: PerNode::new(union.n_nodes(), Own::default()),
            touched: Vec::new(),
            user_bytes: 0,
            n_steps: 0,
        }
    }

    /// Adds the next layer. `hidden_bytes` returns the size of a whiteout: the bytes that it hides in the layers
    /// below.
    pub(super) fn layer(
        &mut self,
        layer: u32,
        index: &'u LayerIndex,
        mut hidden_bytes: impl FnMut(&[u8]) -> u64,
    ) {
        let mut whiteouts = Vec::new();
        let mut last_dir: (&[u8], PathId) = (&[], ROOT);
        for entry in index.entries() {
            self.n_steps += 1;
            if layer > 0 {
                self.user_bytes += u128::from(entry.size_bytes);
            }
            let EntryPath { dir: dirs, name } = entry.path;
            let named = Named::of(name);
            if name.is_empty() || is_aufs(entry.path) || named == Named::Invalid {
                continue;
            }
            if last_dir.0 != dirs {
                last_dir = (dirs, self.dir(layer, dirs));
            }
            let dir = last_dir.1;
            // A marker is not a path of its own, but its directory is in the layer.
            if name.starts_with(b".wh..wh.") {
                continue;
            }
            self.own.at(dir).has_children = true;
            let id = self.touch(layer, dir, name);
            let Named::Whiteout(hidden) = named else {
                self.own.at(id).size_bytes = entry.size_bytes;
                continue;
            };
            if !std::mem::replace(&mut self.own.at(id).is_whiteout, true) {
                let path = self.child(dir, hidden);
                whiteouts.push((id, path, hidden_bytes(&[dirs, hidden].join(&b'/'))));
            }
        }
        for id in std::mem::take(&mut self.touched) {
            let own = self.own.get(id);
            if !own.has_children && !own.is_whiteout {
                self.copy(id, own.size_bytes);
            }
        }
        for (id, path, size_bytes) in whiteouts {
            if !self.own.get(id).has_children {
                self.copy(path, size_bytes);
            }
        }
    }

    /// Adds a directory of the current layer, with those above it.
    fn dir(&mut self, layer: u32, dirs: &'u [u8]) -> PathId {
        let mut at = ROOT;
        for name in dirs.split(|&byte| byte == b'/') {
            self.n_steps += 1;
            if !name.is_empty() {
                self.own.at(at).has_children = true;
                at = self.touch(layer, at, name);
            }
        }
        at
    }

    /// Adds a path of the current layer.
    fn touch(&mut self, layer: u32, dir: PathId, name: &'u [u8]) -> PathId {
        let id = self.child(dir, name);
        let own = self.own.at(id);
        if own.layer != layer + 1 {
            *own = Own {
                layer: layer + 1,
                ..Own::default()
            };
            self.touched.push(id);
        }
        id
    }

    fn child(&mut self, dir: PathId, name: &'u [u8]) -> PathId {
        if let Some(node) = self.union.child(dir, name) {
            return node;
        }
        *self.beside.entry((dir, name)).or_insert_with(|| {
            self.parents.push((dir, name));
            self.copies.push(Copies::default());
            self.own.push(Own::default())
        })
    }

    fn copy(&mut self, id: PathId, size_bytes: u64) {
        self.n_steps += 1;
        let copies = self.copies.at(id);
        copies.smallest = match copies.n {
            0 => size_bytes,
            _ => copies.smallest.min(size_bytes),
        };
        copies.n += 1;
        copies.sum = copies.sum.saturating_add(size_bytes);
    }

    /// Returns the figures after the last layer, with at most `most_rows` paths that waste bytes.
    pub(super) fn figures(&self, n_layers: usize, most_rows: usize) -> Dive {
        let (mut smallest, mut all, mut wasted) = (0_u128, 0_u128, 0_u128);
        let mut repeated = Vec::new();
        for (id, copies) in self.copies.iter() {
            smallest += u128::from(copies.smallest);
            all += u128::from(copies.sum);
            if copies.n > 1 && copies.sum > 0 {
                wasted += u128::from(copies.sum);
                repeated.push((id, *copies));
            }
        }
        let user_bytes = match n_layers {
            0 | 1 => None,
            _ => Some(self.user_bytes),
        };
        let key = |(id, copies): &(PathId, Copies)| (u64::MAX - copies.sum, id.0.into());
        let order = sorted(repeated.iter().map(key));
        let rows = || order.iter().filter_map(|&at| repeated.get(at));
        Dive {
            score: match all {
                0 => 1.0,
                all => smallest as f64 / all as f64,
            },
            wasted_bytes: u64::try_from(wasted).unwrap_or(u64::MAX),
            user_wasted_percent: match (wasted, user_bytes) {
                (0, _) | (_, None) => 0.0,
                // Bytes are wasted although there are none above the base: more than any fraction.
                (wasted, Some(user_bytes)) => wasted as f64 / user_bytes as f64,
            },
            wasted: rows()
                .take(most_rows)
                .map(|(id, copies)| {
                    let node = Some(*id).filter(|id| (id.0 as usize) < self.union.n_nodes());
                    Repeated {
                        path: self.path(*id),
                        node,
                        seen_upto: node.and_then(|node| seen_upto(self.union, n_layers, node)),
                        copies: copies.n,
                        bytes: copies.sum,
                    }
                })
                .collect(),
            wasted_left_out: RowsLeftOut::of(rows().skip(most_rows).map(|(_, copies)| copies.sum)),
        }
    }

    fn path(&self, id: PathId) -> Vec<u8> {
        let (mut at, mut names) = (id, Vec::new());
        while let Some(beside) = (at.0 as usize).checked_sub(self.union.n_nodes()) {
            let Some(&(dir, name)) = self.parents.get(beside) else {
                break;
            };
            names.push(name);
            at = dir;
        }
        let mut path = self.union.path(at);
        for name in names.iter().rev() {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
        }
        path
    }
}

/// Returns the topmost of the analysed layers whose union has a path; `None` if the whole union has it.
fn seen_upto(union: &Union, n_layers: usize, node: NodeId) -> Option<LayerIdx> {
    if union.shows(node, View::UpTo(union.last_layer()?)) {
        return None;
    }
    // A container layer above the analysed ones may have deleted it.
    let last = LayerIdx::at(n_layers.checked_sub(1)?);
    if union.shows(node, View::UpTo(last)) {
        return Some(last);
    }
    let history = union.history(node);
    let gone = history
        .iter()
        .rfind(|touch| touch.change == Change::Deleted && touch.layer <= last)?;
    gone.layer.0.checked_sub(1).map(LayerIdx)
}
