//! What a container sees up to a layer, while the layers of a union are gone through once more from the base up.
//!
//! The union answers for any layer, but asks its log each time; here one layer after the other is the present.

use crate::layer::{Entry, EntryKind, EntryPath};
use crate::overlay::{Change, EntryPlace, LayerIdx, NodeId, Touch, Union};

use super::subtree::Subtrees;

/// What a path is at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    Dir,
    /// A file, and where its content stands.
    File(EntryPlace),
    /// A symbolic link, and the entry with its target.
    Symlink(EntryPlace),
    Other,
}

/// Bounds on following links, as the union's own are.
const MOST_HOPS: usize = 255;

/// The present state of every path.
pub(super) struct Replay<'u> {
    pub(super) union: &'u Union,
    shown: Vec<Shown>,
    /// Sums of the present state; what the last layer itself wrote is no object in them until [`Replay::settle`].
    pub(super) subtrees: Subtrees,
    fresh: Vec<(NodeId, u64)>,
    /// Paths and components looked at.
    pub(super) n_steps: u64,
}

impl<'u> Replay<'u> {
    /// Before the first layer.
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

    /// What a path is at present.
    pub(super) fn shown(&self, node: NodeId) -> Shown {
        self.shown
            .get(node.0 as usize)
            .copied()
            .unwrap_or(Shown::Nothing)
    }

    /// Takes what a layer did to a path; what the path was before, and what it is now.
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

    /// Ends a layer: what it wrote is what the next one finds.
    pub(super) fn settle(&mut self) {
        for (node, size_bytes) in std::mem::take(&mut self.fresh) {
            self.subtrees.set(node, size_bytes, true);
        }
    }

    /// The bytes of the entry that wrote a path; a hard link has none.
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

    /// The node of a path whose directories are there at present, their links followed, its own not.
    ///
    /// `budget` bounds the bytes of link targets that are followed.
    pub(super) fn named(&mut self, path: EntryPath<'_>, budget: &mut u64) -> Option<NodeId> {
        let dir = self.dir(path.dir, budget)?;
        self.union.child(dir, path.name)
    }

    /// The directory that a path leads to.
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

/// The entry of a layer at a place.
pub(super) fn entry(union: &Union, layer: LayerIdx, entry: u32) -> Option<Entry<'_>> {
    union.entry(EntryPlace { layer, entry })
}
