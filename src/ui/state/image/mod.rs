//! Holds one open image as its page shows it: a state, its actions, and the requests that follow from each action.
//!
//! The shell's state owns it. [`ImageState::reduce`] is the only way to change it; the questions that follow are given
//! by [`ImageState::take_orders`], and their answers come back as [`ImageAction::Answered`]. So everything here is
//! plain data and runs in native tests: no worker, no clock, no DOM. Sizes in pixels are left to the components.

mod action;
mod analyses;
mod answers;
pub mod container;
mod content;
mod facts;
mod find;
mod flights;
mod head;
mod hex;
mod keys;
mod layers;
mod lines;
mod login;
mod open_image;
mod panel;
mod push;
mod rows;
mod said;
mod saving;
mod tabs;
mod tree;
mod twin;
mod viewport;

#[cfg(test)]
pub(in crate::ui) mod tests;

pub use action::{FindAction, ImageAction, Outgoing, PanelAction, Said, TreeAction, TreeKey};
pub use analyses::Analyses;
pub use content::{CHUNK_BYTES, ContentMode, ContentState, TEXT_LIMIT_BYTES};
pub use facts::{Age, age, age_between, mode_octal, mode_text, time_with_fraction};
pub use find::FindState;
pub use head::{Head, download_bytes};
pub use hex::{HexRow, hex_row};
pub use layers::{LayerPhase, Refuted, StoryStep, Summary, phase, story, summary};
pub use lines::{TextLines, VisualLine, wrap};
pub use login::{LoginAction, LoginPane, WantedLogin};
pub use open_image::{ImageState, Reading};
pub use panel::{Loadable, PanelState};
pub use push::{PushAction, PushPane, PushPhase};
pub use rows::RowCache;
pub use saving::{SaveChoice, SaveForm, SavingAction, SavingState, names_in, save_choices};
pub use tabs::{DrawnBy, ImagePart, PartEntry};
pub use tree::{Focus, Scroll, TreeState};
pub use viewport::{Geometry, Window};

pub use crate::ui::text::visible::visible_text;
