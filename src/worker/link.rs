//! The page's end: starts the worker, matches answers to questions, notices when it dies.
//!
//! It restarts nothing by itself: `on_lost` tells the page, which starts a new link and opens again what was open.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{ErrorEvent, MessageEvent};

use crate::io::LocalFuture;
use crate::protocol::{Answer, Event, Problem, ProblemCode, Request, RequestId, VERSION};
use crate::web::blob::SavedBlob;
use crate::web::file::PickedFile;
use crate::web::save_picker::SaveTarget;

use super::envelope::{Envelope, Told};

/// Signs of life come every five seconds; a worker in one long computation may miss some, not this many.
const MISSED_SIGNS: u32 = 12;
const SIGN_MILLIS: u32 = 5_000;

/// The way to the worker. Clones are the same link; equality is identity.
#[derive(Clone)]
pub struct Link(Rc<Inner>);

impl PartialEq for Link {
    fn eq(&self, other: &Link) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    shared: Rc<Shared>,
    next_id: Cell<u32>,
    _listeners: [EventListener; 3],
    _watch: Interval,
}

struct Shared {
    worker: web_sys::Worker,
    /// Questions asked before the worker is ready; `None` from then on. It would not hear them earlier.
    outbox: RefCell<Option<Vec<Envelope<Request>>>>,
    waiting: RefCell<BTreeMap<u32, Rc<Slot>>>,
    lost: RefCell<Option<Problem>>,
    silent_signs: Cell<u32>,
    on_event: Box<dyn Fn(Event)>,
    on_lost: Box<dyn Fn(Problem)>,
}

/// A question that has been asked.
pub struct Pending {
    /// Its id, for [`Link::cancel`] and to know its events by.
    pub id: RequestId,
    /// The answer, some time.
    pub future: LocalFuture<'static, Result<Reply, Problem>>,
}

/// An answer with what came beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// Files that came with it.
    pub files: Vec<SavedBlob>,
    /// Bytes that came with it.
    pub buffers: Vec<Vec<u8>>,
}

impl Link {
    /// Starts a worker from the script at `script_url`.
    ///
    /// `on_event` hears all news; `on_lost` hears once that the worker died or speaks another version, after every
    /// open question has been answered with that problem.
    pub fn start(
        script_url: &str,
        on_event: impl Fn(Event) + 'static,
        on_lost: impl Fn(Problem) + 'static,
    ) -> Result<Link, Problem> {
        let worker = web_sys::Worker::new(script_url)
            .map_err(|error| lost(format!("the worker does not start: {error:?}")))?;
        let shared = Rc::new(Shared {
            worker: worker.clone(),
            outbox: RefCell::new(Some(Vec::new())),
            waiting: RefCell::default(),
            lost: RefCell::default(),
            silent_signs: Cell::new(0),
            on_event: Box::new(on_event),
            on_lost: Box::new(on_lost),
        });
        let heard = Rc::clone(&shared);
        let on_message = EventListener::new(&worker, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                heard.hear(event);
            }
        });
        let failed = Rc::clone(&shared);
        // What is handled here is not reported once more as an error of the page.
        let handled = EventListenerOptions::enable_prevent_default();
        let on_error = EventListener::new_with_options(&worker, "error", handled, move |event| {
            event.prevent_default();
            let what = event
                .dyn_ref::<ErrorEvent>()
                .map_or_else(String::new, ErrorEvent::message);
            failed.lose(lost(format!("the worker stopped: {what}")));
        });
        let unread = Rc::clone(&shared);
        let on_message_error = EventListener::new(&worker, "messageerror", move |_| {
            unread.lose(lost("a message of the worker cannot be read".to_owned()));
        });
        let watched = Rc::clone(&shared);
        let watch = Interval::new(SIGN_MILLIS, move || {
            let silent = watched.silent_signs.get() + 1;
            watched.silent_signs.set(silent);
            if silent == MISSED_SIGNS {
                watched.lose(lost("the worker gives no sign of life".to_owned()));
            }
        });
        Ok(Link(Rc::new(Inner {
            shared,
            next_id: Cell::new(1),
            _listeners: [on_message, on_error, on_message_error],
            _watch: watch,
        })))
    }

    /// Asks. Dropping the future does not cancel the work: see [`Link::cancel`].
    pub fn ask(&self, request: Request, files: Vec<PickedFile>) -> Pending {
        self.post(request, files, None)
    }

    /// Asks for something that is written to a file on the disk, where the person has chosen one.
    pub fn save(&self, request: Request, target: Option<SaveTarget>) -> Pending {
        self.post(request, Vec::new(), target)
    }

    fn post(
        &self,
        request: Request,
        files: Vec<PickedFile>,
        target: Option<SaveTarget>,
    ) -> Pending {
        let id = self.0.next_id.get();
        self.0.next_id.set(id.wrapping_add(1).max(1));
        let slot = Rc::new(Slot::default());
        if let Some(problem) = self.0.shared.lost.borrow().clone() {
            slot.fill(Err(problem));
        } else {
            self.0
                .shared
                .waiting
                .borrow_mut()
                .insert(id, Rc::clone(&slot));
            self.0.shared.post(Envelope {
                id,
                body: request,
                files: files.iter().map(PickedFile::to_blob).collect(),
                buffers: Vec::new(),
                target: target.map(|target| target.0),
            });
        }
        Pending {
            id: RequestId(id),
            future: Box::pin(SlotFuture(slot)),
        }
    }

    /// Ends a question that is under way; it is answered with [`ProblemCode::Cancelled`].
    pub fn cancel(&self, request: RequestId) {
        drop(self.ask(Request::Cancel { request }, Vec::new()));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.worker.terminate();
    }
}

