//! An image as a source returns it: its documents are checked, its layers are not read yet.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{ConfigDocument, DiffId, Digest, Document, MediaType, Platform};
use crate::layer::{Notice, Warning};

use super::{Beside, Blob, Error};

/// One image of an archive or registry, for one platform.
#[derive(Clone)]
pub struct FoundImage {
    /// The names, `repository:tag` as the source writes them; empty for an unnamed image.
    pub names: Vec<String>,
    /// The format that it was read from, for the header of the page.
    pub origin: Origin,
    /// The image ID: the digest of the config's bytes. `None` without a config.
    pub image_id: Option<Digest>,
    /// The manifest, byte for byte; `None` in archives without one that has a digest (docker save, flat rootfs).
    pub manifest: Option<Document>,
    /// The digest of the index that led here, if any.
    pub index_digest: Option<Digest>,
    /// The outermost index that led here, byte for byte. An export of all platforms keeps it.
    pub index: Option<Document>,
    /// Access to the other content at the image's source; `None` if the image has no manifest.
    pub beside: Option<Rc<dyn Beside>>,
    /// The platform according to the index or the config.
    pub platform: Option<Platform>,
    /// The config, byte for byte and parsed; an error if it is missing or malformed, `None` for a flat rootfs.
    pub config: Option<Result<ConfigDocument, Error>>,
    /// The layers, base first.
    pub layers: Vec<FoundLayer>,
    /// Annotations of the manifest and of its descriptor, kept apart by their place.
    pub annotations: Annotations,
    /// The artifact type (attestation, chart, signature) if this is not a root file system; `None` for an image.
    pub artifact_type: Option<String>,
    /// Warnings about the documents.
    pub warnings: Vec<Warning>,
}

/// Annotations by their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// Annotations of the index that led here.
    pub index: BTreeMap<String, String>,
    /// Annotations of the descriptor in that index.
    pub descriptor: BTreeMap<String, String>,
    /// Annotations of the manifest itself.
    pub manifest: BTreeMap<String, String>,
}

/// True if the keys and values of the annotations have at most `limit_bytes` bytes together.
pub(super) fn fits(annotations: &BTreeMap<String, String>, limit_bytes: usize) -> bool {
    let lengths = annotations
        .iter()
        .map(|(key, value)| key.len().saturating_add(value.len()));
    lengths.fold(0, usize::saturating_add) <= limit_bytes
}

/// Returns the warning for annotations that are too large.
pub(super) fn annotations_left_out(subject: &str) -> Warning {
    Warning::new(Notice::AnnotationsLeftOut, subject.as_bytes())
}

/// The format that an image was read from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// `docker save` before Docker 1.10: `repositories` and one folder for each layer.
    DockerLegacy,
    /// A docker-archive: `manifest.json`.
    DockerArchive,
    /// A docker-archive that is also an OCI layout (Docker 25 and later).
    Hybrid,
    /// An OCI layout, as an archive or a folder.
    OciLayout,
    /// A tar of a root file system, shown as one layer.
    FlatRootfs,
    /// A repository of a registry.
    Registry,
    /// A commit made here, on top of another image.
    Committed,
}

/// One layer of a found image.
#[derive(Clone)]
pub struct FoundLayer {
    /// The media type from its descriptor; `None` in docker-archives.
    pub media_type: Option<MediaType>,
    /// The digest of the compressed bytes, if a descriptor or the member's path claims one.
    pub digest: Option<Digest>,
    /// The compressed size in bytes that the descriptor claims.
    pub size_bytes: Option<u64>,
    /// The digest of the uncompressed bytes that the config claims.
    pub diff_id: Option<DiffId>,
    /// The annotations of the descriptor.
    pub annotations: BTreeMap<String, String>,
    /// The blob, or the reason why it cannot be read. The other layers can be opened all the same.
    pub blob: Result<Rc<dyn Blob>, Error>,
}

impl FoundLayer {
    /// Returns the expected compressed size in bytes: as the descriptor claims, or as the blob itself reports.
    pub fn claimed_bytes(&self) -> Option<u64> {
        self.size_bytes
            .or_else(|| self.blob.as_ref().ok()?.size_bytes())
    }
}
