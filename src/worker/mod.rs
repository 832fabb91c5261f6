//! The threads of one page: the link is in the page, and the engine in its worker. The engine has a pool of
//! readers, and a reader with a large layer has a hasher. Each worker is an instance of the same WebAssembly module.
//!
//! One envelope, `{ id, body, files, buffers }`, carries all messages between them. `protocol` defines the
//! messages of page and engine, and `role` those of the others; here they are only transported.

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
pub use parts::{EnginePartFn, EngineParts, PartDone, PartWork, RareOrder, rare_decoder};

/// Starts the role of this worker, whose program has these parts. Outside of a dedicated worker it does nothing.
pub fn start(parts: EngineParts) {
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
