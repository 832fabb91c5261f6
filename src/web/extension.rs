//! The browser extension, in whose page a host may be read without CORS once the person has allowed it.
//!
//! The browser lets an extension alone ask for hosts: `www/extension/hosts.js` does so, which only the extension has.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::global;
use crate::io::{Error, ErrorKind};
use crate::message::Message;

/// Name of the script's object.
const HOSTS: &str = "laminaHosts";

/// True if this page, or the page of this worker, is the extension's.
pub fn is_here() -> bool {
    global::is_extension()
}

/// Names the host in a failure for which the person can allow it.
pub(super) fn named(mut error: Error, url: &str) -> Error {
    let is_refused = matches!(
        error.kind,
        ErrorKind::Cors | ErrorKind::Preflight | ErrorKind::Withheld | ErrorKind::RedirectCors
    );
    let origin = web_sys::Url::new(url).map(|url| url.origin());
    if let (true, true, Ok(origin)) = (is_here(), is_refused, origin) {
        error.detail = Message::host_asked(origin, error.detail);
    }
    error
}

/// Returns the origins that the person would have to allow before this one can be read: itself, or those that its answers
/// have led to.
pub async fn missing(origin: &str) -> Vec<String> {
    let Ok(found) = call("missing", &origin.into()).await else {
        return Vec::new();
    };
    let origins = Array::from(&found);
    origins.iter().filter_map(|one| one.as_string()).collect()
}

/// Has the browser ask the person whether the extension may read this origin. True if it may now.
///
/// # Errors
/// The browser's reason not to ask, as text.
pub async fn allow(origin: &str) -> Result<bool, String> {
    let allowed = call("allow", &origin.into()).await;
    let allowed = allowed.map_err(|error| super::describe(&error))?;
    Ok(allowed.is_truthy())
}

async fn call(name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    let hosts: Object = Reflect::get(&js_sys::global(), &HOSTS.into())?.dyn_into()?;
    let function: Function = Reflect::get(&hosts, &name.into())?.dyn_into()?;
    let promise: Promise = function.call1(&hosts, with)?.dyn_into()?;
    JsFuture::from(promise).await
}
