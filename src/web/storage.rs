//! What the page remembers between visits: small values in localStorage, as JSON.

use gloo::utils::window;
use js_sys::JSON;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

/// What was remembered under `key`; `None` where there is nothing, or nothing that can be read.
pub fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = storage()?.get_item(key).ok()??;
    serde_wasm_bindgen::from_value(JSON::parse(&text).ok()?).ok()
}

/// Remembers `value` under `key`. A browser that forbids it, or is full, only forgets.
pub fn set<T: Serialize>(key: &str, value: &T) {
    let text = serde_wasm_bindgen::to_value(value).ok();
    let text = text.and_then(|value| JSON::stringify(&value).ok());
    if let (Some(storage), Some(text)) = (storage(), text) {
        storage
            .set_item(key, &String::from(text))
            .unwrap_or_default();
    }
}

/// `None` where the browser forbids it, as it may for a page of another site's frame.
fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}
