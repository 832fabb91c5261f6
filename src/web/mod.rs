//! Wraps the browser for the rest of Lamina. Only these files, and those of `worker`, name web-sys or js-sys.
//!
//! Each file wraps one ability: fetch, files, blobs, the private file system, and the page's access to the DOM.

pub mod blob;
pub mod clipboard;
pub mod credentials;
pub mod dom;
pub mod download;
mod dropped;
pub mod editor;
pub mod engines;
pub mod extension;
pub mod fetch;
pub mod file;
pub mod files;
pub mod global;
pub mod handles;
pub mod held;
pub mod location;
pub mod part;
pub mod relay;
pub mod save_picker;
pub mod sink;
pub mod spool;
pub mod storage;
pub mod store;
pub mod task;
pub mod theme;
pub mod unsaved;

use wasm_bindgen::{JsCast, JsValue};

/// Returns the message of a thrown value.
fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
