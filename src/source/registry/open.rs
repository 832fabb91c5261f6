//! Resolves a tag or digest to the manifest of one image: through indexes, by platform.
//!
//! `assembly` builds an image from the manifest.

use crate::message::Message;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;

use crate::image::{
    Content, Descriptor, Digest, Document, Index, MediaKind, Platform, default_platform,
    most_values, pick_platform,
};
use crate::layer::{Notice, Warning};

use super::super::found::{annotations_left_out, fits};
use super::super::{Error, FoundImage};
use super::assembly::{Assembly, Path};
use super::client::Client;
use super::conversation::Conversation;
use super::manifest::{self, Target};

/// The image of an index that is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlatformChoice {
    /// `linux/amd64`, else the first Linux, else the first.
    #[default]
    Usual,
    /// The closest to this platform.
    Wanted(Platform),
    /// The manifest with this digest, as a platform switch names it.
    Manifest(Digest),
}

impl PlatformChoice {
    /// Reads the text of [`PlatformChoice::to_string`]; `None` if it is neither a digest nor a platform.
    pub fn parse(text: &str) -> Option<PlatformChoice> {
        let digest = Digest::parse(text).ok().map(PlatformChoice::Manifest);
        digest.or_else(|| text.parse().ok().map(PlatformChoice::Wanted))
    }
}

impl fmt::Display for PlatformChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlatformChoice::Usual => Ok(()),
            PlatformChoice::Wanted(platform) => platform.fmt(f),
            PlatformChoice::Manifest(digest) => digest.fmt(f),
        }
    }
}

/// A reference that was opened: one image, and the other entries of its index.
pub struct OpenedReference {
    /// `host/repository:tag` or `host/repository@digest`.
    pub name: String,
    /// The digest that the reference points to: of an index or a manifest.
    pub digest: Digest,
    /// The index, if the reference points to one.
    pub index: Option<Document>,
    /// The images of the index; empty without one.
    pub platforms: Vec<PlatformEntry>,
    /// The position in `platforms` of the opened image; `None` without an index, or for one of `others`.
    pub chosen: Option<usize>,
    /// Other entries of the index: attestations of images that are not in it, and entries of unknown kinds.
    pub others: Vec<Descriptor>,
    /// The opened image.
    pub image: FoundImage,
}

/// One image of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformEntry {
    /// The entry's descriptor, unchanged.
    pub descriptor: Descriptor,
    /// The digest of its manifest.
    pub digest: Digest,
    /// The digest of the index that holds it: the outer one, or one nested in it.
    pub index_digest: Digest,
    /// Annotations of that index.
    pub index_annotations: BTreeMap<String, String>,
    /// Its attestations: provenance, bills of materials.
    pub attestations: Vec<Descriptor>,
}

/// The entries of all indexes below a reference.
#[derive(Default)]
struct Offer {
    platforms: Vec<PlatformEntry>,
    others: Vec<Descriptor>,
    warnings: Vec<Warning>,
}

impl Client {
    /// Opens the image of a tag or digest; of an index, the image that `choice` names. Failures of the config or a
    /// layer are reported in their place in the image.
    ///
    /// # Errors
    /// When the reference cannot be read or contains no such image.
    pub async fn open(
        &self,
        repository: &str,
        target: &Target,
        choice: &PlatformChoice,
    ) -> Result<OpenedReference, Error> {
        let registry = self.repository(repository).await?;
        let name = self.full_name(repository, target);
        let top = self.manifest(repository, target).await?;
        let assembly = Assembly {
            registry: Rc::clone(&registry),
            repository,
            name: name.clone(),
            names: match target {
                Target::Tag(_) => vec![name.clone()],
                Target::Digest(_) => Vec::new(),
            },
        };
        let digest = top.document.digest.clone();
        let Content::Index(index) = &top.reading.content else {
            let mut image = assembly.image(top, Path::default()).await?;
            if let PlatformChoice::Wanted(wanted) = choice {
                note_platform(&mut image, wanted);
            }
            return Ok(OpenedReference {
                name,
                digest,
                index: None,
                platforms: Vec::new(),
                chosen: None,
                others: Vec::new(),
                image,
            });
        };
        let mut offer = Offer::read(&registry, repository, &name, &digest, index).await;
        if offer.holds_no_image(index, choice) {
            let document = Document {
                media_type: top.reading.media_type.clone(),
                ..top.document.clone()
            };
            let mut image = assembly.index(document, index);
            image.warnings.splice(0..0, top.warnings);
            image.warnings.append(&mut offer.warnings);
            return Ok(OpenedReference {
                name,
                digest,
                index: Some(top.document),
                platforms: Vec::new(),
                chosen: None,
                others: offer.others,
                image,
            });
        }
        let chosen = offer.choose(choice, &name)?;
        let (wanted, path) = match &chosen {
            Chosen::Platform(entry) => (entry.digest.clone(), Path::to(entry)),
            Chosen::Other(wanted) => (wanted.clone(), Path::in_index(&digest, index, wanted)),
        };
        let declared = path
            .descriptor
            .as_ref()
            .map(|d| manifest::declared_type(&d.media_type));
        let what = Message::at_digest(Message::verbatim(&*name), wanted.to_string());
        let target = Target::Digest(wanted.clone());
        let declared = declared.unwrap_or_default();
        let fetched = manifest::fetch(&registry, repository, &target, &declared, &what).await?;
        let mut image = assembly.image(fetched, path).await?;
        image.index = Some(Document {
            media_type: top.reading.media_type.clone(),
            ..top.document.clone()
        });
        if let (PlatformChoice::Wanted(wanted), None) = (choice, &chosen.platform()) {
            note_platform(&mut image, wanted);
        }
        let chosen = offer
            .platforms
            .iter()
            .position(|entry| entry.digest == wanted);
        image.warnings.splice(0..0, top.warnings);
        image.warnings.append(&mut offer.warnings);
        image.warnings.truncate(self.limits().layer.warnings);
        Ok(OpenedReference {
            name,
            digest,
            index: Some(top.document),
            platforms: offer.platforms,
            chosen,
            others: offer.others,
            image,
        })
    }
}

