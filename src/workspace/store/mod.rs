//! Stores layers beyond the images that show them: their packed indexes, and blobs that came from a registry.
//!
//! Every object is stored under its digest, shared by all images, checked when it is read back, and removed if it is
//! wrong. When the quota is reached, the least recently used objects are evicted. `io::Store` defines their location.

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
