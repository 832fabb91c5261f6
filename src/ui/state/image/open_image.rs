//! Holds the state of one open image's page, and applies each action to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::{
    EntryKind, ImagePath, ImageView, LayerProgress, LayerState, MatchRow, PlatformChoice, Problem,
    Request, RequestId, SaveKind, TreeView, ask,
};
use crate::ui::state::{ImagePlace, MoveKind, Shared};

use super::analyses::Analyses;
use super::container::{CommitAction, ContainerAction, ContainerState};
use super::flights::Flights;
use super::head::has_tree;
use super::layers::{LayerPhase, phase, phase_of};
use super::{
    FindAction, FindState, ImageAction, ImagePart, LoginPane, Outgoing, PanelAction, PanelState,
    PushPane, Said, SavingAction, SavingState, TreeAction, TreeKey, TreeState,
};

/// State of reading the layers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Nothing is being read: all layers are read, or the user stopped.
    Still,
    /// Layers are being read.
    UnderWay,
    /// Reading ended early.
    Failed(Problem),
}

/// One open image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageState {
    /// The image as the worker describes it.
    pub image: Shared<ImageView>,
    /// Progress of each layer that is being read.
    pub progress: Shared<BTreeMap<u32, LayerProgress>>,
    /// State of reading the layers.
    pub reading: Reading,
    /// Tab of the page that is shown.
    pub tab: ImagePart,
    /// State of the file tree.
    pub tree: Shared<TreeState>,
    /// State of the search by name.
    pub find: Shared<FindState>,
    /// Use of the image's bytes.
    pub analyses: Analyses,
    /// Panel of a path; `None` while it is closed.
    pub panel: Option<Shared<PanelState>>,
    /// State of the push dialog.
    pub push: Shared<PushPane>,
    /// State of a sign-in that work waits for.
    pub login: LoginPane,
    /// State of the container layer.
    pub container: Shared<ContainerState>,
    /// Reason why a download or an export failed.
    pub notice: Option<Problem>,
    /// Number of files that are being written to disk.
    pub n_saving: usize,
    /// The export form, and the export in progress.
    pub saving: SavingState,
    /// Last announcement of the live region, with a number that tells it from the previous one.
    pub said: Option<(u32, Said)>,
    /// True if the user's last action was a key that moves from row to row.
    walks: bool,
    /// Platform that the address bar names; the page's shell switches to another one.
    platform: Option<PlatformChoice>,
    wraps: bool,
    pub(super) flights: Shared<Flights>,
}

impl ImageState {
    /// Creates the page of an image that was just opened, at the place that the address bar names.
    ///
    /// The requests to read the layers and the first rows of the tree are in its orders already.
    pub fn new(image: ImageView, place: &ImagePlace) -> ImageState {
        ImageState::without(image, place, &BTreeSet::new())
    }

    /// Creates the page without reading the layers in `left_out`; they are read only on request.
    pub fn without(image: ImageView, place: &ImagePlace, left_out: &BTreeSet<u32>) -> ImageState {
        let is_waiting = image
            .layers
            .iter()
            .any(|row| row.state == LayerState::Waiting);
        let mut state = ImageState {
            push: Shared::new(PushPane::new(&image)),
            image: Shared::new(image),
            progress: Shared::new(BTreeMap::new()),
            reading: Reading::Still,
            tab: place.part,
            tree: Shared::new(TreeState::new(place)),
            find: Shared::new(FindState::new()),
            analyses: Analyses::default(),
            panel: place
                .path_key
                .as_ref()
                .map(|path| Shared::new(PanelState::new(path.clone(), true))),
            login: LoginPane::default(),
            container: Shared::new(ContainerState::new()),
            notice: None,
            n_saving: 0,
            saving: SavingState::default(),
            said: None,
            walks: false,
            platform: place.platform.clone(),
            wraps: true,
            flights: Shared::new(Flights::default()),
        };
        state.leave_tab_not_offered();
        if !left_out.is_empty() {
            let layers = left_out.iter().copied().collect();
            let image = state.image.key;
            state.flights.ask(ask::LeaveOut { image, layers });
        }
        if is_waiting && state.has_tree() {
            state.read_layers();
        }
        state.pump();
        state
    }

