//! Reads the documents and blobs of an opened container: small ones whole, large ones as handles.
//!
//! The formats decide what a document means.

use crate::message::Message;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{
    self, ConfigDocument, Descriptor, Digest, Document, Oddity, escape, most_values,
};
use crate::io::{Bytes, ErrorKind, ReadAt};
use crate::layer::{Notice, Warning};
use crate::source::{Blob, Error, FoundLayer, SliceBlob};

use super::members::{FoundMember, Members};
use super::progress::{ArchiveProgress, Progress, cancelled};

/// A container's members, with the limits and the progress of reading documents from them.
pub(super) struct Store<'a> {
    pub(super) members: &'a Members,
    pub(super) limits: &'a Limits,
    progress: Progress<'a>,
    n_documents: Cell<u64>,
    /// Bytes of the documents read so far.
    document_bytes: Cell<u64>,
    /// Upper bound on the number of JSON values in those documents.
    document_values: Cell<u64>,
}

/// The bytes of a descriptor's blob, found in the container or embedded in the descriptor.
pub(super) struct FoundBlob {
    /// The name shown in messages.
    name: String,
    pub(super) bytes: Rc<dyn ReadAt>,
    cut: bool,
}

/// A config that was read, with warnings about it.
pub(super) struct FoundConfig {
    pub(super) config: Result<ConfigDocument, Error>,
    /// The digest that identifies the image.
    pub(super) image_id: Option<Digest>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Store<'a> {
    pub(super) fn new(
        members: &'a Members,
        limits: &'a Limits,
        progress: Progress<'a>,
    ) -> Store<'a> {
        Store {
            members,
            limits,
            progress,
            n_documents: Cell::new(0),
            document_bytes: Cell::new(0),
            document_values: Cell::new(0),
        }
    }

    /// Reads the document at `path`.
    pub(super) async fn document_at(&self, path: &str) -> Result<Rc<[u8]>, Error> {
        let member = self.members.member(path.as_bytes())?;
        self.document(&FoundBlob::of_member(path.to_owned(), member))
            .await
    }

    /// Reads all bytes of a small blob.
    pub(super) async fn document(&self, blob: &FoundBlob) -> Result<Rc<[u8]>, Error> {
        self.count_document(&blob.name)?;
        let len_bytes = blob.bytes.len_bytes();
        if blob.cut {
            return Err(Error::Malformed {
                what: Message::verbatim(blob.name.clone()),
                reason: Message::cut_in_the_middle(),
            });
        }
        let len = usize::try_from(len_bytes)
            .ok()
            .filter(|_| len_bytes <= self.limits.documents.json_bytes)
            .ok_or_else(|| Error::TooLarge {
                what: Message::verbatim(blob.name.clone()),
                limit: Message::limit_document_bytes(self.limits.documents.json_bytes),
            })?;
        let all_bytes = self.document_bytes.get().saturating_add(len_bytes);
        if all_bytes > self.limits.documents.documents_bytes {
            return Err(Error::TooLarge {
                what: Message::with_documents_before(Message::verbatim(&*blob.name)),
                limit: Message::limit_documents_bytes(self.limits.documents.documents_bytes),
            });
        }
        self.document_bytes.set(all_bytes);
        let read = blob.bytes.read_at(0, len).await;
        let bytes = read.map_err(|cause| Error::Io {
            what: Message::verbatim(blob.name.clone()),
            cause,
        })?;
        let all_values = self
            .document_values
            .get()
            .saturating_add(most_values(&bytes));
        if all_values > self.limits.documents.document_values {
            return Err(Error::TooLarge {
                what: Message::with_documents_before(Message::verbatim(&*blob.name)),
                limit: Message::limit_documents_values(self.limits.documents.document_values),
            });
        }
        self.document_values.set(all_values);
        Ok(bytes.into())
    }

    fn count_document(&self, what: &str) -> Result<(), Error> {
        let n_documents = self.n_documents.get() + 1;
        self.n_documents.set(n_documents);
        match (self.progress)(ArchiveProgress::Reading { n_documents }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(cancelled(what)),
        }
    }

    /// Returns a descriptor's blob: at its place in the layout, or else embedded in the descriptor (AF-32).
    pub(super) fn blob(&self, descriptor: &Descriptor) -> Result<FoundBlob, Error> {
        let digest = descriptor
            .digest
            .as_ref()
            .map_err(|error| Error::Malformed {
                what: Message::a_descriptor(),
                reason: error.into(),
            })?;
        let place = format!("blobs/{}/{}", digest.algorithm_name(), digest.encoded());
        match self.members.member(place.as_bytes()) {
            Ok(member) => Ok(FoundBlob::of_member(digest.to_string(), member)),
            Err(Error::Missing { .. }) => match (descriptor.embedded(), &descriptor.data) {
                (Some(data), _) => Ok(FoundBlob {
                    name: digest.to_string(),
                    bytes: Rc::new(Bytes(data)),
                    cut: false,
                }),
                (None, Some(data)) => Err(refuse_embedded(digest, data)),
                (None, None) => Err(Error::Missing {
                    what: Message::verbatim(digest.to_string()),
                }),
            },
            Err(other) => Err(other),
        }
    }

    /// Reads the config that a manifest names. A wrong digest or size is a warning (DG-04, DG-06).
    pub(super) async fn config(&self, descriptor: &Descriptor) -> FoundConfig {
        let read = match self.blob(descriptor) {
            Ok(blob) => self.document(&blob).await,
            Err(error) => Err(error),
        };
        let mut found = self.parse_config(read, descriptor.known_digest(), "config");
        if let (Ok(config), Some(claimed)) = (&found.config, descriptor.size_bytes) {
            let warning = size_warning(&config.digest, claimed, config.bytes.len() as u64);
            found.warnings.extend(warning);
        }
        found
    }

    /// Parses a config whose digest is claimed by a descriptor or by the name of its member.
    pub(super) fn parse_config(
        &self,
        read: Result<Rc<[u8]>, Error>,
        claimed: Option<&Digest>,
        what: &str,
    ) -> FoundConfig {
        let mut warnings = Vec::new();
        let mut image_id = None;
        let config = read.and_then(|bytes| {
            let proved = claimed.map(|claimed| (claimed, claimed.matches(&bytes)));
            image_id = Some(match proved {
                Some((claimed, Some(true))) => claimed.clone(),
                _ => Digest::sha256_of(&bytes),
            });
            match proved {
                Some((claimed, Some(false))) => {
                    warnings.push(digest_warning(what, claimed, &bytes));
                }
                Some((claimed, None)) => warnings.push(not_verifiable(claimed)),
                Some((_, Some(true))) | None => {}
            }
            ConfigDocument::parse(bytes, self.limits.documents.json_bytes)
                .map_err(|error| refuse(what, error))
        });
        if let Ok(config) = &config {
            warnings.extend(config.oddities.iter().map(|o| warn_of(what, o)));
        }
        FoundConfig {
            config,
            image_id,
            warnings,
        }
    }

    /// Returns a layer as its descriptor describes it.
    pub(super) fn layer(&self, descriptor: &Descriptor) -> FoundLayer {
        FoundLayer {
            media_type: (!descriptor.media_type.is_empty()).then(|| descriptor.media_type.clone()),
            digest: descriptor.known_digest().cloned(),
            size_bytes: descriptor.size_bytes,
            diff_id: None,
            annotations: descriptor.annotations.clone(),
            blob: self.blob(descriptor).map(FoundBlob::into_blob),
        }
    }
}

