//! All that an index names: every platform, with attestations and whatever else, byte for byte.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::image::{Content, Descriptor, Digest, Document, MediaKind};
use crate::source::{Beside, Error};

use super::documents::{blobs_of, published};
use super::{Draft, Publication, cancelled};

/// Finds the documents and blobs of all platforms of the index that led to an image.
///
/// `progress` is told how many bytes of documents were read, and may end the work.
///
/// # Errors
/// When the image came by no index, or when something that the index names cannot be had: then each platform can
/// still be published by itself.
pub async fn publish_all_platforms(
    draft: Draft,
    progress: &dyn Fn(u64) -> std::ops::ControlFlow<()>,
) -> Result<Publication, Error> {
    let found = &draft.found;
    let missing = || Error::NotHere {
        what: "all platforms".to_owned(),
        reason: "no index of several platforms led to this image; take it without them".to_owned(),
    };
    let top = found.index.clone().ok_or_else(missing)?;
    let beside = found.beside.clone().ok_or_else(missing)?;
    let mut walk = Walk {
        draft: &draft,
        beside,
        publication: Publication {
            names: found.names.clone(),
            top: top.clone(),
            below: Vec::new(),
            blobs: Vec::new(),
        },
        seen: BTreeSet::from([top.digest.clone()]),
        pending: Vec::new(),
        document_bytes: 0,
    };
    walk.enter(top, 0)?;
    while let Some(step) = walk.pending.pop() {
        if progress(walk.document_bytes).is_break() {
            return Err(cancelled("the index"));
        }
        walk.take(step).await?;
    }
    Ok(walk.publication)
}

/// What is still to be done, the next one last.
enum Step {
    /// Look at an entry of an index, so deep below the top.
    Visit(Box<Descriptor>, usize),
    /// All below this index is there.
    Leave(Document),
}

struct Walk<'a> {
    draft: &'a Draft,
    beside: Rc<dyn Beside>,
    publication: Publication,
    seen: BTreeSet<Digest>,
    pending: Vec<Step>,
    document_bytes: u64,
}

impl Walk<'_> {
    /// Takes up the entries of an index; the top itself is not one of those below.
    fn enter(&mut self, document: Document, depth: usize) -> Result<(), Error> {
        let limits = &self.draft.limits;
        let malformed = |error: crate::image::Error| Error::Malformed {
            what: format!("the index {}", document.digest),
            reason: error.to_string(),
        };
        let reading = document.read(limits.json_bytes).map_err(malformed)?;
        let index = reading.into_index().map_err(malformed)?;
        let n_entries = index.manifests.len().saturating_add(self.seen.len());
        if depth > limits.index_depth || n_entries > limits.index_visits {
            return Err(Error::TooLarge {
                what: format!("the index {}", document.digest),
                limit: format!(
                    "{} levels and {} entries",
                    limits.index_depth, limits.index_visits
                ),
            });
        }
        if depth > 0 {
            self.pending.push(Step::Leave(document));
        }
        let entries = index.manifests.into_iter().rev();
        let visit = |entry| Step::Visit(Box::new(entry), depth + 1);
        self.pending.extend(entries.map(visit));
        Ok(())
    }

    async fn take(&mut self, step: Step) -> Result<(), Error> {
        let (entry, depth) = match step {
            Step::Leave(document) => {
                self.publication.below.push(document);
                return Ok(());
            }
            Step::Visit(entry, depth) => (entry, depth),
        };
        if let Some(digest) = entry.known_digest()
            && !self.seen.insert(digest.clone())
        {
            return Ok(());
        }
        let kind = entry.media_type.kind();
        if !matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated) {
            return self.add_blob(&entry);
        }
        let document = self.beside.document(&entry).await?;
        let limits = &self.draft.limits;
        self.document_bytes = self
            .document_bytes
            .saturating_add(document.bytes.len() as u64);
        if self.document_bytes > limits.documents_bytes {
            return Err(Error::TooLarge {
                what: "the index, with all that it names,".to_owned(),
                limit: format!("{} bytes of documents", limits.documents_bytes),
            });
        }
        let reading = document.read(limits.json_bytes);
        let reading = reading.map_err(|error| Error::Malformed {
            what: format!("the manifest {}", document.digest),
            reason: error.to_string(),
        })?;
        let document = Document {
            media_type: reading.media_type.clone(),
            ..document
        };
        match reading.content {
            Content::Index(_) => self.enter(document, depth),
            Content::Manifest(manifest) => {
                // The open image may have read some of its blobs already, and kept them.
                let found = Some(&self.draft.found).filter(|found| {
                    let own = found.manifest.as_ref();
                    own.is_some_and(|own| own.digest == document.digest)
                });
                let beside = Some(&self.beside);
                blobs_of(&manifest, found, beside, &mut self.publication)?;
                self.publication.below.push(document);
                Ok(())
            }
            Content::Schema1 | Content::SavedImages | Content::Other => self.add_blob(&entry),
        }
    }

    /// What is no manifest is carried along as bytes.
    fn add_blob(&mut self, entry: &Descriptor) -> Result<(), Error> {
        let digest = entry.known_digest().map_or("", Digest::as_str);
        let blob = published(format!("the blob {digest}"), entry, self.beside.blob(entry))?;
        self.publication.add(blob);
        Ok(())
    }
}
