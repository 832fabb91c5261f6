//! Determines the kind of an artifact, and the manifest that it belongs to, from its documents, blobs and tag.

use crate::image::{ArtifactKind, Content, Digest, Document, Manifest, MediaType};

use super::FoundImage;

/// An artifact in the place of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The artifact's kind.
    pub kind: ArtifactKind,
    /// The digest of the manifest that it belongs to, for example the one a signature signs.
    pub of: Option<Digest>,
    /// The manifest or index of the artifact, byte for byte.
    pub document: Option<Document>,
}

impl FoundImage {
    /// Returns the image as an artifact; `None` for a real image.
    pub fn artifact(&self) -> Option<Artifact> {
        let stated = MediaType::new(self.artifact_type.as_ref()?);
        let tag = self.names.iter().find_map(|name| {
            let (_, tag) = name.rsplit_once(':')?;
            ArtifactKind::of_tag(tag)
        });
        let (by_tag, tagged) = tag.unzip();
        let Some(document) = &self.manifest else {
            return Some(Artifact {
                kind: self.kind_of_index(&stated),
                of: tagged,
                document: self.index.clone(),
            });
        };
        let content = document.read(u64::MAX).map(|reading| reading.content);
        let (kind, subject) = match content {
            Ok(Content::Manifest(manifest)) => {
                let kind = kind_of(&manifest).or(by_tag);
                let subject = manifest.subject.as_ref();
                let subject = subject.and_then(|subject| subject.known_digest().cloned());
                (kind.unwrap_or(ArtifactKind::Other), subject)
            }
            _ => (ArtifactKind::Unknown, None),
        };
        Some(Artifact {
            kind,
            of: subject.or(tagged),
            document: Some(document.clone()),
        })
    }

    fn kind_of_index(&self, stated: &MediaType) -> ArtifactKind {
        match (ArtifactKind::of_media_type(stated), self.layers.is_empty()) {
            (Some(kind), _) => kind,
            (None, true) => ArtifactKind::EmptyIndex,
            (None, false) => ArtifactKind::Index,
        }
    }
}

/// Returns the kind of artifact if Lamina knows it. Its type is looked at first, then its blobs: older cosign
/// signatures have the config of an image.
fn kind_of(manifest: &Manifest) -> Option<ArtifactKind> {
    let stated = manifest.artifact_type().map(MediaType::new);
    stated
        .as_ref()
        .and_then(ArtifactKind::of_media_type)
        .or_else(|| manifest.kind_of_blobs())
}
