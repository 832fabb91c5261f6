//! An image as a source gives it: documents checked, layers still to be read.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{ConfigDocument, DiffId, Digest, Document, MediaType, Platform};
use crate::layer::{Notice, Warning};

use super::{Beside, Blob, Error};

/// One image of an archive or registry, for one platform.
#[derive(Clone)]
pub struct FoundImage {
    /// Its names: `repository:tag` as the source writes them; empty for an unnamed image.
    pub names: Vec<String>,
    /// What it came as, for the header of the page.
    pub origin: Origin,
    /// The digest of the config's bytes: the image ID. `None` when there is no config.
    pub image_id: Option<Digest>,
    /// The manifest, byte for byte; `None` in archives that have none with a digest (docker save, flat rootfs).
    pub manifest: Option<Document>,
    /// The index that led here, when one did.
    pub index_digest: Option<Digest>,
    /// The outermost index that led here, byte for byte: what an export of all platforms keeps.
    pub index: Option<Document>,
    /// What else lies where the image came from; `None` where it has no manifest.
    pub beside: Option<Rc<dyn Beside>>,
    /// The platform as the index or the config says.
    pub platform: Option<Platform>,
    /// The config, byte for byte and parsed; the error when it is missing or malformed, `None` for a flat rootfs.
    pub config: Option<Result<ConfigDocument, Error>>,
    /// The layers, base first.
    pub layers: Vec<FoundLayer>,
    /// Annotations of the manifest and of its descriptor in the index, told apart by their place.
    pub annotations: Annotations,
    /// Whether it is an artifact (attestation, chart, signature) and no root file system: its type, if so.
    pub artifact_type: Option<String>,
    /// What is odd about the documents.
    pub warnings: Vec<Warning>,
}

/// Annotations by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// On the index that led here.
    pub index: BTreeMap<String, String>,
    /// On the descriptor in that index.
    pub descriptor: BTreeMap<String, String>,
    /// On the manifest itself.
    pub manifest: BTreeMap<String, String>,
}

/// Whether annotations, keys and values together, have at most so many bytes.
pub(super) fn fits(annotations: &BTreeMap<String, String>, limit_bytes: usize) -> bool {
    let lengths = annotations
        .iter()
        .map(|(key, value)| key.len().saturating_add(value.len()));
    lengths.fold(0, usize::saturating_add) <= limit_bytes
}

/// Says so when annotations do not fit.
pub(super) fn annotations_left_out(subject: &str) -> Warning {
    Warning::new(Notice::AnnotationsLeftOut, subject.as_bytes())
}

/// What an image came as.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// `docker save` before Docker 1.10: `repositories` and one folder for each layer.
    DockerLegacy,
    /// A docker-archive: `manifest.json`.
    DockerArchive,
    /// A docker-archive that is an OCI layout, too (Docker 25 and later).
    Hybrid,
    /// An OCI layout, as an archive or a folder.
    OciLayout,
    /// A tar of a root file system, shown as one layer.
    FlatRootfs,
    /// A registry.
    Registry,
    /// It was committed here, on top of another.
    Committed,
}

/// One layer of a found image.
#[derive(Clone)]
pub struct FoundLayer {
    /// The media type that its descriptor declares; `None` in docker-archives.
    pub media_type: Option<MediaType>,
    /// The digest of the stored bytes, when a descriptor or the member's place claims one.
    pub digest: Option<Digest>,
    /// The number of stored bytes that the descriptor claims.
    pub size_bytes: Option<u64>,
    /// The digest of the decoded bytes that the config claims.
    pub diff_id: Option<DiffId>,
    /// Annotations of the descriptor.
    pub annotations: BTreeMap<String, String>,
    /// The bytes, or why they cannot be had; the other layers open all the same.
    pub blob: Result<Rc<dyn Blob>, Error>,
}

impl FoundLayer {
    /// How many stored bytes there are to be, as the descriptor claims or the place of the bytes tells.
    pub fn claimed_bytes(&self) -> Option<u64> {
        self.size_bytes
            .or_else(|| self.blob.as_ref().ok()?.size_bytes())
    }
}
