//! Publishes everything that an index names: every platform, with attestations and other content, byte for byte.
//!
//! An archive often has less than its index names: `docker save` writes the whole index, but only the content of
//! the platforms that the engine had.

use crate::message::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{Content, Descriptor, Digest, Document, MediaKind};
use crate::source::{Beside, Error, FoundImage};

use super::documents::{blobs_of, published};
use super::{Draft, Platforms, Publication, cancelled, shortened};

/// Finds the documents and blobs of the platforms in the index that led to an image.
///
/// `progress` receives the bytes of documents read, and may cancel the work.
///
/// # Errors
/// [`Error::AbsentPlatforms`] if all are requested and some are absent, or if all are absent; the available ones
/// can then still be published one by one. Other errors if the image did not come from an index, or the index
/// cannot be read.
pub async fn publish_platforms(
    draft: Draft,
    platforms: Platforms,
    progress: &dyn Fn(u64) -> std::ops::ControlFlow<()>,
) -> Result<Publication, Error> {
    let (publication, absent) = walk(&draft, BTreeSet::new(), progress).await?;
    if absent.is_empty() {
        return Ok(publication);
    }
    let (absent, names): (BTreeSet<Digest>, Vec<String>) = absent.into_iter().unzip();
    let what = Message::the_index(publication.top.digest.to_string());
    let is_empty = |publication: &Publication| publication.below.is_empty();
    let refused = |platforms| Err(Error::AbsentPlatforms { what, platforms });
    if platforms == Platforms::All || is_empty(&publication) {
        return refused(names);
    }
    // A second walk, since content named only by an absent platform's attestation is not wanted either.
    let (publication, _) = walk(&draft, absent.clone(), progress).await?;
    let publication = shortened::shortened(publication, &absent, &draft.limits)?;
    if is_empty(&publication) {
        return refused(names);
    }
    Ok(Publication {
        absent: names,
        ..publication
    })
}

/// Returns the platforms in an image's index other than the image's own, in their order.
pub fn platforms_beside(image: &FoundImage, limits: &Limits) -> Vec<String> {
    let index = image.index.as_ref();
    let read = index.and_then(|index| index.read(limits.documents.json_bytes).ok());
    let Some(index) = read.and_then(|reading| reading.into_index().ok()) else {
        return Vec::new();
    };
    let own = image.manifest.as_ref().map(|manifest| &manifest.digest);
    let others = index.images().filter(|entry| entry.known_digest() != own);
    let names = others.filter_map(|entry| Some(entry.platform.as_ref()?.to_string()));
    names.collect()
}

/// Walks the index without the entries `left_out`. Returns the content that is available, and the absent content
/// by digest, with its name.
async fn walk(
    draft: &Draft,
    left_out: BTreeSet<Digest>,
    progress: &dyn Fn(u64) -> std::ops::ControlFlow<()>,
) -> Result<(Publication, BTreeMap<Digest, String>), Error> {
    let found = &draft.found;
    let missing = || Error::NotHere {
        what: Message::all_platforms(),
        reason: Message::no_index_of_platforms(),
    };
    let top = found.index.clone().ok_or_else(missing)?;
    let beside = found.beside.clone().ok_or_else(missing)?;
    let mut walk = Walk {
        draft,
        left_out,
        absent: BTreeMap::new(),
        beside,
        publication: Publication::new(found.names.clone(), top.clone()),
        seen: BTreeSet::from([top.digest.clone()]),
        pending: Vec::new(),
        document_bytes: 0,
    };
    walk.enter(top, 0)?;
    while let Some(step) = walk.pending.pop() {
        if progress(walk.document_bytes).is_break() {
            return Err(cancelled(&Message::index_alone()));
        }
        walk.take(step).await?;
    }
    Ok((walk.publication, walk.absent))
}

/// A pending step; the next one is last.
enum Step {
    /// Visit an index entry at this depth below the top.
    Visit(Box<Descriptor>, usize),
    /// Add this index: everything below it is available.
    Leave(Document),
}

struct Walk<'a> {
    draft: &'a Draft,
    left_out: BTreeSet<Digest>,
    absent: BTreeMap<Digest, String>,
    beside: Rc<dyn Beside>,
    publication: Publication,
    seen: BTreeSet<Digest>,
    pending: Vec<Step>,
    document_bytes: u64,
}

