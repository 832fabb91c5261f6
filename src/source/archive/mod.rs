//! Reads images from archives and folders as written by `docker save`, podman, skopeo, buildah, kaniko and crane.
//!
//! The format is recognised by the archive's content, never by its name. Only headers and small documents are read
//! here. The layers stay where they are, as slices of the file, and are read by `layer`.

mod open;
mod opened;
mod progress;

mod docker_archive;
mod docker_legacy;
mod flat;
mod hybrid;
mod oci_image;
mod oci_layout;

mod beside;
mod describe;
mod members;
mod remembered;
mod scan;
mod sparse;
mod store;
mod unpack;
mod window;

pub use open::{Input, open};
pub use opened::{OpenedArchive, OtherContent, OtherKind};
pub use progress::ArchiveProgress;
