//! A commit: the layer that a container added, and the config of the image with that layer.
//!
//! Only streams and documents are handled here. `workspace` decides where the bytes come from and go to, and
//! builds the image.

mod error;

mod instruction;
mod known_words;
mod shell_word;
mod signal;
mod words;

mod change;
mod settings;

mod config;
mod raw_object;

mod layer_writer;

pub use change::apply_changes;
pub use config::{CommitStep, Layers, new_config};
pub use error::{ChangeError, ConfigError};
pub use layer_writer::{LayerWriter, NewCompression, NewLayer};
pub use settings::check_settings;
