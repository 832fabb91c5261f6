//! Replays the layers of a union from the base up, with the state of every path at the current layer.
//!
//! The union answers for any layer, but searches its log each time. Here one layer after the other is current.

use crate::layer::{Entry, EntryKind, EntryPath};
use crate::overlay::{Change, EntryPlace, LayerIdx, NodeId, Touch, Union};

use super::subtree::Subtrees;

/// The current state of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    Dir,
    /// A file, with the place of its content.
    File(EntryPlace),
    /// A symbolic link, with the entry that has its target.
    Symlink(EntryPlace),
    Other,
}

/// Maximum number of links followed for a path, as in the union.
const MOST_HOPS: usize = 255;

/// The current state of every path.
pub(super) struct Replay<'u> {
    pub(super) union: &'u Union,
    shown: Vec<Shown>,
    /// Sums of the current state. Paths written by the last layer do not count as objects until [`Replay::settle`].
    pub(super) subtrees: Subtrees,
    fresh: Vec<(NodeId, u64)>,
    /// Paths and components visited.
    pub(super) n_steps: u64,
}

impl<'u> Replay<'u> {
    /// Creates the state before the first layer.
    pub(super) fn new(union: &'u Union) -> Replay<'u> {
        let mut shown = vec![Shown::Nothing; union.n_nodes()];
        if let Some(root) = shown.first_mut() {
            *root = Shown::Dir;
        }
        Replay {
            union,
            shown,
            subtrees: Subtrees::new(union),
            fresh: Vec::new(),
            n_steps: 0,
        }
    }

    /// Returns the current state of a path.
    pub(super) fn shown(&self, node: NodeId) -> Shown {
        self.shown
            .get(node.0 as usize)
            .copied()
            .unwrap_or(Shown::Nothing)
    }

    /// Applies a layer's effect on a path. Returns the states before and after.
    pub(super) fn take(&mut self, node: NodeId, touch: &Touch) -> (Shown, Shown) {
        self.n_steps += 1;
        let now = match (touch.change, touch.kind, touch.content) {
            (Change::Deleted, ..) => Shown::Nothing,
            (_, EntryKind::Dir, _) => Shown::Dir,
            (_, EntryKind::File, Some(content)) => Shown::File(content),
            (_, EntryKind::Symlink, Some(content)) => Shown::Symlink(content),
            _ => Shown::Other,
        };
        let size_bytes = match now {
            Shown::File(_) => self.own_bytes(touch),
            _ => 0,
        };
        self.subtrees.set(node, size_bytes, false);
        if !matches!(now, Shown::Nothing | Shown::Dir) {
            self.fresh.push((node, size_bytes));
        }
        let before = match self.shown.get_mut(node.0 as usize) {
            Some(shown) => std::mem::replace(shown, now),
            None => Shown::Nothing,
        };
        (before, now)
    }

    /// Ends a layer: its paths count as objects from now on.
    pub(super) fn settle(&mut self) {
        for (node, size_bytes) in std::mem::take(&mut self.fresh) {
            self.subtrees.set(node, size_bytes, true);
        }
    }

    /// Returns the number of bytes of the entry that wrote a path; 0 for a hard link.
    fn own_bytes(&self, touch: &Touch) -> u64 {
        let entry = touch.entry.and_then(|entry| {
            self.union.entry(EntryPlace {
                layer: touch.layer,
                entry,
            })
        });
        entry
            .filter(|entry| entry.kind == EntryKind::File)
            .map_or(0, |entry| entry.size_bytes)
    }

    /// Returns the node of a path whose directories currently exist. Follows links in its directories, but not its
    /// own.
    ///
    /// `budget` bounds the bytes of link targets that are followed.
    pub(super) fn named(&mut self, path: EntryPath<'_>, budget: &mut u64) -> Option<NodeId> {
        let dir = self.dir(path.dir, budget)?;
        self.union.child(dir, path.name)
    }

    /// Returns the directory that a path leads to.
    fn dir(&mut self, path: &[u8], budget: &mut u64) -> Option<NodeId> {
        let union = self.union;
        // The rest of the path, then the rest of the link followed in it, and so on.
        let mut rests: Vec<&[u8]> = vec![path];
        let (mut at, mut hops) = (NodeId::ROOT, 0);
        while let Some(rest) = rests.pop() {
            let (name, tail) = match rest.iter().position(|&byte| byte == b'/') {
                Some(slash) => (rest.get(..slash)?, rest.get(slash + 1..)?),
                None => (rest, &[][..]),
            };
            if !tail.is_empty() {
                rests.push(tail);
            }
            self.n_steps += 1;
            match name {
                b"" | b"." => continue,
                b".." => {
                    at = union.parent(at).unwrap_or(NodeId::ROOT);
                    continue;
                }
                _ => {}
            }
            let child = union.child(at, name)?;
            match self.shown(child) {
                Shown::Dir => at = child,
                Shown::Symlink(place) => {
                    let target = union.entry(place)?.link;
                    hops += 1;
                    *budget = budget.checked_sub(target.len() as u64)?;
                    if hops > MOST_HOPS {
                        return None;
                    }
                    if target.starts_with(b"/") {
                        at = NodeId::ROOT;
                    }
                    rests.push(target);
                }
                Shown::Nothing | Shown::File(_) | Shown::Other => return None,
            }
        }
        Some(at)
    }
}

/// Returns the entry of a layer at a position.
pub(super) fn entry(union: &Union, layer: LayerIdx, entry: u32) -> Option<Entry<'_>> {
    union.entry(EntryPlace { layer, entry })
}
