//! A view as a file manager shows it: open directories, an order, a filter, and rows by position.
//!
//! Nothing here knows the page. It requests the visible rows, and the flat list behind them is rebuilt only after a
//! change.

mod filter;
mod flat;
mod openness;
mod sort;

use std::collections::HashSet;

use super::{Change, NodeId, Union, View};
use filter::Marks;
use flat::Flat;
use openness::Openness;

pub use filter::{ChangeFilter, Filter};
pub use sort::{Direction, Sort, SortKey};

/// The place of one path among the rows of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// Node of the path.
    pub id: NodeId,
    /// Depth in the tree; 0 for entries of the root.
    pub depth: u32,
    /// Last component of the path.
    pub name: Vec<u8>,
    /// True if the view shows something in it.
    pub has_children: bool,
    /// True if it is an open directory.
    pub expanded: bool,
    /// Position among its siblings, from 1.
    pub posinset: u32,
    /// Number of siblings, including itself.
    pub setsize: u32,
}

/// A view of a union as rows. The root itself is not a row.
#[derive(Debug)]
pub struct TreeRows {
    view: View,
    sort: Sort,
    filter: Filter,
    expanded: HashSet<NodeId>,
    /// Directories that were toggled against the filter's default, while a filter is set.
    toggled: HashSet<NodeId>,
    made: Option<Made>,
}

/// Derived data, valid for this number of layers.
#[derive(Debug)]
struct Made {
    n_layers: usize,
    marks: Option<Marks>,
    flat: Flat,
}

impl TreeRows {
    /// Creates a tree with all directories closed, sorted by name, without a filter.
    pub fn new(view: View) -> TreeRows {
        TreeRows {
            view,
            sort: Sort::BY_NAME,
            filter: Filter::default(),
            expanded: HashSet::new(),
            toggled: HashSet::new(),
            made: None,
        }
    }

    /// Returns the current view.
    pub fn view(&self) -> View {
        self.view
    }

    /// Returns the order of siblings.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Returns the current filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Changes the view. Open directories stay open.
    pub fn set_view(&mut self, view: View) {
        if self.view != view {
            self.view = view;
            self.made = None;
        }
    }

    /// Changes the order of siblings.
    pub fn set_sort(&mut self, sort: Sort) {
        if self.sort != sort {
            self.sort = sort;
            self.made = None;
        }
    }

    /// Shows only matches and the directories that lead to them, which are open unless closed again.
    pub fn set_filter(&mut self, filter: Filter) {
        if self.filter != filter {
            self.filter = filter;
            self.toggled.clear();
            self.made = None;
        }
    }

    /// Returns the number of rows.
    pub fn n_rows(&mut self, union: &Union) -> usize {
        self.make(union).flat.len()
    }

    /// Returns the rows from `start` on, at most `len`.
    pub fn rows(&mut self, union: &Union, start: usize, len: usize) -> Vec<RowPlace> {
        self.make(union);
        let Some(made) = &self.made else {
            return Vec::new();
        };
        let open = self.openness(made.marks.as_ref());
        made.flat
            .window(start, len)
            .iter()
            .map(|row| RowPlace {
                id: row.id,
                depth: row.depth,
                name: union.arena.name(row.id).to_vec(),
                has_children: open.children(union, row.id).next().is_some(),
                expanded: open.is_open(row.id),
                posinset: row.posinset,
                setsize: row.setsize,
            })
            .collect()
    }

    /// Returns the row of a path. `None` if it is filtered out, or a directory above it is closed.
    pub fn row_of(&mut self, union: &Union, id: NodeId) -> Option<usize> {
        self.make(union).flat.position(id)
    }

    /// True if a directory is open.
    pub fn is_expanded(&mut self, union: &Union, id: NodeId) -> bool {
        self.make(union);
        let marks = self.made.as_ref().and_then(|made| made.marks.as_ref());
        self.openness(marks).is_open(id)
    }

    /// Opens a directory.
    pub fn expand(&mut self, union: &Union, id: NodeId) {
        if self.is_expanded(union, id) || !union.arena.contains(id) {
            return;
        }
        self.toggle(id);
        if let Some(mut made) = self.made.take() {
            let open = self.openness(made.marks.as_ref());
            made.flat.open(union, &open, self.sort, id);
            self.made = Some(made);
        }
    }

    /// Closes a directory. Open directories in it are remembered.
    pub fn collapse(&mut self, union: &Union, id: NodeId) {
        if !self.is_expanded(union, id) {
            return;
        }
        self.toggle(id);
        if let Some(made) = &mut self.made {
            made.flat.close(id);
        }
    }

    /// Closes every directory. With a filter, directories that lead to a match are open.
    pub fn collapse_all(&mut self) {
        self.expanded.clear();
        self.toggled.clear();
        self.made = None;
    }

    /// Discards the rows, because the union's topmost layer was replaced.
    pub fn look_again(&mut self) {
        self.made = None;
    }

    /// Opens every directory above a path. Returns the position of its row, if the filter and the view show it.
    pub fn expand_to(&mut self, union: &Union, id: NodeId) -> Option<usize> {
        let mut above = Vec::new();
        let mut at = id;
        while let Some(parent) = union.parent(at) {
            above.push(parent);
            at = parent;
        }
        above.pop();
        self.expand_all(union, above);
        self.row_of(union, id)
    }

    /// Opens several directories and rebuilds the rows once.
    pub fn expand_all(&mut self, union: &Union, dirs: impl IntoIterator<Item = NodeId>) {
        self.make(union);
        let mut opened = false;
        for dir in dirs {
            let marks = self.made.as_ref().and_then(|made| made.marks.as_ref());
            if union.arena.contains(dir) && !self.openness(marks).is_open(dir) {
                self.toggle(dir);
                opened = true;
            }
        }
        if opened && let Some(mut made) = self.made.take() {
            made.flat = Flat::of(union, &self.openness(made.marks.as_ref()), self.sort);
            self.made = Some(made);
        }
    }

    fn toggle(&mut self, id: NodeId) {
        let set = if self.filter.is_empty() {
            &mut self.expanded
        } else {
            &mut self.toggled
        };
        if !set.remove(&id) {
            set.insert(id);
        }
    }

    fn make(&mut self, union: &Union) -> &Made {
        let made = match self
            .made
            .take()
            .filter(|made| made.n_layers == union.n_layers())
        {
            Some(made) => made,
            None => {
                let marks =
                    (!self.filter.is_empty()).then(|| Marks::of(union, self.view, &self.filter));
                let flat = Flat::of(union, &self.openness(marks.as_ref()), self.sort);
                Made {
                    n_layers: union.n_layers(),
                    marks,
                    flat,
                }
            }
        };
        self.made.insert(made)
    }

    fn openness<'t>(&'t self, marks: Option<&'t Marks>) -> Openness<'t> {
        Openness {
            view: self.view,
            marks,
            changed: if marks.is_some() {
                &self.toggled
            } else {
                &self.expanded
            },
        }
    }
}
