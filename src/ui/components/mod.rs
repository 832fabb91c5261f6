//! Parts of the page that several features share and the kit must not know.

pub(crate) mod file_buttons;
pub(crate) mod gaps;
pub(crate) mod layer_chip;
pub(crate) mod marked;
pub(crate) mod name_list;
pub(crate) mod other_reading;
pub(crate) mod problem_view;
pub(crate) mod sign_in;
pub(crate) mod trail;
pub(crate) mod tree_link;
