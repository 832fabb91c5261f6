//! Sources of images and blobs: `archive` over random access, `registry` over HTTP exchanges.
//!
//! Both return [`FoundImage`]s. Their documents have been checked against their digests, and their layers can be
//! streamed. `layer` reads the layers.

pub mod archive;

mod artifact;
mod beside;
mod blob;
mod error;
mod found;

pub mod registry;

pub use artifact::Artifact;
pub use beside::Beside;
pub use blob::{Blob, RepositoryPlace, SliceBlob};
pub use error::{Deed, Error, TagsLeft, Unstored};
pub use found::{Annotations, FoundImage, FoundLayer, Origin};
