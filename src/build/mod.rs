//! Builds images: the tar of a layer, its compression, whole images from a text recipe, and the layer that a
//! container adds to an image.
//!
//! Only bytes and documents are produced here. Callers write them to files or push them to a registry.

mod error;
mod gzip;
mod layer_tar;

pub mod commit;
pub mod container;

mod documents;
mod practice;
mod publication;
mod recipe;
mod sample;
mod saved;
mod static_registry;

pub use documents::{NewDescriptor, NewPlatform};
pub use error::Error;
pub use gzip::GzipWriter;
pub use layer_tar::{LayerTar, NewEntry};
pub use practice::PracticeImage;
pub use publication::{
    Family, config_of_rootfs, config_of_version_1, descriptor_of, distribution_of, new_manifest,
};
pub use sample::sample;
pub use saved::{
    OCI_LAYOUT, Version1, index_entry, layout_index, name_annotations, repositories, saved_image,
    version_1,
};
pub use static_registry::StaticRegistry;
