//! Reads OCI layouts, as an archive or a folder: `oci-layout`, `index.json`, `blobs/<algorithm>/<hex>`.
//!
//! Walks down through nested indexes and manifest lists, within limits. Content that is not an image is listed
//! separately and is never an error. `oci_image` reads the manifests.

use crate::message::Code;
use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{Content, Descriptor, Digest, Document, Index, MediaKind, MediaType, Platform};
use crate::layer::{Notice, Warning};
use crate::source::found::{annotations_left_out, fits};
use crate::source::{Error, FoundImage, FoundLayer, Origin};

use super::members::Members;
use super::oci_image::{self, Place, image_of};
use super::opened::{Contents, OtherContent, OtherKind};
use super::store::{
    FoundBlob, Store, is_cancelled, not_verifiable, refuse, size_warning, verified, warn_of,
};

/// The index of all content in a layout.
pub(super) const INDEX: &str = "index.json";
const MARKER: &str = "oci-layout";

/// True if there is an `index.json` that belongs to a layout. The name alone is no proof: web sites have it, too.
pub(super) fn is_present(members: &Members) -> bool {
    members.has(INDEX) && (members.has(MARKER) || members.has_below("blobs"))
}

/// One index entry that is still to be visited.
struct Step {
    entry: Descriptor,
    place: Rc<Place>,
    depth: usize,
}

/// Reads `index.json` and everything it leads to.
///
/// # Errors
/// When `index.json` itself cannot be read, or the person cancels.
pub(super) async fn read(store: &Store<'_>, origin: Origin) -> Result<Contents, Error> {
    let mut contents = Contents::default();
    check_marker(store, &mut contents).await?;
    let bytes = store.document_at(INDEX).await?;
    let document = Document::new(bytes, MediaType::new(MediaType::OCI_INDEX));
    let reading = document
        .read(store.limits.documents.json_bytes)
        .map_err(|error| refuse(INDEX, error))?;
    let oddities = reading.oddities.iter().map(|o| warn_of(INDEX, o));
    contents.warnings.extend(oddities);
    let index = reading.into_index().map_err(|error| refuse(INDEX, error))?;
    let mut walk = Walk {
        store,
        origin,
        contents,
        pending: Vec::new(),
        visited: Vec::new(),
        n_left: store.limits.documents.index_visits,
    };
    walk.push_named(index);
    walk.run().await?;
    walk.tell_what_was_not_saved();
    Ok(walk.contents)
}

/// Warns of a layout without its marker, or with a version that is not specified yet (AF-26).
async fn check_marker(store: &Store<'_>, contents: &mut Contents) -> Result<(), Error> {
    let mut warn = |notice| {
        let warning = Warning::new(notice, MARKER.as_bytes());
        contents.warnings.push(warning);
    };
    let bytes = match store.document_at(MARKER).await {
        Ok(bytes) => bytes,
        Err(error) if is_cancelled(&error) => return Err(error),
        Err(_) => {
            warn(Notice::OciLayoutMissing);
            return Ok(());
        }
    };
    let json = crate::image::Json::parse(&bytes, store.limits.documents.json_bytes);
    let version = json.as_ref().ok().and_then(|json| {
        let version = json.value.get("imageLayoutVersion")?;
        version.as_str()
    });
    match version {
        Some("1.0.0") => {}
        version => warn(Notice::OciLayoutVersion {
            is_told: version.is_some(),
        }),
    }
    Ok(())
}

/// The media type of BuildKit's own record in a cache that it exported.
const BUILD_CACHE: &str = "application/vnd.buildkit.cacheconfig.v0";

struct Walk<'s, 'a> {
    store: &'s Store<'a>,
    origin: Origin,
    contents: Contents,
    /// Entries still to be visited; the next one is last.
    pending: Vec<Step>,
    /// The step that led to each image.
    visited: Vec<Step>,
    /// Number of entries that may still be visited.
    n_left: usize,
}

impl Walk<'_, '_> {
    /// Queues the entries of `index.json`: only their annotations count as names (AF-29).
    fn push_named(&mut self, index: Index) {
        let index_annotations = self.handed_on(index.annotations, INDEX);
        let inherited = Rc::default();
        let name_bytes = self.store.limits.image.name_bytes;
        let steps = index.manifests.into_iter().map(|entry| Step {
            place: Rc::new(Place {
                origin: self.origin,
                names: entry
                    .image_name()
                    .filter(|name| name.len() <= name_bytes)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                index_digest: None,
                index: None,
                index_annotations: Rc::clone(&index_annotations),
                inherited: Rc::clone(&inherited),
            }),
            entry,
            depth: 0,
        });
        let steps = steps.take(self.n_left + 1).collect();
        self.push(steps);
    }