    /// True if the image is a root file system; other artifacts have no tree.
    pub fn has_tree(&self) -> bool {
        has_tree(&self.image)
    }

    /// Returns what has to be sent to the worker, oldest first. Each question gets its number from `number`.
    pub fn take_orders(&mut self, number: &mut dyn FnMut() -> RequestId) -> Vec<Outgoing> {
        match self.flights.has_orders() {
            true => self.flights.take_orders(number),
            false => Vec::new(),
        }
    }

    /// Returns the current place, for the address bar.
    pub fn place(&self) -> ImagePlace {
        ImagePlace {
            platform: self.platform.clone(),
            view: self.tree.view,
            path_key: self.panel.as_ref().map(|panel| panel.path_key.clone()),
            part: self.tab,
        }
    }

    /// Returns the state of a layer.
    pub fn phase(&self, layer: u32) -> LayerPhase {
        phase_of(&self.image, &self.progress, layer)
    }

    /// Applies an action. The requests that follow from it are in the orders afterwards. Returns the way the user went
    /// to another place; `None` if the place is the same.
    pub fn reduce(&mut self, action: ImageAction) -> Option<MoveKind> {
        // Enter in the search goes on when the answer comes.
        let is_deed = action.is_deed() || (self.find.is_awaited() && action.is_found());
        if is_deed {
            self.walks = action.walks();
        }
        let before = self.place();
        self.apply(action);
        (self.place() != before).then_some(match (self.walks, is_deed) {
            (true, _) => MoveKind::Walk,
            (false, true) => MoveKind::Step,
            (false, false) => MoveKind::Follow,
        })
    }

    /// Stores the platform that is shown in the place, so that Back returns to it from another one.
    pub(in crate::ui::state) fn name_platform(&mut self) {
        let shown = self.image.platforms.iter().find(|row| row.selected);
        let shown = shown.map(|row| row.choice.clone());
        self.platform = self.platform.take().or(shown);
    }

    fn apply(&mut self, action: ImageAction) {
        match action {
            ImageAction::Decoding { layer, progress } => {
                if let Some(panel) = &mut self.panel {
                    panel.take_progress(layer, progress);
                }
            }
            ImageAction::Progress { layer, progress } => {
                self.progress.insert(layer, progress);
            }
            ImageAction::LayerDone {
                row,
                decoded_bytes,
                n_entries,
                n_layers_ready,
            } => {
                self.progress.remove(&row.layer);
                self.say_of_layer(row.layer, &phase(&row, None));
                let image = self.image.make_mut();
                image.decoded_bytes = decoded_bytes;
                image.n_entries = n_entries;
                image.n_layers_ready = n_layers_ready;
                if let Some(place) = image.layers.iter_mut().find(|old| old.layer == row.layer) {
                    *place = *row;
                }
                if let Some(n_changes) = self.n_changes(self.tree.view) {
                    self.tree.open_changes(Some(n_changes));
                }
                self.layers_out_of_date();
            }
            ImageAction::Answered {
                id,
                exchange,
                bytes,
            } => {
                if self.flights.awaits(id) {
                    self.flights.landed(id);
                    self.take(*exchange, bytes);
                }
            }
            ImageAction::Go(place) => self.go(&place),
            ImageAction::ShowTab(tab) => self.tab = tab,
            ImageAction::RetryAnalysis => {
                self.reopen_login();
                for kind in self.tab.entry().analyses {
                    self.analyses.retry(*kind);
                }
            }
            ImageAction::PrepareSquash(from) => {
                self.tab = ImagePart::Commit;
                let squash = CommitAction::SquashFrom(from);
                self.container_action(ContainerAction::Commit(squash));
            }
            ImageAction::ReadLayers => self.read_layers(),
            ImageAction::StopReading => self.flights.cancel(&is_reading),
            ImageAction::ReadAgain(layer) => {
                self.reopen_login();
                self.read_again(layer);
            }
            ImageAction::Login(action) => self.login_action(action),
            ImageAction::ReadHigher {
                layer,
                bound,
                value,
            } => {
                let image = self.image.key;
                self.flights.ask(ask::ReadLayerHigher {
                    image,
                    layer,
                    bound,
                    value,
                });
                self.reading = Reading::UnderWay;
            }
            ImageAction::DownloadBlob(layer) => {
                let image = self.image.key;
                self.ask_for_file(ask::DownloadBlob { image, layer });
            }
            ImageAction::Export(kind) => {
                let image = self.image.key;
                self.ask_for_file(ask::Export { image, kind });
            }
            ImageAction::Saving(action) => self.saving_action(action),
            ImageAction::DismissNotice => self.notice = None,
            ImageAction::Tree(action) => self.tree_action(action),
            ImageAction::Find(action) => self.find_action(action),
            ImageAction::Panel(action) => self.panel_action(action),
            ImageAction::Push(action) => self.push_action(action),
            ImageAction::Container(action) => self.container_action(action),
            ImageAction::Named { names, title } => {
                let image = self.image.make_mut();
                image.names = names;
                image.title = title;
            }
        }
        self.pump();
    }

