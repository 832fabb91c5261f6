//! Tests the reducer as the page and the worker drive it: the requests it sends, and the effects of the answers.

pub(in crate::ui) mod driver;
mod layers;
mod login;
mod panel;
mod push;
mod saving;
mod space;
mod tree;
mod twin;

use driver::{Page, at, image, layer, many, read, row, strs};
