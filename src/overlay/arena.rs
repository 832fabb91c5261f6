//! One node for each path that any layer names: parents, names, children, and the lookup by name.
//!
//! The states of a node in each layer are left to `log`. Every path that ever existed stays here, visible or not. A
//! parent always has a smaller number than its children, so a backward loop over the numbers walks upwards. An
//! unknown number reads as the root: no access can be out of bounds.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use std::rc::Rc;

use super::NodeId;
use super::bytes::Needle;
use super::names::{Fit, Fits, Names};
use super::numbered::{NONE, number};
use super::slots::{Key, Slots};
use crate::layer::{EntryId, LayerIndex};

/// Value of `next_live` for a node outside its parent's list of living children.
const UNLISTED: u32 = u32::MAX - 1;

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    /// Number of the name.
    name: u32,
    first_child: u32,
    next_sibling: u32,
    first_live: u32,
    next_live: u32,
    last_touch: u32,
}

/// All nodes, numbered in order of creation; 0 is the root.
#[derive(Clone, Debug)]
pub(super) struct Arena {
    root: Node,
    /// Nodes from number 1 on.
    below: Vec<Node>,
    names: Names,
    slots: Slots,
    /// Maximum number of nodes.
    most: usize,
}

pub(super) const ROOT: NodeId = NodeId::ROOT;