    fn read_layers(&mut self) {
        if !self.flights.any(&is_reading) {
            let image = self.image.key;
            self.flights.ask(ask::ReadLayers { image });
            self.reading = Reading::UnderWay;
        }
    }

    fn go(&mut self, place: &ImagePlace) {
        if *place == self.place() {
            return;
        }
        self.platform = place.platform.clone();
        self.show_view(place.view);
        match &place.path_key {
            Some(path) => self.reveal(path.clone()),
            None => self.panel = None,
        }
        self.tab = place.part;
        self.leave_tab_not_offered();
    }

    /// Shows the files in place of a tab that the address names and this image does not have.
    fn leave_tab_not_offered(&mut self) {
        if !(self.tab.entry().is_offered)(self) {
            self.tab = ImagePart::Files;
        }
    }

    fn show_view(&mut self, view: TreeView) {
        if self.tree.view != view {
            let n_changes = self.n_changes(view);
            self.tree.show_view(view, n_changes);
        }
        if let Some(panel) = &mut self.panel {
            panel.view_changed();
        }
    }

    fn reveal(&mut self, path_key: ImagePath) {
        self.tab = ImagePart::Files;
        self.show_panel(path_key.clone());
        self.tree.reduce(TreeAction::Reveal(path_key));
    }

    pub(super) fn show_panel(&mut self, path_key: ImagePath) {
        if self.panel.as_ref().map(|panel| &panel.path_key) != Some(&path_key) {
            self.panel = Some(Shared::new(PanelState::new(path_key, self.wraps)));
        }
    }

    pub(super) fn tree_action(&mut self, action: TreeAction) {
        let shows_panel = match &action {
            // Choosing a directory expands it in the tree. Its panel takes room from the tree, so it opens
            // only on request.
            TreeAction::Choose(row) => {
                let row = self.tree.rows.row(*row);
                row.is_none_or(|row| row.kind != EntryKind::Dir)
            }
            TreeAction::Key(key) => matches!(key, TreeKey::Enter | TreeKey::Space),
            _ => false,
        };
        match &action {
            TreeAction::Reveal(path) => return self.reveal(path.clone()),
            TreeAction::Key(TreeKey::Escape) => self.panel = None,
            _ => {}
        }
        match action {
            TreeAction::View(view) => {
                self.tab = ImagePart::Files;
                self.show_view(view);
            }
            TreeAction::Walk(view) => self.show_view(view),
            TreeAction::Viewport {
                first_row,
                n_visible,
            } if self.tree.shows(first_row, n_visible) => {}
            action => self.tree.reduce(action),
        }
        self.panel_follows(shows_panel);
    }

    /// Shows the chosen row in the panel if the panel is open or `opens` is true.
    pub(super) fn panel_follows(&mut self, opens: bool) {
        let path = self.tree.focus.as_ref().and_then(|f| f.path_key.clone());
        if let Some(path) = path
            && (opens || self.panel.is_some())
        {
            self.show_panel(path);
        }
    }

