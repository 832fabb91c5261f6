//! Signs in to a registry, and pushes images there.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use crate::message::Message;
use crate::protocol::{
    Done, Event, ImageKey, Problem, ProblemCode, PushNews, PushRow, PushState, PushedView, Secret,
    Throughput, ask, count,
};
use crate::source::Error;
use crate::source::registry::{BlobState, Client, Credentials, Destination, Push, PushProgress};
use crate::workspace::{Draft, PushDestination, ReadyStep, destination, ready_push, shown_address};

use super::cancel::Cancel;
use super::open::{NO_DOCKER_HUB, shown_base};
use super::{Session, World};

/// A push that is ready to run.
struct Prepared {
    push: Rc<Push>,
    /// The layers that were compressed to make it.
    compressed: Option<Throughput>,
}

fn problem_of(error: Error) -> Problem {
    Problem::from(&error)
}

impl<W: World> Session<W> {
    pub(super) async fn sign_in(
        &self,
        registry: &str,
        name: Secret,
        password: Secret,
    ) -> Result<Done, Problem> {
        let client = self.client(registry).await?;
        let credentials = Credentials::Password { name, password };
        client.sign_in(credentials).await.map_err(problem_of)?;
        Ok(Done)
    }

    pub(super) async fn push(
        &self,
        order: ask::Push,
        cancel: &Cancel,
    ) -> Result<PushedView, Problem> {
        let bad_target = |error: Error| {
            let subject = Message::verbatim(shown_address(&order.target));
            Problem::new(ProblemCode::BadAddress, subject, &error)
        };
        let destination = destination(&order.target, &order.tags).map_err(bad_target)?;
        let PushDestination { host, destination } = destination;
        if host.is_docker_hub() && !self.may_read_without_cors() {
            let code = ProblemCode::DockerHub;
            return Err(Problem::new(
                code,
                Message::verbatim(&*order.target),
                NO_DOCKER_HUB,
            ));
        }
        let (client, base) = self.connect(&host).await?;
        let prepared = self.prepared(&order, &client, destination, cancel).await?;
        let Prepared { push, compressed } = prepared;
        cancel.note_push(&push);
        let image = order.image;
        self.tell_push(image, PushNews::Blobs(rows_of(&push)));
        let millis = self.stopwatch();
        let progress = |progress| {
            let news = match progress {
                PushProgress::Blob(at, state) => PushNews::Blob {
                    at: count(at),
                    state: shown(state),
                    millis: millis(),
                },
                PushProgress::Documents => PushNews::Documents,
            };
            self.tell_push(image, news);
        };
        let pushed = push.run(&progress).await.map_err(problem_of)?;
        self.pushes.borrow_mut().remove(&image);
        let destination = push.destination();
        let view = PushedView {
            registry: shown_base(&base, &host),
            repository: destination.repository.clone(),
            tags: destination.tags.clone(),
            digest: pushed.digest.clone(),
            n_sent: pushed.n_sent,
            n_spared: pushed.n_existing + pushed.n_mounted,
            sent: Throughput {
                bytes: pushed.sent_bytes,
                millis: millis(),
            },
            compressed,
        };
        self.world.tell(Event::Pushed(view.clone()));
        Ok(view)
    }

    /// Returns the failed push of this image to the same place, or a new one.
    async fn prepared(
        &self,
        order: &ask::Push,
        client: &Rc<Client>,
        destination: Destination,
        cancel: &Cancel,
    ) -> Result<Prepared, Problem> {
        let image = order.image;
        let earlier = self.pushes.borrow().get(&image).cloned();
        let is_same = |push: &Rc<Push>| {
            *push.destination() == destination && Rc::ptr_eq(push.client(), client)
        };
        let earlier = earlier.filter(|(scope, push)| *scope == order.scope && is_same(push));
        if let Some((_, push)) = earlier {
            return Ok(Prepared {
                push,
                compressed: None,
            });
        }
        let draft = Draft::of(&self.shown(image)?.borrow().image);
        let millis = self.stopwatch();
        let compressed = Cell::new(None);
        let progress = |step| -> ControlFlow<()> {
            let millis = millis();
            let bytes = match step {
                ReadyStep::Compressed(bytes) => {
                    compressed.set(Some(Throughput { bytes, millis }));
                    bytes
                }
                ReadyStep::Described(bytes) => bytes,
            };
            self.tell_push(image, PushNews::Preparing(Throughput { bytes, millis }));
            cancel.check()
        };
        let spool = || self.world.spool();
        let ready = ready_push(draft, order.scope, &spool, &progress).await;
        let parcel = ready.map_err(problem_of)?.parcel;
        let push = Rc::new(Push::new(Rc::clone(client), parcel, destination));
        let kept = (order.scope, Rc::clone(&push));
        let replaced = self.pushes.borrow_mut().insert(image, kept);
        if let Some((_, replaced)) = replaced {
            replaced.abandon().await;
        }
        Ok(Prepared {
            push,
            compressed: compressed.get(),
        })
    }

    /// Returns a function that gives the milliseconds since this call.
    fn stopwatch(&self) -> impl Fn() -> u64 {
        let began = self.world.now_millis();
        move || {
            let passed = Duration::try_from_secs_f64((self.world.now_millis() - began) / 1_000.0);
            let millis = passed.map_or(0, |passed| passed.as_millis());
            u64::try_from(millis).unwrap_or(u64::MAX)
        }
    }

    fn tell_push(&self, image: ImageKey, news: PushNews) {
        self.world.tell(Event::Push { image, news });
    }
}

fn rows_of(push: &Push) -> Vec<PushRow> {
    let blobs = push.parcel().blobs.iter();
    blobs
        .map(|blob| PushRow {
            digest: blob.digest.clone(),
            size_bytes: blob.size_bytes,
            state: PushState::Waiting,
        })
        .collect()
}

fn shown(state: BlobState) -> PushState {
    match state {
        BlobState::Asking => PushState::Asking,
        BlobState::Sending(bytes) => PushState::Sending(bytes),
        BlobState::Exists => PushState::Exists,
        BlobState::Mounted => PushState::Mounted,
        BlobState::Sent => PushState::Sent,
    }
}
