//! Applies actions and answers to the container layer on the page.

use crate::protocol::{
    ConfigField, ContainerRequest, ContainerView, EditOrder, EntryKind, FileText, ImagePath,
    ImageView, Message, Problem, ProblemCode, SquashView, TextDiffView, TreeRow, TreeView, ask,
};
use crate::ui::state::Shared;
use crate::ui::state::image::head::can_have_container;
use crate::ui::state::image::{ImagePart, ImageState, Loadable, Said, TreeAction};

use super::form::edit;
use super::{CommitAction, ContainerAction, EDIT_LIMIT_BYTES, EditForm, Editing, EditorAction};

impl ImageState {
    /// True if a container can write to the image, because all its layers are available.
    pub fn can_have_container(&self) -> bool {
        can_have_container(&self.image, &self.reading)
    }

    /// Returns the directory for uploads: the chosen directory, or the parent of the chosen path.
    pub fn upload_dir(&self) -> ImagePath {
        match self.tree.focused_row() {
            Some(row) => dir_of(row),
            None => ImagePath::root(),
        }
    }

    pub(in crate::ui::state::image) fn container_action(&mut self, action: ContainerAction) {
        if !matches!(action, ContainerAction::Field(..)) {
            self.container.problem = None;
        }
        match action {
            // A layer that is kept must be found first, or the new one would take its place.
            ContainerAction::Start if self.container.look_failed => {
                self.container.look_failed = false;
                self.ask_container(ContainerRequest::Look);
            }
            ContainerAction::Start => self.change(ContainerRequest::Start, None),
            ContainerAction::Undo => self.change(ContainerRequest::Undo, None),
            ContainerAction::Redo => self.change(ContainerRequest::Redo, None),
            ContainerAction::AskThrowAway(asks) => self.container.asks_throw_away = asks,
            ContainerAction::ThrowAway => {
                self.container.asks_throw_away = false;
                self.container.form = None;
                self.container.editing = None;
                self.change(ContainerRequest::ThrowAway, None);
            }
            ContainerAction::OpenForm(kind) => {
                self.container.form = EditForm::open(kind, self.tree.focused_row());
            }
            ContainerAction::Field(field, text) => {
                if let Some(form) = &mut self.container.form {
                    form.set(field, text);
                }
            }
            ContainerAction::Submit => self.submit(),
            ContainerAction::CloseForm => self.container.form = None,
            ContainerAction::Delete => {
                if let Some(row) = self.tree.focused_row() {
                    let path_key = row.path_key.clone();
                    self.change(edit(EditOrder::Delete { path_key }), None);
                }
            }
            ContainerAction::Upload { .. } if self.container.is_busy => {
                let detail = Message::upload_busy();
                let problem = Problem::new(ProblemCode::Refused, Message::none(), detail);
                self.container.problem = Some(problem);
            }
            ContainerAction::Upload { files, dir, paths } => {
                let goes_to = paths.first().map(|path| {
                    let first = path.split('/').next().unwrap_or_default();
                    dir.join(first.as_bytes())
                });
                let ask = edit(EditOrder::Upload { dir, paths });
                self.container.is_busy = true;
                let image = self.image.key;
                self.container.goes_to = goes_to;
                let question = ask::Container { image, ask };
                self.flights.ask_with(question, files);
            }
            ContainerAction::Editor(action) => self.editor_action(action),
            ContainerAction::ToggleDiff(path_key) => {
                if self.container.diffs.remove(&path_key).is_none() {
                    self.ask_diff(path_key);
                }
            }
            ContainerAction::Commit(action) => self.commit_action(action),
            ContainerAction::Names(names) => {
                let image = self.image.key;
                self.flights.ask(ask::Rename { image, names });
            }
            ContainerAction::DismissProblem => {}
        }
    }

    fn submit(&mut self) {
        let Some(form) = &mut self.container.form else {
            return;
        };
        match form.order() {
            Err(problem) => form.problem = Some(problem),
            Ok(None) => self.container.form = None,
            Ok(Some((order, goes_to))) => self.change(edit(order), goes_to),
        }
    }

    /// Requests a change to the layer, unless another one is in flight.
    fn change(&mut self, ask: ContainerRequest, goes_to: Option<ImagePath>) {
        if !self.container.is_busy {
            self.container.is_busy = true;
            self.container.goes_to = goes_to;
            self.ask_container(ask);
        }
    }

    fn ask_container(&mut self, ask: ContainerRequest) {
        let image = self.image.key;
        self.flights.ask(ask::Container { image, ask });
    }

