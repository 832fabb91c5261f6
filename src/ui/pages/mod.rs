//! The pages: one for each kind of thing that a tab can hold.

mod archive;
mod home;
pub(crate) mod image;
mod linked;
mod opening;
pub(crate) mod panel;
mod problem;
mod registry;
mod repository;
mod wanted;