impl FoundBlob {
    pub(super) fn of_member(name: String, member: FoundMember) -> FoundBlob {
        FoundBlob {
            name,
            bytes: member.bytes,
            cut: member.cut,
        }
    }

    pub(super) fn into_blob(self) -> Rc<dyn Blob> {
        Rc::new(SliceBlob::new(self.bytes, self.name))
    }
}

/// Returns a manifest or index, verified by the digest that names it; other bytes are refused (DG-03).
pub(super) fn verified(
    bytes: Rc<[u8]>,
    digest: &Digest,
    descriptor: &Descriptor,
) -> Result<Document, Error> {
    Document::verified(bytes, digest, descriptor.media_type.clone())
        .map_err(|error| refuse(digest.as_str(), error))
}

/// Converts a document's own error into a source error about `what`.
pub(super) fn refuse(what: &str, error: image::Error) -> Error {
    let what = Message::verbatim(what);
    match error {
        image::Error::DigestMismatch { expected, actual } => Error::DigestMismatch {
            what,
            expected,
            actual,
        },
        image::Error::TooLarge { limit_bytes, .. } => Error::TooLarge {
            what,
            limit: Message::limit_document_bytes(limit_bytes),
        },
        image::Error::TooManyValues { limit } => Error::TooLarge {
            what,
            limit: Message::limit_document_values(limit),
        },
        image::Error::TooDeep { limit } => Error::TooLarge {
            what,
            limit: Message::limit_document_levels(limit),
        },
        schema_1 @ image::Error::Schema1 => Error::Unsupported {
            what,
            reason: (&schema_1).into(),
        },
        other => Error::Malformed {
            what,
            reason: (&other).into(),
        },
    }
}

