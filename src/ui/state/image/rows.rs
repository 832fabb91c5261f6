//! Stores the rows that the worker has returned so far, in pages.
//!
//! `tree` decides which rows to request, and when all of them are out of date.

use std::collections::BTreeMap;

use crate::protocol::{ImagePath, TreeRow};
use crate::ui::state::Shared;

/// Rows in a page.
pub(super) const PAGE_ROWS: u32 = 128;

/// Pages kept; beyond them, the pages furthest from the visible rows are dropped.
const PAGES_KEPT: usize = 64;

/// Pages of rows by number. Only complete pages are kept; the last page of the list may be short.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowCache {
    n_rows: u32,
    pages: BTreeMap<u32, Shared<Vec<TreeRow>>>,
}

impl RowCache {
    /// Returns the number of rows in the whole list.
    pub fn n_rows(&self) -> u32 {
        self.n_rows
    }

    /// Returns a row; `None` if it has not arrived.
    pub fn row(&self, position: u32) -> Option<&TreeRow> {
        let index = usize::try_from(position % PAGE_ROWS).ok()?;
        self.pages.get(&(position / PAGE_ROWS))?.get(index)
    }

    /// Returns the page that holds a row and the row's position in it, so that drawing many rows copies none.
    pub fn place(&self, position: u32) -> Option<(Shared<Vec<TreeRow>>, usize)> {
        let index = usize::try_from(position % PAGE_ROWS).ok()?;
        let page = self.pages.get(&(position / PAGE_ROWS))?;
        (index < page.len()).then(|| (page.clone(), index))
    }

    /// Iterates over the rows that have arrived, in order, with their positions.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &TreeRow)> {
        self.pages
            .iter()
            .flat_map(|(page, rows)| (page * PAGE_ROWS..).zip(rows.iter()))
    }

    /// Returns the position of a path; `None` if its row has not arrived.
    pub fn position_of(&self, path_key: &ImagePath) -> Option<u32> {
        self.rows()
            .find(|(_, row)| row.path_key == *path_key)
            .map(|(position, _)| position)
    }

    /// Drops all rows.
    pub(super) fn restart(&mut self, n_rows: u32) {
        self.n_rows = n_rows;
        self.pages.clear();
    }

    /// Stores rows from position `start` on.
    pub(super) fn insert(&mut self, start: u32, rows: Vec<TreeRow>, around: u32) {
        let mut rows = rows.into_iter();
        let mut position = start;
        let into_page = position % PAGE_ROWS;
        if into_page != 0 {
            for _ in into_page..PAGE_ROWS {
                if rows.next().is_none() {
                    return;
                }
                position += 1;
            }
        }
        loop {
            let page: Vec<TreeRow> = rows.by_ref().take(PAGE_ROWS as usize).collect();
            let n = u32::try_from(page.len()).unwrap_or(0);
            if n == 0 {
                break;
            }
            if n == PAGE_ROWS || position.saturating_add(n) >= self.n_rows {
                self.pages.insert(position / PAGE_ROWS, Shared::new(page));
            }
            position = position.saturating_add(n);
        }
        self.forget_far_pages(around / PAGE_ROWS);
    }

    fn forget_far_pages(&mut self, around: u32) {
        while self.pages.len() > PAGES_KEPT {
            let first = self.pages.keys().next().copied();
            let last = self.pages.keys().next_back().copied();
            let far = [first, last]
                .into_iter()
                .flatten()
                .max_by_key(|page| page.abs_diff(around));
            if let Some(page) = far {
                self.pages.remove(&page);
            }
        }
    }

    /// Returns the first missing page among those that hold `len` rows from `start` on.
    pub(super) fn missing_page(&self, start: u32, len: u32) -> Option<u32> {
        let end = start.saturating_add(len).min(self.n_rows);
        if start >= end {
            return None;
        }
        (start / PAGE_ROWS..=(end - 1) / PAGE_ROWS).find(|page| !self.pages.contains_key(page))
    }
}
