//! Stores small values as JSON: in localStorage between visits, in sessionStorage over a reload.

use gloo::utils::window;
use js_sys::JSON;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

/// Returns the value stored under `key`; `None` if there is none that can be read.
pub fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    read(between_visits(), key)
}

/// Stores `value` under `key`. Errors are ignored: the value is then not remembered.
pub fn set<T: Serialize>(key: &str, value: &T) {
    write(between_visits(), key, value);
}

/// Like [`get`], for the storage of this browser tab.
pub fn get_of_tab<T: DeserializeOwned>(key: &str) -> Option<T> {
    read(of_tab(), key)
}

/// Like [`set`], for the storage of this browser tab, which lasts as long as the tab.
pub fn set_of_tab<T: Serialize>(key: &str, value: &T) {
    write(of_tab(), key, value);
}

/// Like [`set_of_tab`], for a value that is JSON already.
pub(super) fn set_json_of_tab(key: &str, json: &str) {
    if let Some(storage) = of_tab() {
        storage.set_item(key, json).unwrap_or_default();
    }
}

/// Reads a value from its JSON.
pub(super) fn of_json<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_wasm_bindgen::from_value(JSON::parse(json).ok()?).ok()
}

fn read<T: DeserializeOwned>(storage: Option<Storage>, key: &str) -> Option<T> {
    of_json(&storage?.get_item(key).ok()??)
}

fn write<T: Serialize>(storage: Option<Storage>, key: &str, value: &T) {
    let text = serde_wasm_bindgen::to_value(value).ok();
    let text = text.and_then(|value| JSON::stringify(&value).ok());
    if let (Some(storage), Some(text)) = (storage, text) {
        storage
            .set_item(key, &String::from(text))
            .unwrap_or_default();
    }
}

/// Returns localStorage; `None` if the browser forbids it, as it may for a page in another site's frame.
fn between_visits() -> Option<Storage> {
    window().local_storage().ok()?
}

fn of_tab() -> Option<Storage> {
    window().session_storage().ok()?
}
