//! What is open and shown, as plain data: state, actions, and what each action leads to.
//!
//! No fetch, no clock, no DOM: the page carries out the effects that `reduce` asks for.

pub mod image;
mod route;
mod shared;

pub use route::{ImagePlace, Route};
pub use shared::Shared;
