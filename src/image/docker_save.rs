//! Parses the documents that `docker save` writes beside the layers: `manifest.json`, `repositories`, and the JSON
//! of version 1 images.
//!
//! Finding these members in an archive, and resolving their paths, is left to `source`.

use crate::message::Code;
use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{Fields, Notes, kind_of, objects_of};
use super::json::Json;
use super::shape;
use super::{Descriptor, Error, HistoryEntry, ImageConfig, Oddity};

/// One image of the archive: an element of `manifest.json`. Paths are as written, not yet confined to the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedImage {
    /// Path of the config's member; empty if absent.
    pub config: String,
    /// Names of the image; empty if it has none.
    pub repo_tags: Vec<String>,
    /// Paths of the layers' members, base first. One may occur several times.
    pub layers: Vec<String>,
    /// ID of the image from which this one was built.
    pub parent: Option<String>,
    /// Descriptors of layers with another origin, by diff_id.
    pub layer_sources: BTreeMap<String, Descriptor>,
}

/// Tags by repository; for each tag the ID of its topmost layer.
pub type Repositories = BTreeMap<String, BTreeMap<String, String>>;

/// A member `<id>/json` of an archive from before 2016: one layer with its own config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyImage {
    /// ID of the layer: 64 hexadecimal digits, but not a digest.
    pub id: String,
    /// ID of the layer below.
    pub parent: Option<String>,
    /// Everything else, under the names that configs use.
    pub config: ImageConfig,
}

/// Parses the `manifest.json` of a docker-archive.
///
/// # Errors
/// If the bytes are not JSON, are `null`, or are not a list. An empty list is not an error.
pub fn read_saved_images(
    bytes: &[u8],
    limit_bytes: u64,
) -> Result<(Vec<SavedImage>, Vec<Oddity>), Error> {
    let json = Json::parse_as(bytes, limit_bytes, &shape::SAVED_IMAGES)?;
    let items = match &json.value {
        Value::Array(items) => items,
        Value::Null => return Err(Error::NullManifest),
        other => {
            return Err(Error::Shape {
                document: Code::ManifestJsonFile,
                expected: Code::ListOfImages,
                actual: kind_of(other),
            });
        }
    };
    let notes = Notes::after(json.oddities);
    let images = objects_of(items, "", &notes).iter().map(saved).collect();
    Ok((images, notes.take()))
}

fn saved(fields: &Fields<'_>) -> SavedImage {
    let sources = fields.objects_by_key("LayerSources");
    SavedImage {
        config: fields.text("Config").unwrap_or_default(),
        repo_tags: fields.texts("RepoTags"),
        layers: fields.texts_in_place("Layers"),
        parent: fields.filled_text("Parent"),
        layer_sources: sources
            .into_iter()
            .map(|(diff_id, source)| (diff_id, Descriptor::read(&source)))
            .collect(),
    }
}

/// Parses `repositories`.
///
/// # Errors
/// If the bytes are not JSON, or not an object.
pub fn read_repositories(
    bytes: &[u8],
    limit_bytes: u64,
) -> Result<(Repositories, Vec<Oddity>), Error> {
    let json = Json::parse_as(bytes, limit_bytes, &shape::REPOSITORIES)?;
    let notes = Notes::after(json.oddities);
    let fields = Fields::of_document(&json.value, Code::RepositoriesFile, &notes)?;
    let names: Vec<String> = fields.keys().cloned().collect();
    let repositories = names
        .into_iter()
        .map(|name| {
            let tags = fields.text_map(&name);
            (name, tags)
        })
        .collect();
    Ok((repositories, notes.take()))
}

impl LegacyImage {
    /// Parses `<id>/json`.
    ///
    /// # Errors
    /// If the bytes are not JSON, or not an object.
    pub fn parse(bytes: &[u8], limit_bytes: u64) -> Result<(LegacyImage, Vec<Oddity>), Error> {
        let json = Json::parse_as(bytes, limit_bytes, &shape::CONFIG)?;
        let notes = Notes::after(json.oddities);
        let fields = Fields::of_document(&json.value, Code::JsonOfALayer, &notes)?;
        let image = LegacyImage {
            id: fields.text("id").unwrap_or_default(),
            parent: fields.filled_text("parent"),
            config: ImageConfig::read(&fields),
        };
        Ok((image, notes.take()))
    }

    /// Returns the history entry that this layer would have in a config.
    pub fn history_entry(&self) -> HistoryEntry {
        let command = self.config.container_config.as_ref();
        HistoryEntry {
            created: self.config.created.clone(),
            created_by: command.map(|c| c.cmd.join(" ")).unwrap_or_default(),
            author: self.config.author.clone(),
            comment: self.config.comment.clone(),
            empty_layer: false,
        }
    }
}
