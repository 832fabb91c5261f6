//! A worker that this thread started: what it says, and whether it lives.
//!
//! What is said is for others to understand.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::{Interval, Timeout};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions};

use super::envelope::Envelope;

/// Signs of life come every five seconds; a worker in one long computation may miss some, not this many.
const MISSED_SIGNS: u32 = 12;
/// How often a worker says that it is alive, in milliseconds.
pub(super) const SIGN_MILLIS: u32 = 5_000;

/// How long the errors of an ended worker are still heard, in milliseconds.
const LAST_WORDS_MILLIS: u32 = 1_000;

/// A worker. Dropping it ends it at once, whatever it is doing.
pub(super) struct Child {
    watched: Rc<Watched>,
    /// What hears of errors; not heard, they would be taken for errors of this thread.
    on_error: Option<EventListener>,
    _listeners: [EventListener; 2],
    _watch: Interval,
}

struct Watched {
    worker: web_sys::Worker,
    silent_signs: Cell<u32>,
    is_lost: Cell<bool>,
    on_lost: RefCell<Box<dyn FnMut(String)>>,
}

impl Watched {
    fn lose(&self, reason: &str) {
        if !self.is_lost.replace(true) {
            // One that hangs would go on for ever.
            self.worker.terminate();
            (self.on_lost.borrow_mut())(reason.to_owned());
        }
    }
}

impl Child {
    /// Starts a worker in this role from the script at `script_url`. `on_message` hears what it says; `on_lost`
    /// hears once, and why, that it died or kept silent for a minute.
    pub(super) fn start(
        script_url: &str,
        role: &str,
        on_message: impl Fn(&MessageEvent) + 'static,
        on_lost: impl FnMut(String) + 'static,
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
        // What is handled here is not reported once more as an error of this thread.
        let handled = EventListenerOptions::enable_prevent_default();
        let on_error = EventListener::new_with_options(&worker, "error", handled, move |event| {
            event.prevent_default();
            let what = event
                .dyn_ref::<ErrorEvent>()
                .map_or_else(String::new, ErrorEvent::message);
            failed.lose(&format!("the worker stopped: {what}"));
        });
        let unread = Rc::clone(&watched);
        let on_message_error = EventListener::new(&worker, "messageerror", move |_| {
            unread.lose("a message of the worker cannot be read");
        });
        let silent = Rc::clone(&watched);
        let watch = Interval::new(SIGN_MILLIS, move || {
            let signs = silent.silent_signs.get() + 1;
            silent.silent_signs.set(signs);
            if signs == MISSED_SIGNS {
                silent.lose("the worker gives no sign of life");
            }
        });
        Ok(Child {
            watched,
            on_error: Some(on_error),
            _listeners: [on_message, on_message_error],
            _watch: watch,
        })
    }

    /// Says something to it.
    pub(super) fn post<T: Serialize>(&self, envelope: &Envelope<T>) -> Result<(), JsValue> {
        let (message, transfer) = envelope.seal()?;
        self.watched
            .worker
            .post_message_with_transfer(&message, &transfer)
    }

    /// Gives it something that is no envelope, before it can read one.
    pub(super) fn post_value(&self, value: &JsValue) -> Result<(), JsValue> {
        self.watched.worker.post_message(value)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.watched.is_lost.set(true);
        self.watched.worker.terminate();
        // One that died may have failed several times before it was ended.
        let on_error = self.on_error.take();
        Timeout::new(LAST_WORDS_MILLIS, move || drop(on_error)).forget();
    }
}
