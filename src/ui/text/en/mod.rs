//! English, which is always loaded.

mod container;
pub(super) mod dockerfile;
pub(super) mod engines;
pub(super) mod extension;
mod facts;
pub(super) mod findings;
pub(super) mod guide;
mod image;
pub(super) mod keeping;
pub(super) mod overview;
pub(super) mod packages;
pub(super) mod palette;
mod problem;
mod push;
mod shell;
pub(super) mod space;
pub(super) mod system;

use crate::ui::text::Text;
use crate::ui::text::Language;

/// All messages in English.
pub static TEXT: Text = Text {
    language: Language::English,
    shell: &shell::SHELL,
    image: &image::IMAGE,
    push: &push::PUSH,
    container: &container::CONTAINER,
};
