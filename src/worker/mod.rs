//! The threads of one page: the link lives in the page, the engine in its worker, and the engine has a pool of readers,
//! of which one with a large layer has a hasher beside it. Each worker is an instance of one WebAssembly module.
//!
//! One envelope, `{ id, body, files, buffers }`, carries everything between them. What page and engine say is
//! `protocol`'s, what the others say is `role`'s; here they only travel.

mod child;
mod engine;
mod envelope;
mod hasher;
mod inbox;
mod link;
mod parts;
mod pool;
mod reader;
mod rehearsal;
mod ring;
mod role;
mod world;

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

pub use link::{Link, Pending, Reply};
pub use parts::{Done, PartFn, Parts, RareOrder, Work, rare_decoder};

/// Begins what this worker was started for, whose program has these parts. Anywhere but in a dedicated worker it does
/// nothing.
pub fn start(parts: Parts) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    parts::begin(parts);
    match scope.name().as_str() {
        role::READER => reader::start(scope),
        role::HASHER => hasher::start(scope),
        _ => engine::start(scope),
    }
}
