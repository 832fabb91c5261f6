//! Restores the tabs after a reload. The content of each is read again when it is shown.

use super::source::host_of;
use super::{
    Body, Effect, FileSource, Given, Guide, ImagePlace, Route, State, Tab, TabId, TabSource,
};

impl State {
    /// Restores the tabs from before a reload, given the hash of each, one per line. Without any, the empty tab stays.
    pub fn with_tabs(mut self, saved: String) -> State {
        if saved.is_empty() {
            return self;
        }
        self.tabs.clear();
        for hash in saved.lines() {
            let route = Route::parse(hash);
            let guide = Guide::of_route(&route);
            let body = match (guide, TabSource::of_route(route)) {
                (Some(guide), _) => Body::Guide(guide),
                (None, Some((source, place))) => Body::Later { source, place },
                (None, None) => Body::Home,
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

    /// Forgets the numbers of served files: another program gives them to others.
    pub fn with_another_program(mut self) -> State {
        for tab in &mut self.tabs {
            if let Body::Later {
                source: TabSource::File(file),
                ..
            } = &mut tab.body
            {
                file.served = None;
            }
        }
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

    /// Gives files to the tabs that showed them before a reload. It selects no tab, and opens none: the user may have
    /// closed it.
    pub(super) fn served_again(&mut self, all: Vec<Given>, effects: &mut Vec<Effect>) {
        for given in all {
            let ids: Vec<TabId> = self.tabs.iter().map(|tab| tab.id).collect();
            let mut is_wanted = false;
            for id in ids {
                let (file, place, is_shown) = match self.tab(id).map(|tab| &tab.body) {
                    Some(Body::Wanted { file, place, .. }) => (file, place, true),
                    Some(Body::Later {
                        source: TabSource::File(file),
                        place,
                    }) => (file, place, false),
                    _ => continue,
                };
                if (&file.name, file.served) != (&given.name, given.served) {
                    continue;
                }
                is_wanted = true;
                let place = place.clone();
                let source = TabSource::File(FileSource {
                    name: given.name.clone(),
                    size_bytes: given.size_bytes,
                    files: Some(given.files),
                    served: given.served,
                    folder: given.folder.clone(),
                    image_id: file.image_id.clone(),
                });
                match is_shown {
                    true => self.open_in(id, source, place, effects),
                    false => self.put(id, Body::Later { source, place }),
                }
            }
            if !is_wanted {
                effects.push(Effect::DropFiles(given.files));
            }
        }
    }

    /// Opens a source that nobody typed or chose, or asks the user first if its registry was never contacted.
    pub(super) fn open_by_link(
        &mut self,
        id: TabId,
        source: TabSource,
        place: ImagePlace,
        effects: &mut Vec<Effect>,
    ) {
        match source {
            TabSource::Address { text, .. } if !self.known_hosts.contains(&host_of(&text)) => {
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
