//! Computes which rows of a long list are visible, and their position.
//!
//! All rows have the same height. Browsers refuse elements beyond some ten million pixels (Firefox is the first, at
//! about 17.8 million), so a longer list gets a shorter scroll range, and each pixel of it stands for more than one.

/// Height in pixels of a list that every browser can lay out.
const MOST_PX: f64 = 8_000_000.0;

/// Rows drawn above and below the visible ones, so that a small scroll needs no new rows.
const SPARE_ROWS: u32 = 12;

/// Measures of a list of rows in its scroll box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Number of rows.
    pub n_rows: u32,
    /// Height of one row.
    pub row_px: f64,
    /// Height of the box, without what covers its top.
    pub box_px: f64,
}

/// The rows to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Position of the first row.
    pub start: u32,
    /// Number of rows.
    pub len: u32,
    /// Distance of the first row's top edge from the top of the list.
    pub top_px: f64,
}

impl Geometry {
    /// Returns the height at which the browser lays out the list.
    pub fn height_px(&self) -> f64 {
        self.full_px().min(MOST_PX)
    }

    fn full_px(&self) -> f64 {
        f64::from(self.n_rows) * self.row_px
    }

    /// Returns the pixels of the whole list that pass per pixel of scrolling: 1 except for very long lists.
    fn scale(&self) -> f64 {
        let range = self.height_px() - self.box_px;
        if self.full_px() <= MOST_PX || range <= 0.0 {
            1.0
        } else {
            (self.full_px() - self.box_px) / range
        }
    }

    /// Returns the number of fully visible rows.
    pub fn n_visible(&self) -> u32 {
        whole(self.box_px / self.row_px).max(1)
    }

    /// Returns the first visible row at a scroll position.
    pub fn first_row(&self, scroll_px: f64) -> u32 {
        whole(scroll_px.max(0.0) * self.scale() / self.row_px).min(self.n_rows.saturating_sub(1))
    }

    /// Returns the scroll position at which a row is the first visible one.
    pub fn scroll_of(&self, row: u32) -> f64 {
        f64::from(row) * self.row_px / self.scale()
    }

    /// Returns the rows to draw at a scroll position.
    pub fn window(&self, scroll_px: f64) -> Window {
        let scroll_px = scroll_px.clamp(0.0, (self.height_px() - self.box_px).max(0.0));
        let first = self.first_row(scroll_px);
        // Starting at multiples of 4 keeps the drawn rows the same over a few scroll events.
        let start = first.saturating_sub(SPARE_ROWS) / 4 * 4;
        let end = first
            .saturating_add(self.n_visible())
            .saturating_add(SPARE_ROWS + 4)
            .min(self.n_rows);
        // In a compressed list, rows are placed relative to the scroll position and not to the list.
        let passed_px = scroll_px * self.scale() - f64::from(start) * self.row_px;
        Window {
            start,
            len: end.saturating_sub(start),
            top_px: scroll_px - passed_px,
        }
    }

    /// Returns the first row to show so that `row` is visible, given that `first_row` is the first one now.
    pub fn bring_into_sight(row: u32, first_row: u32, n_visible: u32) -> u32 {
        if row < first_row {
            row
        } else if row >= first_row.saturating_add(n_visible) {
            (row + 1).saturating_sub(n_visible)
        } else {
            first_row
        }
    }
}

fn whole(number: f64) -> u32 {
    // A float cast saturates; visible rows never come near the end of `u32`.
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n_rows: u32) -> Geometry {
        Geometry {
            n_rows,
            row_px: 24.0,
            box_px: 480.0,
        }
    }

    #[test]
    fn short_lists_scroll_one_to_one() {
        let list = list(100_000);
        assert_eq!(list.height_px(), 2_400_000.0);
        assert_eq!(list.n_visible(), 20);
        assert_eq!(list.first_row(2400.0), 100);
        assert_eq!(list.scroll_of(100), 2400.0);
        let window = list.window(2400.0);
        assert_eq!(window.start, 88);
        assert_eq!(window.top_px, 88.0 * 24.0);
        assert!(window.len >= 20 + 12);
    }

    #[test]
    fn long_lists_reach_both_ends() {
        let list = list(4_000_000);
        assert_eq!(list.height_px(), MOST_PX);
        assert_eq!(list.first_row(0.0), 0);
        let end = list.height_px() - list.box_px;
        let window = list.window(end);
        assert_eq!(window.start + window.len, list.n_rows);
        let last_bottom = window.top_px + f64::from(window.len) * 24.0;
        assert!(
            (last_bottom - list.height_px()).abs() < 1.0,
            "{last_bottom}"
        );
        for row in [0, 1, 2_000_000, 3_999_980] {
            let first = list.first_row(list.scroll_of(row) + 0.001);
            assert!(first.abs_diff(row) <= 1, "{row} became {first}");
        }
    }

    #[test]
    fn an_empty_list_has_no_window() {
        assert_eq!(list(0).window(0.0).len, 0);
        assert_eq!(list(3).window(50.0).len, 3);
    }

    #[test]
    fn a_row_comes_into_sight_by_the_shortest_way() {
        assert_eq!(Geometry::bring_into_sight(5, 10, 20), 5);
        assert_eq!(Geometry::bring_into_sight(15, 10, 20), 10);
        assert_eq!(Geometry::bring_into_sight(30, 10, 20), 11);
    }
}
