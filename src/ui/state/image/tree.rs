//! Holds the tree: what it shows, the rows that have arrived, and the chosen row.
//!
//! The worker holds the tree itself; this is only a window on it. One request is in flight at a time: when it is
//! answered, the user may have scrolled on, and then only the rows that are visible now are requested.

use std::collections::VecDeque;

use crate::protocol::{
    ChangeFilter, Direction, EntryKind, Filter, ImageKey, ImagePath, Problem, Sort, SortKey,
    Totals, TreeChange, TreeRow, TreeView, TreeWindow, ask,
};
use crate::ui::state::ImagePlace;

use super::rows::{PAGE_ROWS, RowCache};
use super::{Geometry, Said, TreeAction};

/// A layer with at most this many changes is shown with all of them expanded.
const FEW_CHANGES: u64 = 500;

/// The chosen row. Its path is unknown until its page arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// Position of the row; may be out of date while layers are being read.
    pub row: u32,
    /// The path.
    pub path_key: Option<ImagePath>,
}

/// An order to the list's scroll box, carried out once for each serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scroll {
    /// Serial number of the order.
    pub serial: u32,
    /// Row that becomes the first visible one.
    pub first_row: u32,
    /// True if the part of a row that is scrolled out of sight stays hidden.
    pub keeps_fraction: bool,
}

/// The tree of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeState {
    /// View that the tree shows.
    pub view: TreeView,
    /// Order of the rows.
    pub sort: Sort,
    /// Filter that decides which rows are kept.
    pub filter: Filter,
    /// Rows that have arrived.
    pub rows: RowCache,
    /// True if any request was answered.
    pub answered: bool,
    /// Totals over everything in the view.
    pub totals: Totals,
    /// Number of layers that the rows reflect.
    pub n_layers_ready: u32,
    /// Position of the first visible row.
    pub first_row: u32,
    /// Number of fully visible rows.
    pub n_visible: u32,
    /// The chosen row.
    pub focus: Option<Focus>,
    /// Last order to scroll.
    pub scroll: Scroll,
    /// Reason why there are no rows.
    pub problem: Option<Problem>,
    /// True if the filter by change was set to expand a layer's changes, and not by the user.
    opens_changes: bool,
    changes: VecDeque<TreeChange>,
    /// The request in flight.
    asked: Option<AskedRows>,
    refresh: bool,
    /// Path to go to as soon as a layer provides it.
    wanted: Option<ImagePath>,
    /// True if the wanted path is looked for only once more.
    last_chance: bool,
}

/// Meaning of a pending answer for the rows that are already there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct AskedRows {
    /// True if the answer makes all earlier rows out of date.
    fresh: bool,
    /// Position of the revealed path, if it was revealed only to keep the scroll position.
    anchor_row: Option<u32>,
}

impl TreeState {
    pub(super) fn new(place: &ImagePlace) -> TreeState {
        let mut tree = TreeState {
            view: place.view,
            sort: Sort::BY_NAME,
            filter: Filter::default(),
            rows: RowCache::default(),
            answered: false,
            totals: Totals::default(),
            n_layers_ready: 0,
            first_row: 0,
            n_visible: 40,
            focus: None,
            scroll: Scroll {
                serial: 0,
                first_row: 0,
                keeps_fraction: false,
            },
            problem: None,
            opens_changes: false,
            changes: VecDeque::new(),
            asked: None,
            refresh: true,
            wanted: place.path_key.clone(),
            last_chance: false,
        };
        if place.view != TreeView::Union {
            tree.changes
                .push_back(TreeChange::View { view: place.view });
        }
        tree
    }

    /// Returns the chosen row; `None` if it has not arrived or has moved.
    pub fn focused_row(&self) -> Option<&TreeRow> {
        let focus = self.focus.as_ref()?;
        let row = self.rows.row(focus.row)?;
        (focus.path_key.as_ref() == Some(&row.path_key)).then_some(row)
    }

    /// True if no row is filtered out.
    pub fn is_unfiltered(&self) -> bool {
        let shows_all_changes = self.opens_changes || self.filter.changes.is_none();
        shows_all_changes && self.filter.text.is_empty() && self.filter.kind.is_none()
    }

