//! Hands a file to the person as a download.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

use super::blob::SavedBlob;

/// Time in which a download may begin before its URL is revoked.
const GRACE_MILLIS: u32 = 60_000;

/// Saves `blob` under `file_name`, like a click on a download link. Returns false if the browser refuses.
pub fn save(blob: &SavedBlob, file_name: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let (Some(document), Some(url)) = (document, blob.url()) else {
        return false;
    };
    let anchor = document
        .create_element("a")
        .ok()
        .and_then(|element| element.dyn_into::<HtmlAnchorElement>().ok());
    let Some(anchor) = anchor else {
        return false;
    };
    anchor.set_href(url.as_str());
    anchor.set_download(file_name);
    anchor.click();
    Timeout::new(GRACE_MILLIS, move || drop(url)).forget();
    true
}
