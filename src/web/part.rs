//! Parts of the program that are fetched on first use: the functions that `lamina::part!` makes.
//!
//! The script `www/parts.js` fetches them. Without the script, as in the suites, the whole program is in one piece.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::task::pause;
use crate::io::{Error, ErrorKind};
use crate::message::Message;

/// Name of the script's function.
const FETCHER: &str = "laminaPart";

thread_local! {
    /// Names of the parts that were fetched.
    static HERE: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// Returns the part that decodes data with this beginning.
type Wanted = fn(&[u8]) -> Option<&'static str>;

thread_local! {
    static WANTED: Cell<Option<Wanted>> = const { Cell::new(None) };
}

/// Sets the function that tells which part the bytes of a read need. That part is fetched before they are returned.
pub fn wanted_by(wanted: Wanted) {
    WANTED.set(Some(wanted));
}

/// Fetches the part that these bytes need.
///
/// # Errors
/// [`ErrorKind::PartMissing`] if it does not come.
pub(super) async fn before(bytes: &[u8]) -> Result<(), Error> {
    match WANTED.get().and_then(|wanted| wanted(bytes)) {
        Some(name) => {
            let fetched = fetch(name).await;
            fetched.map_err(|why| Error::new(ErrorKind::PartMissing, Message::verbatim(why)))
        }
        None => Ok(()),
    }
}

/// Milliseconds between the reading of a first image and the fetching of parts ahead of their use.
const AHEAD_MILLIS: u32 = 2_000;

/// Fetches parts that are likely to be needed next, after a pause. One that fails is fetched again when it is needed.
pub async fn fetch_ahead(names: &[&'static str]) {
    pause(AHEAD_MILLIS).await;
    for name in names {
        fetch(name).await.ok();
    }
}

/// Returns `true` if a part is here, so that its functions may be called.
pub fn is_here(name: &str) -> bool {
    HERE.with_borrow(|here| here.contains(name))
}

/// Fetches a part, unless it is already here. A failed fetch is repeated on the next call.
///
/// # Errors
/// The reason as text, if the part cannot be fetched.
pub async fn fetch(name: &'static str) -> Result<(), String> {
    if is_here(name) {
        return Ok(());
    }
    let fetched = Reflect::get(&js_sys::global(), &FETCHER.into()).ok();
    if let Some(fetcher) = fetched.and_then(|found| found.dyn_into::<Function>().ok()) {
        let come = async {
            let promise = fetcher.call1(&JsValue::UNDEFINED, &name.into())?;
            JsFuture::from(promise.dyn_into::<Promise>()?).await
        };
        come.await.map_err(|error| super::describe(&error))?;
    } else if crate::IN_PARTS {
        return Err("the script that fetches parts of the page did not load".to_owned());
    }
    HERE.with_borrow_mut(|here| here.insert(name));
    Ok(())
}
