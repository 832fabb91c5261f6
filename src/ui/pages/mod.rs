//! The pages: one for each kind of thing that a tab can hold.

pub(crate) mod image;
