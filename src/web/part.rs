//! Parts of the program that are fetched when they are first wanted: the functions that `lamina::part!` makes.
//!
//! The script `www/parts.js` fetches them. Where it is not there, as in the suites, all of the program is in one piece.

use std::cell::RefCell;
use std::collections::BTreeSet;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Name of the script's function.
const FETCHER: &str = "laminaPart";

thread_local! {
    /// The parts that are here.
    static HERE: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// True if a part is here, so that its functions may be called.
pub fn is_here(name: &str) -> bool {
    HERE.with_borrow(|here| here.contains(name))
}

/// Fetches a part, unless it is here. What failed is tried anew each time.
///
/// # Errors
/// Why it does not come, for reading.
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
    }
    HERE.with_borrow_mut(|here| here.insert(name));
    Ok(())
}
