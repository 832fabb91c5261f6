//! Chooses the tab for whatever is to be opened, and requests its content.

use super::image::ImageAction;
use super::recent::Recent;
use super::source::{host_of, seems_image};
use super::unsaved::is_private;
use super::{
    AskedBy, Attached, Body, Effect, FileSource, Given, Guide, ImagePlace, Opening, Route, State,
    Tab, TabId, TabSource,
};
use crate::protocol::{Digest, PlatformChoice, Request, TreeView, ask, without_login};

/// Views that a tab remembers for Back.
const MAX_PAST: usize = 8;

impl State {
    /// Shows the route from the address bar.
    pub(super) fn go_to(&mut self, route: Route, effects: &mut Vec<Effect>) {
        if self.selected_tab().is_some_and(|tab| tab.route() == route) {
            return;
        }
        if self.show_open(&route, effects) || self.show_past(&route) {
            return;
        }
        if let Some(guide) = Guide::of_route(&route) {
            let tab = self.tab_for_new();
            self.put(tab, Body::Guide(guide));
            return;
        }
        match TabSource::of_route(route) {
            None => self.new_tab(),
            Some((source, place)) => {
                let tab = match &source {
                    TabSource::Address { text, .. } => self.tab_for_address(text),
                    TabSource::File(_) => self.tab_for_new(),
                };
                self.open_by_link(tab, source, place, effects);
            }
        }
    }

    /// Opens the target of a link, now that the user has seen which registry it contacts.
    pub(super) fn open_linked(&mut self, id: TabId, effects: &mut Vec<Effect>) {
        if let Some(Body::Linked { text, place }) = self.tab(id).map(|tab| &tab.body) {
            let (source, place) = (TabSource::address(text.clone()), place.clone());
            self.known_hosts.insert(host_of(text));
            self.open_in(id, source, place, effects);
        }
    }

    /// Opens a typed address, or shows the tab that has it open. A login in the address is used for signing in, and
    /// is not kept here.
    pub(super) fn typed(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let (text, login) = without_login(text.trim());
        let text = text.as_str();
        if text.is_empty() {
            return;
        }
        self.known_hosts.insert(host_of(text));
        if let Some(login) = login {
            let tab = self.tab_for_address(text);
            let source = TabSource::address(text);
            self.ask_in(tab, source, ImagePlace::default(), login.into(), effects);
            effects.push(Effect::FocusPage);
            return;
        }
        let route = Route::address(text);
        let failed = self.selected_tab().is_some_and(|tab| {
            matches!(tab.body, Body::Failed { .. }) && tab.route().same_target(&route)
        });
        if failed {
            self.retry(self.selected, effects);
        } else if !self.show_open(&route, effects) {
            let tab = self.tab_for_address(text);
            self.open_in(
                tab,
                TabSource::address(text),
                ImagePlace::default(),
                effects,
            );
        }
        effects.push(Effect::FocusPage);
    }

    /// Selects the tab that shows the route's target and moves it to the route's place. Returns false if there is none.
    fn show_open(&mut self, route: &Route, effects: &mut Vec<Effect>) -> bool {
        let platform_of = |route: &Route| route.place().and_then(|place| place.platform.clone());
        let is_same = |tab: &&Tab| tab.route().same_target(route);
        // Prefers a tab with the same platform, then the selected tab, then the first one.
        let found = self.tabs.iter().rev().filter(is_same).max_by_key(|tab| {
            let is_platform = platform_of(&tab.route()) == platform_of(route);
            (is_platform, tab.id == self.selected)
        });
        let Some(id) = found.map(|tab| tab.id) else {
            return false;
        };
        self.selected = id;
        let Some(tab) = self.tab_mut(id) else {
            return false;
        };
        let mut switch_to = None;
        if let (Body::Guide(guide), Some(named)) = (&mut tab.body, Guide::of_route(route)) {
            guide.take_names(named);
        } else if let (Body::Later { place, .. }, Some(wanted)) = (&mut tab.body, route.place()) {
            place.clone_from(wanted);
        } else if let (Body::Image(image), Some(place)) = (&mut tab.body, route.place()) {
            let platform = image.state.place().platform;
            if place.platform.is_some() && place.platform != platform {
                switch_to.clone_from(&place.platform);
            }
            let place = ImagePlace {
                platform,
                ..place.clone()
            };
            image.state.make_mut().reduce(ImageAction::Go(place));
            let key = image.state.image.key;
            self.send_orders(key, effects);
        }
        if let Some(platform) = switch_to {
            let image = self.platform_position(id, &platform);
            self.switch_platform(id, platform, image, effects);
        }
        true
    }

