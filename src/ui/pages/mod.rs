//! The pages: one for each kind of thing that a tab can hold.

mod archive;
mod home;
pub(crate) mod image;
mod linked;
mod opening;
pub(crate) mod panel;
mod problem;
pub(crate) mod registry;
pub(crate) mod repository;
mod wanted;
