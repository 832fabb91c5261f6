//! The layer cache of this browser, as the page shows it.

use serde::{Deserialize, Serialize};

/// The state of the layer cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// Number of layers with anything in the cache.
    pub n_layers: u32,
    /// Size of the whole cache in bytes.
    pub bytes: u64,
    /// The cache's limit in bytes: the chosen one, or less if the browser offers less.
    pub quota_bytes: u64,
    /// True if the cache outlives the page.
    pub lasts: bool,
}
