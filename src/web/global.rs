//! The global scope, in a page or a worker alike.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RequestInit, StorageManager, Window, WorkerGlobalScope};

/// Calls the scope's fetch.
pub(super) fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue> {
    let global = js_sys::global();
    if let Some(worker) = global.dyn_ref::<WorkerGlobalScope>() {
        Ok(worker.fetch_with_str_and_init(url, init))
    } else if let Some(window) = global.dyn_ref::<Window>() {
        Ok(window.fetch_with_str_and_init(url, init))
    } else {
        Err(JsValue::from_str("there is no fetch here"))
    }
}

fn of_navigator(name: &str) -> Option<JsValue> {
    let global = js_sys::global();
    let navigator = js_sys::Reflect::get(&global, &"navigator".into()).ok()?;
    js_sys::Reflect::get(&navigator, &name.into()).ok()
}

/// Returns the number of cores according to the browser; 1 if it does not say.
pub fn n_cores() -> usize {
    let n = of_navigator("hardwareConcurrency").and_then(|n| n.as_f64());
    n.map_or(1, |n| n as usize)
}

/// True if a worker can start workers of its own without the risk of a deadlock.
///
/// In Firefox the constructor blocks its thread until the page's thread has told its debugger of the new worker.
/// It waits on a condition that the new worker waits on, too, and only one of the two is woken. If the page is
/// busy at that moment, it is the wrong one every other time (one of ten images that are opened at once, 153.8 ESR).
pub fn can_nest_workers() -> bool {
    let agent = of_navigator("userAgent").and_then(|agent| agent.as_string());
    !agent.is_some_and(|agent| agent.contains("Firefox/"))
}

/// True in the pages and workers of a browser extension.
pub(super) fn is_extension() -> bool {
    let global = js_sys::global();
    let location = js_sys::Reflect::get(&global, &"location".into());
    let protocol =
        location.and_then(|location| js_sys::Reflect::get(&location, &"protocol".into()));
    let protocol = protocol.ok().and_then(|protocol| protocol.as_string());
    protocol.is_some_and(|protocol| protocol.ends_with("-extension:"))
}

/// Returns the storage manager; `None` if the page is not in a secure context.
pub(super) fn storage() -> Option<StorageManager> {
    of_navigator("storage")?.dyn_into().ok()
}

/// Returns the milliseconds since the page or worker started, for rates.
pub fn now_millis() -> f64 {
    let global = js_sys::global();
    let performance = js_sys::Reflect::get(&global, &"performance".into())
        .ok()
        .and_then(|p| p.dyn_into::<web_sys::Performance>().ok());
    performance.map_or_else(js_sys::Date::now, |p| p.now())
}

/// Returns the seconds since 1970 by this computer's clock, to show an image's age.
pub fn now_seconds() -> i64 {
    // A saturating cast: no clock comes near the end of i64.
    (js_sys::Date::now() / 1000.0) as i64
}
