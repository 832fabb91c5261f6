//! The result of opening an archive: its images and its other content.
//!
//! These are plain values; the formats fill them in.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{Digest, MediaType, Platform};
use crate::layer::{Compression, Warning};
use crate::source::{Blob, Error, FoundImage, FoundLayer};

/// An archive or folder whose documents have been read. Its layers have not been read yet.
pub struct OpenedArchive {
    /// The name of the file or folder.
    pub name: String,
    /// The compression of the file as a whole.
    pub compression: Compression,
    /// The images, those of `manifest.json` first, in the order of the documents.
    pub images: Vec<FoundImage>,
    /// Content that is not an image that could be opened.
    pub others: Vec<OtherContent>,
    /// Oddities of the archive as a whole.
    pub warnings: Vec<Warning>,
}

/// Content that an archive's index names in addition to the images that can be opened.
#[derive(Clone)]
pub struct OtherContent {
    /// The reason why it is not an image.
    pub kind: OtherKind,
    /// Its names, in the form of an image's names.
    pub names: Vec<String>,
    /// The media type from its descriptor; `None` without a descriptor.
    pub media_type: Option<MediaType>,
    /// The digest that its descriptor claims.
    pub digest: Option<Digest>,
    /// The size in bytes that its descriptor claims.
    pub size_bytes: Option<u64>,
    /// The platform from its descriptor.
    pub platform: Option<Platform>,
    /// The annotations of its descriptor.
    pub annotations: BTreeMap<String, String>,
    /// The digest of the index blob that names it; `None` for an entry of the archive's own list.
    pub index_digest: Option<Digest>,
    /// Its own bytes, or the reason why they cannot be read.
    pub blob: Result<Rc<dyn Blob>, Error>,
}

/// The reason why an entry is not an image that could be opened.
#[derive(Clone)]
pub enum OtherKind {
    /// A media type or document that Lamina does not know. Not an error: it can be downloaded.
    Unknown,
    /// An attestation, such as provenance or a bill of materials.
    Attestation {
        /// The digest of the attested manifest.
        of: Option<Digest>,
        /// The attestation's statements.
        statements: Vec<FoundLayer>,
    },
    /// An image for another platform that an index names and that was not saved with the others, or saved only as
    /// its documents. Not damage.
    NotSaved,
    /// A build cache of BuildKit.
    BuildCache,
    /// An image or index that is named and cannot be read.
    Unavailable(Error),
}

impl OtherKind {
    /// Returns a stable word: `unknown`, `attestation`, `not-saved`, `build-cache` or `unavailable`.
    pub fn word(&self) -> &'static str {
        match self {
            OtherKind::Unknown => "unknown",
            OtherKind::Attestation { .. } => "attestation",
            OtherKind::NotSaved => "not-saved",
            OtherKind::BuildCache => "build-cache",
            OtherKind::Unavailable(_) => "unavailable",
        }
    }
}

impl OtherContent {
    /// Creates the entry of an image that is only known by its names.
    pub(super) fn unavailable(names: Vec<String>, error: Error) -> OtherContent {
        OtherContent {
            blob: Err(error.clone()),
            kind: OtherKind::Unavailable(error),
            names,
            media_type: None,
            digest: None,
            size_bytes: None,
            platform: None,
            annotations: BTreeMap::new(),
            index_digest: None,
        }
    }
}

/// The result of one format's reader.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) images: Vec<FoundImage>,
    pub(super) others: Vec<OtherContent>,
    pub(super) warnings: Vec<Warning>,
}
