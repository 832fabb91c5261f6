//! HTTP by the browser's fetch: without cookies or stored logins, following redirects.
//!
//! A browser reports only that a refused request failed. `io::diagnose` decides which further requests explain it.

use std::cell::Cell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestMode, RequestRedirect, ResponseType,
};

use super::file::blob_of;
use crate::io::{
    self, ByteStream, Cache, Error, ErrorKind, Headers, HostProbe, HttpRequest, LocalFuture, Look,
    Method, Redirects, Response, Seen, Transport,
};
use crate::message::Message;

/// The browser's fetch, in a page or a worker. The conversation decides whether a host may be contacted at all.
pub struct FetchTransport {
    silence_seconds: u64,
    /// The key of the relay that asks in place of the browser.
    relay: Option<Rc<str>>,
}

impl FetchTransport {
    /// Creates a transport that gives up a connection after this many silent seconds.
    pub fn new(silence_seconds: u64) -> FetchTransport {
        FetchTransport {
            silence_seconds,
            relay: None,
        }
    }

    /// Has a relay ask in place of the browser, if there is a key for one.
    pub(super) fn by_relay(mut self, key: Option<&str>) -> FetchTransport {
        self.relay = key.map(Rc::from);
        self
    }

    /// Returns the timeout in seconds for the start of the answer to `request`.
    fn patience(&self, request: &HttpRequest) -> u64 {
        let by_registry = match request.method {
            Method::Get | Method::Head => self.silence_seconds,
            // The bytes have to be uploaded first, and the registry processes them.
            _ => self.silence_seconds.saturating_mul(10) + request.sent_bytes() / SLOW_UPLOAD,
        };
        match self.relay {
            Some(_) => by_registry + RELAY_SECONDS,
            None => by_registry,
        }
    }
}

/// Bytes per second of a slow upload that is not given up.
const SLOW_UPLOAD: u64 = 16 * 1024;

/// Further seconds for the relay: it connects, and a program that keeps passwords may ask the person for a minute.
const RELAY_SECONDS: u64 = 90;

/// Aborts a transfer when nothing happens for too long. Dropping it stops the timer.
struct Silence {
    is_over: Rc<Cell<bool>>,
    seconds: u64,
    _timer: Timeout,
}

impl Silence {
    fn after(seconds: u64, abort: &AbortController) -> Silence {
        let is_over = Rc::new(Cell::new(false));
        let end = {
            let (is_over, abort) = (Rc::clone(&is_over), abort.clone());
            move || {
                is_over.set(true);
                abort.abort();
            }
        };
        let millis = u32::try_from(seconds.saturating_mul(1_000)).unwrap_or(u32::MAX);
        // A timer of more than 31 bits fires at once.
        let timer = Timeout::new(millis.min(i32::MAX.unsigned_abs()), end);
        Silence {
            is_over,
            seconds,
            _timer: timer,
        }
    }

    /// Returns the error if the time is over.
    fn error(&self) -> Option<Error> {
        self.is_over
            .get()
            .then(|| Error::new(ErrorKind::Silent, Message::nothing_came(self.seconds)))
    }
}

impl Transport for FetchTransport {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let failed = |error: JsValue| {
                Error::new(ErrorKind::Other, Message::verbatim(super::describe(&error)))
            };
            let abort = AbortController::new().map_err(failed)?;
            let silence = Silence::after(self.patience(&request), &abort);
            let key = self.relay.as_deref();
            match send(&request, abort, self.silence_seconds, key).await {
                Ok(response) => response,
                Err(error) => match silence.error() {
                    Some(silent) => Err(silent),
                    None if key.is_some() => {
                        let said = super::describe(&error);
                        Err(Error::new(ErrorKind::RelayLost, Message::verbatim(said)))
                    }
                    None => {
                        let said = super::describe(&error);
                        let ask = async |asked| probe(self.silence_seconds, asked).await;
                        let found = io::diagnose(&request, said, ask).await;
                        Err(super::extension::named(found, &request.url))
                    }
                },
            }
        })
    }
}

