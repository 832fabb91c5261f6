//! What an image, or a part of it, is saved as.

use serde::{Deserialize, Serialize};

/// An export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveKind {
    /// What `docker load` takes.
    DockerArchive {
        /// The image's names in it, `repository[:tag]`; those that it has where there are none.
        names: Vec<String>,
    },
    /// An OCI layout in a tar.
    OciArchive {
        /// The image's names in it.
        names: Vec<String>,
        /// The other platforms of its index with it, byte for byte.
        all_platforms: bool,
    },
    /// A directory of the root file system, as tar.
    Directory {
        /// The path's bytes in hex; the root for none.
        path_hex: String,
    },
    /// One layer, as the tar that it is.
    Layer {
        /// Which, counted from 0 at the base.
        layer: u32,
    },
}
