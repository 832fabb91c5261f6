//! Messages that wait for who awaits them, and a count of what may be on its way.

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

/// What came and was not taken yet, in its order; or why nothing comes any more, once the rest is taken.
pub(super) struct Inbox<T> {
    came: RefCell<VecDeque<T>>,
    lost: RefCell<Option<String>>,
    waker: RefCell<Option<Waker>>,
}

impl<T> Inbox<T> {
    /// Nothing yet.
    pub(super) fn new() -> Inbox<T> {
        Inbox {
            came: RefCell::default(),
            lost: RefCell::default(),
            waker: RefCell::default(),
        }
    }

    /// Something came.
    pub(super) fn put(&self, what: T) {
        self.came.borrow_mut().push_back(what);
        self.wake();
    }

    /// Nothing comes any more.
    pub(super) fn lose(&self, reason: String) {
        self.lost.borrow_mut().get_or_insert(reason);
        self.wake();
    }

    fn wake(&self) {
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether nothing comes any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.borrow().is_some()
    }

    /// What came, without waiting.
    pub(super) fn try_next(&self) -> Option<T> {
        self.came.borrow_mut().pop_front()
    }

    /// What comes next.
    ///
    /// # Errors
    /// Why nothing comes any more.
    pub(super) async fn next(&self) -> Result<T, String> {
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

/// A worker whose messages are awaited in their order.
pub(super) struct Heard<R> {
    child: Child,
    inbox: Rc<Inbox<(R, Option<Uint8Array>)>>,
}

impl<R: DeserializeOwned + 'static> Heard<R> {
    /// Starts a worker in this role, of this worker's own code. It begins once it has said that it is ready.
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
        // What this worker runs is compiled once: it need not be fetched, nor be there any more.
        child.post_value(&wasm_bindgen::module())?;
        Ok(Heard { child, inbox })
    }

    /// Whether it died.
    pub(super) fn is_lost(&self) -> bool {
        self.inbox.is_lost()
    }

    /// The next message that has come already, with what is beside it.
    pub(super) fn try_next(&self) -> Option<(R, Option<Uint8Array>)> {
        self.inbox.try_next()
    }

    /// The next message, with what is beside it.
    ///
    /// # Errors
    /// Why it says nothing any more.
    pub(super) async fn next(&self) -> Result<(R, Option<Uint8Array>), String> {
        self.inbox.next().await
    }

    /// Says something to it.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub(super) fn tell<T: Serialize>(
        &self,
        body: T,
        file: Option<Blob>,
        buffer: Option<Uint8Array>,
    ) -> Result<(), String> {
        let envelope = Envelope {
            id: 0,
            body,
            files: file.into_iter().collect(),
            buffers: buffer.into_iter().collect(),
            target: None,
        };
        let sent = self.child.post(&envelope);
        sent.map_err(|error| format!("a message cannot be sent: {error:?}"))
    }
}

/// How many more things may be on their way.
pub(super) struct Credits {
    left: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Credits {
    /// So many at first.
    pub(super) fn new(n: usize) -> Credits {
        Credits {
            left: Cell::new(n),
            waker: RefCell::default(),
        }
    }

    /// One arrived.
    pub(super) fn give(&self) {
        self.left.set(self.left.get() + 1);
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until one more may go.
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
