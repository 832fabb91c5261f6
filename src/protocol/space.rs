//! The live and dead bytes of an image, as the page shows them.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::image::ImagePath;

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

/// The reason that a layer's entries are incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpaceGap {
    /// The layer is not read yet.
    Waiting,
    /// The layer is known only by its table of contents.
    Listed,
    /// The layer's bytes are not available.
    Failed,
    /// The layer is not read to its end, because of damage or a limit.
    Incomplete,
}

/// The space of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceView {
    /// Uncompressed bytes of file content in all layers.
    pub stored_bytes: u64,
    /// Bytes that the final file system reaches.
    pub live_bytes: u64,
    /// Bytes that the final file system does not reach.
    pub dead_bytes: u64,
    /// dive's efficiency score, from 0 to 1.
    pub score: f64,
    /// dive's wasted bytes.
    pub wasted_bytes: u64,
    /// Wasted bytes as a part of the bytes above the base layer; infinite if there are none.
    pub user_wasted_percent: f64,
    /// The figures of each layer, base first.
    pub layers: Vec<SpaceLayer>,
    /// All layers together as if the container layer were committed, which no other figure counts; `None` if there is
    /// no container layer.
    pub container: Option<SpaceLayer>,
    /// Dead bytes by path, the largest first.
    pub dead: Vec<DeadRow>,
    /// The rows that `dead` leaves out.
    pub dead_left_out: RowsLeftOut,
    /// The paths that dive counts as wasted, the largest first.
    pub repeated: Vec<RepeatedRow>,
    /// The rows that `repeated` leaves out.
    pub repeated_left_out: RowsLeftOut,
}

/// The content of one layer, or of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceLayer {
    /// Uncompressed bytes of file content.
    pub stored_bytes: u64,
    /// Bytes that the final file system does not reach.
    pub dead_bytes: u64,
}

/// The rows that a list leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsLeftOut {
    /// Number of rows.
    pub n_rows: u64,
    /// Sum of their bytes.
    pub bytes: u64,
}

/// The way in which content died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "insight's words")]
pub enum DeadHow {
    Whiteout,
    Opaque,
    Replaced,
    DirectoryReplaced,
    Overwritten,
    SameContent,
    MetadataOnly,
    LeftOut,
}

/// Dead bytes of one file, or of the files of one directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadRow {
    /// The absolute path; a directory's path ends with a slash.
    pub path: Name,
    /// The path; `None` if no path of the tree has that name.
    pub path_key: Option<ImagePath>,
    /// Number of files.
    pub n_files: u32,
    /// Dead bytes.
    pub bytes: u64,
    /// The layer that contains them.
    pub stored_by: u32,
    /// The layer that hid them.
    pub hidden_by: u32,
    /// The way in which they were hidden.
    pub how: DeadHow,
}

/// A path with two or more copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedRow {
    /// The absolute path as the layers write it.
    pub path: Name,
    /// The path; `None` if no path of the tree has that name.
    pub path_key: Option<ImagePath>,
    /// The topmost layer up to which the path exists; `None` if it exists to the end.
    pub seen_upto: Option<u32>,
    /// Number of copies.
    pub copies: u32,
    /// Bytes of all copies.
    pub bytes: u64,
}
