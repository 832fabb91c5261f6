//! HTTP by the browser's fetch: without cookies or stored logins, following redirects.
//!
//! A browser says of a refused request only that it failed. A second, opaque request tells apart a host that
//! does not answer from one that answers without CORS headers.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestMode, RequestRedirect,
};

use crate::io::{
    ByteStream, Cache, Error, ErrorKind, Headers, LocalFuture, Method, Redirects, Request,
    Response, Transport,
};

/// The browser's fetch, in a page or a worker. Whether a host may be asked at all is the conversation's to know.
pub struct FetchTransport;

impl Transport for FetchTransport {
    fn exchange(&self, request: Request) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            match send(&request).await {
                Ok(response) => Ok(response),
                Err(error) => Err(explain(&request, &error).await),
            }
        })
    }
}

async fn send(request: &Request) -> Result<Response, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(match request.cache {
        Cache::Allowed => RequestCache::Default,
        Cache::Bypassed => RequestCache::NoStore,
    });
    if request.redirects == Redirects::Refused {
        init.set_redirect(RequestRedirect::Error);
    }
    init.set_signal(Some(&abort.signal()));
    let headers = web_sys::Headers::new()?;
    for (name, value) in request.headers.iter() {
        headers.append(name, value)?;
    }
    init.set_headers(&headers);
    if !request.body.is_empty() {
        init.set_body(&Uint8Array::from(&*request.body));
    }
    let promise = super::global::fetch(&request.url, &init)?;
    let response: web_sys::Response = JsFuture::from(promise).await?.dyn_into()?;
    let reader = match response.body() {
        Some(body) if request.method != Method::Head => Some(body.get_reader().dyn_into()?),
        _ => None,
    };
    Ok(Response {
        status: response.status(),
        headers: visible_headers(&response)?,
        url: response.url(),
        body: Box::new(BodyStream { reader, abort }),
    })
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

/// What the failure most likely was.
async fn explain(request: &Request, error: &JsValue) -> Error {
    let detail = super::describe(error);
    let init = RequestInit::new();
    init.set_method("GET");
    init.set_mode(RequestMode::NoCors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
    let abort = AbortController::new();
    if let Ok(abort) = &abort {
        init.set_signal(Some(&abort.signal()));
    }
    let answered = match super::global::fetch(&request.url, &init) {
        Ok(promise) => JsFuture::from(promise).await.is_ok(),
        Err(_) => false,
    };
    if let Ok(abort) = &abort {
        abort.abort();
    }
    if answered {
        Error::new(
            ErrorKind::Cors,
            match request.method {
                Method::Get | Method::Head => {
                    "the host answers, but sends no CORS headers that let this page read it"
                }
                _ => {
                    "the host answers, but broke off, or does not let this page write: it must answer OPTIONS without a login, and allow the methods and header fields"
                }
            },
        )
    } else {
        Error::new(ErrorKind::Unreachable, detail)
    }
}

/// A body being read; dropping it ends the transfer.
struct BodyStream {
    reader: Option<ReadableStreamDefaultReader>,
    abort: AbortController,
}

impl ByteStream for BodyStream {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            loop {
                let Some(reader) = &self.reader else {
                    return Ok(None);
                };
                let broken =
                    |error: JsValue| Error::new(ErrorKind::Unreachable, super::describe(&error));
                let read = JsFuture::from(reader.read()).await.map_err(broken)?;
                let done = Reflect::get(&read, &"done".into()).is_ok_and(|done| done.is_truthy());
                if done {
                    self.reader = None;
                    return Ok(None);
                }
                let value = Reflect::get(&read, &"value".into()).map_err(broken)?;
                let piece: Uint8Array = value.dyn_into().map_err(broken)?;
                if piece.length() > 0 {
                    return Ok(Some(piece.to_vec()));
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