    /// Shows all files if the view is one of a layer that no longer exists.
    fn leave_container_view(&mut self) {
        let is_gone = |layer: u32| layer as usize >= self.image.layers.len();
        match self.tree.view {
            TreeView::UpTo(layer) | TreeView::Layer(layer) if is_gone(layer) => {
                self.tree_action(TreeAction::View(TreeView::Union));
            }
            _ => {}
        }
    }

    fn ask_diff(&mut self, path_key: ImagePath) {
        self.container
            .diffs
            .insert(path_key.clone(), Loadable::Loading);
        let image = self.image.key;
        self.flights.ask(ask::TextDiff { image, path_key });
    }

    fn editor_action(&mut self, action: EditorAction) {
        if action == EditorAction::Open {
            return self.open_editor();
        }
        let is_busy = self.container.is_busy;
        let Some(editing) = &mut self.container.editing else {
            return;
        };
        match action {
            EditorAction::Open => {}
            EditorAction::Changed => editing.is_changed = true,
            EditorAction::Save(text) => {
                if editing.is_saving || is_busy {
                    return;
                }
                editing.is_saving = true;
                editing.is_changed = false;
                editing.problem = None;
                let path_key = editing.path_key.clone();
                let ask = edit(EditOrder::Text { path_key, text });
                self.change(ask, None);
            }
            EditorAction::Leave if editing.is_changed || editing.is_saving => {
                editing.asks_leave = true;
            }
            EditorAction::Stay => editing.asks_leave = false,
            EditorAction::Leave | EditorAction::Discard => self.container.editing = None,
        }
    }

    fn open_editor(&mut self) {
        let row = self.tree.focused_row();
        let Some(row) = row.filter(|row| row.kind == EntryKind::File && self.container.is_open())
        else {
            return;
        };
        let (path_key, layer, size_bytes) = (row.path_key.clone(), row.layer, row.size_bytes);
        self.tab = ImagePart::Files;
        self.show_panel(path_key.clone());
        let path = self.panel.as_ref().map(|panel| panel.path.clone());
        let path = path.unwrap_or_default();
        if size_bytes > EDIT_LIMIT_BYTES {
            let detail = Message::editor_limit(size_bytes, EDIT_LIMIT_BYTES);
            self.container.problem = Some(Problem::new(
                ProblemCode::TooLarge,
                Message::verbatim(path),
                detail,
            ));
            return;
        }
        self.container.editing = Some(Editing::new(path_key.clone(), path));
        self.flights.ask(ask::Text {
            image: self.image.key,
            path_key,
            layer,
            // A small number, so the cast never saturates.
            most_bytes: u32::try_from(EDIT_LIMIT_BYTES).unwrap_or(u32::MAX),
        });
    }

    fn commit_action(&mut self, action: CommitAction) {
        let image = self.image.key;
        let commit = &mut self.container.commit;
        commit.problem = None;
        match action {
            CommitAction::Text(place, text) => commit.set(place, text),
            CommitAction::Gzip(gzip) => commit.gzip = gzip,
            CommitAction::Commit if !commit.is_busy => {
                commit.is_busy = true;
                let form = commit.form();
                self.flights.ask(ask::Commit { image, form });
            }
            CommitAction::SquashFrom(from) => {
                commit.squash_from = Some(from);
                commit.plan = Loadable::Loading;
                self.flights.ask(ask::SquashPlan { image, from });
            }
            CommitAction::Squash if !commit.is_busy => {
                if let Some(from) = commit.squash_from {
                    commit.is_busy = true;
                    let form = commit.form();
                    self.flights.ask(ask::Squash { image, from, form });
                }
            }
            CommitAction::RetryForm => {
                commit.own_problem = None;
                self.container.has_form = false;
            }
            CommitAction::Commit | CommitAction::Squash => {}
        }
    }

    /// Requests what the page needs to know about the container layer and has not been told.
    pub(in crate::ui::state::image) fn pump_container(&mut self) {
        if !self.can_have_container() {
            return;
        }
        if !self.container.has_looked {
            self.container.has_looked = true;
            self.ask_container(ContainerRequest::Look);
        }
        if self.tab == ImagePart::Commit && !self.container.has_form {
            self.container.has_form = true;
            let image = self.image.key;
            self.flights.ask(ask::FormFields { image });
        }
    }

