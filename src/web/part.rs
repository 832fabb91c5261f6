//! Parts of the program that are fetched when they are first wanted: the functions that `lamina::part!` makes.
//!
//! The script `www/parts.js` fetches them. Where it is not there, as in the suites, all of the program is in one piece.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::io::{Error, ErrorKind};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the script calls its function.
const FETCHER: &str = "laminaPart";

thread_local! {
    /// The parts that are here.
    static HERE: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// Which part is wanted by what begins with these bytes.
type Wanted = fn(&[u8]) -> Option<&'static str>;

thread_local! {
    static WANTED: Cell<Option<Wanted>> = const { Cell::new(None) };
}

/// Says which part is wanted by bytes that are read: it is fetched before they are given on.
pub fn wanted_by(wanted: Wanted) {
    WANTED.set(Some(wanted));
}

/// Fetches the part that is wanted by bytes that were read.
///
/// # Errors
/// [`ErrorKind::PartMissing`] when it does not come.
pub(super) async fn before(bytes: &[u8]) -> Result<(), Error> {
    match WANTED.get().and_then(|wanted| wanted(bytes)) {
        Some(name) => {
            let fetched = fetch(name).await;
            fetched.map_err(|why| Error::new(ErrorKind::PartMissing, why))
        }
        None => Ok(()),
    }
}

/// Whether a part is here, so that its functions may be called.
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
