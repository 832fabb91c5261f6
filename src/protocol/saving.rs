//! The forms in which an image, or a part of it, is saved.

use serde::{Deserialize, Serialize};

use crate::image::ImagePath;

/// A kind of export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveKind {
    /// An archive for `docker load`.
    DockerArchive {
        /// The image's names in the archive, `repository[:tag]`; if empty, the names that the image has.
        names: Vec<String>,
    },
    /// An OCI layout in a tar.
    OciArchive {
        /// The image's names in the archive.
        names: Vec<String>,
        /// True to include the other platforms of its index, byte for byte.
        all_platforms: bool,
    },
    /// A directory of the root file system, as a tar.
    Directory {
        /// The directory; the root for all of it.
        path_key: ImagePath,
    },
    /// One layer as an uncompressed tar: the bytes that its diff_id identifies.
    Layer {
        /// The layer's position, counted from 0 at the base.
        layer: u32,
    },
}
