//! The context of every page: the worker, the words, the events, and a callback for actions.
//!
//! Pages that talk to the worker themselves, such as the image's, do so through this context.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use yew::prelude::*;

use crate::protocol;
use crate::ui::state::Action;
use crate::ui::text::{Language, Text};
use crate::worker::Link;

/// The context of every page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shell {
    /// The connection to the worker.
    pub link: Link,
    /// The words in the reader's language.
    pub text: &'static Text,
    /// The language of the words.
    pub language: Language,
    /// The events that the worker sends while requests run.
    pub events: Events,
    /// The callback that receives actions.
    pub act: Callback<Action>,
}

impl PartialEq for Shell {
    fn eq(&self, other: &Shell) -> bool {
        self.link == other.link && self.language == other.language
    }
}

/// Returns the shell of the surrounding page.
#[expect(
    clippy::expect_used,
    reason = "what stands outside of App is a mistake of this program, not of an image"
)]
#[hook]
pub(crate) fn use_shell() -> Shell {
    use_context::<Shell>().expect("App provides the shell to everything in it")
}

type Listener = Callback<protocol::Event>;

/// The worker's events, with their listeners.
#[derive(Clone, Default)]
pub(crate) struct Events(Rc<RefCell<Listeners>>);

#[derive(Default)]
struct Listeners {
    next: u32,
    all: Vec<(u32, Listener)>,
}

/// A registered listener; dropping it ends listening.
pub(crate) struct Listening {
    listeners: Weak<RefCell<Listeners>>,
    id: u32,
}

impl Events {
    /// Calls `listener` with each event from now on, until the result is dropped.
    #[must_use = "listening ends when this is dropped"]
    pub(crate) fn listen(&self, listener: Listener) -> Listening {
        let mut listeners = self.0.borrow_mut();
        let id = listeners.next;
        listeners.next += 1;
        listeners.all.push((id, listener));
        Listening {
            listeners: Rc::downgrade(&self.0),
            id,
        }
    }

    /// Passes an event to every listener.
    pub(crate) fn tell(&self, event: &protocol::Event) {
        // Listeners may be added and removed during the calls.
        let all: Vec<Listener> = self.0.borrow().all.iter().map(|(_, l)| l.clone()).collect();
        for listener in all {
            listener.emit(event.clone());
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners.borrow_mut().all.retain(|(id, _)| *id != self.id);
        }
    }
}
