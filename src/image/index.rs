//! The list of manifests: one image for several platforms, or the images of a layout.
//!
//! Bounded descent into it is left to `source`.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{Descriptor, Digest, MediaKind, MediaType, Platform};

/// An image index, or a Docker manifest list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Media type stated in the index; empty if absent.
    pub media_type: MediaType,
    /// Artifact type of the index.
    pub artifact_type: Option<String>,
    /// Entries in order, of any media type.
    pub manifests: Vec<Descriptor>,
    /// Descriptor of the manifest that this index belongs to.
    pub subject: Option<Descriptor>,
    /// Annotations of the index itself.
    pub annotations: BTreeMap<String, String>,
}

impl Index {
    pub(super) fn read(fields: &Fields<'_>) -> Index {
        let manifests = fields.objects("manifests");
        Index {
            media_type: MediaType::new(&fields.text("mediaType").unwrap_or_default()),
            artifact_type: fields.filled_text("artifactType"),
            manifests: manifests.iter().map(Descriptor::read).collect(),
            subject: fields.object("subject").map(|s| Descriptor::read(&s)),
            annotations: fields.text_map("annotations"),
        }
    }

    /// Iterates over the entries that may be images, or indexes of images. Attestations and other kinds are
    /// omitted.
    ///
    /// An entry without a type is included: its content decides.
    pub fn images(&self) -> impl Iterator<Item = &Descriptor> {
        self.manifests.iter().filter(|entry| {
            let kind = entry.media_type.kind();
            let nothing = entry.platform.as_ref().is_some_and(Platform::is_unknown);
            matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated)
                && !entry.is_attestation()
                && !nothing
        })
    }

    /// Iterates over the entries that attest the image with this digest.
    pub fn attestations_of<'a>(
        &'a self,
        digest: &'a Digest,
    ) -> impl Iterator<Item = &'a Descriptor> {
        let attests = |entry: &&Descriptor| entry.attests().as_ref() == Some(digest);
        self.manifests.iter().filter(attests)
    }
}
