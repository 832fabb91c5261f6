//! The generator of random images, under the name that the suite's files use.

#[path = "../suite/overlay/images.rs"]
pub(crate) mod images;
