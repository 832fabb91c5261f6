//! The kit: parts of no feature, from which the components and pages are made.

pub(crate) mod button;
pub(crate) mod code_block;
pub(crate) mod copy;
pub(crate) mod countdown;
pub(crate) mod dialog;
pub(crate) mod field;
pub(crate) mod filter_field;
pub(crate) mod glyph;
pub(crate) mod icon;
pub(crate) mod loader;
pub(crate) mod menu;
pub(crate) mod name_field;
pub(crate) mod notice;
pub(crate) mod popover;
pub(crate) mod problem_line;
pub(crate) mod progress;
pub(crate) mod segmented;
pub(crate) mod side_sheet;
pub(crate) mod splitter;
pub(crate) mod table;
pub(crate) mod tabs;
pub(crate) mod tree_row;
pub(crate) mod virtual_list;
pub(crate) mod waited;
