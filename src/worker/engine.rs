//! The worker's end: receives the page's requests, serves each in a task of its own, and sends signs of life.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use crate::bounds::Limits;
use crate::engine::{PickedInput, Session, World};
use crate::protocol::{
    Answer, ArchiveView, Event, ImageKey, OpenedAddress, Request, RequestId, VERSION, ask,
};
use crate::web::file::BlobBytes;
use crate::web::relay::ServedBytes;
use crate::web::spool::remove_leftovers;
use crate::web::task::spawn;

use super::child::SIGN_MILLIS;
use super::envelope::Envelope;
use super::parts::{do_apart, fetch_ahead};
use super::rehearsal::rehearse;
use super::world::BrowserWorld;

struct Engine {
    world: Rc<BrowserWorld>,
    session: Session<Rc<BrowserWorld>>,
    /// True once the page has requested more than the storage usage and quota.
    is_wanted: Cell<bool>,
}

/// Starts the engine in this worker.
pub(super) fn start(scope: DedicatedWorkerGlobalScope) {
    let world = Rc::new(BrowserWorld::new(scope.clone()));
    let engine = Rc::new(Engine {
        session: Session::apart(Rc::clone(&world), Limits::DEFAULT, do_apart),
        world: Rc::clone(&world),
        is_wanted: Cell::new(false),
    });
    let at_rest = Rc::clone(&engine);
    EventListener::new(&scope, "message", move |event| {
        if let Some(event) = event.dyn_ref::<MessageEvent>() {
            hear(&engine, event);
        }
    })
    .forget();
    let alive = Rc::clone(&world);
    Interval::new(SIGN_MILLIS, move || alive.tell(Event::Alive)).forget();
    spawn("remove what earlier pages left", remove_leftovers());
    world.tell(Event::Ready { version: VERSION });
    spawn("get ready", async move {
        at_rest.world.stand_by().await;
        rehearse(&at_rest.world, || !at_rest.is_wanted.get()).await;
    });
}

fn hear(engine: &Rc<Engine>, event: &MessageEvent) {
    let engine = Rc::clone(engine);
    match Envelope::<Request>::open(&event.data()) {
        Ok(envelope) => spawn("serve one request", async move {
            let id = envelope.id;
            let is_wanted = !matches!(
                envelope.body,
                Request::Storage(ask::Storage {}) | Request::ChooseQuota(_)
            );
            let opens = matches!(
                envelope.body,
                Request::OpenFile(_)
                    | Request::OpenFolder(_)
                    | Request::OpenFound(_)
                    | Request::OpenAddress(_)
            );
            engine.is_wanted.set(engine.is_wanted.get() || is_wanted);
            let reads = matches!(envelope.body, Request::ReadLayers(_));
            engine.world.set_target(id, envelope.target);
            let files = envelope.files.into_iter();
            let files = files.map(|file| picked(&engine.world, file)).collect();
            let served = engine
                .session
                .serve(RequestId(id), envelope.body, files)
                .await;
            match served {
                Ok(served) => {
                    let opened = opened(&served.answer);
                    engine
                        .world
                        .reply(id, Ok(served.answer), served.file, served.bytes);
                    if let Some(image) = opened.filter(|_| opens) {
                        engine.session.look_ahead(image).await;
                    }
                    if reads {
                        fetch_ahead().await;
                    }
                }
                Err(problem) => engine.world.reply(id, Err(problem), None, None),
            }
        }),
        // Without an id there is no request to answer; the page learns from the version that it is of another build.
        Err(_) => engine.world.tell(Event::Ready { version: 0 }),
    }
}

/// Returns the key of the image that an answer opens.
fn opened(answer: &Answer) -> Option<ImageKey> {
    match answer {
        Answer::Archive(ArchiveView { only, .. }) => only.as_ref().map(|image| image.key),
        Answer::Image(image) | Answer::Address(OpenedAddress::Image(image)) => Some(image.key),
        _ => None,
    }
}

/// Returns a file that the person chose, or one that `lamina open` serves in its place.
fn picked(world: &BrowserWorld, blob: Blob) -> PickedInput {
    let served = ServedBytes::of(&blob, || world.transport());
    PickedInput {
        bytes: match served.filter(|_| world.is_relayed()) {
            Some(served) => Rc::new(served),
            None => Rc::new(BlobBytes::new(blob)),
        },
    }
}
