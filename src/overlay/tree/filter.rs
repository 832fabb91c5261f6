//! Filters a tree: the paths that match, and the directories that lead to them.
//!
//! Takes one pass over the view, and a byte per path.

use super::{Change, NodeId, Union, View};
use crate::layer::EntryKind;
use crate::overlay::names::Fit;
use crate::overlay::numbered::PerNode;
use crate::overlay::path_text::PathText;

/// The changes of the view's layer to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChangeFilter {
    /// True to show paths that the layer adds.
    pub added: bool,
    /// True to show paths that the layer changes.
    pub changed: bool,
    /// True to show deleted paths: of the layer in its own view, of any layer in [`View::WithDeleted`].
    pub deleted: bool,
}

impl ChangeFilter {
    /// Shows every path that the layer changes in any way.
    pub const ALL: ChangeFilter = ChangeFilter {
        added: true,
        changed: true,
        deleted: true,
    };

    /// True to show paths with this change.
    pub fn has(self, change: Change) -> bool {
        match change {
            Change::Added => self.added,
            Change::Changed => self.changed,
            Change::Deleted => self.deleted,
        }
    }
}

/// A filter for paths. A path is shown if it meets all given conditions; without any, everything is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    /// Part of the path, ignoring the case of ASCII letters. It also matches everything in a directory whose path
    /// matches.
    pub text: Vec<u8>,
    /// Changes of the view's layer to show; `None` for all paths.
    pub changes: Option<ChangeFilter>,
    /// Type of paths to show; `None` for all.
    pub kind: Option<EntryKind>,
}

impl Filter {
    /// Adds a change to those that are shown, or removes it. Without any, paths are shown whatever their change.
    pub fn toggle_change(&mut self, change: Change) {
        let mut changes = self.changes.unwrap_or_default();
        let switch = match change {
            Change::Added => &mut changes.added,
            Change::Changed => &mut changes.changed,
            Change::Deleted => &mut changes.deleted,
        };
        *switch = !*switch;
        self.changes = Some(changes).filter(|changes| *changes != ChangeFilter::default());
    }

    /// True if everything is shown.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }
}

const SHOWN: u8 = 1;
const LEADS: u8 = 2;
const TEXT: u8 = 4;

/// The result of a filter for each path, by node.
#[derive(Debug)]
pub(super) struct Marks(PerNode<u8>);

impl Marks {
    pub(super) fn of(union: &Union, view: View, filter: &Filter) -> Marks {
        let mut marks = Marks(PerNode::new(union.arena.len(), 0));
        let mut text = PathText::new(union, &filter.text);
        for id in union.ids_in(view) {
            if id == NodeId::ROOT {
                marks.add(id, SHOWN);
                continue;
            }
            let above = marks.has(union.arena.parent(id), TEXT);
            if !above && text.fit(union, id) == Fit::No {
                continue;
            }
            marks.add(id, TEXT);
            if !fits(union, view, filter, id) {
                continue;
            }
            marks.add(id, SHOWN);
            // Everything below a matching directory matches. Only filters with further conditions open that
            // directory.
            if !above || filter.kind.is_some() || filter.changes.is_some() {
                marks.lead_to(union, id);
            }
        }
        marks
    }

    pub(super) fn is_shown(&self, id: NodeId) -> bool {
        self.has(id, SHOWN)
    }

    pub(super) fn leads_to_match(&self, id: NodeId) -> bool {
        self.has(id, LEADS)
    }

    fn lead_to(&mut self, union: &Union, id: NodeId) {
        let mut at = id;
        while at != NodeId::ROOT {
            at = union.arena.parent(at);
            if self.has(at, LEADS) {
                break;
            }
            self.add(at, SHOWN | LEADS);
        }
    }

    fn has(&self, id: NodeId, mark: u8) -> bool {
        self.0.get(id) & mark != 0
    }

    fn add(&mut self, id: NodeId, mark: u8) {
        *self.0.at(id) |= mark;
    }
}

fn fits(union: &Union, view: View, filter: &Filter, id: NodeId) -> bool {
    let kind_fits = filter
        .kind
        .is_none_or(|kind| union.shown_kind(id, view) == Some(kind));
    kind_fits
        && filter.changes.is_none_or(|wanted| {
            union
                .change_in(id, view)
                .is_some_and(|change| wanted.has(change))
        })
}
