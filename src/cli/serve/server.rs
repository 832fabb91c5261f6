//! The server: which address is answered by whom, and what is refused before anything is looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use tokio::net::TcpListener;

use crate::io::relay as names;

use super::super::error::Error;
use super::super::{complain, print_line};
use super::access::{Access, Refusal, only};
use super::channel::Answer;
use super::connections::{Connection, Connections};
use super::loads::Loads;
use super::local::Local;
use super::page::{self, Page};
use super::protocol;
use super::registries::Registries;
use super::relay;

/// Everything that is served.
pub(super) struct Serving {
    pub(super) page: Page,
    pub(super) access: Access,
    pub(super) registries: Registries,
    pub(super) local: Local,
    pub(super) loads: Loads,
}

/// Time before another connection is taken when the system gives none.
const PAUSE: Duration = Duration::from_millis(100);

/// Time between two looks for files that nobody holds.
const SWEEP: Duration = Duration::from_secs(10);

/// Answers requests until the process is ended.
pub(super) fn run(listener: std::net::TcpListener, serving: Arc<Serving>) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let connections = Connections::default();
        tokio::spawn(sweep(Arc::clone(&serving)));
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    // Without it, small answers are merely slower.
                    let _ = stream.set_nodelay(true);
                    connections.begin(stream, &serving);
                }
                // Such as too many open files.
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    })
}

/// Removes the files that pages have left behind.
async fn sweep(serving: Arc<Serving>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        relay::remove(serving.local.exports.sweep(Instant::now()));
    }
}

/// Answers one request.
pub(super) async fn answer(
    serving: &Arc<Serving>,
    connection: &Connection,
    request: Request<Incoming>,
) -> Answer {
    if let Err(refusal) = check(serving, &request) {
        return refused(StatusCode::FORBIDDEN, refusal);
    }
    let path = request.uri().path();
    match (request.method(), path) {
        (&Method::GET | &Method::HEAD, path) => serving.page.answer(path, request.headers()),
        (&Method::POST, names::SESSION) => session(serving, &request),
        (&Method::POST, names::RELAY) => {
            let key = of_this_page(serving, &request, names::KEY);
            match key.and_then(|key| serving.access.check_key(key)) {
                Ok(()) => {
                    connection.prove();
                    relay::answer(serving, request).await
                }
                Err(refusal) => refused(StatusCode::FORBIDDEN, refusal),
            }
        }
        (&Method::POST, _) => refused(StatusCode::NOT_FOUND, "an address that takes nothing"),
        _ => refused(
            StatusCode::METHOD_NOT_ALLOWED,
            "a method that is not answered",
        ),
    }
}

/// Checks what holds for every request.
fn check(serving: &Serving, request: &Request<Incoming>) -> Result<(), Refusal> {
    let headers = request.headers();
    serving.access.check_host(headers)?;
    if request.uri().authority().is_some() {
        return Err("a request to a proxy");
    }
    // A browser tells the length. Two ways to tell it may be read differently.
    if headers.contains_key("transfer-encoding") {
        return Err("a body without a length");
    }
    only(headers, "content-length")?;
    Ok(())
}

/// Returns a field that only a page of this server can send.
fn of_this_page<'a>(
    serving: &Serving,
    request: &'a Request<Incoming>,
    name: &str,
) -> Result<&'a str, Refusal> {
    serving.access.check_origin(request.headers())?;
    only(request.headers(), name)?.ok_or("no key")
}

/// Exchanges a token for a key.
fn session(serving: &Serving, request: &Request<Incoming>) -> Answer {
    let token = of_this_page(serving, request, names::TOKEN);
    match token.and_then(|token| serving.access.exchange(token)) {
        Ok(key) => {
            // A failing standard output leaves the page that came as it is.
            let next = format!("for another tab: {}", serving.access.address());
            let _ = print_line(&next);
            super::browser::close();
            let opened = protocol::Session {
                key,
                opening: serving.local.opening(),
            };
            page::guarded(protocol::session(&opened))
        }
        Err(refusal) => refused(StatusCode::FORBIDDEN, refusal),
    }
}

/// Refusals that are told one by one; of more, each doubling of their number is.
const TOLD_REFUSALS: u64 = 32;

/// Refuses a request, and says so on standard error. Neither repeats anything of it.
fn refused(status: StatusCode, refusal: Refusal) -> Answer {
    static REFUSED: AtomicU64 = AtomicU64::new(0);
    let n = REFUSED.fetch_add(1, Ordering::Relaxed) + 1;
    if n <= TOLD_REFUSALS {
        complain(&format!("refused: {refusal}"));
    } else if n.is_power_of_two() {
        complain(&format!("refused {n} requests, lately for {refusal}"));
    }
    let answer = page::refuse(status, refusal);
    // The connection ends, since what follows it is not looked at.
    let (mut head, body) = answer.into_parts();
    head.headers.insert(
        hyper::header::CONNECTION,
        hyper::header::HeaderValue::from_static("close"),
    );
    Answer::from_parts(head, body)
}
