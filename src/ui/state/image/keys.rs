//! Handles the keyboard in the tree, as file managers do and as the ARIA practices for tree grids describe it.
//!
//! The effect of a key on the panel is left to `open_image`.

use crate::protocol::TreeChange;

use super::{TreeKey, TreeState};

impl TreeState {
    pub(super) fn key(&mut self, key: TreeKey) {
        let n_rows = self.rows.n_rows();
        let Some(last) = n_rows.checked_sub(1) else {
            return;
        };
        let Some(at) = self.focus.as_ref().map(|focus| focus.row.min(last)) else {
            // The first key only shows the current position.
            let first = self.first_row.min(last);
            self.go(if key == TreeKey::End { last } else { first });
            return;
        };
        if self.is_astray() {
            if let Some(path_key) = self.focus.as_ref().and_then(|f| f.path_key.clone()) {
                self.change(TreeChange::Reveal { path_key });
            }
            return;
        }
        let page = self.n_visible.saturating_sub(1).max(1);
        match key {
            TreeKey::Up => self.go(at.saturating_sub(1)),
            TreeKey::Down => self.go(at.saturating_add(1).min(last)),
            TreeKey::Home => self.go(0),
            TreeKey::End => self.go(last),
            TreeKey::PageUp => self.go(at.saturating_sub(page)),
            TreeKey::PageDown => self.go(at.saturating_add(page).min(last)),
            TreeKey::Right => self.right(at, last),
            TreeKey::Left => self.left(at),
            TreeKey::Enter => {
                self.toggle_focused();
                self.bring_into_sight(at);
            }
            TreeKey::Space | TreeKey::Escape => {}
            TreeKey::Siblings => {
                if let Some(node) = self.focused_row().map(|row| row.node) {
                    self.expand_siblings(node);
                }
            }
            TreeKey::Typed(text) => self.typed(at, &text),
        }
    }

    /// True if the chosen row's position is out of date, because another path is there now.
    fn is_astray(&self) -> bool {
        let Some(focus) = &self.focus else {
            return false;
        };
        match (self.rows.row(focus.row), &focus.path_key) {
            (Some(row), Some(path)) => row.path_key != *path,
            _ => false,
        }
    }

    fn go(&mut self, row: u32) {
        self.choose(row);
        self.bring_into_sight(row);
    }

    fn right(&mut self, at: u32, last: u32) {
        match self.focused_row() {
            Some(row) if row.has_children && !row.expanded => self.toggle_focused(),
            Some(row) if row.has_children => self.go(at.saturating_add(1).min(last)),
            _ => {}
        }
    }

    fn left(&mut self, at: u32) {
        let Some(row) = self.focused_row() else {
            return;
        };
        if row.expanded && row.has_children {
            self.toggle_focused();
        } else if let Some(parent) = row.path_key.parent().filter(|path| !path.is_root()) {
            let parent = parent.to_owned();
            match self.rows.position_of(&parent) {
                Some(position) => self.go(position),
                None => self.change(TreeChange::Reveal { path_key: parent }),
            }
        } else {
            self.bring_into_sight(at);
        }
    }

    /// Goes to the next name that starts with the typed text, among the rows that have arrived.
    fn typed(&mut self, at: u32, text: &str) {
        let text = text.to_lowercase();
        // A single letter searches after the current row, so that the same letter again moves on.
        let here = u32::from(text.chars().count() > 1);
        let begins = |position: &u32| {
            self.rows
                .row(*position)
                .is_some_and(|row| row.name.text.to_lowercase().starts_with(&text))
        };
        let positions: Vec<u32> = self.rows.rows().map(|(position, _)| position).collect();
        let after = positions.iter().filter(|position| **position + here > at);
        let before = positions.iter().filter(|position| **position + here <= at);
        let hit = after.chain(before).copied().find(begins);
        if let Some(position) = hit {
            self.go(position);
        }
    }
}
