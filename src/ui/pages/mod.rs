//! The pages, one for each kind of content that a tab can have.

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
