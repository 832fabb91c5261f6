//! A text recipe for images: layers as lists of entries, and images as layers, configuration and tags.
//!
//! ```text
//! # A layer; its parent directories are implied. `key: value` lines say what its history will say.
//! layer base
//!     created: 2025-01-14T09:30:00Z
//!     command: /bin/sh -c #(nop) ADD rootfs.tar in /
//!     etc/ | mode=0755                      a directory
//!     etc/hostname = lamina\n               a file; `\n`, `\\` and `\xHH` are bytes
//!     etc/os-release =                      a file whose lines follow
//!         |ID=lamina
//!     bin -> usr/bin                        a symbolic link; `=>` is a hard link
//!     usr/bin/app = @4000                   4,000 bytes that look like a program
//!     usr/.wh.games                         an empty file: here a whiteout
//!     usr/share/{a,b}/{01..20}.txt = $1 $2  forty files; `$1` is what the first brace stands for
//!
//! image demo/base:12 demo/base:latest
//!     platforms: linux/amd64 linux/arm64    `$arch` in a layer's content is replaced for each
//!     layer: base
//!     empty: 2025-01-14T09:30:01Z CMD ["sh"]
//!     cmd: sh
//! ```
//!
//! This file defines the parsed recipe; `parse` reads it, and `sample` builds the images.

mod entry;
mod expand;
mod parse;

pub(super) use parse::parse;

use std::collections::BTreeMap;

use crate::image::{Platform, Timestamp};
use crate::layer::EntryKind;

/// A parsed recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recipe {
    /// The layers by name.
    pub(super) layers: BTreeMap<String, LayerRecipe>,
    /// The images in the order written.
    pub(super) images: Vec<ImageRecipe>,
}

/// A layer as a recipe describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LayerRecipe {
    /// The time for the history and for the layer's entries.
    pub(super) created: Moment,
    /// `created_by` of the history.
    pub(super) command: String,
    /// `author` of the history, as `docker commit -a` writes it.
    pub(super) author: String,
    /// `comment` of the history, as `docker commit -m` writes it.
    pub(super) comment: String,
    /// The entries in the order of the tar.
    pub(super) entries: Vec<EntryRecipe>,
}

/// A time, with its text for documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The time as written, RFC 3339.
    pub(super) text: String,
    /// The same time, parsed.
    pub(super) at: Timestamp,
}

impl Default for Moment {
    fn default() -> Moment {
        Moment {
            text: "1970-01-01T00:00:00Z".to_owned(),
            at: Timestamp::default(),
        }
    }
}

/// One entry of a layer, with braces expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntryRecipe {
    /// The normalised path.
    pub(super) path: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) content: Content,
    pub(super) link: Vec<u8>,
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// `None` stands for the layer's time.
    pub(super) mtime: Option<Timestamp>,
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// These bytes, with `$arch` and `$platform` replaced.
    Text(Vec<u8>),
    /// This number of bytes that look like a program. They differ for each path and platform.
    Program(u32),
}

/// One image, for one or several platforms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ImageRecipe {
    /// The number of its first line.
    pub(super) line: usize,
    /// Pairs of repository and tag.
    pub(super) names: Vec<(String, String)>,
    /// The platforms; at least one.
    pub(super) platforms: Vec<Platform>,
    pub(super) author: String,
    pub(super) comment: String,
    /// The entries of the history, base first.
    pub(super) steps: Vec<Step>,
    pub(super) runtime: RuntimeRecipe,
    /// The annotations of index and manifests.
    pub(super) annotations: BTreeMap<String, String>,
}

/// One line of an image's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A layer, by name.
    Layer(String),
    /// A step that changed only the configuration.
    Empty {
        /// The time of the step.
        created: Moment,
        /// `created_by` of the history.
        command: String,
    },
}

/// The runtime configuration. The names are those of the image specification, `config.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RuntimeRecipe {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) user: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) exposed_ports: BTreeMap<String, Nothing>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) env: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cmd: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) volumes: BTreeMap<String, Nothing>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) working_dir: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) stop_signal: String,
}

/// `{}`: the specification writes sets as maps to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Nothing {}
