//! The manifest of one image or artifact: its config and its layers.
//!
//! Telling a manifest from other documents is left to `document`.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{ArtifactKind, Descriptor, MediaType};

/// An image manifest, OCI's or Docker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Media type stated in the manifest; empty if absent.
    pub media_type: MediaType,
    /// Artifact type as stated; see [`Manifest::artifact_type`].
    pub stated_artifact_type: Option<String>,
    /// Descriptor of the config; absent only in broken manifests.
    pub config: Option<Descriptor>,
    /// Descriptors of the layers, base first.
    pub layers: Vec<Descriptor>,
    /// Descriptor of the manifest that this one belongs to, as in signatures.
    pub subject: Option<Descriptor>,
    /// Annotations of the manifest itself.
    pub annotations: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn read(fields: &Fields<'_>) -> Manifest {
        Manifest {
            media_type: MediaType::new(&fields.text("mediaType").unwrap_or_default()),
            stated_artifact_type: fields.filled_text("artifactType"),
            config: fields.object("config").map(|c| Descriptor::read(&c)),
            layers: fields
                .objects("layers")
                .iter()
                .map(Descriptor::read)
                .collect(),
            subject: fields.object("subject").map(|s| Descriptor::read(&s)),
            annotations: fields.text_map("annotations"),
        }
    }

    /// Returns the artifact type: the stated one, or else the config's media type. If the blobs are an artifact's
    /// under the config of an image, it is their media type.
    pub fn artifact_type(&self) -> Option<&str> {
        let blob = self
            .layers
            .first()
            .filter(|_| self.kind_of_blobs().is_some());
        let told = blob.or(self.config.as_ref());
        let told = || told.map(|descriptor| descriptor.media_type.as_str());
        self.stated_artifact_type.as_deref().or_else(told)
    }

    /// Returns the kind of artifact that all blobs have in common, if it is a known one.
    pub fn kind_of_blobs(&self) -> Option<ArtifactKind> {
        let kind = |layer: &Descriptor| ArtifactKind::of_media_type(&layer.media_type);
        let first = kind(self.layers.first()?)?;
        let same = self.layers.iter().all(|layer| kind(layer) == Some(first));
        same.then_some(first)
    }

    fn has_layer(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.any(|layer| layer.media_type.layer().is_some())
    }

    /// True if the config is an image's, and the blobs are not an artifact's. Anything else is an artifact, whose
    /// config is not parsed.
    ///
    /// A config without a type, or with the type of a web page, counts as an image's if there are file system
    /// layers: Docker wrote such configs in 2016, and still accepts them.
    pub fn is_image(&self) -> bool {
        let Some(config) = &self.config else {
            return false;
        };
        match config.media_type.kind() {
            super::MediaKind::Config(_) => self.kind_of_blobs().is_none(),
            super::MediaKind::Unstated => self.has_layer(),
            _ => config.media_type.as_str().eq_ignore_ascii_case("text/html") && self.has_layer(),
        }
    }
}