    /// True if these rows are the visible ones already, and all is well.
    pub(super) fn shows(&self, first_row: u32, n_visible: u32) -> bool {
        self.problem.is_none() && (first_row, n_visible) == (self.first_row, self.n_visible)
    }

    pub(super) fn reduce(&mut self, action: TreeAction) {
        self.problem = None;
        match action {
            TreeAction::View(view) | TreeAction::Walk(view) => self.show_view(view, None),
            TreeAction::Sort(key) => {
                let direction = match (self.sort.key == key, self.sort.direction) {
                    (false, _) => first_direction(key),
                    (true, Direction::Ascending) => Direction::Descending,
                    (true, Direction::Descending) => Direction::Ascending,
                };
                self.sort = Sort { key, direction };
                self.change(TreeChange::Sort { sort: self.sort });
                self.keep_focus();
            }
            TreeAction::Filter(filter) => {
                self.opens_changes = self.opens_changes && filter.changes == self.filter.changes;
                self.filter = filter.clone();
                self.change(TreeChange::Filter { filter });
                self.keep_focus();
            }
            TreeAction::Viewport {
                first_row,
                n_visible,
            } => {
                let before = self.first_row..self.first_row.saturating_add(self.n_visible);
                let shrinks = n_visible < self.n_visible;
                self.first_row = first_row;
                self.n_visible = n_visible;
                // A panel that opens below the tree takes room from it, but must not hide the chosen row.
                if let Some(row) = self.focus.as_ref().map(|focus| focus.row)
                    && shrinks
                    && before.contains(&row)
                {
                    self.bring_into_sight(row);
                }
            }
            TreeAction::Choose(row) => {
                self.choose(row);
                if self
                    .focused_row()
                    .is_some_and(|row| row.kind == EntryKind::Dir)
                {
                    self.toggle_focused();
                }
            }
            TreeAction::Twist(row) => {
                self.choose(row);
                self.toggle_focused();
            }
            TreeAction::Key(key) => self.key(key),
            TreeAction::Reveal(path_key) => self.change(TreeChange::Reveal { path_key }),
            TreeAction::CollapseAll => {
                self.change(TreeChange::CollapseAll);
                if let Some(path) = self.focus.as_ref().and_then(|f| f.path_key.clone()) {
                    let path_key = path.first();
                    self.change(TreeChange::Reveal { path_key });
                }
            }
            TreeAction::Retry => self.refresh = true,
        }
    }

    /// Shows another view. If a layer has few changes, all are expanded: by the filter, which leaves the
    /// directories of the other views as they were.
    pub(super) fn show_view(&mut self, view: TreeView, n_changes: Option<u64>) {
        if self.view != view {
            self.view = view;
            self.change(TreeChange::View { view });
            self.open_changes(n_changes);
            self.keep_focus();
        }
    }

    pub(super) fn open_changes(&mut self, n_changes: Option<u64>) {
        let is_few = n_changes.is_some_and(|n| (1..=FEW_CHANGES).contains(&n));
        if is_few && self.filter.changes.is_none() {
            self.filter.changes = Some(ChangeFilter::ALL);
            self.opens_changes = true;
        } else if !is_few && self.opens_changes {
            self.filter.changes = None;
            self.opens_changes = false;
        } else {
            return;
        }
        let filter = self.filter.clone();
        self.change(TreeChange::Filter { filter });
    }

    /// Queues a change. It replaces one of the same kind that has not been sent.
    pub(super) fn change(&mut self, change: TreeChange) {
        let supersedes = |queued: &TreeChange| {
            matches!(
                (&change, queued),
                (TreeChange::View { .. }, TreeChange::View { .. })
                    | (TreeChange::Sort { .. }, TreeChange::Sort { .. })
                    | (TreeChange::Filter { .. }, TreeChange::Filter { .. })
                    | (TreeChange::Reveal { .. }, TreeChange::Reveal { .. })
            )
        };
        self.changes.retain(|queued| !supersedes(queued));
        self.changes.push_back(change);
    }

    /// Finds the chosen row again after a change that moves rows.
    fn keep_focus(&mut self) {
        if let Some(path_key) = self.focus.as_ref().and_then(|f| f.path_key.clone()) {
            self.change(TreeChange::Reveal { path_key });
        }
    }

