//! The summary of an image, as the page shows it.

use serde::{Deserialize, Serialize};

use super::SpaceGap;
use crate::insight::{LayerSpace, Overview};

/// The strata of an image, and what is said of it first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewAnswer {
    /// The bytes of each layer. They are packed first, so that they can be unpacked alone.
    pub strata: Result<Strata, StrataGap>,
    /// The rest; `None` if the strata are unknown.
    pub overview: Option<Overview>,
}

/// The live and dead bytes of an image, by layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strata {
    /// Bytes of file content in all layers.
    pub content_bytes: u64,
    /// Bytes of file content that no path of the final file system reaches.
    pub dead_bytes: u64,
    /// The content of each layer, and what of it is dead, base first.
    pub layers: Vec<LayerSpace>,
    /// Bytes of other layers' content that each layer made dead, base first.
    pub hides_bytes: Vec<u64>,
}

impl Strata {
    /// Returns the bytes of file content that the final file system reaches.
    pub fn visible_bytes(&self) -> u64 {
        self.content_bytes.saturating_sub(self.dead_bytes)
    }
}

/// The reason why the strata are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrataGap {
    /// The lowest layer whose entries are incomplete.
    pub layer: u32,
    /// The reason that they are incomplete.
    pub gap: SpaceGap,
}
