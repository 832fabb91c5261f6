//! Copies text to the clipboard.

use wasm_bindgen_futures::JsFuture;

/// Copies `text`. Returns false if the browser does not allow it (plain http on a foreign host).
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    if !window.is_secure_context() {
        return false;
    }
    let written = window.navigator().clipboard().write_text(text);
    JsFuture::from(written).await.is_ok()
}
