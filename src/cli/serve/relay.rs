//! One question of the page: asked by a thread that may wait, answered piece by piece.
//!
//! When the page cancels, its connection ends, and another question may take its place at once. The thread that asks ends
//! with the next sign of life of the registry, or its silence: such threads are bounded, too.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use hyper::Request;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::bounds::Limits;
use crate::io::{self, BodyPart, ErrorKind, Headers};
use crate::message::Message;

use super::super::native::Streamed;
use super::access::Refusal;
use super::channel::{self, Answer, Body, Lender, Pieces};
use super::exports::GivenBack;
use super::order;
use super::page::{guarded, refuse};
use super::protocol::{self, Asked, Relayed};
use super::server::Serving;

/// Questions that are asked at once. Further ones wait.
const MOST_AT_ONCE: usize = 48;
/// Threads at once, with those that wait for a registry though their page has gone.
const MOST_THREADS: usize = 192;
/// Bytes of a body that is held, so that it can be sent again after a challenge. A longer one is sent as it comes.
const HELD_BYTES: u64 = 4 * 1024 * 1024;
/// Time in which a page has to send the next bytes of a body.
const SILENCE: Duration = Duration::from_secs(Limits::DEFAULT.registry.silence_seconds);

static AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_AT_ONCE)));
static THREADS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_THREADS)));

/// The beginning of an answer.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) url: String,
    pub(super) headers: Headers,
}

/// The sender of an answer's beginning or of what went wrong, and that of its pieces.
pub(super) struct Telling {
    pub(super) head: oneshot::Sender<Result<Head, io::Error>>,
    pub(super) pieces: mpsc::Sender<std::io::Result<hyper::body::Bytes>>,
}

/// The body of a question.
enum Sent {
    Held(Vec<u8>),
    Streamed(Pieces, u64),
}

/// Answers a page that has shown its key.
pub(super) async fn answer(serving: &Arc<Serving>, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let asked = match protocol::asked(&head.headers) {
        Ok(asked) => asked,
        Err(refusal) => return malformed(refusal),
    };
    let asked = match told(serving, asked) {
        Ok(answer) => return answer,
        Err(asked) => asked,
    };
    let Ok(permit) = Arc::clone(&AT_ONCE).acquire_owned().await else {
        return malformed("the relay ends");
    };
    let Some(len_bytes) = body.size_hint().exact() else {
        return malformed("a body without a length");
    };
    if matches!(asked, Asked::Engines) && len_bytes > HELD_BYTES {
        return malformed("an order that is too long");
    }
    let sent = if len_bytes <= HELD_BYTES {
        match channel::collect(body, SILENCE).await {
            Ok(bytes) => Sent::Held(bytes),
            Err(_) => return malformed("a body that did not come"),
        }
    } else {
        let (to, from) = channel::pieces();
        tokio::spawn(channel::pump(body, SILENCE, to));
        Sent::Streamed(Pieces::new(from), len_bytes)
    };
    let Ok(thread) = Arc::clone(&THREADS).acquire_owned().await else {
        return malformed("the relay ends");
    };
    let (head, told) = oneshot::channel();
    let (pieces, body) = channel::pieces();
    let telling = Telling { head, pieces };
    let serving = Arc::clone(serving);
    tokio::task::spawn_blocking(move || {
        match asked {
            Asked::Local(number, range) => serving.local.tell(number, range.as_deref(), telling),
            Asked::Engines => match sent {
                Sent::Held(order) => order::carry_out(&serving, &order, telling),
                Sent::Streamed(..) => {}
            },
            Asked::Registry(relayed) => carry(&serving, &relayed, sent, telling),
            // These were answered already.
            Asked::Held(..) | Asked::Left(_) => {}
        }
        drop(thread);
    });
    // The permit is not the thread's: it goes with this future or with the answer's body, when the page goes.
    guarded(match told.await {
        Ok(Ok(head)) => {
            let body = Body::Pieces {
                pieces: body,
                _permit: permit,
            };
            protocol::answered(head.status, &head.url, &head.headers, body)
        }
        Ok(Err(error)) => protocol::failed(&error),
        Err(_) => protocol::failed(&io::Error::new(ErrorKind::Other, Message::relay_gave_up())),
    })
}

/// Hears which files a page holds, and answers; gives back any other question.
fn told(serving: &Serving, asked: Asked) -> Result<Answer, Asked> {
    let exports = &serving.local.exports;
    match asked {
        Asked::Held(page, files) => remove(exports.hold(page, files, Instant::now())),
        Asked::Left(page) => exports.leave(page, Instant::now()),
        asked => return Err(asked),
    }
    let body = Body::Nothing;
    Ok(protocol::answered(200, "", &Headers::default(), body))
}

/// Removes files, which may take a while.
pub(super) fn remove(files: GivenBack) {
    if !files.is_empty() {
        tokio::task::spawn_blocking(move || drop(files));
    }
}

/// Asks a registry, and passes on what it answers.
fn carry(serving: &Serving, relayed: &Relayed, sent: Sent, telling: Telling) {
    let mut request = relayed.request();
    match sent {
        Sent::Held(bytes) => request.body = bytes.into(),
        Sent::Streamed(stream, len_bytes) => {
            let handle = Streamed::handle(stream);
            request.part = Some(BodyPart { handle, len_bytes });
        }
    }
    let response = serving.registries.ask(relayed, request);
    let mut response = match response {
        Ok(response) => response,
        Err(error) => {
            // A page that has gone hears nothing.
            let _ = telling.head.send(Err(error));
            return;
        }
    };
    let head = Head {
        status: response.status,
        url: response.url,
        headers: response.headers,
    };
    if telling.head.send(Ok(head)).is_err() {
        return;
    }
    let lender = Lender::default();
    loop {
        if let Some(piece) = lender.returned() {
            response.body.take_back(piece);
        }
        let piece = match pollster::block_on(response.body.next()) {
            Ok(Some(piece)) => Ok(lender.lend(piece)),
            Ok(None) => return,
            Err(error) => Err(std::io::Error::other(error)),
        };
        let is_end = piece.is_err();
        if telling.pieces.blocking_send(piece).is_err() || is_end {
            return;
        }
    }
}

fn malformed(refusal: Refusal) -> Answer {
    refuse(hyper::StatusCode::BAD_REQUEST, refusal)
}
