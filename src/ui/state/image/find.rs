//! Holds the search by name: the text, the hits and the chosen hit.

use crate::protocol::{ImageKey, MatchRow, Matches, Problem, TreeView, ask};
use crate::ui::state::Shared;

use super::{FindAction, Loadable};

/// Number of hits requested.
const HITS: u32 = 200;

/// The search by name.
#[derive(Clone, Debug, PartialEq)]
pub struct FindState {
    /// Text that the user typed.
    pub text: String,
    /// Hits for the text, or for the previous text while it is being searched.
    pub hits: Loadable<Shared<Vec<MatchRow>>>,
    /// True if there are more hits.
    pub more: bool,
    /// True if all layers were searched.
    pub is_whole: bool,
    /// View that the search was made in.
    view: TreeView,
    /// Position of the hit that Enter goes to.
    pub chosen: Option<usize>,
    /// True if the hits are shown.
    pub is_open: bool,
    /// True if the hits are those for the text.
    pub is_answered: bool,
    /// True if the user pressed Enter before the hits arrived.
    is_awaited: bool,
}

impl FindState {
    pub(super) fn new() -> FindState {
        FindState {
            text: String::new(),
            hits: Loadable::Idle,
            more: false,
            is_whole: false,
            view: TreeView::Union,
            chosen: None,
            is_open: false,
            is_answered: false,
            is_awaited: false,
        }
    }

    fn n_hits(&self) -> usize {
        match &self.hits {
            Loadable::Ready(hits) => hits.len(),
            _ => 0,
        }
    }

    /// Returns the request for the current text; `None` if the text is empty.
    pub(super) fn question(&mut self, image: ImageKey, view: TreeView) -> Option<ask::Find> {
        self.view = view;
        (!self.text.is_empty()).then(|| ask::Find {
            image,
            text: self.text.clone(),
            limit: HITS,
        })
    }

    /// Returns the view that shows a hit: the current view if it has the hit, the union if no later layer hides the
    /// hit, or else the view of the layers up to the hit's own.
    pub(super) fn view_of(&self, hit: &MatchRow, from: TreeView) -> TreeView {
        match hit.deleted_by.or(hit.overwritten_by) {
            _ if hit.in_view && from == self.view => from,
            None => TreeView::Union,
            Some(_) => TreeView::UpTo(hit.layer),
        }
    }

    /// Changes the text, and shows the hits beside the tree if `opens`.
    fn search(&mut self, text: String, opens: bool) {
        // The same text typed again shows the hits that were closed.
        self.is_open = opens;
        if text == self.text {
            return;
        }
        (self.is_answered, self.is_awaited) = (false, false);
        // The previous hits stay until the new ones arrive, so that the list does not flicker while the user types.
        match (text.is_empty(), &self.hits) {
            (true, _) => self.hits = Loadable::Idle,
            (false, Loadable::Ready(_)) => {}
            (false, _) => self.hits = Loadable::Loading,
        }
        self.text = text;
    }

    /// Applies an action. Returns the hit to go to, if any.
    pub(super) fn reduce(&mut self, action: FindAction) -> Option<MatchRow> {
        match action {
            FindAction::Text(text) => {
                let opens = !text.is_empty();
                self.search(text, opens);
                None
            }
            FindAction::Quietly(text) => {
                self.search(text, false);
                None
            }
            FindAction::Next | FindAction::Previous if !self.is_open => {
                self.is_open = !self.text.is_empty();
                None
            }
            FindAction::Next => {
                let next = self.chosen.map_or(0, |chosen| chosen + 1);
                self.chosen = self.wrapped(next);
                None
            }
            FindAction::Previous => {
                let n = self.n_hits();
                let before = match self.chosen {
                    Some(chosen) if chosen > 0 => chosen - 1,
                    _ => n.saturating_sub(1),
                };
                self.chosen = self.wrapped(before);
                None
            }
            // A hit of an older text is not what was meant.
            FindAction::Take(None) if !self.is_answered => {
                self.is_awaited = !self.text.is_empty();
                None
            }
            FindAction::Take(position) => {
                let Loadable::Ready(hits) = &self.hits else {
                    return None;
                };
                let position = position.or(self.chosen).unwrap_or(0);
                let hit = hits.get(position)?.clone();
                self.chosen = Some(position);
                self.is_open = false;
                Some(hit)
            }
            FindAction::Close => {
                (self.is_open, self.is_awaited) = (false, false);
                None
            }
        }
    }

    fn wrapped(&self, position: usize) -> Option<usize> {
        match self.n_hits() {
            0 => None,
            n => Some(position % n),
        }
    }

    /// Applies the answer for the text. Returns the hit to go to, if the user has asked for it meanwhile.
    pub(super) fn take(&mut self, outcome: Result<Matches, Problem>) -> Option<MatchRow> {
        let is_awaited = std::mem::replace(&mut self.is_awaited, false);
        self.is_answered = true;
        match outcome {
            Ok(found) => {
                self.chosen = (!found.rows.is_empty()).then_some(0);
                self.hits = Loadable::Ready(Shared::new(found.rows));
                (self.more, self.is_whole) = (found.more, found.is_whole);
            }
            Err(problem) => {
                self.chosen = None;
                self.hits = Loadable::Failed(problem);
            }
        }
        match is_awaited {
            true => self.reduce(FindAction::Take(None)),
            false => None,
        }
    }

    /// True if Enter was pressed, and goes to the first hit once it is there.
    pub(super) fn is_awaited(&self) -> bool {
        self.is_awaited
    }
}
