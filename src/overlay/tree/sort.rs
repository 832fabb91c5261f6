//! The order of siblings in a tree.
//!
//! Names are compared by their bytes. Siblings that are otherwise equal are ordered by name.

use std::cmp::Ordering;

use super::{NodeId, Union, View};
use crate::image::Timestamp;
use crate::layer::EntryKind;

/// The property to sort siblings by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    /// Directories first, each group by name.
    Name,
    /// Bytes of content; for directories, of everything in them.
    Size,
    /// Permission bits.
    Mode,
    /// Numeric user ID of the owner, then the group's.
    Owner,
    /// Time of last modification.
    Time,
    /// Layer that supplies the path.
    Layer,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Least first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// The order of siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sort {
    /// Property to compare.
    pub key: SortKey,
    /// Direction of the order.
    pub direction: Direction,
}

/// The value that a sibling is compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// False for siblings of the group that comes first.
    Other(bool),
    Number(u64),
    Owner(u32, u32),
    Time(Option<Timestamp>),
}

impl Sort {
    /// The default of file managers.
    pub const BY_NAME: Sort = Sort {
        key: SortKey::Name,
        direction: Direction::Ascending,
    };

    pub(super) fn apply(self, union: &Union, view: View, ids: &mut Vec<NodeId>) {
        // Values are looked up once per sibling, not once per comparison.
        let mut keyed: Vec<_> = ids
            .iter()
            .map(|&id| {
                let name = union.arena.name(id);
                let value = match self.key {
                    SortKey::Name => {
                        Value::Other(union.shown_kind(id, view) != Some(EntryKind::Dir))
                    }
                    _ => self.value(union, view, id),
                };
                (value, first_bytes(name), name, id)
            })
            .collect();
        let by_name = self.key == SortKey::Name;
        keyed.sort_unstable_by(|a, b| {
            let values = a.0.cmp(&b.0);
            let names = || a.1.cmp(&b.1).then_with(|| a.2.cmp(b.2));
            match by_name {
                true => values.then_with(|| self.directed(names())),
                false => self.directed(values).then_with(names),
            }
        });
        *ids = keyed.into_iter().map(|(.., id)| id).collect();
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

/// Returns the beginning of a name as a number, which has the order of the names and compares quickly.
fn first_bytes(name: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(name) {
        *to = *from;
    }
    u64::from_be_bytes(first)
}
