//! Tests the reducer as the page and the worker drive it: the requests it sends, and the effects of the answers.

pub(super) mod driver;
mod layers;
mod panel;
mod push;
mod saving;
mod space;
mod tree;

use driver::{Page, at, image, layer, many, read, row, strs};