    /// Applies the layer as it is after a request.
    pub(in crate::ui::state::image) fn take_container(
        &mut self,
        deed: &ContainerRequest,
        outcome: Result<Option<ContainerView>, Problem>,
    ) {
        if *deed == ContainerRequest::Look {
            return match outcome {
                Ok(layer) => self.take_layer(layer),
                Err(problem) => {
                    self.container.look_failed = true;
                    self.container.problem = Some(problem);
                }
            };
        }
        self.container.is_busy = false;
        let goes_to = self.container.goes_to.take();
        let is_saved =
            |editing: &Editing| editing.is_saving && writes_text(deed, &editing.path_key);
        if self.container.editing.as_ref().is_some_and(is_saved) {
            return self.take_kept(outcome);
        }
        match outcome {
            Ok(layer) => {
                self.container.form = None;
                self.take_layer(layer);
                if let Some(path_key) = goes_to {
                    self.tree_action(TreeAction::Reveal(path_key));
                }
            }
            Err(problem) => self.container.problem = Some(problem),
        }
    }

    /// Applies the result of saving the editor's text to the layer.
    fn take_kept(&mut self, outcome: Result<Option<ContainerView>, Problem>) {
        let problem = match outcome {
            Ok(layer) => {
                self.take_layer(layer);
                None
            }
            Err(problem) => Some(problem),
        };
        if let Some(editing) = &mut self.container.editing {
            editing.is_saving = false;
            editing.is_changed |= problem.is_some();
            editing.problem = problem;
            if editing.asks_leave && !editing.is_changed {
                self.container.editing = None;
            }
        }
    }

    pub(in crate::ui::state::image) fn take_text(
        &mut self,
        asked: &ask::Text,
        outcome: Result<FileText, Problem>,
    ) {
        let Some(editing) = &mut self.container.editing else {
            return;
        };
        if editing.path_key != asked.path_key {
            return;
        }
        editing.text = match outcome {
            Ok(FileText::Utf8(text)) => Loadable::Ready(Shared::new(text)),
            Ok(FileText::Binary) => {
                let detail = Message::editor_binary();
                let path = editing.path.clone();
                Loadable::Failed(Problem::new(
                    ProblemCode::Unsupported,
                    Message::verbatim(path),
                    detail,
                ))
            }
            Err(problem) => Loadable::Failed(problem),
        };
    }

    pub(in crate::ui::state::image) fn take_diff(
        &mut self,
        path_key: &ImagePath,
        outcome: Result<TextDiffView, Problem>,
    ) {
        // The comparison may have been closed in the meantime.
        if let Some(place) = self.container.diffs.get_mut(path_key) {
            *place = match outcome {
                Ok(diff) => Loadable::Ready(Shared::new(diff)),
                Err(problem) => Loadable::Failed(problem),
            };
        }
    }

    pub(in crate::ui::state::image) fn take_fields(
        &mut self,
        outcome: Result<Vec<(ConfigField, String)>, Problem>,
    ) {
        match outcome {
            Ok(own) => self.container.commit.take_own(own),
            Err(problem) => self.container.commit.own_problem = Some(problem),
        }
    }

    pub(in crate::ui::state::image) fn take_plan(&mut self, outcome: Result<SquashView, Problem>) {
        self.container.commit.plan = match outcome {
            Ok(plan) => Loadable::Ready(plan),
            Err(problem) => Loadable::Failed(problem),
        };
    }

    pub(in crate::ui::state::image) fn take_commit(&mut self, outcome: Result<ImageView, Problem>) {
        self.container.commit.is_busy = false;
        match outcome {
            Ok(image) => self.say(Said::Committed(image.title)),
            Err(problem) => self.container.commit.problem = Some(problem),
        }
    }

    /// Stores the layer; rows, panel and comparisons show it from now on.
    fn take_layer(&mut self, layer: Option<ContainerView>) {
        if layer.is_none() && self.container.layer.is_none() {
            return;
        }
        let number = layer.as_ref().or(self.container.layer.as_deref());
        let number = number.map(|layer| layer.layer);
        if layer.is_none() {
            self.container.diffs.clear();
            if self.tab == ImagePart::Diff {
                self.tab = ImagePart::Files;
            }
            self.leave_container_view();
        }
        self.container.layer = layer.map(Shared::new);
        self.container_out_of_date();
        if let (Some(panel), Some(number)) = (&mut self.panel, number) {
            panel.forget_content_of(number);
        }
        let open: Vec<ImagePath> = self.container.diffs.keys().cloned().collect();
        for path_key in open {
            self.ask_diff(path_key);
        }
    }
}

/// True for the request that writes a text to a path.
fn writes_text(deed: &ContainerRequest, path: &ImagePath) -> bool {
    let ContainerRequest::Edit { edits } = deed else {
        return false;
    };
    matches!(&edits[..], [EditOrder::Text { path_key, .. }] if path_key == path)
}

/// Returns the row's own path if it is a directory, or else its parent directory.
pub fn dir_of(row: &TreeRow) -> ImagePath {
    match row.kind {
        EntryKind::Dir => row.path_key.clone(),
        _ => row.path_key.parent().unwrap_or_default(),
    }
}
