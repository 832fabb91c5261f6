//! Applies each action to the state.

use super::held::Held;
use super::registry::PagedList;
use super::{Action, Body, Effect, ImagePlace, Route, State, TabId, Toast};
use crate::protocol::{Event, ProblemCode, Request, ask};

/// Toasts shown at once; more would help nobody.
const MAX_TOASTS: usize = 4;

impl State {
    /// Applies an action to the state and returns the effects that the page has to carry out.
    pub fn reduce(&mut self, action: Action) -> Vec<Effect> {
        if let Action::Answered { tab, ticket, .. } = &action {
            // A request that is answered needs no cancelling.
            self.note_request(*tab, *ticket, None);
        }
        let held = Held::by(self);
        let is_new = self.is_step(&action);
        let is_told = matches!(action, Action::Told(_));
        // The keys of a dead worker mean nothing to the next one.
        let restarts = matches!(action, Action::RestartWorker | Action::WorkerLost(_));
        let mut effects = Vec::new();
        self.apply(action, &mut effects);
        self.open_shown(&mut effects);
        let now = Held::by(self);
        if restarts {
            held.files_given_back(&now, &mut effects);
        } else {
            held.given_back(&now, &mut effects);
        }
        self.write_route(is_new, &mut effects);
        if !is_told {
            self.save_tabs(&mut effects);
        }
        effects
    }

    pub(super) fn apply(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Hash(hash) => {
                let route = Route::parse(&hash);
                let public = route.clone().without_login();
                // If the tab's route differs from this one, it replaces the hash without a new history step.
                self.route = route;
                self.go_to(public, effects);
            }
            Action::Typed(text) => self.typed(&text, effects),
            Action::Given(all) => self.given(all, effects),
            Action::OpenFound { tab, image } => self.open_found(tab, image, effects),
            Action::Committed(image) => self.committed(image, effects),
            Action::ImageKept {
                image,
                ticket,
                given,
            } => self.image_kept(image, ticket, given, effects),
            Action::ImageNotKept {
                image,
                ticket,
                problem,
            } => self.image_not_kept(image, ticket, problem, effects),
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
            Action::Place { tab, place, .. } => {
                if let Some(Body::Image(image)) = self.tab_mut(tab).map(|tab| &mut tab.body) {
                    // Keeps the platform: it belongs to the image and changes only with the image.
                    let platform = image.place.platform.take();
                    image.place = ImagePlace { platform, ..place };
                }
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
                self.step = switching.map(|opening| opening.ticket);
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
            Action::Asked {
                tab,
                ticket,
                request,
            } => self.note_request(tab, ticket, Some(request)),
            Action::Answered {
                tab,
                ticket,
                exchange,
            } => self.answered(tab, ticket, *exchange, effects),
            Action::Told(event) => {
                let named = match &event {
                    Event::Named { image, names, .. } => self.has_other_names(*image, names),
                    _ => None,
                };
                self.told(event);
                if let Some(image) = named {
                    self.keep_image(image, effects);
                }
            }
            Action::WorkerLost(problem) => self.worker_lost(problem, effects),
            Action::DismissDeath => self.death = None,
            Action::HandleKept { files, handle } => {
                self.handles.insert(files, handle);
                self.remember_files(files, effects);
            }
        }
    }

    fn note_request(
        &mut self,
        tab: TabId,
        ticket: u32,
        request: Option<crate::protocol::RequestId>,
    ) {
        let opening = self.tab_mut(tab).and_then(|tab| tab.opening_mut());
        if let Some(opening) = opening.filter(|opening| opening.ticket == ticket) {
            opening.request = request;
        }
    }

    fn told(&mut self, event: Event) {
        self.note_worker(&event);
        if let Event::Pushed(pushed) = &event {
            self.list_pushed(pushed);
        }
        if let Event::Opening { request, progress } = event {
            let openings = self.tabs.iter_mut().filter_map(|tab| tab.opening_mut());
            for opening in openings.filter(|opening| opening.request == Some(request)) {
                opening.progress = Some(progress.clone());
            }
        }
    }

    fn more(&mut self, tab: TabId, effects: &mut Vec<Effect>) {
        let ticket = self.number();
        let ask = |list: &mut PagedList| {
            let cursor = list.next_cursor().map(str::to_owned)?;
            list.begin(ticket);
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
                tab,
                ticket,
                request,
                files: None,
            });
        }
    }
}
