//! One node for each path that any layer names: parents, names, children, and the way from a name to its node.
//!
//! What a node is in which layer stands in `log`; here every path that ever was stays, seen or not.
//! A parent always has a smaller number than its children, so a loop over the numbers backwards is a walk upwards.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::NodeId;

/// No node, no record.
pub(super) const NONE: u32 = u32::MAX;
/// In `next_live`: the node is not in its parent's list of living children.
const UNLISTED: u32 = u32::MAX - 1;

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    /// Where the name ends in `names`; it begins where the name of the node before ends.
    name_end: u32,
    first_child: u32,
    next_sibling: u32,
    first_live: u32,
    next_live: u32,
    last_touch: u32,
}

/// All nodes, numbered in the order in which they came up; 0 is the root.
#[derive(Clone, Debug)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    names: Vec<u8>,
    /// Open addressing by the hash of parent and name; a power of two long.
    table: Vec<u32>,
}

pub(super) const ROOT: NodeId = NodeId(0);

impl Arena {
    pub(super) fn new() -> Arena {
        let root = Node {
            parent: NONE,
            name_end: 0,
            first_child: NONE,
            next_sibling: NONE,
            first_live: NONE,
            next_live: UNLISTED,
            last_touch: NONE,
        };
        Arena {
            nodes: vec![root],
            names: Vec::new(),
            table: vec![NONE; 64],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn contains(&self, id: NodeId) -> bool {
        (id.0 as usize) < self.nodes.len()
    }

    /// All nodes, parents before their children.
    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    /// The directory that holds a node; the root holds itself.
    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        match self.node(id).parent {
            NONE => ROOT,
            parent => NodeId(parent),
        }
    }

    pub(super) fn name(&self, id: NodeId) -> &[u8] {
        let start = match id.0.checked_sub(1) {
            Some(before) => self.nodes[before as usize].name_end,
            None => 0,
        };
        &self.names[start as usize..self.node(id).name_end as usize]
    }

    pub(super) fn last_touch(&self, id: NodeId) -> u32 {
        self.node(id).last_touch
    }

    pub(super) fn set_last_touch(&mut self, id: NodeId, touch: u32) {
        self.node_mut(id).last_touch = touch;
    }

    /// Every child that any layer ever named, newest first.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.node(id).first_child;
        std::iter::from_fn(move || {
            let child = (next != NONE).then_some(NodeId(next))?;
            next = self.node(child).next_sibling;
            Some(child)
        })
    }

    pub(super) fn find(&self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        let mut slot = self.home(parent, name);
        loop {
            match self.table[slot] {
                NONE => return None,
                id if self.is_at(NodeId(id), parent, name) => return Some(NodeId(id)),
                _ => slot = (slot + 1) & (self.table.len() - 1),
            }
        }
    }

    /// The node of a name, new if need be; `None` when four billion nodes or bytes of names are used up.
    pub(super) fn find_or_add(&mut self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        if let Some(id) = self.find(parent, name) {
            return Some(id);
        }
        let id = u32::try_from(self.nodes.len())
            .ok()
            .filter(|&id| id < UNLISTED)?;
        let name_end = u32::try_from(self.names.len().checked_add(name.len())?).ok()?;
        if self.nodes.len() * 4 >= self.table.len() * 3 {
            self.grow();
        }
        self.names.extend_from_slice(name);
        let siblings = self.node(parent).first_child;
        self.nodes.push(Node {
            parent: parent.0,
            name_end,
            first_child: NONE,
            next_sibling: siblings,
            first_live: NONE,
            next_live: UNLISTED,
            last_touch: NONE,
        });
        self.node_mut(parent).first_child = id;
        self.enter(NodeId(id));
        Some(NodeId(id))
    }

    fn is_at(&self, id: NodeId, parent: NodeId, name: &[u8]) -> bool {
        self.node(id).parent == parent.0 && self.name(id) == name
    }

    fn home(&self, parent: NodeId, name: &[u8]) -> usize {
        xxh3_64_with_seed(name, u64::from(parent.0)) as usize & (self.table.len() - 1)
    }

    fn enter(&mut self, id: NodeId) {
        let mut slot = self.home(self.parent(id), self.name(id));
        while self.table[slot] != NONE {
            slot = (slot + 1) & (self.table.len() - 1);
        }
        self.table[slot] = id.0;
    }

    fn grow(&mut self) {
        self.table = vec![NONE; self.table.len() * 2];
        for id in self.ids().skip(1) {
            self.enter(id);
        }
    }

    /// Puts a node that lives (again) into its parent's list of living children.
    pub(super) fn list_live(&mut self, id: NodeId) {
        if id == ROOT || self.node(id).next_live != UNLISTED {
            return;
        }
        let parent = self.parent(id);
        self.node_mut(id).next_live = self.node(parent).first_live;
        self.node_mut(parent).first_live = id.0;
    }

    /// Appends a directory's living children to `out`, and drops the dead from the list; how many it looked at.
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

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.names.capacity()
            + self.table.capacity() * size_of::<u32>()
    }

    pub(super) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.names.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_name_under_its_own_parent() {
        let mut arena = Arena::new();
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
    fn drops_the_dead_from_the_list_of_the_living_once() {
        let mut arena = Arena::new();
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
