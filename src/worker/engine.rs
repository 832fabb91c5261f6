//! The worker's end: hears the page's requests, serves each on its own, tells that it is alive.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use crate::layer::Limits;
use crate::protocol::serve::{PickedInput, Session, World};
use crate::protocol::{Event, Request, RequestId, VERSION};
use crate::web::file::BlobBytes;
use crate::web::spool::remove_leftovers;
use crate::web::task::spawn;

use super::child::SIGN_MILLIS;
use super::envelope::Envelope;
use super::world::BrowserWorld;

struct Engine {
    world: Rc<BrowserWorld>,
    session: Session<Rc<BrowserWorld>>,
}

/// Starts serving.
pub(super) fn start(scope: DedicatedWorkerGlobalScope) {
    let world = Rc::new(BrowserWorld::new(scope.clone()));
    let engine = Rc::new(Engine {
        session: Session::new(Rc::clone(&world), Limits::DEFAULT),
        world: Rc::clone(&world),
    });
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
    world.stand_by();
}

fn hear(engine: &Rc<Engine>, event: &MessageEvent) {
    let engine = Rc::clone(engine);
    match Envelope::<Request>::open(&event.data()) {
        Ok(envelope) => spawn("serve one request", async move {
            let id = envelope.id;
            engine.world.set_target(id, envelope.target);
            let files = envelope.files.into_iter().map(picked).collect();
            let served = engine
                .session
                .serve(RequestId(id), envelope.body, files)
                .await;
            match served {
                Ok(served) => engine
                    .world
                    .reply(id, Ok(served.answer), served.file, served.bytes),
                Err(problem) => engine.world.reply(id, Err(problem), None, None),
            }
        }),
        // Without an id nobody can be answered; the page learns from the version that it is of another build.
        Err(_) => engine.world.tell(Event::Ready { version: 0 }),
    }
}

fn picked(blob: Blob) -> PickedInput {
    PickedInput {
        bytes: Rc::new(BlobBytes::new(blob)),
    }
}
