//! What a bound or a rule left out of a layer: how many entries, the first of them, and why.

use serde::{Deserialize, Serialize};

use crate::image::escape;

/// The first paths that were left out are told in full, up to so many of them.
const TOLD_PATHS: usize = 5;
/// Bytes of all of them together; a path that does not fit is cut, which its length tells.
const TOLD_BYTES: usize = 64 * 1024;

/// What a bound or a rule left out of a layer: with any of it, the layer is incomplete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many entries, or parts of one, are missing.
    pub n: u64,
    /// The first of them.
    pub first: Vec<LeftOutPath>,
}

/// One path that is missing, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutPath {
    /// The path or name, in full where it fits.
    pub path: Vec<u8>,
    /// Bytes of the whole path.
    pub path_bytes: u64,
    /// Why.
    pub why: LeftOutWhy,
}

/// Why something was left out.
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
    /// Its attributes are beyond `xattr_bytes`; the entry itself is there.
    Attributes,
    /// Beyond `paths`.
    Paths,
    /// Beyond `followed_link_bytes`, or more links than `symlink_hops`.
    Links,
    /// Beyond `layers`: the whole layer.
    Layers,
}

impl LeftOutWhy {
    /// A stable word in kebab case.
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
    /// The path as text, with a slash before it and a mark where it is cut.
    pub fn shown(&self) -> String {
        let cut = match self.path_bytes > self.path.len() as u64 {
            true => "…",
            false => "",
        };
        format!("/{}{cut}", escape(&self.path))
    }
}

impl LeftOut {
    /// Notes one more path.
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

    /// Takes over what another list has.
    pub fn append(&mut self, other: &LeftOut) {
        self.n = self.n.saturating_add(other.n);
        let room = TOLD_PATHS.saturating_sub(self.first.len());
        self.first.extend(other.first.iter().take(room).cloned());
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }
}
