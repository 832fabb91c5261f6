//! The well of random images, under the name by which the suite's files know it.

#[path = "../suite/overlay/images.rs"]
pub(crate) mod images;
