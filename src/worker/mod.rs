//! Two threads of one page: the engine runs in the worker, the link lives in the page.
//!
//! One envelope, `{ id, body, files, buffers }`, carries everything between them. What the messages say is
//! `protocol`'s; here they only travel.

mod engine;
mod envelope;
mod link;
mod world;

pub use engine::start;
pub use link::{Link, Pending, Reply};