fn refuse_embedded(digest: &Digest, data: &[u8]) -> Error {
    if digest.matches(data) == Some(false) {
        Error::DigestMismatch {
            what: Message::data_in_descriptor(digest.to_string()),
            expected: digest.clone(),
            actual: Digest::of(data, digest.algorithm()),
        }
    } else {
        Error::Malformed {
            what: Message::data_in_descriptor(digest.to_string()),
            reason: Message::descriptor_size(),
        }
    }
}

/// Converts an oddity of the document `what` into a warning.
pub(super) fn warn_of(what: &str, oddity: &Oddity) -> Warning {
    let subject = match oddity.subject() {
        "" => what.to_owned(),
        field => format!("{what}: {field}"),
    };
    Warning::of_oddity(oddity, &subject)
}

fn digest_warning(what: &str, claimed: &Digest, bytes: &[u8]) -> Warning {
    let notice = Notice::ConfigDigest {
        actual: Digest::of(bytes, claimed.algorithm()).to_string(),
        claimed: claimed.to_string(),
    };
    Warning::new(notice, what.as_bytes())
}

/// Returns the warning for a digest whose algorithm is not supported (DG-02).
pub(super) fn not_verifiable(digest: &Digest) -> Warning {
    Warning::new(Notice::NotVerifiable, digest.as_str().as_bytes())
}

/// Returns a warning if a descriptor's size is wrong (DG-06).
pub(super) fn size_warning(digest: &Digest, claimed: u64, actual: u64) -> Option<Warning> {
    let notice = Notice::DocumentSize { actual, claimed };
    (claimed != actual).then(|| Warning::new(notice, digest.as_str().as_bytes()))
}

/// Assigns the config's diff_ids to the layers, by position. Returns a warning if the counts differ (AF-17).
pub(super) fn assign_diff_ids(
    layers: &mut [FoundLayer],
    config: &ConfigDocument,
) -> Option<Warning> {
    let diff_ids = &config.config.diff_ids;
    for (layer, diff_id) in layers.iter_mut().zip(diff_ids) {
        layer.diff_id = diff_id.clone();
    }
    let notice = Notice::LayerCount {
        n_layers: layers.len() as u64,
        n_counted: diff_ids.len() as u64,
    };
    (layers.len() != diff_ids.len()).then(|| Warning::new(notice, b""))
}

/// Returns the digest that a member's path claims for its bytes: `blobs/<algorithm>/<hex>`, or `sha256:<hex>`
/// (kaniko, crane). `<hex>.tar` and `<hex>/layer.tar` claim none: those are diff_ids or version 1 ids.
pub(super) fn digest_of_place(path: &[u8]) -> Option<Digest> {
    let path = std::str::from_utf8(path).ok()?;
    match path.strip_prefix("blobs/") {
        Some(place) => Digest::parse(&place.replacen('/', ":", 1)).ok(),
        None => Digest::parse(path).ok(),
    }
}

/// Returns the error for a document that is not a member, with its name escaped for display.
pub(super) fn missing(what: &str) -> Error {
    Error::Missing {
        what: Message::verbatim(escape(what.as_bytes())),
    }
}

/// True if the person cancelled the read: then nothing else is tried.
pub(super) fn is_cancelled(error: &Error) -> bool {
    matches!(error, Error::Io { cause, .. } if cause.kind == ErrorKind::Cancelled)
}
