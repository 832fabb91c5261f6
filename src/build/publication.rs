//! The documents under which an image is published: its manifest, and its config if there is none yet.
//!
//! Existing documents with a digest are never rewritten. `workspace` applies this to open images.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json as value};

use super::documents::{self, NewDescriptor, describe, json};
use crate::image::{
    DiffId, Distribution, Document, HistoryEntry, LayerKind, MediaKind, MediaType, Platform,
};
use crate::layer::Compression;

/// The vendor of the media types of a manifest, its config and its layers, which are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Docker's, version 2 schema 2.
    Docker,
    /// The types of the OCI image specification.
    Oci,
}

impl Family {
    /// Returns the family of a manifest, an index, a config or a layer; `None` for other types.
    pub fn of(media_type: &MediaType) -> Option<Family> {
        match media_type.kind() {
            MediaKind::Manifest(_) | MediaKind::Config(_) | MediaKind::Layer(_) => {
                let is_docker = media_type.as_str().contains("vnd.docker.");
                Some(if is_docker {
                    Family::Docker
                } else {
                    Family::Oci
                })
            }
            _ => None,
        }
    }

    /// Returns the media type of manifests.
    pub fn manifest_type(self) -> MediaType {
        MediaType::new(match self {
            Family::Docker => MediaType::DOCKER_MANIFEST,
            Family::Oci => MediaType::OCI_MANIFEST,
        })
    }

    /// Returns the media type of configs.
    pub fn config_type(self) -> MediaType {
        MediaType::new(match self {
            Family::Docker => MediaType::DOCKER_CONFIG,
            Family::Oci => MediaType::OCI_CONFIG,
        })
    }

    /// Returns the media type of a layer; `None` if the family has none. No family has one for bzip2 and xz, and
    /// no Docker release wrote one for zstd.
    pub fn layer_type(
        self,
        compression: Compression,
        distribution: Distribution,
    ) -> Option<MediaType> {
        let stem = match (self, distribution) {
            (Family::Docker, Distribution::Distributable) => {
                "application/vnd.docker.image.rootfs.diff.tar"
            }
            (Family::Docker, Distribution::Nondistributable) => {
                "application/vnd.docker.image.rootfs.foreign.diff.tar"
            }
            (Family::Oci, Distribution::Distributable) => "application/vnd.oci.image.layer.v1.tar",
            (Family::Oci, Distribution::Nondistributable) => {
                "application/vnd.oci.image.layer.nondistributable.v1.tar"
            }
        };
        let suffix = match (self, compression) {
            (_, Compression::None) => "",
            (Family::Docker, Compression::Gzip) => ".gzip",
            (Family::Oci, Compression::Gzip) => "+gzip",
            (Family::Oci, Compression::Zstd) => "+zstd",
            (Family::Docker, Compression::Zstd) | (_, Compression::Bzip2 | Compression::Xz) => {
                return None;
            }
        };
        Some(MediaType::new(&format!("{stem}{suffix}")))
    }
}

/// Returns a layer's distribution by its media type. A layer without one may be distributed.
pub fn distribution_of(media_type: Option<&MediaType>) -> Distribution {
    let kind: Option<LayerKind> = media_type.and_then(MediaType::layer);
    kind.map_or(Distribution::Distributable, |kind| kind.distribution)
}

/// Returns the descriptor of bytes in memory.
pub fn descriptor_of(media_type: &MediaType, bytes: &[u8]) -> NewDescriptor {
    describe(media_type.as_str(), bytes)
}

/// Returns a new manifest of config and layers, base first. Only an OCI manifest has annotations.
pub fn new_manifest(
    family: Family,
    config: &NewDescriptor,
    layers: &[NewDescriptor],
    annotations: &BTreeMap<String, String>,
) -> Document {
    let media_type = family.manifest_type();
    let none = BTreeMap::new();
    let bytes = match family {
        Family::Oci => documents::manifest(media_type.as_str(), config, layers, annotations),
        Family::Docker => {
            let mut plain = layers.to_vec();
            plain.iter_mut().for_each(|layer| layer.annotations.clear());
            documents::manifest(media_type.as_str(), config, &plain, &none)
        }
    };
    Document::new(bytes, media_type)
}

/// Fields of a version 1 image that place it in a chain and do not belong to its config.
const VERSION_1_FIELDS: &[&str] = &["id", "parent", "Size", "parent_id", "layer_id", "throwaway"];

/// Returns the config that Docker derives from a version 1 image's JSON when it loads one: without its place in
/// the chain, with layers and history.
pub fn config_of_version_1(
    version_1: &Map<String, Value>,
    diff_ids: &[DiffId],
    history: &[HistoryEntry],
) -> Vec<u8> {
    let mut config = version_1.clone();
    for field in VERSION_1_FIELDS {
        config.remove(*field);
    }
    let steps: Vec<Value> = history.iter().map(step).collect();
    config.insert("history".to_owned(), Value::Array(steps));
    config.insert("rootfs".to_owned(), rootfs(diff_ids));
    json(&config)
}

/// Returns the config of a root file system without any other metadata.
pub fn config_of_rootfs(diff_ids: &[DiffId]) -> Vec<u8> {
    let usual = Platform::usual();
    json(&value!({
        "architecture": usual.architecture,
        "os": usual.os,
        "config": {},
        "rootfs": rootfs(diff_ids),
        "history": diff_ids.iter().map(|_| value!({"comment": "imported"})).collect::<Vec<_>>(),
    }))
}

fn rootfs(diff_ids: &[DiffId]) -> Value {
    let diff_ids: Vec<&str> = diff_ids.iter().map(|id| id.0.as_str()).collect();
    value!({"type": "layers", "diff_ids": diff_ids})
}

fn step(entry: &HistoryEntry) -> Value {
    let mut step = Map::new();
    let mut text = |key: &str, text: &str| {
        if !text.is_empty() {
            step.insert(key.to_owned(), Value::from(text));
        }
    };
    text(
        "created",
        entry.created.as_ref().map_or("", |created| &created.raw),
    );
    text("created_by", &entry.created_by);
    text("author", &entry.author);
    text("comment", &entry.comment);
    if entry.empty_layer {
        step.insert("empty_layer".to_owned(), Value::Bool(true));
    }
    Value::Object(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(family: Family, compression: Compression, expected: Option<&str>) {
        let made = family.layer_type(compression, Distribution::Distributable);
        assert_eq!(made.as_ref().map(MediaType::as_str), expected);
        if let Some(made) = made {
            assert_eq!(Family::of(&made), Some(family));
            assert!(made.layer().is_some(), "{made} is no layer");
        }
    }

    #[test]
    fn a_family_names_its_layers_by_their_bytes() {
        let docker = "application/vnd.docker.image.rootfs.diff.tar";
        let oci = "application/vnd.oci.image.layer.v1.tar";
        check(Family::Docker, Compression::None, Some(docker));
        let gzip = format!("{docker}.gzip");
        check(Family::Docker, Compression::Gzip, Some(&gzip));
        check(Family::Docker, Compression::Zstd, None);
        check(Family::Oci, Compression::None, Some(oci));
        check(Family::Oci, Compression::Gzip, Some(&format!("{oci}+gzip")));
        check(Family::Oci, Compression::Zstd, Some(&format!("{oci}+zstd")));
        check(Family::Oci, Compression::Xz, None);
    }
}
