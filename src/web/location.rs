//! The address bar: what stands behind `#`, and where this page itself lies.

use gloo::events::EventListener;
use wasm_bindgen::JsValue;

/// Whether Back shall return to what stood in the address bar before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new place: Back returns to the one before.
    New,
    /// The same place, told more exactly.
    Same,
}

/// What stands behind `#`, with the `#`; empty for nothing.
pub fn hash() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// Puts `hash` (with its `#`) into the address bar. Listeners of [`on_change`] do not hear of it.
pub fn set_hash(hash: &str, step: Step) {
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else {
        return;
    };
    let done = match step {
        Step::New => history.push_state_with_url(&JsValue::NULL, "", Some(hash)),
        Step::Same => history.replace_state_with_url(&JsValue::NULL, "", Some(hash)),
    };
    // Browsers limit how often this may be called; the next call then tells the place.
    done.unwrap_or_default();
}

/// Ends listening when it is dropped.
pub struct Listening {
    _listener: EventListener,
}

/// Calls `changed` with the new hash when the person changes it: by hand, by a link, by Back and Forward.
pub fn on_change(changed: impl Fn(String) + 'static) -> Option<Listening> {
    let window = web_sys::window()?;
    let listener = EventListener::new(&window, "hashchange", move |_| changed(hash()));
    Some(Listening {
        _listener: listener,
    })
}

/// The page's origin, as a registry's CORS configuration names it.
pub fn origin() -> String {
    web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// The page's own address without file name, query and hash, always with a slash at its end.
pub fn page_folder() -> String {
    let path = web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{}{folder}/", origin())
}
