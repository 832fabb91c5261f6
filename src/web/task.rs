//! The only way to start an asynchronous task.

use std::future::Future;

use futures_util::future::{AbortHandle, abortable};
use gloo::timers::future::TimeoutFuture;

/// Runs `future` to its end. It returns nothing and must show its own failures. `tag` names the purpose of the
/// task in the source, so that every task can be found.
#[allow(
    clippy::disallowed_methods,
    reason = "this is the door that the lint sends everyone to"
)]
pub fn spawn(_tag: &'static str, future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}

/// A task that ends when this is dropped.
#[derive(Debug)]
pub struct Abortable(AbortHandle);

impl Drop for Abortable {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs `future` like [`spawn`], until the result is dropped.
pub fn spawn_abortable(tag: &'static str, future: impl Future<Output = ()> + 'static) -> Abortable {
    let (future, handle) = abortable(future);
    // Where it is aborted, nobody waits for it.
    spawn(tag, async move {
        future.await.ok();
    });
    Abortable(handle)
}

/// Waits without holding the thread.
pub async fn pause(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// Yields to the browser: the caller continues in a later task, after pending drawing and events.
pub async fn next() {
    TimeoutFuture::new(0).await;
}
