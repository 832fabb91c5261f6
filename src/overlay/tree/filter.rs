//! What of a tree is shown: which paths match, and which directories lead to them.
//!
//! One pass over the view, a byte for each path.

use super::{Change, NodeId, Union, View};
use crate::layer::EntryKind;
use crate::overlay::names::Fit;
use crate::overlay::numbered::PerNode;
use crate::overlay::path_text::PathText;

/// Which changes of the view's layer are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChangeFilter {
    /// Show what the layer adds.
    pub added: bool,
    /// Show what it changes.
    pub changed: bool,
    /// Show what it deletes: in a layer's own view what the layer deletes, in [`View::WithDeleted`] what any layer did.
    pub deleted: bool,
}

/// What is shown; everything where nothing is asked for, and only what fits all that is asked for otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    /// A part of the path, whatever the case of ASCII letters; what is in a directory whose path fits, fits too.
    pub text: Vec<u8>,
    /// Only what the view's layer does in one of these ways.
    pub changes: Option<ChangeFilter>,
    /// Only this kind.
    pub kind: Option<EntryKind>,
}

impl Filter {
    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }
}

const SHOWN: u8 = 1;
const LEADS: u8 = 2;
const TEXT: u8 = 4;

/// What a filter says of each path, by node.
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
            if !above && text.fit(id) == Fit::No {
                continue;
            }
            marks.add(id, TEXT);
            if !fits(union, view, filter, id) {
                continue;
            }
            marks.add(id, SHOWN);
            // All below a directory whose path fits are matches; only those that ask for more open it.
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
        && filter
            .changes
            .is_none_or(|wanted| match union.change_in(id, view) {
                Some(Change::Added) => wanted.added,
                Some(Change::Changed) => wanted.changed,
                Some(Change::Deleted) => wanted.deleted,
                None => false,
            })
}
