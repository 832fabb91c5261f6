//! The browser, as the rest of Lamina sees it: the only files that name web-sys or js-sys, but for `worker`.
//!
//! Each file wraps one ability: fetch, files, blobs, the private file system, and what the page needs of the DOM.

pub mod blob;
pub mod clipboard;
pub mod dom;
pub mod download;
pub mod editor;
pub mod fetch;
pub mod file;
pub mod files;
pub mod global;
pub mod handles;
pub mod location;
pub mod part;
pub mod save_picker;
pub mod sink;
pub mod spool;
pub mod storage;
pub mod store;
pub mod task;
pub mod unsaved;

use wasm_bindgen::{JsCast, JsValue};

/// What a thrown value says, as text.
fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