impl Shared {
    fn post(&self, envelope: Envelope<Request>) {
        if let Some(outbox) = self.outbox.borrow_mut().as_mut() {
            outbox.push(envelope);
            return;
        }
        let sent = envelope.seal().and_then(|(message, transfer)| {
            self.worker.post_message_with_transfer(&message, &transfer)
        });
        if let Err(error) = sent {
            let slot = self.waiting.borrow_mut().remove(&envelope.id);
            if let Some(slot) = slot {
                let detail = format!("the question cannot be sent: {error:?}");
                slot.fill(Err(lost(detail)));
            }
        }
    }

    fn hear(&self, event: &MessageEvent) {
        self.silent_signs.set(0);
        let envelope = match Envelope::<Told>::open(&event.data()) {
            Ok(envelope) => envelope,
            Err(problem) => return self.lose(problem),
        };
        match envelope.body {
            Told::Event(Event::Alive) => {}
            Told::Event(Event::Ready { version }) if version != VERSION => self.lose(lost(
                format!("the worker speaks version {version}, the page {VERSION}: reload the page"),
            )),
            Told::Event(event) => {
                if let Event::Ready { .. } = event {
                    let outbox = self.outbox.borrow_mut().take();
                    for envelope in outbox.into_iter().flatten() {
                        self.post(envelope);
                    }
                }
                (self.on_event)(event);
            }
            Told::Reply(answer) => {
                let slot = self.waiting.borrow_mut().remove(&envelope.id);
                if let Some(slot) = slot {
                    slot.fill(answer.map(|answer| {
                        Reply {
                            answer,
                            files: envelope
                                .files
                                .into_iter()
                                .map(SavedBlob::from_blob)
                                .collect(),
                            buffers: envelope
                                .buffers
                                .iter()
                                .map(js_sys::Uint8Array::to_vec)
                                .collect(),
                        }
                    }));
                }
            }
        }
    }

    fn lose(&self, problem: Problem) {
        if self.lost.borrow().is_some() {
            return;
        }
        *self.lost.borrow_mut() = Some(problem.clone());
        // One that hangs would go on for ever.
        self.worker.terminate();
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        for slot in waiting.into_values() {
            slot.fill(Err(problem.clone()));
        }
        (self.on_lost)(problem);
    }
}

fn lost(detail: String) -> Problem {
    Problem::new(ProblemCode::WorkerLost, "worker", detail)
}

/// One answer's place, filled once.
#[derive(Default)]
struct Slot {
    answer: RefCell<Option<Result<Reply, Problem>>>,
    waker: RefCell<Option<Waker>>,
}

impl Slot {
    fn fill(&self, answer: Result<Reply, Problem>) {
        *self.answer.borrow_mut() = Some(answer);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

struct SlotFuture(Rc<Slot>);

impl Future for SlotFuture {
    type Output = Result<Reply, Problem>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.answer.borrow_mut().take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                *self.0.waker.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
