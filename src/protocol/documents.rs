//! The documents of an image, as they are.

use serde::{Deserialize, Serialize};

use super::Digest;

/// The documents that lead to an image's configuration, which is in its view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    /// The outermost index, unchanged; bytes that are no UTF-8 are replaced.
    pub index: Option<String>,
    /// The digest of that index.
    pub index_digest: Option<Digest>,
    /// The manifest, in the same way.
    pub manifest: Option<String>,
}
