//! The address bar: the part behind `#`, and the address of the page itself.

use gloo::events::EventListener;
use wasm_bindgen::JsValue;

use super::dom::Listening;

/// The effect of a change on the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashStep {
    /// A new place: Back returns to the previous one.
    New,
    /// The same place with a more exact address; Back skips the old one.
    Same,
}

/// Returns the hash with its `#`; empty without one.
pub fn hash() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// Puts `hash` (with its `#`) into the address bar. Listeners of [`on_change`] are not called.
pub fn set_hash(hash: &str, step: HashStep) {
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else {
        return;
    };
    let done = match step {
        HashStep::New => history.push_state_with_url(&JsValue::NULL, "", Some(hash)),
        HashStep::Same => history.replace_state_with_url(&JsValue::NULL, "", Some(hash)),
    };
    // Browsers limit the rate of these calls; the next call then updates the address.
    done.unwrap_or_default();
}

/// Calls `changed` with the new hash when the person changes it: by hand, by a link, by Back and Forward.
pub fn on_change(changed: impl Fn(String) + 'static) -> Option<Listening> {
    let window = web_sys::window()?;
    let listener = EventListener::new(&window, "hashchange", move |_| changed(hash()));
    Some(Listening::of(listener))
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // A browser that refuses leaves the page as it is.
        window.location().reload().unwrap_or_default();
    }
}

/// Returns the page's origin, in the form of a registry's CORS configuration.
pub fn origin() -> String {
    web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// Returns the page's own address without file name, query and hash. It always ends in a slash.
pub fn page_folder() -> String {
    let path = web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{}{folder}/", origin())
}
