//! Restores the tabs after a reload. The content of each is read again when it is shown.

use super::source::host_of;
use super::{Body, Effect, ImagePlace, Route, Source, State, Tab, TabId};

impl State {
    /// Restores the tabs from before a reload, given the hash of each, one per line. Without any, the empty tab stays.
    pub fn with_tabs(mut self, saved: String) -> State {
        if saved.is_empty() {
            return self;
        }
        self.tabs.clear();
        for hash in saved.lines() {
            let body = match Source::of_route(Route::parse(hash)) {
                Some((source, place)) => Body::Later { source, place },
                None => Body::Home,
            };
            let id = TabId(self.number());
            let past = Vec::new();
            self.tabs.push(Tab { id, body, past });
        }
        if let Some(first) = self.tabs.first() {
            self.selected = first.id;
        }
        self.saved = saved;
        self
    }

    /// Opens what the selected tab showed before a reload.
    pub(super) fn open_shown(&mut self, effects: &mut Vec<Effect>) {
        let id = self.selected;
        if let Some(Body::Later { source, place }) = self.tab(id).map(|tab| &tab.body) {
            let (source, place) = (source.clone(), place.clone());
            self.open_by_link(id, source, place, effects);
        }
    }

    /// Opens a source that nobody typed or chose, or asks the user first if its registry was never contacted.
    pub(super) fn open_by_link(
        &mut self,
        id: TabId,
        source: Source,
        place: ImagePlace,
        effects: &mut Vec<Effect>,
    ) {
        match source {
            Source::Address { text, .. } if !self.known_hosts.contains(&host_of(&text)) => {
                self.put(id, Body::Linked { text, place });
            }
            source => self.open_in(id, source, place, effects),
        }
    }

    /// Saves what the tabs show, if it has changed.
    pub(super) fn save_tabs(&mut self, effects: &mut Vec<Effect>) {
        let hashes: Vec<String> = self.tabs.iter().map(|tab| tab.route().to_hash()).collect();
        let saved = hashes.join("\n");
        if saved != self.saved {
            self.saved.clone_from(&saved);
            effects.push(Effect::SaveTabs(saved));
        }
    }
}