    /// Returns the selected tab to an earlier view. Returns false if it has no such view.
    fn show_past(&mut self, route: &Route) -> bool {
        let id = self.selected;
        let Some(tab) = self.tab_mut(id) else {
            return false;
        };
        if !(tab.body.is_disposable()
            || tab.body.listed_registry().is_some()
            || matches!(tab.body, Body::Opening(_)))
        {
            return false;
        }
        let position = tab.past.iter().position(|body| body.route() == *route);
        match position {
            Some(position) => {
                let body = tab.past.remove(position);
                tab.past.truncate(position);
                let left = std::mem::replace(&mut tab.body, body);
                if left.listed_registry().is_some() {
                    tab.past.push(left);
                }
                true
            }
            None => false,
        }
    }

    /// Returns the selected tab if it has nothing to lose, or else a new tab beside it.
    fn tab_for_new(&mut self) -> TabId {
        match self.selected_tab() {
            Some(tab) if tab.body.is_disposable() => tab.id,
            _ => self.insert_tab(Body::Home),
        }
    }

    /// Returns the tab for an address. One list of a registry replaces another; an image gets its own tab.
    fn tab_for_address(&mut self, text: &str) -> TabId {
        match self.selected_tab() {
            Some(tab) if matches!(tab.body, Body::Opening(_)) => tab.id,
            Some(tab) if tab.body.lists_registry_of(text) && !seems_image(text) => tab.id,
            _ => self.tab_for_new(),
        }
    }

    /// Adds a tab beside the selected one and selects it.
    pub(super) fn insert_tab(&mut self, body: Body) -> TabId {
        let id = TabId(self.number());
        let after = self.tabs.iter().position(|tab| tab.id == self.selected);
        let position = after.map_or(self.tabs.len(), |position| position + 1);
        let tab = Tab {
            id,
            body,
            past: Vec::new(),
        };
        self.tabs.insert(position, tab);
        self.selected = id;
        id
    }

    /// Shows the empty tab, or adds one at the end.
    pub(super) fn new_tab(&mut self) {
        let home = self.tabs.iter().find(|tab| tab.body == Body::Home);
        match home.map(|tab| tab.id) {
            Some(id) => self.selected = id,
            None => {
                if let Some(last) = self.tabs.last() {
                    self.selected = last.id;
                }
                self.insert_tab(Body::Home);
            }
        }
    }

    /// Closes a tab and shows its neighbour; the last tab becomes empty instead.
    pub(super) fn close_tab(&mut self, id: TabId) {
        let Some(position) = self.tabs.iter().position(|tab| tab.id == id) else {
            return;
        };
        self.tabs.remove(position);
        if self.tabs.is_empty() {
            self.insert_tab(Body::Home);
        } else if self.selected == id {
            let neighbour = self.tabs.get(position).or_else(|| self.tabs.last());
            if let Some(tab) = neighbour {
                self.selected = tab.id;
            }
        }
    }

    /// Cancels an opening: the tab returns to its earlier view, or closes if it has none.
    pub(super) fn cancel_opening(&mut self, id: TabId) {
        let is_only = self.tabs.len() == 1;
        let Some(tab) = self.tab_mut(id) else {
            return;
        };
        match &mut tab.body {
            Body::Image(image) => image.switching = None,
            Body::Opening(_) => match tab.past.pop() {
                Some(body) => tab.body = body,
                None if is_only => tab.body = Body::Home,
                None => self.close_tab(id),
            },
            _ => {}
        }
    }

    /// Retries an opening that failed.
    pub(super) fn retry(&mut self, id: TabId, effects: &mut Vec<Effect>) {
        if let Some(Body::Failed { source, place, .. }) = self.tab(id).map(|tab| &tab.body) {
            let (source, place) = (source.clone(), place.clone());
            self.open_in(id, source, place, effects);
        }
    }

