//! A file of the image, as a finding names it.

use serde::{Deserialize, Serialize};

use crate::overlay::LayerIdx;

/// A path of the image. Paths have no leading slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlace {
    /// The path that was looked for.
    pub asked: Vec<u8>,
    /// The path that it leads to through symbolic links.
    pub path: Vec<u8>,
    /// The layer that supplies it.
    pub layer: LayerIdx,
}
