//! Tables of rows by number, and values per node. No access can be out of bounds.
//!
//! The meaning of the rows and the valid numbers are left to their owners.

use std::ops::Range;

use super::NodeId;

/// The number of no row.
pub(super) const NONE: u32 = u32::MAX;

/// Rows in order of insertion, each numbered by its position.
#[derive(Clone, Debug)]
pub(super) struct Numbered<T>(Vec<T>);

impl<T> Default for Numbered<T> {
    fn default() -> Numbered<T> {
        Numbered(Vec::new())
    }
}

impl<T> Numbered<T> {
    /// Returns the number of the next row; [`NONE`] if all are used up.
    pub(super) fn next(&self) -> u32 {
        number(self.0.len())
    }

    /// Adds a row and returns its number. After four billion rows the row is lost, and the result is [`NONE`].
    pub(super) fn push(&mut self, row: T) -> u32 {
        let id = self.next();
        if id != NONE {
            self.0.push(row);
        }
        id
    }

    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.0.get(id as usize)
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.0.get_mut(id as usize)
    }

    /// Returns the rows of a range; none if they do not all exist.
    pub(super) fn range(&self, ids: &Range<u32>) -> &[T] {
        self.0
            .get(ids.start as usize..ids.end as usize)
            .unwrap_or_default()
    }

    /// Removes the rows from a number on, and returns them.
    pub(super) fn cut(&mut self, from: u32) -> Vec<T> {
        let from = (from as usize).min(self.0.len());
        self.0.split_off(from)
    }

    /// Returns the number of bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<T>()
    }

    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

/// Converts a count to a row number; [`NONE`] beyond four billion.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}

/// A value for each node of a union.
#[derive(Clone, Debug)]
pub(crate) struct PerNode<T> {
    values: Vec<T>,
    /// Value of a node that was added later, or belongs to another union.
    none: T,
}

impl<T: Copy + Default> PerNode<T> {
    /// Creates `n_nodes` copies of `value`.
    pub(crate) fn new(n_nodes: usize, value: T) -> PerNode<T> {
        PerNode {
            values: vec![value; n_nodes],
            none: T::default(),
        }
    }

    /// Adds a value after those of the union's nodes, for a path that the union does not have, and returns its
    /// number.
    pub(crate) fn push(&mut self, value: T) -> NodeId {
        let id = NodeId(number(self.values.len()));
        self.values.push(value);
        id
    }

    /// Iterates over the values by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (NodeId, &T)> {
        (0..).map(NodeId).zip(&self.values)
    }

    pub(crate) fn get(&self, id: NodeId) -> T {
        self.values.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// Returns the value for modification. Writes to a node that does not exist are lost.
    pub(crate) fn at(&mut self, id: NodeId) -> &mut T {
        self.none = T::default();
        self.values.get_mut(id.0 as usize).unwrap_or(&mut self.none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_were_not_given_out_lead_nowhere() {
        let mut rows = Numbered::default();
        assert_eq!((rows.push('a'), rows.push('b')), (0, 1));
        assert_eq!(
            (rows.get(1), rows.get(2), rows.get(NONE)),
            (Some(&'b'), None, None)
        );
        assert_eq!(
            (rows.range(&(0..2)), rows.range(&(1..9))),
            (&['a', 'b'][..], &[][..])
        );
        assert!(rows.get_mut(7).is_none());

        let mut values = PerNode::new(2, 5_u8);
        *values.at(NodeId(1)) += 1;
        *values.at(NodeId(9)) += 1;
        assert_eq!((values.get(NodeId(0)), values.get(NodeId(1))), (5, 6));
        assert_eq!((values.get(NodeId(9)), *values.at(NodeId(9))), (0, 0));
    }
}