impl Arena {
    pub(super) fn new(most: usize) -> Arena {
        Arena {
            most,
            root: Node {
                parent: NONE,
                name: NONE,
                first_child: NONE,
                next_sibling: NONE,
                first_live: NONE,
                next_live: UNLISTED,
                last_touch: NONE,
            },
            below: Vec::new(),
            names: Names::default(),
            slots: Slots::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.below.len().saturating_add(1)
    }

    pub(super) fn contains(&self, id: NodeId) -> bool {
        (id.0 as usize) < self.len()
    }

    /// Iterates over all nodes, parents before their children.
    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..number(self.len())).map(NodeId)
    }

    fn node(&self, id: NodeId) -> &Node {
        let at = (id.0 as usize).checked_sub(1);
        at.and_then(|at| self.below.get(at)).unwrap_or(&self.root)
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        let at = (id.0 as usize).checked_sub(1);
        at.and_then(|at| self.below.get_mut(at))
            .unwrap_or(&mut self.root)
    }

    /// Returns the directory of a node; the root is its own.
    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        match self.node(id).parent {
            NONE => ROOT,
            parent => NodeId(parent),
        }
    }

    pub(super) fn name(&self, id: NodeId) -> &[u8] {
        self.names.get(self.node(id).name)
    }

    /// Matches all names against a text.
    pub(super) fn fits(&self, needle: &Needle) -> Fits {
        self.names.fits(needle)
    }

    /// Returns the match of a node's name in `fits`.
    pub(super) fn fit(&self, id: NodeId, fits: &Fits) -> Fit {
        fits.of(self.node(id).name)
    }

    pub(super) fn last_touch(&self, id: NodeId) -> u32 {
        self.node(id).last_touch
    }

    pub(super) fn set_last_touch(&mut self, id: NodeId, touch: u32) {
        self.node_mut(id).last_touch = touch;
    }

    /// Iterates over every child that any layer ever named, newest first.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.node(id).first_child;
        std::iter::from_fn(move || {
            let child = (next != NONE).then_some(NodeId(next))?;
            next = self.node(child).next_sibling;
            Some(child)
        })
    }

    pub(super) fn find(&self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        self.slots
            .find(key(parent, name), |id| self.is_at(id, parent, name))
    }

    /// Makes the names of a layer's entries available without a copy.
    pub(super) fn add_layer(&mut self, index: Rc<LayerIndex>) {
        self.names.add_layer(index);
    }

    /// Returns the node of a name, created if necessary. `None` at the maximum number of nodes, or at four billion
    /// bytes of names.
    pub(super) fn find_or_add(&mut self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        self.find_or_add_of(parent, name, None)
    }

    /// Like [`Arena::find_or_add`], for the name of an entry in the last layer added.
    pub(super) fn find_or_add_entry(
        &mut self,
        parent: NodeId,
        name: &[u8],
        entry: EntryId,
    ) -> Option<NodeId> {
        self.find_or_add_of(parent, name, self.names.of_entry(entry))
    }

    fn find_or_add_of(
        &mut self,
        parent: NodeId,
        name: &[u8],
        number_of_name: Option<u32>,
    ) -> Option<NodeId> {
        if let Some(id) = self.find(parent, name) {
            return Some(id);
        }
        let id = NodeId(number(self.len()));
        if id.0 >= UNLISTED || self.len() >= self.most {
            return None;
        }
        if self.slots.is_full() {
            self.grow();
        }
        let number_of_name = number_of_name.or_else(|| self.names.keep(name))?;
        let siblings = std::mem::replace(&mut self.node_mut(parent).first_child, id.0);
        self.below.push(Node {
            parent: parent.0,
            name: number_of_name,
            first_child: NONE,
            next_sibling: siblings,
            first_live: NONE,
            next_live: UNLISTED,
            last_touch: NONE,
        });
        self.slots.enter(key(parent, name), id);
        Some(id)
    }

    fn is_at(&self, id: NodeId, parent: NodeId, name: &[u8]) -> bool {
        self.node(id).parent == parent.0 && self.name(id) == name
    }

    fn grow(&mut self) {
        let mut slots = std::mem::replace(&mut self.slots, Slots::new());
        slots.grow();
        for id in self.ids().skip(1) {
            slots.enter(key(self.parent(id), self.name(id)), id);
        }
        self.slots = slots;
    }

    /// Adds a node that lives (again) to its parent's list of living children.
    pub(super) fn list_live(&mut self, id: NodeId) {
        if id == ROOT || self.node(id).next_live != UNLISTED {
            return;
        }
        let parent = self.parent(id);
        self.node_mut(id).next_live = self.node(parent).first_live;
        self.node_mut(parent).first_live = id.0;
    }

    /// Appends a directory's living children to `out`, and removes dead ones from the list. Returns the number of
    /// children visited.
    pub(super) fn prune_live(
        &mut self,
        dir: NodeId,
        lives: impl Fn(&Arena, NodeId) -> bool,
        out: &mut Vec<NodeId>,
    ) -> u64 {
        let mut n_seen = 0;
        let mut next = self.node(dir).first_live;
        let mut kept = NONE;
        while next != NONE {
            let child = NodeId(next);
            next = self.node(child).next_live;
            n_seen += 1;
            if lives(self, child) {
                out.push(child);
                self.node_mut(child).next_live = kept;
                kept = child.0;
            } else {
                self.node_mut(child).next_live = UNLISTED;
            }
        }
        self.node_mut(dir).first_live = kept;
        n_seen
    }

    /// Appends the path of a node to `out`, without a leading slash.
    pub(super) fn append_path(&self, id: NodeId, out: &mut Vec<u8>) {
        let mut chain = Vec::new();
        let mut at = id;
        while at != ROOT {
            chain.push(at);
            at = self.parent(at);
        }
        for (position, id) in chain.iter().rev().enumerate() {
            if position > 0 {
                out.push(b'/');
            }
            out.extend_from_slice(self.name(*id));
        }
    }

    /// Returns the length of a node's path in bytes.
    pub(super) fn path_len(&self, id: NodeId) -> usize {
        let mut len = 0_usize;
        let mut at = id;
        while at != ROOT {
            len = len.saturating_add(self.name(at).len()).saturating_add(1);
            at = self.parent(at);
        }
        len.saturating_sub(1)
    }

    /// Returns the end of a node's path with a leading slash: whole names, as many as cover `len` bytes.
    pub(super) fn path_end(&self, id: NodeId, len: usize) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = id;
        let mut n_bytes = 0_usize;
        while at != ROOT && n_bytes < len {
            names.push(self.name(at));
            n_bytes = n_bytes
                .saturating_add(self.name(at).len())
                .saturating_add(1);
            at = self.parent(at);
        }
        let mut end = vec![b'/'];
        for name in names.iter().rev() {
            if end.len() > 1 {
                end.push(b'/');
            }
            end.extend_from_slice(name);
        }
        end
    }

    /// Returns the cost of name collisions; see [`Slots::n_detours`].
    pub(super) fn n_detours(&self) -> u64 {
        self.slots.n_detours()
    }

    /// Returns the number of bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.below.capacity() * size_of::<Node>()
            + self.names.heap_bytes()
            + self.slots.heap_bytes()
    }

    pub(super) fn shrink(&mut self) {
        self.below.shrink_to_fit();
        self.names.shrink();
    }
}