    /// Expands all siblings of a node. The chosen row is found again, because siblings above it push it down.
    pub(super) fn expand_siblings(&mut self, node: u32) {
        self.change(TreeChange::ExpandSiblings { node });
        self.keep_focus();
    }

    pub(super) fn choose(&mut self, row: u32) {
        let path_key = self.rows.row(row).map(|row| row.path_key.clone());
        self.focus = Some(Focus { row, path_key });
    }

    pub(super) fn toggle_focused(&mut self) {
        if let Some(row) = self.focused_row()
            && row.has_children
        {
            let (node, expanded) = (row.node, !row.expanded);
            self.change(TreeChange::Toggle { node, expanded });
        }
    }

    pub(super) fn scroll_to(&mut self, first_row: u32, keeps_fraction: bool) {
        self.first_row = first_row;
        self.scroll = Scroll {
            serial: self.scroll.serial.wrapping_add(1),
            first_row,
            keeps_fraction,
        };
    }

    pub(super) fn bring_into_sight(&mut self, row: u32) {
        let first = Geometry::bring_into_sight(row, self.first_row, self.n_visible);
        if first != self.first_row {
            self.scroll_to(first, false);
        }
    }

    /// Scrolls to a row that is not visible, so that rows above and below it are visible too.
    fn show_with_surroundings(&mut self, row: u32) {
        let in_sight = self.first_row..self.first_row.saturating_add(self.n_visible);
        if !in_sight.contains(&row) {
            self.scroll_to(row.saturating_sub(self.n_visible / 3), false);
        }
    }

    /// Marks the rows as out of date, because layers were added.
    pub(super) fn out_of_date(&mut self) {
        self.refresh = true;
    }

    /// Records that all layers have arrived: a path that the next refresh does not find is no longer awaited.
    pub(super) fn forget_wanted_after_refresh(&mut self) {
        self.last_chance = true;
    }

    /// Returns the first missing page: first of the visible rows, then of those that a further scroll would show.
    fn missing_page(&self) -> Option<u32> {
        let before = self.first_row.saturating_sub(PAGE_ROWS);
        let visible = self.rows.missing_page(self.first_row, self.n_visible + 1);
        visible.or_else(|| {
            self.rows
                .missing_page(before, self.n_visible + 2 * PAGE_ROWS)
        })
    }

    /// True if [`TreeState::next_question`] has something to ask.
    pub(super) fn has_question(&self) -> bool {
        let is_free = self.asked.is_none() && self.problem.is_none();
        is_free && (self.refresh || !self.changes.is_empty() || self.missing_page().is_some())
    }

    /// Returns the next request; `None` if one is in flight or nothing is missing.
    pub(super) fn next_question(&mut self, image: ImageKey) -> Option<ask::Tree> {
        if self.asked.is_some() || self.problem.is_some() {
            return None;
        }
        let mut start = self.first_row / PAGE_ROWS * PAGE_ROWS;
        let mut len = PAGE_ROWS * 2;
        let mut anchor_row = None;
        let mut fresh = true;
        let mut change = self.changes.pop_front();
        if change.is_none() && self.refresh {
            self.refresh = false;
            if let Some(path_key) = self.wanted.clone() {
                if self.last_chance {
                    self.wanted = None;
                }
                change = Some(TreeChange::Reveal { path_key });
            } else if let Some((row, path_key)) = self.anchor() {
                anchor_row = Some(row);
                change = Some(TreeChange::Reveal { path_key });
            }
        } else if change.is_none() {
            let page = self.missing_page()?;
            (start, len, fresh) = (page * PAGE_ROWS, PAGE_ROWS, false);
        }
        self.asked = Some(AskedRows { fresh, anchor_row });
        Some(ask::Tree {
            image,
            change,
            start,
            len,
        })
    }

    /// Returns the row that stays in place while others are inserted: the chosen row if it is visible, or else the
    /// first visible one.
    fn anchor(&self) -> Option<(u32, ImagePath)> {
        let in_sight = self.first_row..self.first_row.saturating_add(self.n_visible);
        if let Some(Focus {
            row,
            path_key: Some(path_key),
        }) = &self.focus
            && (in_sight.contains(row) || self.first_row == 0)
        {
            return Some((*row, path_key.clone()));
        }
        let row = self.rows.row(self.first_row)?;
        (self.first_row > 0).then(|| (self.first_row, row.path_key.clone()))
    }

