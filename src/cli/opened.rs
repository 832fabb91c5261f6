//! The content of a place, as commands select from it.

use crate::image::{Digest, Platform};
use crate::source::FoundImage;

/// The content of a place.
pub(super) struct Opened {
    /// The place's name, for messages.
    pub(super) name: String,
    /// The images found.
    pub(super) images: Vec<FoundImage>,
    /// Warnings about the place as a whole.
    pub(super) warnings: Vec<String>,
    /// Content that cannot be read.
    pub(super) damage: Vec<Unavailable>,
    /// Platforms that an index names, but whose images were not saved with the others.
    pub(super) not_saved: Vec<Platform>,
    /// A description of the content if there are no images.
    pub(super) instead: Option<String>,
}

/// An image or index that is named but cannot be read.
pub(super) struct Unavailable {
    pub(super) names: Vec<String>,
    pub(super) platform: Option<Platform>,
    pub(super) index_digest: Option<Digest>,
    /// The reason, in one line.
    pub(super) told: String,
}
