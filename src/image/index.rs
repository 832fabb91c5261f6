//! The list of manifests: one image for several platforms, or the images of a layout.
//!
//! Descending into it, with a bound, is `source`'s work.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{Descriptor, Digest, MediaKind, MediaType, Platform};

/// An image index, or a Docker manifest list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The media type that it states of itself; empty when it states none.
    pub media_type: MediaType,
    /// What kind of artifact it is.
    pub artifact_type: Option<String>,
    /// The entries in their order; of any media type.
    pub manifests: Vec<Descriptor>,
    /// The manifest to which this index belongs.
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

    /// The entries that may be images, or indexes of such: no attestations, nothing of another kind.
    ///
    /// An entry that does not say what it is belongs to them: its content decides.
    pub fn images(&self) -> impl Iterator<Item = &Descriptor> {
        self.manifests.iter().filter(|entry| {
            let kind = entry.media_type.kind();
            let nothing = entry.platform.as_ref().is_some_and(Platform::is_unknown);
            matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated)
                && !entry.is_attestation()
                && !nothing
        })
    }

    /// The entries that attest the image with this digest.
    pub fn attestations_of<'a>(
        &'a self,
        digest: &'a Digest,
    ) -> impl Iterator<Item = &'a Descriptor> {
        let attests = |entry: &&Descriptor| entry.attests().as_ref() == Some(digest);
        self.manifests.iter().filter(attests)
    }
}
