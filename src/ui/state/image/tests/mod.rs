//! The reducer, driven as the page and the worker drive it: what is asked, and what an answer leads to.

pub(super) mod driver;
mod layers;
mod panel;
mod push;
mod saving;
mod space;
mod tree;

use driver::{Page, hex, image, layer, many, read, row, strs};