    /// Queues the entries of an index blob, under the names of that blob.
    fn push_nested(&mut self, index: Index, document: Document, step: &Step) {
        let digest = document.digest.clone();
        let above = &step.place;
        let place = Rc::new(Place {
            origin: self.origin,
            names: above.names.clone(),
            index_digest: above.index_digest.clone().or_else(|| Some(digest.clone())),
            index: above.index.clone().or(Some(document)),
            index_annotations: self.handed_on(index.annotations, digest.as_str()),
            inherited: self.handed_on(above.annotations_of(&step.entry), digest.as_str()),
        });
        let steps = index.manifests.into_iter().map(|entry| Step {
            place: Rc::clone(&place),
            entry,
            depth: step.depth + 1,
        });
        let steps = steps.take(self.n_left + 1).collect();
        self.push(steps);
    }

    /// Returns the annotations that every image below an index inherits; empty if they are too large for that.
    fn handed_on(
        &mut self,
        annotations: BTreeMap<String, String>,
        subject: &str,
    ) -> Rc<BTreeMap<String, String>> {
        if !fits(&annotations, self.store.limits.documents.annotation_bytes) {
            self.contents.warnings.push(annotations_left_out(subject));
            return Rc::default();
        }
        Rc::new(annotations)
    }

    fn push(&mut self, steps: Vec<Step>) {
        self.pending.extend(steps.into_iter().rev());
    }

    async fn run(&mut self) -> Result<(), Error> {
        while let Some(step) = self.pending.pop() {
            if self.n_left == 0 {
                let n_seen = self.store.limits.documents.index_visits as u64;
                let notice = Notice::TooManyDocuments { n_seen };
                let warning = Warning::new(notice, INDEX.as_bytes());
                self.contents.warnings.push(warning);
                return Ok(());
            }
            self.n_left -= 1;
            match self.visit(&step).await {
                Ok(()) if self.contents.images.len() > self.visited.len() => {
                    self.visited.push(step);
                }
                Ok(()) => {}
                Err(error) if is_cancelled(&error) => return Err(error),
                Err(error) => self.list(&step, OtherKind::Unavailable(error)),
            }
        }
        Ok(())
    }

    /// Marks content as not saved, rather than missing. An entry whose blobs, or all of them except its documents,
    /// are missing was left out on purpose if another image of the same index is present: Docker saves the
    /// platforms that it has, and containerd also saves the manifests of the others. If nothing of an index is
    /// present, this cannot be concluded.
    fn tell_what_was_not_saved(&mut self) {
        let images = std::mem::take(&mut self.contents.images);
        let is_saved: Vec<bool> = images.iter().map(has_a_layer).collect();
        let saved = || images.iter().zip(&is_saved).filter(|(_, is)| **is);
        let is_beside_one =
            |names: &[String], index: Option<&Digest>, platform: Option<&Platform>| {
                saved().any(|(image, _)| match (index, platform) {
                    (Some(_), _) => image.index_digest.as_ref() == index,
                    // In `index.json` itself, the platforms of one name are one image.
                    (None, Some(_)) => {
                        image.index_digest.is_none()
                            && image.names == names
                            && image
                                .platform
                                .as_ref()
                                .is_some_and(|own| Some(own) != platform)
                    }
                    (None, None) => false,
                })
            };
        for other in &mut self.contents.others {
            let (index, platform) = (other.index_digest.as_ref(), other.platform.as_ref());
            if matches!(other.kind, OtherKind::Unavailable(Error::Missing { .. }))
                && is_beside_one(&other.names, index, platform)
            {
                other.kind = OtherKind::NotSaved;
            }
        }
        let is_left_out: Vec<bool> = images
            .iter()
            .zip(&is_saved)
            .map(|(image, is_saved)| {
                let (index, platform) = (image.index_digest.as_ref(), image.platform.as_ref());
                !is_saved && is_beside_one(&image.names, index, platform)
            })
            .collect();
        let visited = std::mem::take(&mut self.visited);
        for ((image, step), is_left_out) in images.into_iter().zip(visited).zip(is_left_out) {
            match is_left_out {
                true => {
                    self.list(&step, OtherKind::NotSaved);
                    if let Some(other) = self.contents.others.last_mut() {
                        other.platform = image.platform;
                    }
                }
                false => self.contents.images.push(image),
            }
        }
    }

