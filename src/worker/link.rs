//! The page's end: starts the worker, matches answers to requests, and notices when it dies.
//!
//! It restarts nothing by itself: `on_lost` tells the page, which starts a new link and opens its images again.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use web_sys::MessageEvent;

use crate::io::LocalFuture;
use crate::protocol::{
    Answer, Ask, Event, Problem, ProblemCode, Request, RequestId, VERSION, ask, typed,
};
use crate::web::blob::SavedBlob;
use crate::web::file::PickedFile;
use crate::web::save_picker::SaveTarget;
use crate::web::task::spawn;

use super::child::Child;
use super::envelope::{Envelope, Told};
use super::role::ENGINE;

/// The connection to the worker. Clones are the same link; equality is identity.
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
}

struct Shared {
    /// `None` before the worker is started, and after it is lost.
    child: RefCell<Option<Child>>,
    /// Requests made before the worker is ready, which could not receive them; `None` once it is.
    outbox: RefCell<Option<Vec<Envelope<Request>>>>,
    waiting: RefCell<BTreeMap<u32, Rc<Slot>>>,
    lost: RefCell<Option<Problem>>,
    /// The source of answers in place of a worker.
    stand_in: Option<Box<StandIn>>,
    on_event: Box<dyn Fn(Event)>,
    on_lost: Box<dyn Fn(Problem)>,
}

/// Returns an answer, or `None` to never answer.
type StandIn = dyn Fn(&Request) -> Option<Answer>;

/// A request that was sent.
pub struct Pending {
    /// Its id, for [`Link::cancel`] and to recognise its events.
    pub id: RequestId,
    /// The future answer.
    pub future: LocalFuture<'static, Result<Reply, Problem>>,
}

/// An answer with its attachments.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The answer itself.
    pub answer: Answer,
    /// Files sent along.
    pub files: Vec<SavedBlob>,
    /// Buffers sent along.
    pub buffers: Vec<Vec<u8>>,
}

impl Link {
    /// Starts a worker from the script at `script_url`.
    ///
    /// `on_event` receives all events. `on_lost` is called once if the worker died or speaks another version,
    /// after every open request has been answered with that problem.
    pub fn start(
        script_url: &str,
        on_event: impl Fn(Event) + 'static,
        on_lost: impl Fn(Problem) + 'static,
    ) -> Result<Link, Problem> {
        let shared = Rc::new(Shared {
            outbox: RefCell::new(Some(Vec::new())),
            waiting: RefCell::default(),
            lost: RefCell::default(),
            child: RefCell::default(),
            stand_in: None,
            on_event: Box::new(on_event),
            on_lost: Box::new(on_lost),
        });
        let (heard, failed) = (Rc::downgrade(&shared), Rc::downgrade(&shared));
        let child = Child::start(
            script_url,
            ENGINE,
            move |event| {
                if let Some(heard) = heard.upgrade() {
                    heard.hear(event);
                }
            },
            move |reason| {
                if let Some(failed) = failed.upgrade() {
                    failed.lose(lost(reason));
                }
            },
        );
        let child = child.map_err(|error| lost(format!("the worker does not start: {error:?}")))?;
        shared.child.replace(Some(child));
        Ok(Link(Rc::new(Inner {
            shared,
            next_id: Cell::new(1),
        })))
    }

    /// Creates a link without a worker. `stand_in` answers each request at once, or never.
    pub fn to_nobody(stand_in: impl Fn(&Request) -> Option<Answer> + 'static) -> Link {
        Link(Rc::new(Inner {
            shared: Rc::new(Shared {
                outbox: RefCell::default(),
                waiting: RefCell::default(),
                lost: RefCell::default(),
                child: RefCell::default(),
                stand_in: Some(Box::new(stand_in)),
                on_event: Box::new(drop),
                on_lost: Box::new(drop),
            }),
            next_id: Cell::new(1),
        }))
    }

    /// Sends a question. Dropping the future does not cancel the work: see [`Link::cancel`].
    pub fn ask(&self, question: impl Into<Request>, files: Vec<PickedFile>) -> Pending {
        self.post(question.into(), files, None)
    }

    /// Asks for an answer alone, without files in either direction.
    ///
    /// # Errors
    /// The problem that the question ended with.
    pub fn answer<A: Ask>(
        &self,
        question: A,
    ) -> impl Future<Output = Result<A::Answer, Problem>> + use<A> {
        let pending = self.ask(question, Vec::new());
        async move { typed::<A>(pending.future.await.map(|reply| reply.answer)) }
    }

    /// Sends a question that writes a file on the disk, if the person has chosen one.
    pub fn save(&self, question: ask::Save, target: Option<SaveTarget>) -> Pending {
        self.post(question.into(), Vec::new(), target)
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

    /// Cancels an open request. It is answered with [`ProblemCode::Cancelled`].
    pub fn cancel(&self, request: RequestId) {
        drop(self.ask(ask::Cancel { request }, Vec::new()));
    }
}

impl Shared {
    fn post(&self, envelope: Envelope<Request>) {
        if let Some(stand_in) = &self.stand_in {
            let slot = self.waiting.borrow_mut().remove(&envelope.id);
            if let (Some(slot), Some(answer)) = (slot, stand_in(&envelope.body)) {
                slot.fill(Ok(Reply {
                    answer,
                    files: Vec::new(),
                    buffers: Vec::new(),
                }));
            }
            return;
        }
        if let Some(outbox) = self.outbox.borrow_mut().as_mut() {
            outbox.push(envelope);
            return;
        }
        let sent = self
            .child
            .borrow()
            .as_ref()
            .map(|child| child.post(&envelope));
        if let Some(Err(error)) = sent {
            let slot = self.waiting.borrow_mut().remove(&envelope.id);
            if let Some(slot) = slot {
                let detail = format!("the question cannot be sent: {error:?}");
                slot.fill(Err(lost(detail)));
            }
        }
    }

    fn hear(&self, event: &MessageEvent) {
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
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        for slot in waiting.into_values() {
            slot.fill(Err(problem.clone()));
        }
        // Its listeners receive nothing more. One of them may be running now, so they are dropped a moment later.
        let child = self.child.take();
        spawn("let a lost worker go", async move { drop(child) });
        (self.on_lost)(problem);
    }
}

fn lost(detail: String) -> Problem {
    Problem::new(ProblemCode::WorkerLost, "worker", detail)
}

/// The slot of one answer, filled once.
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
