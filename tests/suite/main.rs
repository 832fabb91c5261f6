//! Suites of the public core. They run natively by `cargo test`, and in headless Chromium by `wasm-pack test`.
//!
//! Every case is marked `#[wasm_bindgen_test(unsupported = test)]`, so both runs have the same cases.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]
#![allow(
    unreachable_pub,
    reason = "what the suites share is pub, for want of a library around it"
)]

mod support;

mod archive;
mod build;
mod container;
mod export;
mod hostile;
mod image;
mod insight;
mod layer;
mod overlay;
mod registry;
mod rules;
mod workspace;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
