//! Under which documents and blobs an open image is published: what an export writes and a push sends.
//!
//! A manifest that exists is kept byte for byte, and so is every config; only what nobody has written yet is made,
//! by `build`. Nothing is read here that is known already, and no bytes are proved: whoever passes them on does that.

mod children;
mod documents;
mod draft;
mod shortened;

pub use children::{Platforms, platforms_beside, publish_platforms};
pub use documents::publish;
pub(super) use documents::{config_of, has_manifest, makes_config};
pub use draft::Draft;
pub(super) use draft::{Need, Settled, SettledLayer, compression_of};

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::build::Family;
use crate::image::{Digest, Distribution, Document, MediaType};
use crate::io::{self, Bytes};
use crate::source::{Blob, Error, SliceBlob};

/// Told how many stored bytes were read on the way; says whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// Which manifest an image is published under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestForm {
    /// The one it has, byte for byte. Where it has none, one of the family that its layers belong to: Docker's, as
    /// `docker push` writes it, if they belong to none.
    AsItIs,
    /// One of this family: the one it has if that is of this family, else a new one. The config keeps its bytes, so
    /// that the image ID stays; the manifest's digest does not.
    Of(Family),
}

/// The documents and blobs of an image, or of an index of several.
#[derive(Clone)]
pub struct Publication {
    /// The image's names as its source writes them; empty for an unnamed one.
    pub names: Vec<String>,
    /// What a tag points to: a manifest, or an index. Its media type is the one that counts, never empty.
    pub top: Document,
    /// The manifests and indexes below an index, each once, children before parents; empty for one manifest.
    pub below: Vec<Document>,
    /// Configs and layers, each digest once: they have to be there before the documents that name them.
    pub blobs: Vec<PublishedBlob>,
    /// The names of what the index named and is not here, where it was written anew without that.
    pub absent: Vec<String>,
}

/// A config or layer of a publication.
#[derive(Clone)]
pub struct PublishedBlob {
    /// What it is, for messages: `the config`, `layer 3`.
    pub what: String,
    /// As the manifest declares it.
    pub media_type: MediaType,
    /// The digest of the bytes, as the manifest names them.
    pub digest: Digest,
    /// How many bytes there are, as the manifest says.
    pub size_bytes: u64,
    /// Whether it may be sent to another registry. One that may not need not be at hand at all.
    pub distribution: Distribution,
    /// The bytes, as they were found; not proved yet.
    pub blob: Rc<dyn Blob>,
}

impl Publication {
    /// A document under these names, with nothing below it yet.
    fn new(names: Vec<String>, top: Document) -> Publication {
        Publication {
            names,
            top,
            below: Vec::new(),
            blobs: Vec::new(),
            absent: Vec::new(),
        }
    }

    /// The bytes of all blobs, where they can be counted.
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

/// Bytes in memory as a blob.
pub(super) fn blob_of(bytes: Rc<[u8]>, what: &str) -> Rc<dyn Blob> {
    Rc::new(SliceBlob::new(Rc::new(Bytes(bytes)), what))
}

/// The error for work that the person ended.
pub(super) fn cancelled(what: &str) -> Error {
    Error::Io {
        what: what.to_owned(),
        cause: io::Error::new(io::ErrorKind::Cancelled, "cancelled"),
    }
}
