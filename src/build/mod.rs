//! Images made here: the tar of a layer, its compression, whole images from a text recipe, the layer that a container
//! adds to an image.
//!
//! Bytes and documents only; who writes them to files or pushes them to a registry stands above.

mod error;
mod gzip;
mod layer_tar;

pub mod container;

mod documents;
mod recipe;
mod sample;
mod static_registry;

pub use error::Error;
pub use gzip::GzipWriter;
pub use layer_tar::{LayerTar, NewEntry};
pub use sample::sample;
pub use static_registry::StaticRegistry;
