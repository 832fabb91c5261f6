//! The live and dead bytes of an image, as the page shows them.

use serde::{Deserialize, Serialize};

use crate::insight::{Analysis, LayerSpace};

/// The space of an image, or the reason that it is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
pub enum SpaceAnswer {
    /// All layers are read.
    Known(SpaceView),
    /// A layer is not fully read.
    Unknown {
        /// The lowest layer whose entries are incomplete.
        layer: u32,
        /// The reason that they are incomplete.
        gap: SpaceGap,
    },
}

/// The reason that a layer's entries are incomplete. It is [`crate::workspace::NoAnalysis`] without its sentences,
/// which the layer's own row already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpaceGap {
    /// The layer is not read yet.
    Waiting,
    /// The layer is known only by its table of contents.
    Listed,
    /// The layer's bytes are not available.
    Failed,
    /// The layer was left out, since its last reading did not end well.
    LeftOut,
    /// The layer is not read to its end, or some of its entries were left out.
    Incomplete,
}

/// The space of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceView {
    /// The analysis of the image's own layers.
    pub analysis: Analysis,
    /// All layers together as if the container layer were committed, which the analysis does not count; `None` if
    /// there is no container layer.
    pub container: Option<LayerSpace>,
}
