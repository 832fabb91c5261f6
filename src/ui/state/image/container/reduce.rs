//! What each action and each answer makes of the container layer on the page.

use crate::protocol::{
    Answer, ContainerAnswer, ContainerRequest, ContainerView, EditOrder, Kind, Problem,
    ProblemCode, Request, TreeRow, TreeView,
};
use crate::ui::state::Shared;
use crate::ui::state::image::flights::Purpose;
use crate::ui::state::image::flights::problem_of;
use crate::ui::state::image::panel::parent_of;
use crate::ui::state::image::{ImageState, Loadable, Reading, Said, Tab, TreeAction};

use super::form::edit;
use super::{
    Ask, CommitAction, ContainerAction, EDIT_LIMIT_BYTES, EditForm, Editing, EditorAction,
};

impl ImageState {
    /// Whether a container can write on the image: its layers are all there.
    pub fn can_have_container(&self) -> bool {
        self.has_tree()
            && self.reading == Reading::Still
            && self.image.n_layers_ready as usize == self.image.layers.len()
    }

    /// The directory that uploads go into: the chosen one, or that of the chosen path; its bytes in hex.
    pub fn upload_dir(&self) -> String {
        match self.tree.focused_row() {
            Some(row) => dir_of(row).to_owned(),
            None => String::new(),
        }
    }

