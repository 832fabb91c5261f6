//! The order of siblings in a tree.
//!
//! Names are compared by their bytes; what is otherwise equal is in the order of names.

use std::cmp::{Ordering, Reverse};

use super::{NodeId, Union, View};
use crate::image::Timestamp;
use crate::layer::EntryKind;

/// What siblings are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    /// Directories first, each group by name.
    Name,
    /// Bytes of content, for directories of all that is in them.
    Size,
    /// Permission bits.
    Mode,
    /// The owner's number, then the group's.
    Owner,
    /// The time of last modification.
    Time,
    /// The layer that supplies the path.
    Layer,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The least.
    Ascending,
    /// The greatest.
    Descending,
}

/// The order of siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sort {
    /// What is compared.
    pub key: SortKey,
    /// Which end comes first.
    pub direction: Direction,
}

/// What one sibling is compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(u64),
    Owner(u32, u32),
    Time(Option<Timestamp>),
}

impl Sort {
    /// As file managers begin.
    pub const BY_NAME: Sort = Sort {
        key: SortKey::Name,
        direction: Direction::Ascending,
    };

    pub(super) fn apply(self, union: &Union, view: View, ids: &mut Vec<NodeId>) {
        let name = |id: NodeId| union.arena.name(id);
        if self.key == SortKey::Name {
            let mut keyed: Vec<_> = ids
                .iter()
                .map(|&id| {
                    let is_dir = union
                        .seen_in(id, view)
                        .is_some_and(|seen| seen.kind == EntryKind::Dir);
                    (Reverse(is_dir), id)
                })
                .collect();
            keyed.sort_unstable_by(|(a_dir, a), (b_dir, b)| {
                a_dir
                    .cmp(b_dir)
                    .then_with(|| self.directed(name(*a).cmp(name(*b))))
            });
            *ids = keyed.into_iter().map(|(_, id)| id).collect();
            return;
        }
        let mut keyed: Vec<_> = ids
            .iter()
            .map(|&id| (self.value(union, view, id), id))
            .collect();
        keyed.sort_unstable_by(|(a_value, a), (b_value, b)| {
            self.directed(a_value.cmp(b_value))
                .then_with(|| name(*a).cmp(name(*b)))
        });
        *ids = keyed.into_iter().map(|(_, id)| id).collect();
    }

    fn directed(self, ordering: Ordering) -> Ordering {
        match self.direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        }
    }

    fn value(self, union: &Union, view: View, id: NodeId) -> Value {
        let Some(seen) = union.seen_in(id, view) else {
            return Value::Number(0);
        };
        match self.key {
            SortKey::Size if seen.kind == EntryKind::Dir => {
                Value::Number(union.totals(id, view).size_bytes)
            }
            SortKey::Size => Value::Number(seen.size_bytes()),
            SortKey::Mode => Value::Number(u64::from(seen.mode())),
            SortKey::Owner => {
                let (uid, gid) = seen.owner();
                Value::Owner(uid, gid)
            }
            SortKey::Time => Value::Time(seen.mtime()),
            SortKey::Layer | SortKey::Name => Value::Number(u64::from(seen.record.layer)),
        }
    }
}
