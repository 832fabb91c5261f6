//! Serializes the documents of a new image as JSON: manifest, index.
//!
//! Members are in the order of the image specification's tables. `image` reads documents.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::image::{Digest, MediaType, Platform};

/// A reference to bytes: the image specification, `descriptor.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewDescriptor {
    /// The media type of the bytes.
    pub media_type: MediaType,
    /// The digest of the bytes.
    pub digest: Digest,
    /// The size in bytes.
    pub size: u64,
    /// The platform, for an entry of an index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<NewPlatform>,
    /// Annotations of the descriptor.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// The platform of an index's entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewPlatform {
    architecture: String,
    os: String,
    #[serde(rename = "os.version", skip_serializing_if = "String::is_empty")]
    os_version: String,
    #[serde(rename = "os.features", skip_serializing_if = "Vec::is_empty")]
    os_features: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    variant: String,
}

impl From<&Platform> for NewPlatform {
    fn from(platform: &Platform) -> NewPlatform {
        NewPlatform {
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            os_version: platform.os_version.clone(),
            os_features: platform.os_features.clone(),
            variant: platform.variant.clone(),
        }
    }
}

/// Returns the descriptor of `bytes`.
pub fn describe(media_type: &str, bytes: &[u8]) -> NewDescriptor {
    NewDescriptor {
        media_type: MediaType::new(media_type),
        digest: Digest::sha256_of(bytes),
        size: bytes.len() as u64,
        platform: None,
        annotations: BTreeMap::new(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewManifest<'a> {
    schema_version: u8,
    media_type: &'a str,
    config: &'a NewDescriptor,
    layers: &'a [NewDescriptor],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewIndex<'a> {
    schema_version: u8,
    media_type: &'static str,
    manifests: &'a [NewDescriptor],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

/// Serializes a manifest, OCI or Docker.
pub fn manifest(
    media_type: &str,
    config: &NewDescriptor,
    layers: &[NewDescriptor],
    annotations: &BTreeMap<String, String>,
) -> Vec<u8> {
    json(&NewManifest {
        schema_version: 2,
        media_type,
        config,
        layers,
        annotations,
    })
}

/// Serializes an OCI index.
pub fn index(manifests: &[NewDescriptor], annotations: &BTreeMap<String, String>) -> Vec<u8> {
    json(&NewIndex {
        schema_version: 2,
        media_type: MediaType::OCI_INDEX,
        manifests,
        annotations,
    })
}

/// Serializes a document.
#[expect(
    clippy::expect_used,
    reason = "every map that comes here has text keys"
)]
pub fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("maps have text keys, and nothing else can fail")
}