fn key(parent: NodeId, name: &[u8]) -> Key<'_> {
    Key {
        parent,
        name,
        hash: xxh3_64_with_seed(name, u64::from(parent.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_name_under_its_own_parent() {
        let mut arena = Arena::new(10_000);
        let mut last = ROOT;
        for n in 0..1_000_u32 {
            let dir = arena
                .find_or_add(ROOT, format!("d{n}").as_bytes())
                .expect("there is room");
            last = arena.find_or_add(dir, b"same").expect("there is room");
        }
        assert_eq!(arena.len(), 2_001);
        for n in 0..1_000_u32 {
            let dir = arena
                .find(ROOT, format!("d{n}").as_bytes())
                .expect("was added");
            let child = arena.find(dir, b"same").expect("was added");
            assert_eq!(
                (arena.parent(child), arena.name(child)),
                (dir, &b"same"[..])
            );
        }
        assert_eq!(arena.find(ROOT, b"same"), None);
        let mut path = Vec::new();
        arena.append_path(last, &mut path);
        assert_eq!(path, b"d999/same");
    }

    #[test]
    fn many_names_take_few_detours() {
        let mut arena = Arena::new(100_000);
        for n in 0..20_000_u32 {
            let name = n.to_string();
            let id = arena.find_or_add(ROOT, name.as_bytes());
            assert_eq!(arena.find(ROOT, name.as_bytes()), id);
        }
        let n_detours = arena.n_detours();
        assert!((2..80_000).contains(&n_detours), "{n_detours}");
        // At most three quarters of the slots hold a node.
        assert_eq!(arena.slots.heap_bytes(), 32_768 * 4);
    }

    #[test]
    fn the_end_of_a_path_has_whole_names() {
        let mut arena = Arena::new(10_000);
        let names = [&b"a"[..], b"bb", b"ccc"];
        let id = names.iter().fold(ROOT, |at, name| {
            arena.find_or_add(at, name).expect("there is room")
        });
        assert_eq!(arena.path_len(id), b"a/bb/ccc".len());
        for (len, end) in [
            (0, "/"),
            (1, "/ccc"),
            (4, "/ccc"),
            (5, "/bb/ccc"),
            (7, "/bb/ccc"),
            (8, "/a/bb/ccc"),
            (usize::MAX, "/a/bb/ccc"),
        ] {
            assert_eq!(arena.path_end(id, len), end.as_bytes(), "{len}");
        }
        assert_eq!(
            (arena.path_len(ROOT), arena.path_end(ROOT, 9)),
            (0, vec![b'/'])
        );
    }

    #[test]
    fn drops_the_dead_from_the_list_of_the_living_once() {
        let mut arena = Arena::new(10_000);
        let ids: Vec<_> = [&b"a"[..], b"b", b"c"]
            .iter()
            .map(|name| arena.find_or_add(ROOT, name).expect("there is room"))
            .collect();
        for &id in &ids {
            arena.list_live(id);
            arena.list_live(id);
        }
        let mut living = Vec::new();
        arena.prune_live(ROOT, |_, id| id != ids[1], &mut living);
        assert_eq!(living.len(), 2);
        arena.list_live(ids[1]);
        living.clear();
        arena.prune_live(ROOT, |_, _| true, &mut living);
        assert_eq!(living.len(), 3);
        assert_eq!(arena.children(ROOT).count(), 3);
    }
}
