//! Benchmarks of the parts of reading an image, in the browser's worker. `benches/page/` loads and times them.
//!
//! Built with the page's own profile, but not included in the page.

mod parts;

use std::cell::RefCell;

use parts::{Part, parts};
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static PARTS: RefCell<Vec<Part>> = const { RefCell::new(Vec::new()) };
}

fn main() {
    console_error_panic_hook::set_once();
    PARTS.set(parts());
}

/// Returns the names of the parts, in the order of their numbers.
#[wasm_bindgen]
pub fn names() -> Vec<String> {
    PARTS.with_borrow(|parts| parts.iter().map(|part| part.name.to_owned()).collect())
}

/// Runs one turn of a part.
#[wasm_bindgen]
pub fn turn(number: usize) {
    PARTS.with_borrow_mut(|parts| {
        if let Some(part) = parts.get_mut(number) {
            (part.turn)();
        }
    });
}
