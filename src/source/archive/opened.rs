//! What opening an archive gives: its images, and what else lies in it.
//!
//! Plain values; how they are found is the formats' work.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{Digest, MediaType, Platform};
use crate::layer::{Compression, Warning};
use crate::source::{Blob, Error, FoundImage, FoundLayer};

/// An archive or folder whose documents have been read; its layers are still to be read.
pub struct OpenedArchive {
    /// The name of the file or folder.
    pub name: String,
    /// What the whole file was compressed with.
    pub compression: Compression,
    /// The images, those of `manifest.json` first, in the order of the documents.
    pub images: Vec<FoundImage>,
    /// What is no image that could be opened.
    pub others: Vec<OtherContent>,
    /// What is odd about the archive as a whole.
    pub warnings: Vec<Warning>,
}

/// Something that an archive's index names beside the images that can be opened.
#[derive(Clone)]
pub struct OtherContent {
    /// What it is.
    pub kind: OtherKind,
    /// Its names, as an image's.
    pub names: Vec<String>,
    /// What its descriptor declares; `None` where there is no descriptor.
    pub media_type: Option<MediaType>,
    /// Its digest, as claimed.
    pub digest: Option<Digest>,
    /// Its length, as claimed.
    pub size_bytes: Option<u64>,
    /// The platform that its descriptor declares.
    pub platform: Option<Platform>,
    /// Annotations of its descriptor.
    pub annotations: BTreeMap<String, String>,
    /// The index blob that names it; `None` for what stands in the archive's own list.
    pub index_digest: Option<Digest>,
    /// Its own bytes, where they can be had.
    pub blob: Result<Rc<dyn Blob>, Error>,
}

/// Why something is no image that could be opened.
#[derive(Clone)]
pub enum OtherKind {
    /// A media type, or a document, that Lamina does not know. No error: it can be downloaded.
    Unknown,
    /// An attestation, such as provenance or a bill of materials.
    Attestation {
        /// The manifest that it attests.
        of: Option<Digest>,
        /// Its statements.
        statements: Vec<FoundLayer>,
    },
    /// An image for another platform that an index names, and that was not saved with the others, or but for its
    /// documents: no damage.
    NotSaved,
    /// What BuildKit keeps to build faster.
    BuildCache,
    /// An image or index that is named and cannot be had.
    Unavailable(Error),
}

impl OtherKind {
    /// A stable word: `unknown`, `attestation`, `not-saved`, `build-cache` or `unavailable`.
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
    /// An image that is known by its names only.
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

/// What one format's reader found.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) images: Vec<FoundImage>,
    pub(super) others: Vec<OtherContent>,
    pub(super) warnings: Vec<Warning>,
}
