//! The conversation of a page with its relay: `web/relay.rs` is the other side.
//!
//! A request is `POST /relay`. What is to be asked stands in header fields of its own, so that nothing that a browser
//! adds goes out; what came of it does, too, so that a browser acts on none of it: it sees 200, and no redirect,
//! cookie or challenge. An answer of a registry has `lamina-status`; an error has `lamina-error` and its kind and
//! message as bytes (postcard).

use std::collections::BTreeSet;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Response};

use crate::io::{Cache, Error, Headers, HttpRequest, Method, Redirects, relay};
use crate::source::registry::RelayLogin;

use super::access::{Refusal, only};
use super::channel::{Answer, Body};
use super::exports::Turn;
use super::local::Opening;

/// The fields of a request that are passed on. All else that a page could send is none of a registry client.
const ALLOWED: [&str; 5] = [
    "accept",
    "authorization",
    "content-range",
    "content-type",
    "range",
];

/// The answer to a page that comes.
#[derive(serde::Serialize)]
pub(super) struct Session {
    pub(super) key: String,
    #[serde(flatten)]
    pub(super) opening: Opening,
}

/// A question of the page.
pub(super) enum Asked {
    /// A file of this machine that it was opened for, with the field `Range`.
    Local(usize, Option<String>),
    /// An order about the engines on this machine.
    Engines,
    /// The exported files that a page holds.
    Held(Turn, BTreeSet<usize>),
    /// Word that a page goes.
    Left(Turn),
    /// A request to a registry, without its body.
    Registry(Relayed),
}

/// A request to a registry.
pub(super) struct Relayed {
    /// The registry that the person named, by its base URL.
    pub(super) base: String,
    pub(super) login: RelayLogin,
    /// True if the person named it with its scheme.
    pub(super) is_scheme_named: bool,
    method: Method,
    url: String,
    headers: Headers,
    redirects: Redirects,
}

impl Relayed {
    /// Returns the request, without a body.
    pub(super) fn request(&self) -> HttpRequest {
        let mut request = HttpRequest::get(self.url.clone(), Cache::Bypassed);
        request.method = self.method;
        request.headers = self.headers.clone();
        request.redirects = self.redirects;
        request
    }
}

/// Reads a page's question.
pub(super) fn asked(headers: &HeaderMap) -> Result<Asked, Refusal> {
    let url = only(headers, relay::TARGET)?.ok_or("no address to ask")?;
    let mut passed = Headers::default();
    for name in headers.keys() {
        if let Some(own) = name.as_str().strip_prefix(relay::PASSED) {
            if !ALLOWED.contains(&own) {
                return Err("a header field that is not passed on");
            }
            passed.add(own, only(headers, name.as_str())?.unwrap_or_default());
        }
    }
    if let Some(number) = url.strip_prefix(relay::LOCAL) {
        let number = number.parse().map_err(|_| "no file of this program")?;
        return Ok(Asked::Local(number, passed.get("range").map(str::to_owned)));
    }
    if url == relay::ENGINES {
        return Ok(Asked::Engines);
    }
    if let Some(held) = url.strip_prefix(relay::HELD) {
        return held_by(held).ok_or("no files of this program");
    }
    if let Some(page) = url.strip_prefix(relay::LEFT) {
        return Ok(Asked::Left(turn(page).ok_or("no page")?));
    }
    let method = match only(headers, relay::METHOD)?.unwrap_or("GET") {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => return Err("a method that no registry takes"),
    };
    Ok(Asked::Registry(Relayed {
        base: only(headers, relay::REGISTRY)?
            .ok_or("no registry that a person named")?
            .to_owned(),
        login: match only(headers, relay::LOGIN)? {
            Some(_) => RelayLogin::OfPage,
            None => RelayLogin::Kept,
        },
        is_scheme_named: only(headers, relay::SCHEME)?.is_some(),
        method,
        url: url.to_owned(),
        headers: passed,
        redirects: match only(headers, relay::REDIRECTS)? {
            Some(_) => Redirects::Refused,
            None => Redirects::Followed,
        },
    }))
}

/// Reads the word of a page, and the numbers of the files that it holds.
fn held_by(text: &str) -> Option<Asked> {
    let (page, files) = text.rsplit_once(':')?;
    let numbers = files.split(',').filter(|number| !number.is_empty());
    let files = numbers.map(|number| number.parse().ok());
    Some(Asked::Held(turn(page)?, files.collect::<Option<_>>()?))
}

/// Reads a page's number and that of its word.
fn turn(text: &str) -> Option<Turn> {
    let (page, turn) = text.split_once(':')?;
    Some(Turn {
        page: page.parse().ok()?,
        turn: turn.parse().ok()?,
    })
}

/// Answers a page that came.
pub(super) fn session(session: &Session) -> Answer {
    let json = serde_json::to_string(session).unwrap_or_default();
    unkept(Response::new(Body::Whole(json.into())))
}

/// Answers with what a registry answered.
pub(super) fn answered(status: u16, url: &str, headers: &Headers, body: Body) -> Answer {
    let mut answer = unkept(Response::new(body));
    let told = answer.headers_mut();
    told.insert(relay::STATUS, HeaderValue::from(status));
    if let Ok(url) = HeaderValue::from_str(url) {
        told.insert(relay::URL, url);
    }
    for (name, value) in headers.iter() {
        let name = HeaderName::from_bytes(format!("{}{name}", relay::PASSED).as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            told.append(name, value);
        }
    }
    answer
}

/// Answers with an error.
pub(super) fn failed(error: &Error) -> Answer {
    let bytes = postcard::to_allocvec(&(error.kind, &error.detail)).unwrap_or_default();
    let mut answer = unkept(Response::new(Body::Whole(bytes.into())));
    let told = answer.headers_mut();
    told.insert(relay::ERROR, HeaderValue::from_static("1"));
    answer
}

/// Marks an answer as one that no cache keeps, of no type that a browser would show.
fn unkept(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/octet-stream"),
    );
    answer
}