impl Walk<'_> {
    /// Queues the entries of an index. The top index itself is not one of the documents below.
    fn enter(&mut self, document: Document, depth: usize) -> Result<(), Error> {
        let limits = &self.draft.limits;
        let malformed = |error: crate::image::Error| Error::Malformed {
            what: Message::the_index(document.digest.to_string()),
            reason: (&error).into(),
        };
        let reading = document
            .read(limits.documents.json_bytes)
            .map_err(malformed)?;
        let index = reading.into_index().map_err(malformed)?;
        let n_entries = index.manifests.len().saturating_add(self.seen.len());
        if depth > limits.documents.index_depth || n_entries > limits.documents.index_visits {
            return Err(Error::TooLarge {
                what: Message::the_index(document.digest.to_string()),
                limit: Message::limit_levels_and_entries(
                    limits.documents.index_depth,
                    limits.documents.index_visits,
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
        if shortened::leaves_out(&entry, &self.left_out) {
            return Ok(());
        }
        let kind = entry.media_type.kind();
        if !matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated) {
            let added = self.add_blob(&entry);
            return self.unless_absent(&entry, added);
        }
        let document = self.beside.document(&entry).await;
        let Some(document) = self.unless_absent(&entry, document.map(Some))? else {
            return Ok(());
        };
        let limits = &self.draft.limits;
        self.document_bytes = self
            .document_bytes
            .saturating_add(document.bytes.len() as u64);
        if self.document_bytes > limits.documents.documents_bytes {
            return Err(Error::TooLarge {
                what: Message::index_with_all(),
                limit: Message::limit_documents_bytes(limits.documents.documents_bytes),
            });
        }
        let reading = document.read(limits.documents.json_bytes);
        let reading = reading.map_err(|error| Error::Malformed {
            what: Message::the_manifest(document.digest.to_string()),
            reason: (&error).into(),
        })?;
        let document = Document {
            media_type: reading.media_type.clone(),
            ..document
        };
        match reading.content {
            Content::Index(_) => self.enter(document, depth),
            Content::Manifest(manifest) => {
                // The open image may have read and kept some of its blobs already.
                let found = Some(&self.draft.found).filter(|found| {
                    let own = found.manifest.as_ref();
                    own.is_some_and(|own| own.digest == document.digest)
                });
                let mut of_this = Publication::new(Vec::new(), document.clone());
                let all = blobs_of(&manifest, found, Some(&self.beside), &mut of_this);
                // A manifest with an absent blob is incomplete, and its other blobs are not wanted.
                let Some(()) = self.unless_absent(&entry, all.map(Some))? else {
                    return Ok(());
                };
                let blobs = of_this.blobs.into_iter();
                blobs.for_each(|blob| self.publication.add(blob));
                self.publication.below.push(document);
                Ok(())
            }
            Content::Schema1 | Content::SavedImages | Content::Other => {
                let added = self.add_blob(&entry);
                self.unless_absent(&entry, added)
            }
        }
    }

    /// Returns the outcome, or the default if the entry or a part of it is absent, which is noted.
    fn unless_absent<T: Default>(
        &mut self,
        entry: &Descriptor,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        match (outcome, entry.known_digest()) {
            (Err(error), Some(digest)) if error.says_absent() => {
                self.absent.insert(digest.clone(), name_of(entry, digest));
                Ok(T::default())
            }
            (outcome, _) => outcome,
        }
    }

    /// Adds content that is not a manifest as plain bytes.
    fn add_blob(&mut self, entry: &Descriptor) -> Result<(), Error> {
        let digest = entry.known_digest().map_or("", Digest::as_str);
        let blob = published(
            Message::the_blob(digest.to_string()),
            entry,
            self.beside.blob(entry),
        )?;
        self.publication.add(blob);
        Ok(())
    }
}

/// Returns the platform of an entry, or another name that a person knows it by.
fn name_of(entry: &Descriptor, digest: &Digest) -> String {
    match &entry.platform {
        _ if entry.is_attestation() => Message::the_attestation(digest.short()).to_string(),
        Some(platform) if !platform.is_unknown() => platform.to_string(),
        _ => digest.short().to_owned(),
    }
}
