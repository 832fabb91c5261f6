//! Holds one open image as its page shows it: a state, its actions, and the requests that follow from each action.
//!
//! [`ImageState::reduce`] is the only way to change the state. It puts requests into the `outbox`; the page posts
//! them and reports back with [`ImageAction::Sent`] and [`ImageAction::Answered`]. So everything here is plain data
//! and runs in native tests: no worker, no clock, no DOM. Sizes in pixels are left to the components.

mod action;
mod analyses;
mod answers;
pub mod container;
mod content;
mod facts;
mod find;
mod flights;
mod hex;
mod keys;
mod layers;
mod lines;
mod open_image;
mod panel;
mod push;
mod rows;
mod said;
mod saving;
mod tabs;
mod tree;
mod viewport;

#[cfg(test)]
mod tests;

pub use action::{FindAction, ImageAction, Order, OrderId, PanelAction, Said, TreeAction, TreeKey};
pub use analyses::Analyses;
pub use content::{CHUNK_BYTES, ContentMode, ContentState, TEXT_LIMIT_BYTES};
pub use facts::{Age, age, mode_octal, mode_text, time_with_fraction};
pub use find::FindState;
pub use hex::{HexRow, hex_row};
pub use layers::{LayerPhase, Refuted, Step, Summary, phase, story, summary};
pub use lines::{TextLines, VisualLine, wrap};
pub use open_image::{ImageState, Reading};
pub use panel::{Loadable, PanelState};
pub use push::{PushAction, PushPane, PushPhase};
pub use rows::RowCache;
pub use saving::{SaveChoice, SaveForm, SavingAction, SavingState};
pub use tabs::{DrawnBy, Entry, Tab};
pub use tree::{Focus, Scroll, TreeState};
pub use viewport::{Geometry, Window};

pub use crate::ui::text::visible::visible_text;