    async fn visit(&mut self, step: &Step) -> Result<(), Error> {
        if step.entry.media_type.as_str() == BUILD_CACHE {
            self.list(step, OtherKind::BuildCache);
            return Ok(());
        }
        let kind = step.entry.media_type.kind();
        if !matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated) {
            self.list(step, OtherKind::Unknown);
            return Ok(());
        }
        if step.depth > self.store.limits.documents.index_depth {
            return Err(Error::TooLarge {
                what: Message::index_within_indexes(),
                limit: Message::limit_levels(self.store.limits.documents.index_depth),
            });
        }
        if is_attestation(&step.entry) {
            let statements = self.statements(&step.entry).await?;
            let of = step.entry.attests();
            self.list(step, OtherKind::Attestation { of, statements });
            return Ok(());
        }
        let (document, digest, mut warnings) = self.document(&step.entry).await?;
        let reading = document
            .read(self.store.limits.documents.json_bytes)
            .map_err(|error| refuse(digest.as_str(), error))?;
        let oddities = reading.oddities.iter();
        warnings.extend(oddities.map(|oddity| warn_of(digest.as_str(), oddity)));
        match reading.content {
            Content::Index(index) => {
                self.contents.warnings.extend(warnings);
                let document = Document {
                    media_type: reading.media_type,
                    ..document
                };
                if step.depth == 0 && oci_image::holds_no_image(&index) {
                    let image =
                        oci_image::index_as_artifact(self.store, document, &index, &step.place);
                    self.contents.images.push(image);
                } else {
                    self.push_nested(*index, document, step);
                }
            }
            Content::Manifest(manifest) => {
                let document = Document {
                    media_type: reading.media_type,
                    ..document
                };
                let entry = &step.entry;
                let mut image =
                    image_of(self.store, document, *manifest, entry, &step.place).await?;
                warnings.append(&mut image.warnings);
                image.warnings = warnings;
                self.contents.images.push(image);
            }
            schema_1 @ Content::Schema1 => {
                let error = schema_1.unexpected(Code::ManifestOfAnImage);
                return Err(refuse(digest.as_str(), error));
            }
            Content::SavedImages | Content::Other => self.list(step, OtherKind::Unknown),
        }
        Ok(())
    }

    /// Returns a manifest or index, verified by its digest (DG-03). A wrong size is only a warning (DG-06).
    async fn document(
        &self,
        entry: &Descriptor,
    ) -> Result<(Document, Digest, Vec<Warning>), Error> {
        let blob = self.store.blob(entry)?;
        let digest = entry
            .known_digest()
            .cloned()
            .ok_or_else(|| Error::Malformed {
                what: Message::entry_of_index(),
                reason: Message::no_digest(),
            })?;
        let bytes = self.store.document(&blob).await?;
        let length = bytes.len() as u64;
        let claimed = entry.size_bytes;
        let mut warnings: Vec<_> = claimed
            .and_then(|claimed| size_warning(&digest, claimed, length))
            .into_iter()
            .collect();
        if digest.matches(&bytes).is_none() {
            warnings.push(not_verifiable(&digest));
        }
        let document = verified(bytes, &digest, entry)?;
        Ok((document, digest, warnings))
    }

    async fn statements(&self, entry: &Descriptor) -> Result<Vec<FoundLayer>, Error> {
        let (document, digest, _) = self.document(entry).await?;
        let manifest = document
            .read(self.store.limits.documents.json_bytes)
            .and_then(|reading| reading.into_manifest())
            .map_err(|error| refuse(digest.as_str(), error))?;
        let layers = manifest.layers.iter().take(self.store.limits.image.layers);
        Ok(layers.map(|layer| self.store.layer(layer)).collect())
    }

    fn list(&mut self, step: &Step, kind: OtherKind) {
        let entry = &step.entry;
        self.contents.others.push(OtherContent {
            kind,
            names: step.place.names.clone(),
            media_type: (!entry.media_type.is_empty()).then(|| entry.media_type.clone()),
            digest: entry.known_digest().cloned(),
            size_bytes: entry.size_bytes,
            platform: entry.platform.clone(),
            annotations: entry.annotations.clone(),
            index_digest: step.place.index_digest.clone(),
            blob: self.store.blob(entry).map(FoundBlob::into_blob),
        });
    }
}

/// True if at least one layer of the image is present, or it has no layers.
fn has_a_layer(image: &FoundImage) -> bool {
    let is_missing = |layer: &FoundLayer| matches!(layer.blob, Err(Error::Missing { .. }));
    image.layers.is_empty() || !image.layers.iter().all(is_missing)
}

/// True for an attestation: by its annotation, or by the `unknown` platform that BuildKit gives to content that
/// does not run (MT-10).
fn is_attestation(entry: &Descriptor) -> bool {
    entry.is_attestation() || entry.platform.as_ref().is_some_and(Platform::is_unknown)
}
