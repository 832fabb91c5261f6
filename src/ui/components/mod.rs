//! Building blocks of the pages.

pub(crate) mod about;
pub(crate) mod address_field;
pub(crate) mod file_buttons;
pub(crate) mod layer_chip;
pub(crate) mod layers;
pub(crate) mod loss;
pub(crate) mod name_list;
pub(crate) mod opening_strip;
pub(crate) mod other_reading;
pub(crate) mod panel;
pub(crate) mod problem_line;
pub(crate) mod problem_view;
pub(crate) mod recent_list;
pub(crate) mod sign_in;
pub(crate) mod storage;
pub(crate) mod tab_bar;
pub(crate) mod text_editor;
pub(crate) mod toasts;
pub(crate) mod trail;
pub(crate) mod tree;
pub(crate) mod tree_link;
pub(crate) mod viewer;
pub(crate) mod worker_banner;
