//! What an image's bytes are good for, as the page shows it.

use serde::{Deserialize, Serialize};

use super::Name;

/// The space of an image, or why nothing can be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
pub enum SpaceAnswer {
    /// All layers are there.
    Known(SpaceView),
    /// A layer is not.
    Unknown {
        /// The lowest one whose entries are not all there.
        layer: u32,
        /// Why.
        gap: SpaceGap,
    },
}

/// Why a layer's entries are not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpaceGap {
    /// It is not read yet.
    Waiting,
    /// It is known by its table of contents alone.
    Listed,
    /// Its bytes cannot be had.
    Failed,
    /// It is not read to its end, because of damage or of a limit.
    Incomplete,
}

/// The space of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceView {
    /// Bytes of file content that the layers store, decoded.
    pub stored_bytes: u64,
    /// Those that the final file system reaches.
    pub live_bytes: u64,
    /// Those that it does not.
    pub dead_bytes: u64,
    /// dive's score, from 0 to 1.
    pub score: f64,
    /// dive's wasted bytes.
    pub wasted_bytes: u64,
    /// They as a part of the bytes above the base layer; infinite where those are none.
    pub user_wasted_percent: f64,
    /// Each layer, base first.
    pub layers: Vec<SpaceLayer>,
    /// All layers together as they would be with the container layer committed, which no other figure counts; `None`
    /// where there is none.
    pub container: Option<SpaceLayer>,
    /// What is dead, the largest first.
    pub dead: Vec<DeadRow>,
    /// The further rows.
    pub dead_left_out: RowsLeftOut,
    /// The paths that dive counts as wasted, the largest first.
    pub repeated: Vec<RepeatedRow>,
    /// The further rows.
    pub repeated_left_out: RowsLeftOut,
}

/// The content of one layer, or of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceLayer {
    /// Bytes of file content stored.
    pub stored_bytes: u64,
    /// Those that the final file system does not reach.
    pub dead_bytes: u64,
}

/// What a list leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsLeftOut {
    /// How many rows.
    pub n_rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How content died.
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
    /// The absolute path; that of a directory ends with a slash.
    pub path: Name,
    /// The path's bytes in hex; `None` where no path of the tree has that name.
    pub path_hex: Option<String>,
    /// How many files.
    pub n_files: u32,
    /// The bytes stored.
    pub bytes: u64,
    /// The layer that stored them.
    pub stored_by: u32,
    /// The layer that hid them.
    pub hidden_by: u32,
    /// How.
    pub how: DeadHow,
}

/// A path with two copies or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedRow {
    /// The absolute path as the layers write it.
    pub path: Name,
    /// The path's bytes in hex; `None` where no path of the tree has that name.
    pub path_hex: Option<String>,
    /// The topmost layer up to which it is there; `None` where it is there to the end.
    pub seen_upto: Option<u32>,
    /// How many copies.
    pub copies: u32,
    /// The bytes of all.
    pub bytes: u64,
}
