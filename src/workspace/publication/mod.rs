//! The documents and blobs under which an open image is published, for exports and pushes.
//!
//! An existing manifest or config is kept byte for byte; `build` makes only the missing ones. Known facts are not
//! read again, and no bytes are verified here: the consumer verifies them as they pass.

mod children;
mod documents;
mod draft;
mod platforms;
mod shortened;

pub use children::{platforms_beside, publish_platforms};
pub use documents::publish;
pub(super) use documents::{config_of, has_manifest, makes_config};
pub use draft::Draft;
pub(super) use draft::{Need, Settled, SettledLayer, compression_of};
pub use platforms::Platforms;

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::build::Family;
use crate::image::{Digest, Distribution, Document, MediaType};
use crate::io::{self, Bytes};
use crate::source::{Blob, Error, SliceBlob};

/// Callback that receives the compressed bytes read so far and decides whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// The manifest under which an image is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestForm {
    /// The existing manifest, byte for byte. If there is none, a new one of the layers' family, or Docker's if
    /// they declare none, as `docker push` writes it.
    AsItIs,
    /// A manifest of this family: the existing one if it is of this family, else a new one. The config keeps its
    /// bytes, so the image ID stays the same; the manifest's digest changes.
    Of(Family),
}

/// The documents and blobs of an image, or of an index of several images.
#[derive(Clone)]
pub struct Publication {
    /// The image's names as its source writes them; empty for an unnamed image.
    pub names: Vec<String>,
    /// The manifest or index that a tag points to. Its media type is resolved, never empty.
    pub top: Document,
    /// The manifests and indexes below an index, each once, children before parents; empty for a single manifest.
    pub below: Vec<Document>,
    /// Configs and layers, each digest once. They must be stored before the documents that name them.
    pub blobs: Vec<PublishedBlob>,
    /// Names of absent content that a rewritten index no longer contains.
    pub absent: Vec<String>,
}

/// A config or layer of a publication.
#[derive(Clone)]
pub struct PublishedBlob {
    /// Its name in messages: `the config`, `layer 3`.
    pub what: Message,
    /// The media type that the manifest declares.
    pub media_type: MediaType,
    /// The digest in the manifest.
    pub digest: Digest,
    /// Size in bytes in the manifest.
    pub size_bytes: u64,
    /// Its distribution. A nondistributable blob is not sent to other registries, and need not be available at all.
    pub distribution: Distribution,
    /// The bytes, not verified yet.
    pub blob: Rc<dyn Blob>,
}

impl Publication {
    /// Creates a publication of a document under these names, without any content yet.
    fn new(names: Vec<String>, top: Document) -> Publication {
        Publication {
            names,
            top,
            below: Vec::new(),
            blobs: Vec::new(),
            absent: Vec::new(),
        }
    }

    /// Returns the size of all blobs in bytes, saturating.
    pub fn blob_bytes(&self) -> u64 {
        let sizes = self.blobs.iter().map(|blob| blob.size_bytes);
        sizes.fold(0, u64::saturating_add)
    }

    /// Adds a blob unless its digest is there already.
    fn add(&mut self, blob: PublishedBlob) {
        if self.blobs.iter().all(|other| other.digest != blob.digest) {
            self.blobs.push(blob);
        }
    }
}

/// Returns bytes in memory as a blob.
pub(super) fn blob_of(bytes: Rc<[u8]>, what: &str) -> Rc<dyn Blob> {
    Rc::new(SliceBlob::new(Rc::new(Bytes(bytes)), what))
}

/// Returns the error for work that the person cancelled.
pub(super) fn cancelled(what: &Message) -> Error {
    Error::Io {
        what: what.clone(),
        cause: io::Error::new(io::ErrorKind::Cancelled, Message::cancelled()),
    }
}
