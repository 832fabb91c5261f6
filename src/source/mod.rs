//! Where images and their blobs come from: `archive` over random access, `registry` over HTTP exchanges.
//!
//! Both give the same thing: [`FoundImage`]s, whose documents have been checked against their digests and whose
//! layers can be streamed. Reading the layers is `layer`'s work.

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
