//! The theme of the page, which `www/theme.js` shows, and the measures of its style sheet.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Name of the function of `www/theme.js`.
const SHOW: &str = "laminaTheme";

fn function(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// Shows a theme, by the word that `www/theme.js` has for it.
pub fn show(word: &str) {
    if let Some(show) = function(&js_sys::global(), SHOW) {
        show.call1(&JsValue::UNDEFINED, &word.into()).ok();
    }
}

/// Returns a measure of `www/css/tokens.css` in pixels, which scripts and style sheet thus share; 1 where there is no
/// style sheet.
pub fn token_px(name: &str) -> f64 {
    let value = || {
        let window = js_sys::global();
        let root = web_sys::window()?.document()?.document_element()?;
        let style = function(&window, "getComputedStyle")?
            .call1(&window, &root)
            .ok()?;
        let value = function(&style, "getPropertyValue")?
            .call1(&style, &name.into())
            .ok()?;
        value.as_string()
    };
    let pixels = value().and_then(|value| value.trim().strip_suffix("px")?.parse::<u32>().ok());
    pixels.unwrap_or(1).max(1).into()
}
