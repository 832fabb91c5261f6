//! Decides which moves are steps of the browser's history, so that Back returns to the previous place.

use super::{Action, Body, Effect, MoveKind, Route, State, TabId, TabSource};
use crate::protocol::RequestId;

/// The browser's history as far as the page knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct History {
    /// The route in the address bar.
    pub(super) route: Route,
    /// True if the user came to the current place row by row, with the keyboard.
    walks: bool,
    /// Question whose answer is a history step: a platform switch that the user asked for.
    pub(super) awaited: Option<RequestId>,
}

impl History {
    pub(super) fn new() -> History {
        History {
            route: Route::Home,
            walks: false,
            awaited: None,
        }
    }

    /// True if an action takes the user somewhere else, so that Back has to return from there.
    pub(super) fn is_step(&mut self, action: &Action) -> bool {
        match action {
            Action::Answered { id, .. } => self.awaited == Some(*id),
            Action::Typed(_)
            | Action::Given(_)
            | Action::OpenFound { .. }
            | Action::Committed(_)
            | Action::Select(_)
            | Action::CloseTab(_)
            | Action::NewTab
            | Action::CancelOpening(_) => {
                self.walks = false;
                true
            }
            Action::Hash(_) => {
                self.walks = false;
                false
            }
            _ => false,
        }
    }

    /// True if a move to another place in the image that is shown is such a step.
    pub(super) fn is_step_in_image(&mut self, moved: MoveKind) -> bool {
        match moved {
            MoveKind::Step => {
                self.walks = false;
                true
            }
            MoveKind::Walk => !std::mem::replace(&mut self.walks, true),
            MoveKind::Follow => false,
        }
    }
}

impl State {
    /// Stores the platform that is shown in the tab's place, so that Back returns to it from another one. Returns
    /// false for files, where each platform is an image of its own.
    pub(super) fn name_platform(&mut self, id: TabId) -> bool {
        match self.tab_mut(id).map(|tab| &mut tab.body) {
            Some(Body::Image(tab)) if matches!(tab.source, TabSource::Address { .. }) => {
                tab.state.make_mut().name_platform();
                true
            }
            _ => false,
        }
    }

    /// Brings the address bar in line with the selected tab.
    pub(super) fn write_route(&mut self, is_new: bool, effects: &mut Vec<Effect>) {
        let Some(route) = self.selected_tab().map(|tab| tab.route()) else {
            return;
        };
        if route == self.history.route {
            return;
        }
        let hash = route.to_hash();
        effects.push(Effect::WriteHash { hash, is_new });
        self.history.route = route;
    }
}