    pub(in crate::ui::state::image) fn container_action(&mut self, action: ContainerAction) {
        if !matches!(action, ContainerAction::Field(..)) {
            self.container.problem = None;
        }
        match action {
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
                    let path_hex = row.path_hex.clone();
                    self.change(edit(EditOrder::Delete { path_hex }), None);
                }
            }
            ContainerAction::Upload {
                files,
                dir_hex,
                paths,
            } => {
                let goes_to = paths.first().map(|path| {
                    let first = path.split('/').next().unwrap_or_default();
                    join_hex(&dir_hex, first)
                });
                let ask = edit(EditOrder::Upload { dir_hex, paths });
                self.container.is_busy = true;
                let image = self.image.key;
                let request = Request::Container { image, ask };
                let purpose = Purpose::Container(Ask::Change(goes_to));
                self.flights.ask_with(request, purpose, files);
            }
            ContainerAction::Editor(action) => self.editor_action(action),
            ContainerAction::ToggleDiff(path_hex) => {
                if self.container.diffs.remove(&path_hex).is_none() {
                    self.ask_diff(path_hex);
                }
            }
            ContainerAction::Commit(action) => self.commit_action(action),
            ContainerAction::Names(names) => {
                let ask = ContainerRequest::Names { names };
                self.ask_container(ask, Ask::Names);
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

    /// Asks for something that changes the layer; one at a time.
    fn change(&mut self, ask: ContainerRequest, goes_to: Option<String>) {
        if !self.container.is_busy {
            self.container.is_busy = true;
            self.ask_container(ask, Ask::Change(goes_to));
        }
    }

    fn ask_container(&mut self, ask: ContainerRequest, purpose: Ask) {
        let image = self.image.key;
        let request = Request::Container { image, ask };
        self.flights.ask(request, Purpose::Container(purpose));
    }

    /// A view of a layer that is gone shows all files instead.
    fn leave_container_view(&mut self) {
        let is_gone = |layer: u32| layer as usize >= self.image.layers.len();
        match self.tree.view {
            TreeView::UpTo(layer) | TreeView::Layer(layer) if is_gone(layer) => {
                self.tree_action(TreeAction::View(TreeView::Union));
            }
            _ => {}
        }
    }

    fn ask_diff(&mut self, path_hex: String) {
        self.container
            .diffs
            .insert(path_hex.clone(), Loadable::Loading);
        let ask = ContainerRequest::TextDiff {
            path_hex: path_hex.clone(),
        };
        self.ask_container(ask, Ask::Diff(path_hex));
    }

    fn editor_action(&mut self, action: EditorAction) {
        if action == EditorAction::Open {
            return self.open_editor();
        }
        let Some(editing) = &mut self.container.editing else {
            return;
        };
        match action {
            EditorAction::Open => {}
            EditorAction::Changed => editing.is_changed = true,
            EditorAction::Save(text) => {
                if editing.is_saving || self.container.is_busy {
                    return;
                }
                editing.is_saving = true;
                editing.is_changed = false;
                editing.problem = None;
                let path_hex = editing.path_hex.clone();
                let ask = edit(EditOrder::Text { path_hex, text });
                self.container.is_busy = true;
                self.ask_container(ask, Ask::Save);
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
        let Some(row) = row.filter(|row| row.kind == Kind::File && self.container.is_open()) else {
            return;
        };
        let (path_hex, layer, size_bytes) = (row.path_hex.clone(), row.layer, row.size_bytes);
        self.tab = Tab::Files;
        self.show_panel(path_hex.clone());
        let path = self.panel.as_ref().map(|panel| panel.path.clone());
        let path = path.unwrap_or_default();
        if size_bytes > EDIT_LIMIT_BYTES {
            let detail =
                format!("the file has {size_bytes} bytes, and the editor takes {EDIT_LIMIT_BYTES}");
            self.container.problem = Some(Problem::new(ProblemCode::TooLarge, path, detail));
            return;
        }
        self.container.editing = Some(Editing::new(path_hex.clone(), path));
        let request = Request::Content {
            image: self.image.key,
            path_hex: path_hex.clone(),
            layer,
            offset: 0,
            // A saturating cast of a small number.
            len: u32::try_from(EDIT_LIMIT_BYTES).unwrap_or(u32::MAX),
        };
        self.flights
            .ask(request, Purpose::Container(Ask::Text(path_hex)));
    }

    fn commit_action(&mut self, action: CommitAction) {
        let commit = &mut self.container.commit;
        commit.problem = None;
        match action {
            CommitAction::Text(place, text) => commit.set(place, text),
            CommitAction::Gzip(gzip) => commit.gzip = gzip,
            CommitAction::Commit if !commit.is_busy => {
                commit.is_busy = true;
                let ask = ContainerRequest::Commit(commit.form());
                self.ask_container(ask, Ask::Commit);
            }
            CommitAction::SquashFrom(from) => {
                commit.squash_from = Some(from);
                commit.plan = Loadable::Loading;
                let ask = ContainerRequest::SquashPlan { from };
                self.ask_container(ask, Ask::Plan);
            }
            CommitAction::Squash if !commit.is_busy => {
                if let Some(from) = commit.squash_from {
                    commit.is_busy = true;
                    let form = commit.form();
                    let ask = ContainerRequest::Squash { from, form };
                    self.ask_container(ask, Ask::Commit);
                }
            }
            CommitAction::Commit | CommitAction::Squash => {}
        }
    }

    /// Asks what the page needs to know of the container layer and has not been told.
    pub(in crate::ui::state::image) fn pump_container(&mut self) {
        if !self.can_have_container() {
            return;
        }
        if !self.container.has_looked {
            self.container.has_looked = true;
            self.ask_container(ContainerRequest::Look, Ask::Look);
        }
        if self.tab == Tab::Commit && !self.container.has_form {
            self.container.has_form = true;
            self.ask_container(ContainerRequest::Form, Ask::Form);
        }
    }

    pub(in crate::ui::state::image) fn take_container(
        &mut self,
        ask: Ask,
        outcome: Result<Answer, Problem>,
        bytes: Vec<u8>,
    ) {
        match ask {
            Ask::Look => match outcome {
                Ok(Answer::Container(ContainerAnswer::Layer(layer))) => self.take_layer(layer),
                outcome => self.container.problem = Some(problem_of(outcome)),
            },
            Ask::Change(goes_to) => {
                self.container.is_busy = false;
                match outcome {
                    Ok(Answer::Container(ContainerAnswer::Layer(layer))) => {
                        self.container.form = None;
                        self.take_layer(layer);
                        if let Some(path_hex) = goes_to {
                            self.tree_action(TreeAction::Reveal(path_hex));
                        }
                    }
                    outcome => self.container.problem = Some(problem_of(outcome)),
                }
            }
            Ask::Save => self.take_kept(outcome),
            Ask::Text(path_hex) => self.take_text(&path_hex, outcome, bytes),
            Ask::Diff(path_hex) => {
                let diff = match outcome {
                    Ok(Answer::Container(ContainerAnswer::TextDiff(diff))) => {
                        Loadable::Ready(Shared::new(diff))
                    }
                    outcome => Loadable::Failed(problem_of(outcome)),
                };
                // It may have been closed meanwhile.
                if let Some(place) = self.container.diffs.get_mut(&path_hex) {
                    *place = diff;
                }
            }
            Ask::Form => match outcome {
                Ok(Answer::Container(ContainerAnswer::Form(own))) => {
                    self.container.commit.take_own(own);
                }
                outcome => self.container.commit.problem = Some(problem_of(outcome)),
            },
            Ask::Plan => {
                self.container.commit.plan = match outcome {
                    Ok(Answer::Container(ContainerAnswer::Plan(plan))) => Loadable::Ready(plan),
                    outcome => Loadable::Failed(problem_of(outcome)),
                };
            }
            Ask::Commit => {
                self.container.commit.is_busy = false;
                match outcome {
                    Ok(Answer::Container(ContainerAnswer::Committed(image))) => {
                        self.say(Said::Committed(image.title));
                    }
                    outcome => self.container.commit.problem = Some(problem_of(outcome)),
                }
            }
            Ask::Names => match outcome {
                Ok(Answer::Image(image)) => self.image = Shared::new(image),
                outcome => self.container.problem = Some(problem_of(outcome)),
            },
        }
    }

    fn take_kept(&mut self, outcome: Result<Answer, Problem>) {
        self.container.is_busy = false;
        let problem = match outcome {
            Ok(Answer::Container(ContainerAnswer::Layer(layer))) => {
                self.take_layer(layer);
                None
            }
            outcome => Some(problem_of(outcome)),
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

    fn take_text(&mut self, path_hex: &str, outcome: Result<Answer, Problem>, bytes: Vec<u8>) {
        let Some(editing) = &mut self.container.editing else {
            return;
        };
        if editing.path_hex != path_hex {
            return;
        }
        editing.text = match outcome {
            Ok(Answer::Content(_)) => match String::from_utf8(bytes) {
                Ok(text) => Loadable::Ready(Shared::new(text)),
                Err(_) => {
                    let detail = "its bytes are no text in UTF-8, so the editor would change them";
                    let path = editing.path.clone();
                    Loadable::Failed(Problem::new(ProblemCode::Unsupported, path, detail))
                }
            },
            outcome => Loadable::Failed(problem_of(outcome)),
        };
    }

    /// Takes the layer as it stands now: rows, panel and comparisons show it from here on.
    fn take_layer(&mut self, layer: Option<ContainerView>) {
        if layer.is_none() && self.container.layer.is_none() {
            return;
        }
        let number = layer.as_ref().or(self.container.layer.as_deref());
        let number = number.map(|layer| layer.layer);
        if layer.is_none() {
            self.container.diffs.clear();
            if self.tab == Tab::Diff {
                self.tab = Tab::Files;
            }
            self.leave_container_view();
        }
        self.container.layer = layer.map(Shared::new);
        self.rows_out_of_date();
        if let (Some(panel), Some(number)) = (&mut self.panel, number) {
            panel.forget_content_of(number);
        }
        let open: Vec<String> = self.container.diffs.keys().cloned().collect();
        for path_hex in open {
            self.ask_diff(path_hex);
        }
    }
}

/// The directory of a row: itself, or that which holds it.
pub fn dir_of(row: &TreeRow) -> &str {
    match row.kind {
        Kind::Dir => &row.path_hex,
        _ => parent_of(&row.path_hex).unwrap_or_default(),
    }
}

/// A path below a directory, in hex.
fn join_hex(dir_hex: &str, name: &str) -> String {
    let name = crate::protocol::hex(name.as_bytes());
    match dir_hex {
        "" => name,
        dir => format!("{dir}2f{name}"),
    }
}