    fn find_action(&mut self, action: FindAction) {
        let before = self.find.text.clone();
        if let Some(hit) = self.find.reduce(action) {
            self.go_to_hit(hit);
        }
        if self.find.text != before {
            self.drop_questions(&|question| matches!(question, Request::Find(_)));
            if let Some(question) = self.find.question(self.image.key, self.tree.view) {
                self.flights.ask(question);
            }
        }
    }

    /// Shows a hit of the search, in a view that has it.
    pub(super) fn go_to_hit(&mut self, hit: MatchRow) {
        let view = self.find.view_of(&hit, self.tree.view);
        self.show_view(view);
        self.reveal(hit.path_key);
    }

    fn panel_action(&mut self, action: PanelAction) {
        if matches!(action, PanelAction::Retry) {
            self.reopen_login();
        }
        match (&action, &mut self.panel) {
            (PanelAction::Close, _) => self.panel = None,
            (PanelAction::Stop, _) => {
                self.flights
                    .cancel(&|question| matches!(question, Request::Content(_)));
            }
            (PanelAction::Download, Some(panel)) => {
                if let Some(content) = &panel.content {
                    let question = ask::Download {
                        image: self.image.key,
                        path_key: panel.path_key.clone(),
                        layer: content.layer,
                    };
                    self.ask_for_file(question);
                }
            }
            (PanelAction::SaveDirectory, Some(panel)) => {
                let path_key = panel.path_key.clone();
                let kind = SaveKind::Directory { path_key };
                self.saving_action(SavingAction::Save(kind));
            }
            (action, Some(panel)) => {
                panel.reduce(action);
                self.wraps = panel.wraps;
            }
            (_, None) => {}
        }
    }

    /// Returns the number of paths that the view's layer changes; `None` for other views, or while it is unknown.
    fn n_changes(&self, view: TreeView) -> Option<u64> {
        let TreeView::Layer(layer) = view else {
            return None;
        };
        let container = self.container.layer.as_ref();
        if let Some(top) = container.filter(|top| top.layer == layer) {
            return Some(u64::from(top.n_added + top.n_changed + top.n_deleted));
        }
        let row = self.image.layers.iter().find(|row| row.layer == layer)?;
        Some(row.n_added? + row.n_changed? + row.n_deleted?)
    }

    pub(super) fn rows_out_of_date(&mut self) {
        self.tree.out_of_date();
        if let Some(panel) = &mut self.panel {
            panel.out_of_date();
        }
    }

    /// Sends the requests that the new state needs, and drops those that it no longer needs.
    fn pump(&mut self) {
        self.pump_container();
        let key = self.image.key;
        // A piece is asked for what it wants before it is changed, since a change clones it.
        if self.has_tree()
            && self.tree.has_question()
            && let Some(question) = self.tree.next_question(key)
        {
            self.flights.ask(question);
        }
        self.pump_analyses();
        let panel = self.panel.clone();
        let shown = panel.as_ref().map(|panel| &panel.path_key);
        let content = panel.as_ref().and_then(|panel| panel.content.as_ref());
        let layer = content.map(|content| content.layer);
        self.drop_questions(&|question| match question {
            Request::Detail(asked) => Some(&asked.path_key) != shown,
            Request::Content(asked) => Some(&asked.path_key) != shown || Some(asked.layer) != layer,
            _ => false,
        });
        drop(panel);
        let view = self.tree.view;
        if let Some(panel) = self.panel.as_mut().filter(|panel| panel.has_question()) {
            let (detail, content) = (panel.next_detail(key, view), panel.next_content(key));
            if let Some(question) = detail {
                self.drop_questions(&|question| matches!(question, Request::Detail(_)));
                self.flights.ask(question);
            }
            if let Some(question) = content {
                self.flights.ask(question);
            }
        }
    }

    /// Stops waiting for questions of a kind.
    pub(super) fn drop_questions(&mut self, is_of_kind: &dyn Fn(&Request) -> bool) {
        if self.flights.any(is_of_kind) {
            self.flights.drop_all(is_of_kind);
        }
    }
}

/// True for a request that reads layers.
pub(super) fn is_reading(question: &Request) -> bool {
    matches!(
        question,
        Request::ReadLayers(_) | Request::ReadLayerAgain(_) | Request::ReadLayerHigher(_)
    )
}
