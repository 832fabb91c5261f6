//! The loop that feeds the state: actions in, effects out, and what is drawn again after each.

use crate::protocol::Message;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{App, Focus, Msg, Reopened};
use crate::protocol::{Event, ImageKey, Problem, ProblemCode};
use crate::ui::rehearsal::rehearse;
use crate::ui::state::image::ImageAction;
use crate::ui::state::{Action, Effect};
use crate::ui::uploads::Upload;
use crate::ui::world::OpenedFiles;
use crate::web::dom;

/// Milliseconds that the start page stays while something is being opened. Most of it is open by then, which saves
/// drawing a page that nobody could read.
const HELD_MILLIS: u32 = 60;

impl App {
    /// Applies an action, after the events that wait. Returns true if the shell is to be drawn again.
    pub(super) fn act(&mut self, context: &Context<App>, action: Action) -> bool {
        let action = match action {
            Action::Told(Event::Rehearsed { answers }) => {
                // An open tab has drawn such pages already.
                let is_unused = self.state.tabs.len() == 1 && self.is_home();
                if let (Ok(world), true) = (&self.world, is_unused) {
                    rehearse(answers, &self.shell(world, context));
                }
                return false;
            }
            Action::Told(event) if self.state.may_wait(&event) => {
                let link = context.link().clone();
                let ended = move || link.send_message(Msg::EndPause);
                let Some(event) = self.pause.take(event, ended) else {
                    return false;
                };
                return self.apply(context, Action::Told(event));
            }
            // What the user does to an image does not wait for events, and they go on waiting.
            action @ Action::Image { .. } => return self.apply(context, action),
            action => action,
        };
        let waited = self.pause.flush();
        let draws = self.apply_all(context, waited);
        self.apply(context, action) || draws
    }

    pub(super) fn apply_all(&mut self, context: &Context<App>, events: Vec<Event>) -> bool {
        let mut draws = false;
        for event in events {
            draws |= self.apply(context, Action::Told(event));
        }
        draws
    }

    fn apply(&mut self, context: &Context<App>, action: Action) -> bool {
        if action == Action::NewTab && !dom::media_matches("(pointer: coarse)") {
            self.focus = Some(Focus::Address);
        }
        let was_home = self.is_home();
        let has_asked = self.state.loss_question().is_some();
        let effects = self.state.reduce(action);
        self.images.publish(self.state.images());
        if effects.is_empty() {
            return false;
        }
        let draws = effects.iter().any(|effect| matches!(effect, Effect::Draw));
        if has_asked && self.state.loss_question().is_none() {
            self.focus = Some(Focus::Tab(self.state.selected));
        }
        self.leaving = match self.state.has_unkept() {
            true => self.leaving.take().or_else(dom::ask_before_leaving),
            false => None,
        };
        let reopened = context
            .link()
            .callback(|files| Msg::Reopened(Reopened(files)));
        for effect in effects {
            if effect == Effect::FocusPage {
                self.focus = Some(Focus::Page);
            }
            if let Ok(world) = &mut self.world {
                world.run(effect, &self.state.recent, &reopened);
            }
        }
        if !draws {
            return false;
        }
        let shown = self.state.selected_tab();
        let title = shown.map(|tab| super::title_of(&tab.body, self.text()));
        dom::set_title(&match title.as_deref() {
            None | Some("") => "Lamina".to_owned(),
            Some(title) => format!("{title} · Lamina"),
        });
        if !self.is_opening() {
            self.held = None;
        } else if was_home {
            let draw = context.link().callback(|()| Msg::DrawOpening);
            self.held = Some(Timeout::new(HELD_MILLIS, move || draw.emit(())));
        }
        self.held.is_none()
    }

    fn is_opening(&self) -> bool {
        let tab = self.state.selected_tab();
        tab.is_some_and(|tab| tab.opening().is_some())
    }

    pub(super) fn files(&mut self, context: &Context<App>, files: OpenedFiles) -> bool {
        self.is_dragging = false;
        if files.dropped.is_empty() {
            let detail = Message::no_file_handed();
            let problem = Problem::new(ProblemCode::NotAnImage, Message::none(), detail);
            return self.act(context, Action::Toast(problem));
        }
        let Ok(world) = &mut self.world else {
            return false;
        };
        let keeps = files.reopened.as_ref().and_then(|reopened| reopened.keeps);
        let mut given = world.keep(files.dropped, files.reopened);
        let action = match (keeps, given.pop()) {
            (Some((image, id)), Some(given)) => Action::ImageKept { image, id, given },
            (_, last) => {
                given.extend(last);
                Action::Given(given)
            }
        };
        self.act(context, action)
    }

    pub(super) fn upload(
        &mut self,
        context: &Context<App>,
        image: ImageKey,
        upload: Upload,
    ) -> bool {
        let (dir, dropped) = upload;
        let Ok(world) = &mut self.world else {
            return false;
        };
        let Some(action) = world.uploads.keep(dir, dropped) else {
            return false;
        };
        let action = ImageAction::Container(action);
        let draws = self.act(context, Action::Image { image, action });
        if let Ok(world) = &mut self.world {
            world.uploads.clear();
        }
        draws
    }
}
