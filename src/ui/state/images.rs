//! Passes on to the open images what concerns them: actions of the user, answers and events of the worker.
//!
//! Each finds its image by the key. Only that image changes, and only its page is drawn again; what the tabs show of
//! an image (its title, its place in the address bar) follows from it here.

use super::image::{ImageAction, ImageState, Outgoing};
use super::{Action, AskedBy, Attached, Body, Effect, ImageTab, MoveKind, Shared, State, TabId};
use crate::protocol::{Event, Exchange, ImageKey, Request, RequestId};

impl State {
    /// Iterates over the open images with their keys.
    pub fn images(&self) -> impl Iterator<Item = (ImageKey, &Shared<ImageState>)> {
        self.tabs.iter().filter_map(|tab| match &tab.body {
            Body::Image(tab) => Some((tab.state.image.key, &tab.state)),
            _ => None,
        })
    }

    /// Returns an open image.
    pub fn image(&self, image: ImageKey) -> Option<&Shared<ImageState>> {
        let mut images = self.images();
        images
            .find(|(key, _)| *key == image)
            .map(|(_, state)| state)
    }

    fn image_in_tab(&mut self, image: ImageKey) -> Option<(TabId, &mut ImageTab)> {
        self.tabs.iter_mut().find_map(|tab| match &mut tab.body {
            Body::Image(open) if open.state.image.key == image => Some((tab.id, open)),
            _ => None,
        })
    }

    /// Returns the tab's data of an open image.
    pub(super) fn image_tab_mut(&mut self, image: ImageKey) -> Option<&mut ImageTab> {
        self.image_in_tab(image).map(|(_, tab)| tab)
    }

    /// Applies an action to an image; nothing happens if it has been closed.
    pub(super) fn act_on_image(
        &mut self,
        image: ImageKey,
        action: ImageAction,
        effects: &mut Vec<Effect>,
    ) {
        let Some((id, tab)) = self.image_in_tab(image) else {
            return;
        };
        let before = tab.state.image.clone();
        let moved = tab.state.make_mut().reduce(action);
        let now = tab.state.image.clone();
        self.send_orders(image, effects);
        // The same allocation has the same names.
        if before != now && (before.names != now.names || before.title != now.title) {
            if before.names != now.names {
                self.keep_image(image, effects);
            }
            effects.push(Effect::Draw);
        }
        if let Some(pace) = moved {
            self.moved(id, pace, effects);
        }
    }

    /// Follows an image to another place.
    pub(super) fn moved(&mut self, tab: TabId, pace: MoveKind, effects: &mut Vec<Effect>) {
        let is_new = tab == self.selected && self.history.is_step_in_image(pace);
        self.write_route(is_new, effects);
        self.save_tabs(effects);
    }

    /// Sends what an image has to send.
    pub(super) fn send_orders(&mut self, image: ImageKey, effects: &mut Vec<Effect>) {
        let mut next = self.next;
        let Some(tab) = self.image_tab_mut(image) else {
            return;
        };
        let mut number = || {
            let id = RequestId(next);
            next = next.wrapping_add(1);
            id
        };
        let state = tab.state.make_mut();
        for order in state.take_orders(&mut number) {
            effects.push(match order {
                Outgoing::Cancel(id) => Effect::Cancel(id),
                Outgoing::Ask {
                    id,
                    question: Request::Save(question),
                    ..
                } => Effect::Save {
                    id,
                    name: state.save_name(&question.kind),
                    question,
                },
                Outgoing::Ask {
                    id,
                    question,
                    upload,
                } => Effect::Ask {
                    asker: AskedBy::Image(image),
                    id,
                    request: question,
                    attached: upload.map_or(Attached::Nothing, Attached::Upload),
                },
            });
        }
        self.next = next;
    }

    /// Applies the answer to an image's question, and what follows from it for the tabs.
    pub(super) fn image_answered(
        &mut self,
        image: ImageKey,
        id: RequestId,
        exchange: Box<Exchange>,
        bytes: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        let news = match &*exchange {
            Exchange::Commit(_, Ok(made)) | Exchange::Squash(_, Ok(made)) => {
                Some(Action::Committed(made.clone()))
            }
            Exchange::Push(_, Ok(pushed)) => Some(Action::ImagePushed(image, pushed.clone())),
            _ => None,
        };
        let answered = ImageAction::Answered {
            id,
            exchange,
            bytes,
        };
        self.act_on_image(image, answered, effects);
        // A new image is shown, whatever has become of the one that it was made from.
        if let Some(news) = news {
            effects.extend(self.reduce(news));
        }
    }

    /// Applies an event of the worker.
    pub(super) fn told(&mut self, event: Event, effects: &mut Vec<Effect>) {
        self.note_worker(&event);
        match &event {
            Event::Pushed(pushed) => {
                self.list_pushed(pushed);
                effects.push(Effect::Draw);
            }
            Event::Opening { request, progress } => {
                let openings = self.tabs.iter_mut().filter_map(|tab| tab.opening_mut());
                for opening in openings.filter(|opening| opening.request == *request) {
                    opening.progress = Some(progress.clone());
                }
                effects.push(Effect::Draw);
            }
            Event::Ready { .. } | Event::ReaderLost { .. } => effects.push(Effect::Draw),
            // These concern no tab but that of one image, which says itself what is to be drawn.
            Event::Alive
            | Event::Rehearsed { .. }
            | Event::Layer { .. }
            | Event::LayerLeft { .. }
            | Event::LayerDone { .. }
            | Event::Named { .. }
            | Event::Content { .. }
            | Event::Saving { .. }
            | Event::Push { .. } => {}
        }
        if let Some((image, action)) = ImageAction::of_event(event) {
            self.act_on_image(image, action, effects);
        }
    }

    /// True if an event may wait a moment, to be applied together with those that follow. The last layer of an image
    /// must not.
    pub fn may_wait(&self, event: &Event) -> bool {
        match event {
            Event::Layer { .. }
            | Event::Content { .. }
            | Event::Saving { .. }
            | Event::Push { .. } => true,
            Event::LayerDone {
                image,
                n_layers_ready,
                ..
            } => self
                .image(*image)
                .is_some_and(|open| open.image.layers.len() != *n_layers_ready as usize),
            Event::Ready { .. }
            | Event::Rehearsed { .. }
            | Event::Alive
            | Event::Opening { .. }
            | Event::Named { .. }
            | Event::Pushed(_)
            | Event::LayerLeft { .. }
            | Event::ReaderLost { .. } => false,
        }
    }
}
