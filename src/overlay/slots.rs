//! The lookup from a name in a directory to its node: a hash table that chosen collisions cannot slow down.
//!
//! The names themselves are in `arena`, which decides whether a candidate has the wanted name.
//!
//! Implementation notes: the hash has no secret, so an image's author can choose names that all hash to one slot. A
//! name that finds no slot within `PROBES` steps is `crowded` and goes into a tree instead, which has no bad cases.
//! The steps are triangular and the table is at most three quarters full, so that no name is crowded among four
//! million honest ones.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::NodeId;
use super::numbered::NONE;

/// Maximum number of slots tried per name.
const PROBES: usize = 64;

/// The slots, and the names that did not fit.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    /// Node numbers. The length is a power of two.
    table: Vec<u32>,
    n_filled: usize,
    crowded: BTreeMap<(NodeId, Box<[u8]>), NodeId>,
    /// Slots tried beyond the first of each name, and lookups in the tree: the cost of collisions.
    n_detours: Cell<u64>,
}

/// A name in a directory, with its hash.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) parent: NodeId,
    pub(super) name: &'a [u8],
    pub(super) hash: u64,
}

impl Slots {
    pub(super) fn new() -> Slots {
        Slots {
            table: vec![NONE; 64],
            n_filled: 0,
            crowded: BTreeMap::new(),
            n_detours: Cell::new(0),
        }
    }

    /// Iterates over the slots for a hash, in the order of trial.
    fn probes(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.table.len().saturating_sub(1);
        // Only the low bits count, whatever the platform's width.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the mask takes fewer bits still"
        )]
        let home = hash as usize;
        (0..PROBES).scan(home, move |at, step| {
            *at = at.wrapping_add(step);
            Some(*at & mask)
        })
    }

    /// Returns the node of a name. `is_it` decides whether a candidate has that name.
    pub(super) fn find(&self, key: Key<'_>, is_it: impl Fn(NodeId) -> bool) -> Option<NodeId> {
        for slot in self.probes(key.hash) {
            match self.table.get(slot) {
                None | Some(&NONE) => return None,
                Some(&id) if is_it(NodeId(id)) => return Some(NodeId(id)),
                Some(_) => self.n_detours.set(self.n_detours.get() + 1),
            }
        }
        self.crowded.get(&(key.parent, key.name.into())).copied()
    }

    /// True if the table should grow before another node is added.
    pub(super) fn is_full(&self) -> bool {
        self.n_filled * 4 >= self.table.len() * 3
    }

    /// Doubles the slots and empties them. Every node has to be entered again.
    pub(super) fn grow(&mut self) {
        self.table = vec![NONE; self.table.len() * 2];
        self.n_filled = 0;
        self.crowded.clear();
    }

    /// Enters a node that is not in the table yet.
    pub(super) fn enter(&mut self, key: Key<'_>, id: NodeId) {
        for slot in self.probes(key.hash) {
            if let Some(free) = self.table.get_mut(slot).filter(|held| **held == NONE) {
                *free = id.0;
                self.n_filled += 1;
                return;
            }
        }
        self.crowded.insert((key.parent, key.name.into()), id);
    }

    /// Returns the number of slots and trees visited beyond the first slot of each name.
    pub(super) fn n_detours(&self) -> u64 {
        self.n_detours.get()
    }

    /// Returns the number of bytes held on the heap, without crowded names.
    pub(super) fn heap_bytes(&self) -> usize {
        self.table.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a key that hashes to `hash`, for entering or finding.
    fn key(name: &[u8; 4], hash: u64) -> Key<'_> {
        let parent = NodeId(7);
        Key { parent, name, hash }
    }

    /// Checks the nodes of `n_names` names, and the detours that each lookup took.
    fn check(slots: &Slots, n_names: u32, hash: u64, detours: impl Fn(u32) -> u64) {
        for number in 0..n_names {
            let before = slots.n_detours();
            let name = number.to_be_bytes();
            let found = slots.find(key(&name, hash), |id| id == NodeId(number));
            assert_eq!(found, Some(NodeId(number)));
            assert_eq!(slots.n_detours() - before, detours(number), "{number}");
        }
    }

    #[test]
    fn names_that_want_one_slot_are_all_found() {
        for hash in [0, 63, u64::MAX] {
            let mut slots = Slots::new();
            for number in 0..100_u32 {
                slots.enter(key(&number.to_be_bytes(), hash), NodeId(number));
            }
            // Beyond the last slot there is only the tree, which is searched once.
            check(&slots, 100, hash, |number| u64::from(number.min(64)));
            assert_eq!((slots.n_filled, slots.crowded.len()), (64, 36));
            assert_eq!(slots.find(key(b"none", hash), |_| false), None);
        }
    }

    #[test]
    fn a_name_without_neighbours_takes_no_detour() {
        let mut slots = Slots::new();
        for number in 0..48_u32 {
            assert!(!slots.is_full(), "{number}");
            let hash = u64::from(number);
            slots.enter(key(&number.to_be_bytes(), hash), NodeId(number));
            check(&slots, 1, 0, |_| 0);
        }
        assert!(slots.is_full());
        // Free slots end the search.
        assert_eq!(slots.find(key(b"none", 48), |_| true), None);
        assert_eq!(slots.n_detours(), 0);
    }

    #[test]
    fn growing_doubles_the_slots_and_empties_them() {
        let mut slots = Slots::new();
        assert_eq!(slots.heap_bytes(), 64 * 4);
        for number in 0..100_u32 {
            slots.enter(key(&number.to_be_bytes(), 0), NodeId(number));
        }
        slots.grow();
        assert_eq!(slots.heap_bytes(), 128 * 4);
        assert_eq!((slots.n_filled, slots.crowded.len()), (0, 0));
        assert_eq!(slots.find(key(b"none", 0), |_| true), None);
    }
}