/// Warns if an image that was opened for one platform is for another.
fn note_platform(image: &mut FoundImage, wanted: &Platform) {
    if let Some(actual) = &image.platform
        && !actual.is_empty()
        && actual.distance(wanted).is_none()
    {
        let wanted = wanted.to_string();
        let notice = Notice::OtherPlatform { wanted };
        image
            .warnings
            .push(Warning::new(notice, actual.to_string().as_bytes()));
    }
}

/// The manifest of an index that is opened.
enum Chosen {
    /// One of the platforms.
    Platform(Box<PlatformEntry>),
    /// A digest that the index names as something else, or does not name.
    Other(Digest),
}

impl Chosen {
    fn platform(&self) -> Option<&Platform> {
        match self {
            Chosen::Platform(entry) => entry.descriptor.platform.as_ref(),
            Chosen::Other(_) => None,
        }
    }
}

impl Path {
    fn to(entry: &PlatformEntry) -> Path {
        Path {
            index_digest: Some(entry.index_digest.clone()),
            index_annotations: entry.index_annotations.clone(),
            descriptor: Some(entry.descriptor.clone()),
        }
    }

    fn in_index(index_digest: &Digest, index: &Index, wanted: &Digest) -> Path {
        let mut entries = index.manifests.iter();
        Path {
            index_digest: Some(index_digest.clone()),
            index_annotations: index.annotations.clone(),
            descriptor: entries.find(|d| d.known_digest() == Some(wanted)).cloned(),
        }
    }
}

impl Offer {
    /// Reads the entries of an index and of the indexes nested in it, within the limits. An index that cannot be
    /// read causes a warning; the other entries are offered all the same.
    async fn read(
        registry: &Conversation,
        repository: &str,
        name: &str,
        digest: &Digest,
        index: &Index,
    ) -> Offer {
        let mut offer = Offer::default();
        let mut attestations = Vec::new();
        let mut waiting = VecDeque::from([(digest.clone(), index.clone(), 0)]);
        let mut n_visits = 0;
        let mut n_entries = 0_usize;
        let (mut document_bytes, mut document_values) = (0_u64, 0_u64);
        let limits = &registry.limits;
        while let Some((digest, mut index, depth)) = waiting.pop_front() {
            if !fits(&index.annotations, limits.documents.annotation_bytes) {
                offer.warnings.push(annotations_left_out(digest.as_str()));
                index.annotations.clear();
            }
            for descriptor in index.manifests {
                n_entries = n_entries.saturating_add(1);
                if n_entries > limits.documents.index_visits {
                    let n_seen = u64::try_from(limits.documents.index_visits).unwrap_or(u64::MAX);
                    offer.warn(Notice::TooManyDocuments { n_seen }, &digest);
                    waiting.clear();
                    break;
                }
                let nothing = descriptor
                    .platform
                    .as_ref()
                    .is_some_and(Platform::is_unknown);
                let Some(entry_digest) = descriptor.known_digest().cloned() else {
                    offer.others.push(descriptor);
                    continue;
                };
                match descriptor.media_type.kind() {
                    _ if descriptor.is_attestation() || nothing => attestations.push(descriptor),
                    MediaKind::Manifest(kind) if kind.is_index() => {
                        n_visits += 1;
                        let may_visit = depth < limits.documents.index_depth
                            && n_visits <= limits.documents.index_visits
                            && document_bytes <= limits.documents.documents_bytes
                            && document_values <= limits.documents.document_values;
                        if !may_visit {
                            offer.warn(Notice::TooManyIndexes, &entry_digest);
                            continue;
                        }
                        let target = Target::Digest(entry_digest.clone());
                        let what =
                            Message::at_digest(Message::verbatim(name), entry_digest.to_string());
                        let fetched = manifest::fetch(
                            registry,
                            repository,
                            &target,
                            &descriptor.media_type,
                            &what,
                        );
                        let fetched = fetched.await.map(|fetched| {
                            let len = fetched.document.bytes.len();
                            document_bytes = document_bytes
                                .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
                            let values = most_values(&fetched.document.bytes);
                            document_values = document_values.saturating_add(values);
                            fetched.reading.content
                        });
                        match fetched {
                            Ok(Content::Index(nested)) => {
                                waiting.push_back((entry_digest, *nested, depth + 1))
                            }
                            Ok(_) => offer.others.push(descriptor),
                            Err(error) => {
                                let reason = (&error).into();
                                offer.warn(Notice::NestedIndex { reason }, &entry_digest)
                            }
                        }
                    }
                    MediaKind::Manifest(_) | MediaKind::Unstated => {
                        offer.platforms.push(PlatformEntry {
                            digest: entry_digest,
                            index_digest: digest.clone(),
                            index_annotations: index.annotations.clone(),
                            attestations: Vec::new(),
                            descriptor,
                        })
                    }
                    _ => offer.others.push(descriptor),
                }
            }
        }
        offer.attach(attestations);
        offer
    }

