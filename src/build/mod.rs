//! Builds images: the tar of a layer, its compression, documents, and the layer that a container adds to an image.
//!
//! Only bytes and documents are produced here. Callers write them to files or push them to a registry.

mod error;
mod gzip;
mod layer_tar;

pub mod commit;
pub mod container;

pub mod documents;
mod practice;
mod publication;
mod saved;

pub use documents::{NewDescriptor, NewPlatform};
pub use error::Error;
pub use gzip::GzipWriter;
pub use layer_tar::{LayerTar, NewEntry};
pub use practice::PracticeImage;
pub use publication::{
    Family, config_of_rootfs, config_of_version_1, descriptor_of, distribution_of, new_manifest,
};
pub use saved::{
    OCI_LAYOUT, Version1, index_entry, layout_index, name_annotations, repositories, saved_image,
    version_1,
};
