//! The search by name: the text, the hits, the one chosen.

use crate::protocol::{ImageKey, MatchRow, Matches, Problem, TreeView, ask};
use crate::ui::state::Shared;

use super::{FindAction, Loadable};

/// How many hits are asked for.
const HITS: u32 = 200;

/// The search by name.
#[derive(Clone, Debug, PartialEq)]
pub struct FindState {
    /// What was typed.
    pub text: String,
    /// The hits.
    pub hits: Loadable<Shared<Vec<MatchRow>>>,
    /// Whether there are more.
    pub more: bool,
    /// True where all layers were looked through.
    pub is_whole: bool,
    /// The view that was asked about.
    view: TreeView,
    /// The hit that Enter goes to.
    pub chosen: Option<usize>,
    /// Whether the hits are shown.
    pub is_open: bool,
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
        }
    }

    fn n_hits(&self) -> usize {
        match &self.hits {
            Loadable::Ready(hits) => hits.len(),
            _ => 0,
        }
    }

    /// What the text asks of the worker; `None` for none.
    pub(super) fn question(&mut self, image: ImageKey, view: TreeView) -> Option<ask::Find> {
        self.view = view;
        (!self.text.is_empty()).then(|| ask::Find {
            image,
            text: self.text.clone(),
            limit: HITS,
        })
    }

    /// The view that shows a hit, coming from a view: one that has it already, else that of the layers up to its own.
    pub(super) fn view_of(&self, hit: &MatchRow, from: TreeView) -> TreeView {
        match hit.deleted_by.or(hit.overwritten_by) {
            _ if hit.in_view && from == self.view => from,
            None => TreeView::Union,
            Some(_) => TreeView::UpTo(hit.layer),
        }
    }

    /// Takes an action; a hit to go to comes back.
    pub(super) fn reduce(&mut self, action: FindAction) -> Option<MatchRow> {
        match action {
            FindAction::Text(text) => {
                self.is_open = !text.is_empty();
                // The hits of the text before stay until the new ones are there: no flicker while typing.
                if text.is_empty() || !matches!(self.hits, Loadable::Ready(_)) {
                    self.hits = if text.is_empty() {
                        Loadable::Idle
                    } else {
                        Loadable::Loading
                    };
                }
                self.text = text;
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
                self.is_open = false;
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

    pub(super) fn take(&mut self, outcome: Result<Matches, Problem>) {
        match outcome {
            Ok(found) => {
                self.chosen = (!found.rows.is_empty()).then_some(0);
                self.hits = Loadable::Ready(Shared::new(found.rows));
                (self.more, self.is_whole) = (found.more, found.is_whole);
            }
            Err(problem) => self.hits = Loadable::Failed(problem),
        }
    }
}
