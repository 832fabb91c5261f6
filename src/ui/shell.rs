//! What every page has at hand: the worker, the words, the events, and a way to ask for something.
//!
//! Handed down as a context; a page that talks to the worker itself (the image's) does so through here.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use yew::prelude::*;

use crate::protocol;
use crate::ui::state::Action;
use crate::ui::text::{Language, Text};
use crate::worker::Link;

/// What every page has at hand. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shell {
    /// The worker.
    pub link: Link,
    /// The words.
    pub text: &'static Text,
    /// Their language.
    pub language: Language,
    /// What the worker tells while requests are under way.
    pub events: Events,
    /// Where actions go.
    pub act: Callback<Action>,
}

impl PartialEq for Shell {
    fn eq(&self, other: &Shell) -> bool {
        self.link == other.link && self.language == other.language
    }
}

/// The shell that the page stands in.
#[expect(
    clippy::expect_used,
    reason = "what stands outside of App is a mistake of this program, not of an image"
)]
#[hook]
pub(crate) fn use_shell() -> Shell {
    use_context::<Shell>().expect("App provides the shell to everything in it")
}

type Listener = Callback<protocol::Event>;

/// The worker's events, for those who listen.
#[derive(Clone, Default)]
pub(crate) struct Events(Rc<RefCell<Listeners>>);

#[derive(Default)]
struct Listeners {
    next: u32,
    all: Vec<(u32, Listener)>,
}

/// Ends listening when it is dropped.
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

    /// Tells everyone.
    pub(crate) fn tell(&self, event: &protocol::Event) {
        // Listeners may come and go while they are told.
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
