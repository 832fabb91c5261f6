//! Cancels the work of a request, wherever it waits.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::protocol::ImageKey;
use crate::source::registry::Push;

/// A handle that cancels the work of one request. Clones are the same handle.
#[derive(Clone, Default)]
pub(super) struct Cancel(Rc<Cancelled>);

#[derive(Default)]
struct Cancelled {
    is_set: Cell<bool>,
    /// The waker of the work, which may be waiting for a host that stays silent.
    waiting: RefCell<Option<Waker>>,
    /// The push that the work has begun, to be abandoned if it is cancelled.
    push: RefCell<Option<Rc<Push>>>,
}

impl Cancel {
    /// Returns `Break` once the work is cancelled.
    pub(super) fn check(&self) -> ControlFlow<()> {
        if self.0.is_set.get() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Records a push to be abandoned if the work is cancelled.
    pub(super) fn note_push(&self, push: &Rc<Push>) {
        self.0.push.replace(Some(Rc::clone(push)));
    }

    /// Abandons the push that the work has begun.
    pub(super) async fn take_back(&self) {
        let push = self.0.push.take();
        if let Some(push) = push {
            push.abandon().await;
        }
    }

    /// Cancels the work and wakes it.
    pub(super) fn set(&self) {
        self.0.is_set.set(true);
        let waiting = self.0.waiting.take();
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    /// Returns the result of `work`; `None` if it was cancelled while it waited, in which case it is dropped.
    pub(super) async fn unless_set<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.check().is_break() => Poll::Ready(None),
            Poll::Pending => {
                self.0.waiting.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// A request that is being answered.
pub(super) struct UnderWay {
    /// The image that it reads; closing that image cancels the request.
    pub(super) image: Option<ImageKey>,
    pub(super) cancel: Cancel,
}