    pub(super) fn failed(&mut self, problem: Problem) {
        self.asked = None;
        self.problem = Some(problem);
    }

    /// Applies an answer. Returns the announcement that it causes, if any.
    pub(super) fn take(&mut self, window: TreeWindow, change: Option<TreeChange>) -> Option<Said> {
        let AskedRows { fresh, anchor_row } = self.asked.take().unwrap_or_default();
        self.answered = true;
        let same_list =
            self.rows.n_rows() == window.n_rows && self.n_layers_ready == window.n_layers_ready;
        self.n_layers_ready = window.n_layers_ready;
        // If another change is pending, these rows are already out of date and would only flicker.
        if self.changes.is_empty() {
            if fresh || !same_list {
                self.rows.restart(window.n_rows);
            }
            self.totals = window.totals;
            self.rows.insert(window.start, window.rows, window.start);
        }
        let said = match change {
            Some(TreeChange::Reveal { path_key }) => {
                self.revealed(path_key, window.focus_row, anchor_row)
            }
            Some(TreeChange::Filter { .. }) => {
                self.scroll_to_top_unless_focused();
                Some(Said::RowsShown(window.n_rows))
            }
            Some(TreeChange::View { .. } | TreeChange::Sort { .. }) => {
                self.scroll_to_top_unless_focused();
                None
            }
            _ => None,
        };
        if window.n_rows > 0 && self.first_row >= window.n_rows {
            self.scroll_to(window.n_rows.saturating_sub(self.n_visible), false);
        }
        self.settle_focus();
        said
    }

    fn scroll_to_top_unless_focused(&mut self) {
        if self.focus.is_none() && self.first_row != 0 {
            self.scroll_to(0, false);
        }
    }

    fn revealed(
        &mut self,
        path_key: ImagePath,
        row: Option<u32>,
        anchor_row: Option<u32>,
    ) -> Option<Said> {
        let is_focus = self.focus.as_ref().and_then(|f| f.path_key.as_ref()) == Some(&path_key);
        match (row, anchor_row) {
            (Some(row), Some(before)) => {
                let moved = i64::from(row) - i64::from(before);
                if let Some(focus) = &mut self.focus {
                    focus.row = if is_focus {
                        row
                    } else {
                        shifted(focus.row, moved)
                    };
                }
                if moved != 0 {
                    self.scroll_to(shifted(self.first_row, moved), true);
                }
                None
            }
            (Some(row), None) => {
                if self.wanted.as_ref() == Some(&path_key) {
                    self.wanted = None;
                }
                self.focus = Some(Focus {
                    row,
                    path_key: Some(path_key),
                });
                self.show_with_surroundings(row);
                None
            }
            (None, Some(_)) => None,
            (None, None) if self.wanted.as_ref() == Some(&path_key) => None,
            (None, None) => {
                // The panel shows a path that is not in this view, so no row may seem to be it.
                self.focus = None;
                if is_focus {
                    self.scroll_to_top_unless_focused();
                    None
                } else {
                    Some(Said::NotInView)
                }
            }
        }
    }

    /// Stores the chosen row's path once its page has arrived, and finds a row that has moved.
    fn settle_focus(&mut self) {
        let Some(focus) = &mut self.focus else { return };
        match (&focus.path_key, self.rows.row(focus.row)) {
            (None, Some(row)) => focus.path_key = Some(row.path_key.clone()),
            (Some(path), Some(row)) if *path != row.path_key => {
                if let Some(position) = self.rows.position_of(path) {
                    focus.row = position;
                }
            }
            _ => {}
        }
    }
}

/// Returns the initial direction of a column: users look for the largest, newest or topmost first.
fn first_direction(key: SortKey) -> Direction {
    match key {
        SortKey::Size | SortKey::Time | SortKey::Layer => Direction::Descending,
        SortKey::Name | SortKey::Mode | SortKey::Owner => Direction::Ascending,
    }
}

fn shifted(row: u32, by: i64) -> u32 {
    u32::try_from((i64::from(row) + by).max(0)).unwrap_or(u32::MAX)
}
