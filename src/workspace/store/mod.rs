//! Layers that outlive the images that show them: their packed indexes, and blobs that came from a registry.
//!
//! Everything is kept under its digest, shared by all images, checked when it is read back, and removed when it is not
//! what it was; what is used least goes first when the quota is reached. Where the objects lie is `io::Store`'s to know.

mod blob;
mod container_store;
mod keys;
mod layer_store;
mod quota;
mod reading;
mod tee;

pub use blob::KeptBlob;
pub use container_store::ContainerStore;
pub use layer_store::{LayerStore, PackedIndex};
pub use quota::{DEFAULT_QUOTA_BYTES, Usage};
pub use reading::{Keep, read_keeping};
pub use tee::Tee;
