//! Decides which moves are steps of the browser's history, so that Back returns to the previous place.

use super::{Action, Body, Effect, Pace, Source, State, TabId};

impl State {
    /// True if an action takes the user somewhere else, so that Back has to return from there.
    pub(super) fn is_step(&mut self, action: &Action) -> bool {
        match action {
            Action::Place { tab, pace, .. } if *tab == self.selected => match pace {
                Pace::Step => {
                    self.walks = false;
                    true
                }
                Pace::Walk => !std::mem::replace(&mut self.walks, true),
                Pace::Follow => false,
            },
            Action::Answered { ticket, .. } => self.step == Some(*ticket),
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

    /// Stores the platform that is shown in the tab's place, so that Back returns to it from another one. Returns
    /// false for files, where each platform is an image of its own.
    pub(super) fn name_platform(&mut self, id: TabId) -> bool {
        match self.tab_mut(id).map(|tab| &mut tab.body) {
            Some(Body::Image(tab)) if matches!(tab.source, Source::Address { .. }) => {
                let shown = tab.image.platforms.iter().find(|row| row.selected);
                let shown = shown.map(|row| row.platform.clone());
                tab.place.platform = tab.place.platform.take().or(shown);
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
        if route == self.route {
            return;
        }
        let hash = route.to_hash();
        effects.push(Effect::WriteHash { hash, is_new });
        self.route = route;
    }
}
