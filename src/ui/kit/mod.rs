//! The kit: parts of no feature, from which the components and pages are made.

pub(crate) mod button;
pub(crate) mod code_block;
pub(crate) mod copy;
pub(crate) mod countdown;
pub(crate) mod filter_field;
pub(crate) mod glyph;
pub(crate) mod icon;
pub(crate) mod menu;
pub(crate) mod name_field;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod scroll;
pub(crate) mod splitter;
pub(crate) mod waited;
