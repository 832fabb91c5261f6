//! A parsed recipe: its layers, its images and their configuration.

use std::collections::BTreeMap;

use lamina::image::{Platform, Timestamp};
use lamina::layer::EntryKind;

/// A parsed recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// The layers by name.
    pub(crate) layers: BTreeMap<String, LayerRecipe>,
    /// The images in the order written.
    pub(crate) images: Vec<ImageRecipe>,
}

/// A layer as a recipe describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LayerRecipe {
    /// The time for the history and for the layer's entries.
    pub(crate) created: Moment,
    /// `created_by` of the history.
    pub(crate) command: String,
    /// `author` of the history, as `docker commit -a` writes it.
    pub(crate) author: String,
    /// `comment` of the history, as `docker commit -m` writes it.
    pub(crate) comment: String,
    /// The entries in the order of the tar.
    pub(crate) entries: Vec<EntryRecipe>,
}

/// A time, with its text for documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The time as written, RFC 3339.
    pub(crate) text: String,
    /// The same time, parsed.
    pub(crate) at: Timestamp,
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
pub(crate) struct EntryRecipe {
    /// The normalised path.
    pub(crate) path: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) content: Content,
    pub(crate) link: Vec<u8>,
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// `None` stands for the layer's time.
    pub(crate) mtime: Option<Timestamp>,
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// These bytes, with `$arch` and `$platform` replaced.
    Text(Vec<u8>),
    /// This number of bytes that look like a program. They differ for each path and platform.
    Program(u32),
}

/// One image, for one or several platforms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageRecipe {
    /// The number of its first line.
    pub(crate) line: usize,
    /// Pairs of repository and tag.
    pub(crate) names: Vec<(String, String)>,
    /// The platforms; at least one.
    pub(crate) platforms: Vec<Platform>,
    pub(crate) author: String,
    pub(crate) comment: String,
    /// The entries of the history, base first.
    pub(crate) steps: Vec<Step>,
    pub(crate) runtime: RuntimeRecipe,
    /// The annotations of index and manifests.
    pub(crate) annotations: BTreeMap<String, String>,
}

/// One line of an image's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
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
pub(crate) struct RuntimeRecipe {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) user: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) exposed_ports: BTreeMap<String, Nothing>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) env: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cmd: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) volumes: BTreeMap<String, Nothing>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) working_dir: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) stop_signal: String,
}

/// `{}`: the specification writes sets as maps to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Nothing {}
