//! A worker that this thread started: its messages, and whether it is alive.
//!
//! The meaning of messages is defined elsewhere.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::{Interval, Timeout};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions};

use super::envelope::Envelope;

/// Number of missed signs of life after which a worker counts as lost. Signs come every five seconds; a long
/// computation may miss some, but not this many.
const MISSED_SIGNS: u32 = 12;
/// Interval between a worker's signs of life, in milliseconds.
pub(super) const SIGN_MILLIS: u32 = 5_000;

/// Time for which the errors of an ended worker are still handled, in milliseconds.
const LAST_WORDS_MILLIS: u32 = 1_000;

/// A worker. Dropping it ends it at once, whatever it is doing.
pub(super) struct Child {
    watched: Rc<Watched>,
    /// The listener for errors. Unhandled, they would count as errors of this thread.
    on_error: Option<EventListener>,
    _listeners: [EventListener; 2],
    _watch: Interval,
}

struct Watched {
    worker: web_sys::Worker,
    silent_signs: Cell<u32>,
    is_lost: Cell<bool>,
    on_lost: RefCell<Box<dyn FnMut(Message)>>,
}

impl Watched {
    fn lose(&self, reason: Message) {
        if !self.is_lost.replace(true) {
            // A worker that hangs would run forever.
            self.worker.terminate();
            (self.on_lost.borrow_mut())(reason);
        }
    }
}

impl Child {
    /// Starts a worker in this role from the script at `script_url`. `on_message` receives its messages. `on_lost`
    /// is called once, with the reason, if it died or was silent for a minute.
    pub(super) fn start(
        script_url: &str,
        role: &str,
        on_message: impl Fn(&MessageEvent) + 'static,
        on_lost: impl FnMut(Message) + 'static,
    ) -> Result<Child, JsValue> {
        let options = WorkerOptions::new();
        options.set_name(role);
        let worker = web_sys::Worker::new_with_options(script_url, &options)?;
        let watched = Rc::new(Watched {
            worker: worker.clone(),
            silent_signs: Cell::new(0),
            is_lost: Cell::new(false),
            on_lost: RefCell::new(Box::new(on_lost)),
        });
        let heard = Rc::clone(&watched);
        let on_message = EventListener::new(&worker, "message", move |event| {
            heard.silent_signs.set(0);
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                on_message(event);
            }
        });
        let failed = Rc::clone(&watched);
        // An error that is handled here is not reported again as an error of this thread.
        let handled = EventListenerOptions::enable_prevent_default();
        let on_error = EventListener::new_with_options(&worker, "error", handled, move |event| {
            event.prevent_default();
            let what = event
                .dyn_ref::<ErrorEvent>()
                .map_or_else(String::new, ErrorEvent::message);
            failed.lose(Message::worker_stopped(what.to_string()));
        });
        let unread = Rc::clone(&watched);
        let on_message_error = EventListener::new(&worker, "messageerror", move |_| {
            unread.lose(Message::worker_unreadable());
        });
        let silent = Rc::clone(&watched);
        let watch = Interval::new(SIGN_MILLIS, move || {
            let signs = silent.silent_signs.get() + 1;
            silent.silent_signs.set(signs);
            if signs == MISSED_SIGNS {
                silent.lose(Message::worker_silent());
            }
        });
        Ok(Child {
            watched,
            on_error: Some(on_error),
            _listeners: [on_message, on_message_error],
            _watch: watch,
        })
    }

    /// Sends a message to the worker.
    pub(super) fn post<T: Serialize>(&self, envelope: &Envelope<T>) -> Result<(), JsValue> {
        let (message, transfer) = envelope.seal()?;
        self.watched
            .worker
            .post_message_with_transfer(&message, &transfer)
    }

    /// Sends a value that is not an envelope, before the worker can read one.
    pub(super) fn post_value(&self, value: &JsValue) -> Result<(), JsValue> {
        self.watched.worker.post_message(value)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.watched.is_lost.set(true);
        self.watched.worker.terminate();
        // A worker that died may have several pending errors.
        let on_error = self.on_error.take();
        Timeout::new(LAST_WORDS_MILLIS, move || drop(on_error)).forget();
    }
}
