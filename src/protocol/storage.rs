//! What this browser keeps of layers, as the page shows it.

use serde::{Deserialize, Serialize};

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// Layers of which something is kept.
    pub n_layers: u32,
    /// Bytes of all that is kept.
    pub bytes: u64,
    /// Bytes that are kept at most: what was chosen, or less where the browser offers less.
    pub quota_bytes: u64,
    /// Whether it outlives the page.
    pub lasts: bool,
}
