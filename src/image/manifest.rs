//! The manifest of one image or artifact: its config and its layers.
//!
//! Telling a manifest from other documents is `document`'s work.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{ArtifactKind, Descriptor, MediaType};

/// An image manifest, OCI's or Docker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The media type that it states of itself; empty when it states none.
    pub media_type: MediaType,
    /// What kind of artifact it states to be; see [`Manifest::artifact_type`].
    pub stated_artifact_type: Option<String>,
    /// The config; absent only in broken manifests.
    pub config: Option<Descriptor>,
    /// The layers, base first.
    pub layers: Vec<Descriptor>,
    /// The manifest to which this one belongs, as signatures do.
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

    /// What kind of artifact it is: as stated, else the config's media type; that of its blobs, where these are an
    /// artifact's under the config of an image.
    pub fn artifact_type(&self) -> Option<&str> {
        let blob = self
            .layers
            .first()
            .filter(|_| self.kind_of_blobs().is_some());
        let told = blob.or(self.config.as_ref());
        let told = || told.map(|descriptor| descriptor.media_type.as_str());
        self.stated_artifact_type.as_deref().or_else(told)
    }

    /// The kind of artifact that all of its blobs are of, where they are of one that is known by name.
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

    /// Whether its config is the config of an image, and its blobs are not those of an artifact. Anything else is an
    /// artifact, whose config is not parsed.
    ///
    /// A config that does not say what it is, or says that it is a web page, counts as an image's when there are layers
    /// of a file system: Docker wrote such ones in 2016, and takes them still.
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
