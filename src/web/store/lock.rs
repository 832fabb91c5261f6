//! Web Locks: a lock's holder has exclusive access to its object among all tabs and workers of this page's origin.
//!
//! The browser releases a lock when its worker dies, so an unfinished object without a lock has no owner.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

use crate::web::handles::call;

/// A lock that is held until this is dropped.
pub(super) struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        // Resolving a promise does not throw.
        self.0.call0(&JsValue::UNDEFINED).ok();
    }
}

/// Returns the lock manager; `None` if the page is not in a secure context.
pub(super) fn manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

/// Takes the lock of this name, if nobody holds it.
pub(super) async fn try_hold(name: &str) -> Option<Held> {
    let locks = manager()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &true.into()).ok()?;
    let mut release = None;
    let until_released = Promise::new(&mut |resolve, _| release = Some(resolve));
    // From here on, dropping this releases the lock, even if the caller gives up before the browser has answered.
    let held = Held(release?);
    // The browser holds the lock until the promise that the callback returns is resolved.
    let is_granted = Promise::new(&mut |resolve, reject| {
        let until_released = until_released.clone();
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let granted = lock.is_object();
            resolve.call1(&JsValue::UNDEFINED, &granted.into()).ok();
            granted.then_some(until_released)
        });
        match call(&locks, "request", &[&name.into(), &options, &granted]) {
            Some(asked) => drop(call(&asked, "catch", &[&reject])),
            None => drop(reject.call0(&JsValue::UNDEFINED)),
        }
    });
    let is_granted = JsFuture::from(is_granted).await.ok()?.is_truthy();
    is_granted.then_some(held)
}