async fn send(
    request: &HttpRequest,
    abort: AbortController,
    silence_seconds: u64,
    relay: Option<&str>,
) -> Result<Result<Response, Error>, JsValue> {
    let (url, init) = match relay {
        None => {
            let init = plain(request.method, request.cache);
            if request.redirects == Redirects::Refused {
                init.set_redirect(RequestRedirect::Error);
            }
            init.set_headers(&fields(&request.headers)?);
            (request.url.as_str(), init)
        }
        Some(key) => {
            let init = plain(Method::Post, Cache::Bypassed);
            init.set_headers(&fields(&super::relay::question(key, request))?);
            (io::relay::RELAY, init)
        }
    };
    init.set_signal(Some(&abort.signal()));
    match request.part.as_ref().map(|part| blob_of(&part.handle)) {
        Some(Some(blob)) => init.set_body(&blob),
        Some(None) => return Err(JsValue::from_str("these bytes are none of this browser's")),
        None if request.body.is_empty() => {}
        None => init.set_body(&body_of(&request.body)?),
    }
    let promise = super::global::fetch(url, &init)?;
    let response: web_sys::Response = JsFuture::from(promise).await?.dyn_into()?;
    let mut told = (
        response.status(),
        response.url(),
        visible_headers(&response)?,
    );
    if relay.is_some() {
        told = match super::relay::answer(&response, &told.2).await {
            Ok(told) => told,
            Err(error) => return Ok(Err(error)),
        };
    }
    let (status, url, headers) = told;
    let reader = match response.body() {
        Some(body) if request.method != Method::Head => Some(body.get_reader().dyn_into()?),
        _ => None,
    };
    Ok(Ok(Response {
        status,
        headers,
        url,
        body: Box::new(BodyStream {
            reader,
            abort,
            silence_seconds,
        }),
    }))
}

/// Creates a body of bytes. When Chromium's developer tools listen, it writes the bytes of an array into their
/// protocol (0.4 s for 4 MiB), but for a blob only a reference.
fn body_of(bytes: &[u8]) -> Result<JsValue, JsValue> {
    let array = Uint8Array::from(bytes);
    let parts = js_sys::Array::of1(&array);
    Ok(web_sys::Blob::new_with_u8_array_sequence(&parts)?.into())
}

fn visible_headers(response: &web_sys::Response) -> Result<Headers, JsValue> {
    let mut headers = Headers::default();
    for pair in response.headers().entries() {
        let pair = js_sys::Array::from(&pair?);
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            headers.add(&name, value);
        }
    }
    Ok(headers)
}

/// Sends a variant of a request whose outcome helps to explain a failure.
async fn probe(silence_seconds: u64, probe: HostProbe) -> Seen {
    let asked = async || {
        let init = plain(probe.method, Cache::Bypassed);
        match probe.look {
            Look::First => init.set_redirect(RequestRedirect::Manual),
            Look::Last => {}
            Look::Any => init.set_mode(RequestMode::NoCors),
        }
        init.set_headers(&fields(&probe.headers)?);
        let abort = AbortController::new()?;
        init.set_signal(Some(&abort.signal()));
        let _silence = Silence::after(silence_seconds, &abort);
        let promise = super::global::fetch(&probe.url, &init)?;
        let response: web_sys::Response = JsFuture::from(promise).await?.dyn_into()?;
        abort.abort();
        Ok(response.type_())
    };
    match asked().await {
        Ok(ResponseType::Opaqueredirect) => Seen::Redirect,
        Ok(_) => Seen::Answer,
        Err::<_, JsValue>(_) => Seen::Nothing,
    }
}

/// Creates a request without cookies, stored logins, header fields and a body.
pub(super) fn plain(method: Method, cache: Cache) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method.as_str());
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(match cache {
        Cache::Allowed => RequestCache::Default,
        Cache::Bypassed => RequestCache::NoStore,
    });
    init
}

pub(super) fn fields(of: &Headers) -> Result<JsValue, JsValue> {
    let headers = web_sys::Headers::new()?;
    for (name, value) in of.iter() {
        headers.append(name, value)?;
    }
    Ok(headers.into())
}

/// A body being read. Dropping it ends the transfer.
struct BodyStream {
    reader: Option<ReadableStreamDefaultReader>,
    abort: AbortController,
    silence_seconds: u64,
}

impl ByteStream for BodyStream {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            loop {
                let Some(reader) = &self.reader else {
                    return Ok(None);
                };
                let silence = Silence::after(self.silence_seconds, &self.abort);
                let broken = |error: JsValue| {
                    let lost = || {
                        Error::new(
                            ErrorKind::Unreachable,
                            Message::verbatim(super::describe(&error)),
                        )
                    };
                    silence.error().unwrap_or_else(lost)
                };
                let read = JsFuture::from(reader.read()).await.map_err(broken)?;
                let done = Reflect::get(&read, &"done".into()).is_ok_and(|done| done.is_truthy());
                if done {
                    self.reader = None;
                    return Ok(None);
                }
                let value = Reflect::get(&read, &"value".into()).map_err(broken)?;
                let piece: Uint8Array = value.dyn_into().map_err(broken)?;
                if piece.length() > 0 {
                    let piece = piece.to_vec();
                    // Where it does not come, whoever decodes them says so.
                    super::part::before(&piece).await.ok();
                    return Ok(Some(piece));
                }
            }
        })
    }
}

impl Drop for BodyStream {
    fn drop(&mut self) {
        if self.reader.is_some() {
            self.abort.abort();
        }
    }
}
