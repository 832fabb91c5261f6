//! A view as a file manager shows it: open directories, an order, a filter, and rows by position.
//!
//! Nothing here knows the page; it asks for the rows that are in sight, and the flat list behind them is made
//! again only when something changed.

mod filter;
mod flat;
mod sort;

use std::collections::HashSet;

use super::{Change, NodeId, Union, View};
use filter::Marks;
use flat::Flat;

pub use filter::{ChangeFilter, Filter};
pub use sort::{Direction, Sort, SortKey};

/// One row of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    /// The path.
    pub id: NodeId,
    /// How deep it is; 0 for what is in the root.
    pub depth: u32,
    /// Its last component.
    pub name: Vec<u8>,
    /// Whether the view shows something in it.
    pub has_children: bool,
    /// Whether what is in it is shown.
    pub expanded: bool,
    /// Its position among its siblings, from 1.
    pub posinset: u32,
    /// How many siblings there are, with itself.
    pub setsize: u32,
}

/// A view of a union as rows; the root itself is no row.
#[derive(Debug)]
pub struct TreeView {
    view: View,
    sort: Sort,
    filter: Filter,
    expanded: HashSet<NodeId>,
    /// While a filter is set: directories that are the other way than the filter has them.
    toggled: HashSet<NodeId>,
    made: Option<Made>,
}

/// What is computed from the rest, while the union has so many layers.
#[derive(Debug)]
struct Made {
    n_layers: usize,
    marks: Option<Marks>,
    flat: Flat,
}

impl TreeView {
    /// A tree with everything closed, sorted by name, without a filter.
    pub fn new(view: View) -> TreeView {
        TreeView {
            view,
            sort: Sort::BY_NAME,
            filter: Filter::default(),
            expanded: HashSet::new(),
            toggled: HashSet::new(),
            made: None,
        }
    }

    /// What is looked at.
    pub fn view(&self) -> View {
        self.view
    }

    /// The order of siblings.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// What is shown.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Looks at something else; open directories stay open.
    pub fn set_view(&mut self, view: View) {
        if self.view != view {
            self.view = view;
            self.made = None;
        }
    }

    /// Orders siblings in another way.
    pub fn set_sort(&mut self, sort: Sort) {
        if self.sort != sort {
            self.sort = sort;
            self.made = None;
        }
    }

    /// Shows only what matches, and the directories that lead there, which are open unless closed again.
    pub fn set_filter(&mut self, filter: Filter) {
        if self.filter != filter {
            self.filter = filter;
            self.toggled.clear();
            self.made = None;
        }
    }

    /// How many rows there are.
    pub fn n_rows(&mut self, union: &Union) -> usize {
        self.make(union).flat.len()
    }

    /// The rows from `start` on, at most `len`.
    pub fn rows(&mut self, union: &Union, start: usize, len: usize) -> Vec<TreeRow> {
        self.make(union);
        let Some(made) = &self.made else {
            return Vec::new();
        };
        let open = self.openness(made.marks.as_ref());
        made.flat
            .window(start, len)
            .iter()
            .map(|row| TreeRow {
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

    /// Where a path's row is; `None` when it is not shown or a directory above it is closed.
    pub fn row_of(&mut self, union: &Union, id: NodeId) -> Option<usize> {
        self.make(union).flat.position(id)
    }

    /// Whether what is in a directory is shown.
    pub fn is_expanded(&mut self, union: &Union, id: NodeId) -> bool {
        self.make(union);
        let marks = self.made.as_ref().and_then(|made| made.marks.as_ref());
        self.openness(marks).is_open(id)
    }

    /// Shows what is in a directory.
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

    /// Hides what is in a directory; what is open in it is remembered.
    pub fn collapse(&mut self, union: &Union, id: NodeId) {
        if !self.is_expanded(union, id) {
            return;
        }
        self.toggle(id);
        if let Some(made) = &mut self.made {
            made.flat.close(id);
        }
    }

    /// Closes every directory; with a filter, opens only what leads to a match.
    pub fn collapse_all(&mut self) {
        self.expanded.clear();
        self.toggled.clear();
        self.made = None;
    }

    /// Forgets the rows: the union's topmost layer is another one.
    pub fn look_again(&mut self) {
        self.made = None;
    }

    /// Opens every directory above a path, and gives the position of its row, if the filter and the view show it.
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

    /// Shows what is in several directories; the rows are made anew once, not for each.
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

/// Which paths are shown, and which directories are open.
struct Openness<'t> {
    view: View,
    marks: Option<&'t Marks>,
    /// Directories that are not as they are by default: closed, or as the filter has them.
    changed: &'t HashSet<NodeId>,
}

impl Openness<'_> {
    fn is_open(&self, id: NodeId) -> bool {
        let by_default = self.marks.is_some_and(|marks| marks.leads_to_match(id));
        id == NodeId::ROOT || by_default != self.changed.contains(&id)
    }

    fn children(&self, union: &Union, dir: NodeId) -> impl Iterator<Item = NodeId> {
        let shown = |id: &NodeId| self.marks.is_none_or(|marks| marks.is_shown(*id));
        union.children(dir, self.view).filter(shown)
    }
}
