//! The expanded part of a tree as one list of rows, updated as directories are opened or closed.
//!
//! Names and flags are looked up only for visible rows.

use super::openness::Openness;
use super::sort::Sort;
use crate::overlay::numbered::number;
use crate::overlay::{NodeId, Union};

/// A row by number: 20 bytes, so that a hundred thousand of them are cheap to move.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlatRow {
    pub(super) id: NodeId,
    pub(super) depth: u32,
    pub(super) posinset: u32,
    pub(super) setsize: u32,
}

/// The rows from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Flat(Vec<FlatRow>);

impl Flat {
    pub(super) fn of(union: &Union, open: &Openness<'_>, sort: Sort) -> Flat {
        Flat(rows_below(union, open, sort, NodeId::ROOT, 0))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn window(&self, start: usize, len: usize) -> &[FlatRow] {
        let end = start.saturating_add(len).min(self.0.len());
        self.0.get(start..end).unwrap_or_default()
    }

    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        self.0.iter().position(|row| row.id == id)
    }

    pub(super) fn open(&mut self, union: &Union, open: &Openness<'_>, sort: Sort, id: NodeId) {
        if let Some((at, row)) = self.row(id) {
            let inside = rows_below(union, open, sort, id, row.depth + 1);
            self.0.splice(at + 1..at + 1, inside);
        }
    }

    pub(super) fn close(&mut self, id: NodeId) {
        if let Some((at, row)) = self.row(id) {
            let inside = self
                .0
                .iter()
                .skip(at + 1)
                .take_while(|below| below.depth > row.depth);
            let n_inside = inside.count();
            self.0.drain(at + 1..at + 1 + n_inside);
        }
    }

    fn row(&self, id: NodeId) -> Option<(usize, FlatRow)> {
        let at = self.position(id)?;
        Some((at, *self.0.get(at)?))
    }
}

/// Returns the rows below a directory, without recursion because trees may be deep.
fn rows_below(
    union: &Union,
    open: &Openness<'_>,
    sort: Sort,
    dir: NodeId,
    depth: u32,
) -> Vec<FlatRow> {
    let mut rows = Vec::new();
    let mut pending = Vec::new();
    push_sorted(union, open, sort, dir, depth, &mut pending);
    while let Some(row) = pending.pop() {
        rows.push(row);
        if open.is_open(row.id) {
            push_sorted(union, open, sort, row.id, row.depth + 1, &mut pending);
        }
    }
    rows
}

fn push_sorted(
    union: &Union,
    open: &Openness<'_>,
    sort: Sort,
    dir: NodeId,
    depth: u32,
    pending: &mut Vec<FlatRow>,
) {
    let mut ids: Vec<NodeId> = open.children(union, dir).collect();
    sort.apply(union, open.view, &mut ids);
    let setsize = number(ids.len());
    let rows = ids.into_iter().zip(1..).map(|(id, posinset)| FlatRow {
        id,
        depth,
        posinset,
        setsize,
    });
    let first = pending.len();
    pending.extend(rows);
    pending.get_mut(first..).unwrap_or_default().reverse();
}
