//! Entries that a bound or a rule omitted from a layer: their number, the first paths, and the reasons.

use serde::{Deserialize, Serialize};

use crate::image::escape;

/// Maximum number of omitted paths that are listed.
const TOLD_PATHS: usize = 5;
/// Maximum number of bytes of the listed paths together. A path that does not fit is cut; its `path_bytes` reveals
/// that.
const TOLD_BYTES: usize = 64 * 1024;

/// Entries that a bound or a rule omitted from a layer. If there are any, the layer is incomplete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Number of entries, or parts of entries, that are missing.
    pub n: u64,
    /// The first of them, in order.
    pub first: Vec<LeftOutPath>,
}

/// One path that is missing, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutPath {
    /// The path or name, cut if it is too long.
    pub path: Vec<u8>,
    /// Length of the whole path in bytes.
    pub path_bytes: u64,
    /// The bound or rule behind it.
    pub why: LeftOutWhy,
}

/// The reason why something was omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutWhy {
    /// The path or link target is longer than `path_bytes`.
    PathBytes,
    /// The path has more components than `path_depth`.
    PathDepth,
    /// No file system can hold the name.
    Name,
    /// No file system can hold the type.
    Type,
    /// The root can only be a directory.
    Root,
    /// The attributes exceed `xattr_bytes`. The entry itself is there.
    Attributes,
    /// The entry exceeds `paths`.
    Paths,
    /// The links exceed `followed_link_bytes`, or are more than `symlink_hops`.
    Links,
    /// The layer exceeds `layers`, and all of it is missing.
    Layers,
}

impl LeftOutWhy {
    /// Returns a stable word in kebab case.
    pub fn word(self) -> &'static str {
        match self {
            LeftOutWhy::PathBytes => "path-bytes",
            LeftOutWhy::PathDepth => "path-depth",
            LeftOutWhy::Name => "name",
            LeftOutWhy::Type => "type",
            LeftOutWhy::Root => "root",
            LeftOutWhy::Attributes => "attributes",
            LeftOutWhy::Paths => "paths",
            LeftOutWhy::Links => "links",
            LeftOutWhy::Layers => "layers",
        }
    }
}

impl LeftOutPath {
    /// Returns the path as text, with a leading slash and a mark where it is cut.
    pub fn shown(&self) -> String {
        let cut = match self.path_bytes > self.path.len() as u64 {
            true => "…",
            false => "",
        };
        format!("/{}{cut}", escape(&self.path))
    }
}

impl LeftOut {
    /// Adds one path.
    pub fn push(&mut self, path: &[u8], why: LeftOutWhy) {
        self.n = self.n.saturating_add(1);
        let told: usize = self.first.iter().map(|told| told.path.len()).sum();
        if self.first.len() < TOLD_PATHS {
            let room = TOLD_BYTES.saturating_sub(told).min(path.len());
            self.first.push(LeftOutPath {
                path: path.get(..room).unwrap_or_default().to_vec(),
                path_bytes: path.len() as u64,
                why,
            });
        }
    }

    /// Adds the entries of another list.
    pub fn append(&mut self, other: &LeftOut) {
        self.n = self.n.saturating_add(other.n);
        let room = TOLD_PATHS.saturating_sub(self.first.len());
        self.first.extend(other.first.iter().take(room).cloned());
    }

    /// True if nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }
}