    /// Starts to open a source in a tab, whatever the tab shows now.
    pub(super) fn open_in(
        &mut self,
        id: TabId,
        source: TabSource,
        place: ImagePlace,
        effects: &mut Vec<Effect>,
    ) {
        let Some((request, files)) = request_for(&source, &place) else {
            if let TabSource::File(file) = source {
                let handle = self.kept_handle(&file);
                if let Some(handle) = handle.clone().filter(|handle| is_private(handle)) {
                    let image_id = file.image_id.clone();
                    effects.push(Effect::OpenHandle { handle, image_id });
                }
                self.put(
                    id,
                    Body::Wanted {
                        file,
                        place,
                        handle,
                    },
                );
            }
            return;
        };
        let number = self.request_id();
        self.put(id, Body::Opening(Opening::of(source, place, number)));
        effects.push(Effect::Ask {
            asker: AskedBy::Tab(id),
            id: number,
            request,
            attached: files.map_or(Attached::Nothing, Attached::Files),
        });
    }

    /// Replaces a tab's view; a list of a registry stays in its past for Back.
    pub(super) fn put(&mut self, id: TabId, body: Body) {
        if let Some(tab) = self.tab_mut(id) {
            let before = std::mem::replace(&mut tab.body, body);
            if before.listed_registry().is_some() {
                tab.past.push(before);
                let surplus = tab.past.len().saturating_sub(MAX_PAST);
                tab.past.drain(..surplus);
            }
        }
    }

    fn kept_handle(&self, file: &FileSource) -> Option<String> {
        let mut matching = self.recent.iter().filter(|recent| match recent {
            Recent::File { name, image_id, .. } => {
                *name == file.name && (file.image_id.is_none() || *image_id == file.image_id)
            }
            Recent::Address { .. } => false,
        });
        matching.find_map(|recent| recent.handle().map(str::to_owned))
    }

    /// Opens files that were handed over: in the tab that waits for them, in place of a file that is still loading,
    /// or in another tab.
    pub(super) fn given(&mut self, all: Vec<Given>, effects: &mut Vec<Effect>) {
        for (position, given) in all.into_iter().enumerate() {
            match &given.handle {
                Some(handle) => {
                    self.handles.insert(given.files, handle.clone());
                }
                None => effects.push(Effect::KeepHandle(given.files)),
            }
            let wanting = self.tab_wanting(&given);
            let (tab, image_id, place) = match wanting {
                Some(found) => found,
                None => {
                    let loading = self.tab_loading_file().filter(|_| position == 0);
                    let tab = match loading {
                        Some(tab) => tab,
                        None => self.tab_for_new(),
                    };
                    (tab, given.image_id.clone(), ImagePlace::default())
                }
            };
            self.selected = tab;
            let file = FileSource {
                name: given.name,
                size_bytes: given.size_bytes,
                files: Some(given.files),
                served: given.served,
                folder: given.folder,
                image_id,
            };
            self.open_in(tab, TabSource::File(file), place, effects);
        }
        effects.push(Effect::FocusPage);
    }

    /// Returns the tab that waits for this file: the selected one, or one with its name.
    fn tab_wanting(&self, given: &Given) -> Option<(TabId, Option<Digest>, ImagePlace)> {
        if given.served.is_some() {
            // An engine may have another image of that name by now.
            return None;
        }
        let wanting = self.tabs.iter().filter_map(|tab| match &tab.body {
            Body::Wanted { file, place, .. } => Some((tab.id, file, place)),
            _ => None,
        });
        let found = wanting
            .filter(|(id, file, _)| match &given.image_id {
                Some(wanted) => file.image_id.as_ref() == Some(wanted),
                None => file.name == given.name || *id == self.selected,
            })
            .max_by_key(|(id, file, _)| (file.name == given.name, *id == self.selected));
        found.map(|(id, file, place)| (id, file.image_id.clone(), place.clone()))
    }

    fn tab_loading_file(&self) -> Option<TabId> {
        let is_file = |tab: &&Tab| {
            matches!(
                &tab.body,
                Body::Opening(Opening {
                    source: TabSource::File(_),
                    ..
                })
            )
        };
        self.tabs.iter().find(is_file).map(|tab| tab.id)
    }

