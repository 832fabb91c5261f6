//! A queue of messages for one receiver, and a counter of messages in transit.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::child::Child;
use super::envelope::Envelope;

/// Messages in the order of their arrival. After the last one, the reason why no more will come.
pub(super) struct Inbox<T> {
    came: RefCell<VecDeque<T>>,
    lost: RefCell<Option<Message>>,
    waker: RefCell<Option<Waker>>,
}

impl<T> Inbox<T> {
    /// Creates an empty inbox.
    pub(super) fn new() -> Inbox<T> {
        Inbox {
            came: RefCell::default(),
            lost: RefCell::default(),
            waker: RefCell::default(),
        }
    }

    /// Adds a message.
    pub(super) fn put(&self, what: T) {
        self.came.borrow_mut().push_back(what);
        self.wake();
    }

    /// Closes the inbox: no more messages will come.
    pub(super) fn lose(&self, reason: Message) {
        self.lost.borrow_mut().get_or_insert(reason);
        self.wake();
    }

    fn wake(&self) {
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// True if the inbox is closed.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.borrow().is_some()
    }

    /// Returns the next message, without waiting.
    pub(super) fn try_next(&self) -> Option<T> {
        self.came.borrow_mut().pop_front()
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// The reason why no more messages will come.
    pub(super) async fn next(&self) -> Result<T, Message> {
        poll_fn(|context| {
            if let Some(next) = self.try_next() {
                return Poll::Ready(Ok(next));
            }
            if let Some(reason) = self.lost.borrow().clone() {
                return Poll::Ready(Err(reason));
            }
            self.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

/// A worker whose messages are received in order.
pub(super) struct Heard<R> {
    child: Child,
    inbox: Rc<Inbox<(R, Option<Uint8Array>)>>,
}

impl<R: DeserializeOwned + 'static> Heard<R> {
    /// Starts a worker in this role, with this worker's own code. It is usable once it has reported that it is ready.
    pub(super) fn start(script_url: &str, role: &str) -> Result<Heard<R>, JsValue> {
        let inbox = Rc::new(Inbox::new());
        let (to, lost) = (Rc::clone(&inbox), Rc::clone(&inbox));
        let child = Child::start(
            script_url,
            role,
            move |event| match Envelope::<R>::open(&event.data()) {
                Ok(envelope) => to.put((envelope.body, envelope.buffers.into_iter().next())),
                Err(problem) => to.lose(problem.detail),
            },
            move |reason| lost.lose(reason),
        )?;
        // The compiled module is shared: it need not be fetched again, nor be available any more.
        child.post_value(&wasm_bindgen::module())?;
        Ok(Heard { child, inbox })
    }

    /// True if the worker died.
    pub(super) fn is_lost(&self) -> bool {
        self.inbox.is_lost()
    }

    /// Returns the next message that has arrived, with its buffer.
    pub(super) fn try_next(&self) -> Option<(R, Option<Uint8Array>)> {
        self.inbox.try_next()
    }

    /// Waits for the next message, with its buffer.
    ///
    /// # Errors
    /// The reason why no more messages will come.
    pub(super) async fn next(&self) -> Result<(R, Option<Uint8Array>), Message> {
        self.inbox.next().await
    }

    /// Sends a message to the worker.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub(super) fn tell<T: Serialize>(
        &self,
        body: T,
        file: Option<Blob>,
        buffer: Option<Uint8Array>,
    ) -> Result<(), Message> {
        let envelope = Envelope {
            id: 0,
            body,
            files: file.into_iter().collect(),
            buffers: buffer.into_iter().collect(),
            target: None,
        };
        let sent = self.child.post(&envelope);
        sent.map_err(|error| Message::message_not_sent(format!("{error:?}")))
    }
}

/// The number of further messages that may be in transit.
pub(super) struct Credits {
    left: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Credits {
    /// Creates a counter with `n` credits.
    pub(super) fn new(n: usize) -> Credits {
        Credits {
            left: Cell::new(n),
            waker: RefCell::default(),
        }
    }

    /// Returns a credit, after a message arrived.
    pub(super) fn give(&self) {
        self.left.set(self.left.get() + 1);
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for a credit, and takes it.
    pub(super) async fn take(&self) {
        poll_fn(|context| match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Poll::Ready(())
            }
            None => {
                self.waker.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await;
    }
}