    fn warn(&mut self, notice: Notice, digest: &Digest) {
        self.warnings
            .push(Warning::new(notice, digest.as_str().as_bytes()));
    }

    /// Attaches each attestation to the image that it attests.
    fn attach(&mut self, attestations: Vec<Descriptor>) {
        for attestation in attestations {
            let attested = attestation.attests();
            let mut entries = self.platforms.iter_mut();
            match entries.find(|entry| Some(&entry.digest) == attested.as_ref()) {
                Some(entry) => entry.attestations.push(attestation),
                None => self.others.push(attestation),
            }
        }
    }

    /// True if there is nothing to open but the index itself: a build cache, or an empty index.
    fn holds_no_image(&self, index: &Index, choice: &PlatformChoice) -> bool {
        let mut kinds = index.manifests.iter().map(|d| d.media_type.kind());
        self.platforms.is_empty()
            && !matches!(choice, PlatformChoice::Manifest(_))
            && !kinds.any(|kind| matches!(kind, MediaKind::Manifest(_)))
    }

    /// Returns a manifest that does not belong to an image, such as an attestation.
    fn other_manifest(&self) -> Option<&Digest> {
        let is_manifest = |d: &&Descriptor| matches!(d.media_type.kind(), MediaKind::Manifest(_));
        let mut manifests = self.others.iter().filter(is_manifest);
        manifests.find_map(Descriptor::known_digest)
    }

    fn choose(&self, choice: &PlatformChoice, name: &str) -> Result<Chosen, Error> {
        let platforms: Vec<Option<Platform>> = self
            .platforms
            .iter()
            .map(|entry| entry.descriptor.platform.clone().filter(|p| !p.is_empty()))
            .collect();
        let at = match choice {
            PlatformChoice::Usual => default_platform(&platforms),
            // An entry without a platform may be the one; its config will tell.
            PlatformChoice::Wanted(wanted) => pick_platform(&platforms, wanted)
                .or_else(|| platforms.iter().position(Option::is_none)),
            PlatformChoice::Manifest(digest) => self
                .platforms
                .iter()
                .position(|entry| entry.digest == *digest),
        };
        if let Some(entry) = at.and_then(|at| self.platforms.get(at)) {
            return Ok(Chosen::Platform(Box::new(entry.clone())));
        }
        match choice {
            PlatformChoice::Manifest(digest) => Ok(Chosen::Other(digest.clone())),
            PlatformChoice::Usual => {
                let digest = self.other_manifest().cloned();
                digest.map(Chosen::Other).ok_or_else(|| Error::NotAnImage {
                    what: Message::verbatim(name),
                    found: match self.warnings.first() {
                        Some(warning) => {
                            Message::index_unreadable(Message::verbatim(warning.to_string()))
                        }
                        None => Message::index_without_images(),
                    },
                })
            }
            PlatformChoice::Wanted(wanted) => {
                let offered: Vec<String> = platforms
                    .iter()
                    .flatten()
                    .map(ToString::to_string)
                    .collect();
                Err(Error::NotHere {
                    what: Message::part_of(
                        Message::verbatim(wanted.to_string()),
                        Message::verbatim(name),
                    ),
                    reason: Message::there_for(offered.join(", ").to_string()),
                })
            }
        }
    }
}