    /// Opens another image of an archive in its own tab, or shows the tab that has it open.
    pub(super) fn open_found(&mut self, id: TabId, image: u32, effects: &mut Vec<Effect>) {
        let Some(Body::Archive(archive)) = self.tab(id).map(|tab| tab.body.clone()) else {
            return;
        };
        let row = usize::try_from(image)
            .ok()
            .and_then(|position| archive.images.get(position));
        let mut file = archive.file;
        file.image_id = row.and_then(|row| row.image_id.clone());
        let source = TabSource::File(file);
        let route = source.route(&ImagePlace::default());
        let is_known = matches!(
            &route,
            Route::File {
                image_id: Some(_),
                ..
            }
        );
        if is_known && self.show_open(&route, effects) {
            return;
        }
        let tab = self.insert_tab(Body::Home);
        let opening = Opening::of(source, ImagePlace::default(), self.request_id());
        self.ask_found(tab, opening, archive.archive, image, effects);
    }

    /// Requests one image of an archive.
    pub(super) fn ask_found(
        &mut self,
        id: TabId,
        opening: Opening,
        archive: u32,
        image: u32,
        effects: &mut Vec<Effect>,
    ) {
        let number = self.request_id();
        self.put(id, Body::Opening(opening.in_archive(archive, number)));
        effects.push(Effect::Ask {
            asker: AskedBy::Tab(id),
            id: number,
            request: Request::OpenFound(ask::OpenFound { archive, image }),
            attached: Attached::Nothing,
        });
    }

    /// Returns the position of a platform's image in the archive's list.
    fn platform_position(&self, id: TabId, wanted: &PlatformChoice) -> Option<u32> {
        match self.tab(id).map(|tab| &tab.body) {
            Some(Body::Image(tab)) => {
                let mut platforms = tab.state.image.platforms.iter();
                let row = platforms.find(|row| row.choice == *wanted);
                row.and_then(|row| row.image)
            }
            _ => None,
        }
    }

    /// Requests another platform; the open one stays until the other has arrived.
    pub(super) fn switch_platform(
        &mut self,
        id: TabId,
        platform: PlatformChoice,
        position: Option<u32>,
        effects: &mut Vec<Effect>,
    ) {
        let number = self.request_id();
        let Some(Body::Image(tab)) = self.tab_mut(id).map(|tab| &mut tab.body) else {
            return;
        };
        let request = match (&tab.source, tab.archive, position) {
            (TabSource::Address { text, by_link }, _, _) => {
                Request::OpenAddress(ask::OpenAddress {
                    text: text.clone(),
                    by_link: *by_link,
                    platform: platform.clone(),
                })
            }
            (TabSource::File(_), Some(archive), Some(image)) => {
                Request::OpenFound(ask::OpenFound { archive, image })
            }
            (TabSource::File(_), _, _) => return,
        };
        let place = ImagePlace {
            platform: Some(platform),
            view: TreeView::Union,
            ..tab.state.place()
        };
        tab.switching = Some(Opening {
            archive: tab.archive,
            ..Opening::of(tab.source.clone(), place, number)
        });
        effects.push(Effect::Ask {
            asker: AskedBy::Tab(id),
            id: number,
            request,
            attached: Attached::Nothing,
        });
    }
}

/// Returns the request that opens a source and the files to send along; `None` if the files are not available.
fn request_for(
    source: &TabSource,
    place: &ImagePlace,
) -> Option<(Request, Option<super::FilesId>)> {
    match source {
        TabSource::Address { text, by_link } => {
            let request = Request::OpenAddress(ask::OpenAddress {
                text: text.clone(),
                by_link: *by_link,
                platform: place.platform.clone().unwrap_or_default(),
            });
            Some((request, None))
        }
        TabSource::File(file) => {
            let files = file.files?;
            let name = file.name.clone();
            let request = match &file.folder {
                Some(paths) => Request::OpenFolder(ask::OpenFolder {
                    name,
                    paths: paths.clone(),
                }),
                None => Request::OpenFile(ask::OpenFile { name }),
            };
            Some((request, Some(files)))
        }
    }
}
