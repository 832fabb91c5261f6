//! The page's end: starts the worker, matches answers to requests, and notices when it dies.
//!
//! It restarts nothing by itself: `on_lost` tells the page, which starts a new link and opens its images again.

use crate::message::Message;
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
    on_event: Box<dyn Fn(Event)>,
    on_lost: Box<dyn Fn(Problem)>,
}

/// Numbers from here on are those of the link; the page's state draws the ones below.
const OWN_IDS: u32 = 1 << 31;

/// The future answer to a question that was sent. Dropping it does not cancel the work: see [`Link::cancel`].
pub type Pending = LocalFuture<'static, Result<Reply, Problem>>;

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
        let child =
            child.map_err(|error| lost(Message::worker_not_started(format!("{error:?}"))))?;
        shared.child.replace(Some(child));
        Ok(Link(Rc::new(Inner {
            shared,
            next_id: Cell::new(OWN_IDS),
        })))
    }

    /// Creates a link without a worker, which never answers.
    pub fn to_nobody() -> Link {
        Link(Rc::new(Inner {
            shared: Rc::new(Shared {
                outbox: RefCell::default(),
                waiting: RefCell::default(),
                lost: RefCell::default(),
                child: RefCell::default(),
                on_event: Box::new(drop),
                on_lost: Box::new(drop),
            }),
            next_id: Cell::new(OWN_IDS),
        }))
    }

    /// Sends a question under a number of the link.
    pub fn ask(&self, question: impl Into<Request>, files: Vec<PickedFile>) -> Pending {
        self.post(self.own_id(), question.into(), files, None)
    }

    /// Sends a question under a number that the page's state has drawn, which no other question has.
    pub fn ask_as(&self, id: RequestId, question: Request, files: Vec<PickedFile>) -> Pending {
        self.post(id, question, files, None)
    }

    /// Asks like [`Link::ask`]. Dropping the future before its end cancels the work.
    pub async fn ask_until_dropped(&self, question: impl Into<Request>) -> Result<Reply, Problem> {
        struct Asked<'a>(&'a Link, Option<RequestId>);

        impl Drop for Asked<'_> {
            fn drop(&mut self) {
                if let Some(id) = self.1.take() {
                    self.0.cancel(id);
                }
            }
        }

        let id = self.own_id();
        let mut asked = Asked(self, Some(id));
        let reply = self.ask_as(id, question.into(), Vec::new()).await;
        asked.1 = None;
        reply
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
        async move { typed::<A>(pending.await.map(|reply| reply.answer)) }
    }

    /// Sends a question that writes a file on the disk, if the person has chosen one.
    pub fn save(&self, id: RequestId, question: ask::Save, target: Option<SaveTarget>) -> Pending {
        self.post(id, question.into(), Vec::new(), target)
    }

    fn own_id(&self) -> RequestId {
        let next = self.0.next_id.get();
        self.0.next_id.set(next.wrapping_add(1).max(OWN_IDS));
        RequestId(next)
    }

    fn post(
        &self,
        RequestId(id): RequestId,
        request: Request,
        files: Vec<PickedFile>,
        target: Option<SaveTarget>,
    ) -> Pending {
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
        Box::pin(SlotFuture(slot))
    }

    /// Cancels an open request. It is answered with [`ProblemCode::Cancelled`].
    pub fn cancel(&self, request: RequestId) {
        drop(self.ask(ask::Cancel { request }, Vec::new()));
    }
}

impl Shared {
    fn post(&self, envelope: Envelope<Request>) {
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
                let detail = Message::question_not_sent(format!("{error:?}"));
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
            Told::Event(Event::Ready { version }) if version != VERSION => {
                self.lose(lost(Message::worker_version(version, VERSION)))
            }
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

fn lost(detail: Message) -> Problem {
    Problem::new(ProblemCode::WorkerLost, Message::none(), detail)
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
