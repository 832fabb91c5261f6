//! Applies each action to the state.

use super::held::Held;
use super::registry::PagedList;
use super::{Action, AskedBy, Attached, Body, Effect, Route, State, TabId, Toast};
use crate::protocol::{ProblemCode, Request, ask};

/// Toasts shown at once; more would help nobody.
const MAX_TOASTS: usize = 4;

impl State {
    /// Applies an action to the state and returns the effects that the page has to carry out.
    pub fn reduce(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            Action::Image { image, action } => self.act_on_image(image, action, &mut effects),
            Action::Answered {
                asker: AskedBy::Image(image),
                id,
                exchange,
                bytes,
            } => self.image_answered(image, id, exchange, bytes, &mut effects),
            Action::Told(event) => self.told(event, &mut effects),
            action => self.reduce_tabs(action, &mut effects),
        }
        effects
    }

    /// Applies an action that may change the tabs, and brings in line what depends on all of them.
    fn reduce_tabs(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let mut held = Held::by(self);
        if let Action::Answered { id, .. } = &action {
            held.answered(*id);
        }
        let is_new = self.history.is_step(&action);
        // The keys of a dead worker mean nothing to the next one.
        let restarts = matches!(action, Action::RestartWorker | Action::WorkerLost(_));
        self.apply(action, effects);
        self.open_shown(effects);
        let now = Held::by(self);
        if restarts {
            held.files_given_back(&now, effects);
        } else {
            held.given_back(&now, effects);
        }
        self.write_route(is_new, effects);
        self.save_tabs(effects);
        effects.push(Effect::Draw);
    }

    pub(super) fn apply(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Hash(hash) => {
                let route = Route::parse(&hash);
                let public = route.clone().without_login();
                // If the tab's route differs from this one, it replaces the hash without a new history step.
                self.history.route = route;
                self.go_to(public, effects);
            }
            Action::Typed(text) => self.typed(&text, effects),
            Action::Given(all) => self.given(all, effects),
            Action::ServedAgain(all) => self.served_again(all, effects),
            Action::OpenFound { tab, image } => self.open_found(tab, image, effects),
            Action::Guide { tab, action } => self.act_on_guide(tab, action, effects),
            Action::Committed(image) => self.committed(image, effects),
            Action::ImageKept { image, id, given } => self.image_kept(image, id, given, effects),
            Action::ImageNotKept { image, id, problem } => {
                self.image_not_kept(image, id, problem, effects);
            }
            Action::KeptFound(found) => self.kept_found(found, effects),
            Action::ImageSaved(image, saved) => self.image_saved(image, saved, effects),
            Action::ImagePushed(image, pushed) => self.image_pushed(image, &pushed, effects),
            Action::AnswerLoss(answer) => self.answer_loss(answer, effects),
            Action::Select(tab) => {
                if self.tab(tab).is_some() {
                    self.selected = tab;
                }
            }
            Action::CloseTab(tab) => self.ask_close(tab),
            Action::NewTab => self.new_tab(),
            Action::CancelOpening(tab) => self.cancel_opening(tab),
            Action::Retry(tab) => self.retry(tab, effects),
            Action::SignIn {
                tab,
                registry,
                name,
                password,
            } => {
                let request = Request::SignIn(ask::SignIn {
                    registry,
                    name,
                    password,
                });
                self.sign_in(tab, request, effects);
            }
            Action::Platform {
                tab,
                platform,
                image,
            } => {
                let is_step = self.name_platform(tab);
                self.switch_platform(tab, platform, image, effects);
                let switching = self.tab(tab).and_then(|tab| tab.opening());
                let switching = switching.filter(|_| is_step);
                self.history.awaited = switching.map(|opening| opening.request);
            }
            Action::More(tab) => self.more(tab, effects),
            Action::ForgetRecent(recent) => self.forget_recent(recent, effects),
            Action::Reopen { handle, image_id } => self.reopen(handle, image_id, effects),
            Action::OpenLinked(tab) => self.open_linked(tab, effects),
            Action::Toast(problem) => {
                if problem.code != ProblemCode::Cancelled {
                    let id = self.number();
                    self.toasts.push(Toast { id, problem });
                    let surplus = self.toasts.len().saturating_sub(MAX_TOASTS);
                    self.toasts.drain(..surplus);
                }
            }
            Action::DismissToast(id) => self.toasts.retain(|toast| toast.id != id),
            Action::RestartWorker => self.restart(effects),
            Action::Answered {
                asker: AskedBy::Tab(tab),
                id,
                exchange,
                ..
            } => self.answered(tab, id, *exchange, effects),
            // `reduce` has applied these.
            Action::Image { .. } | Action::Answered { .. } | Action::Told(_) => {}
            Action::WorkerLost(problem) => self.worker_lost(problem, effects),
            Action::DismissDeath => self.health.death = None,
            Action::HandleKept { files, handle } => {
                self.handles.insert(files, handle);
                self.remember_files(files, effects);
            }
        }
    }

    fn more(&mut self, tab: TabId, effects: &mut Vec<Effect>) {
        let id = self.request_id();
        let ask = |list: &mut PagedList| {
            let cursor = list.next_cursor().map(str::to_owned)?;
            list.begin(id);
            Some(cursor)
        };
        let request = match self.tab_mut(tab).map(|tab| &mut tab.body) {
            Some(Body::Registry(registry)) => ask(&mut registry.repositories).map(|cursor| {
                Request::Catalog(ask::Catalog {
                    registry: registry.url.clone(),
                    cursor: Some(cursor),
                })
            }),
            Some(Body::Repository(repository)) => ask(&mut repository.tags).map(|cursor| {
                Request::Tags(ask::Tags {
                    registry: repository.url.clone(),
                    repository: repository.repository.clone(),
                    cursor: Some(cursor),
                })
            }),
            _ => None,
        };
        if let Some(request) = request {
            effects.push(Effect::Ask {
                asker: AskedBy::Tab(tab),
                id,
                request,
                attached: Attached::Nothing,
            });
        }
    }
}
