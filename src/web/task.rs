//! The one way to start an asynchronous task.

use std::future::Future;

use gloo::timers::future::TimeoutFuture;

/// Runs `future` to its end. It yields nothing: its failures are its own to show. `tag` says in the source what
/// the task is for, so that every one can be found.
#[allow(
    clippy::disallowed_methods,
    reason = "this is the door that the lint sends everyone to"
)]
pub fn spawn(_tag: &'static str, future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}

/// Waits.
pub async fn pause(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// Ends what the thread does now: what comes after this runs later, when the browser has drawn and heard what is due.
pub async fn next() {
    TimeoutFuture::new(0).await;
}
