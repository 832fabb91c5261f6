//! Builds an image from a manifest: fetches its config and lists its layers.
//!
//! The layers' bytes are not requested here.

use crate::message::Code;
use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{
    ArtifactKind, ConfigDocument, Content, Descriptor, DiffId, Digest, Document, Index, Manifest,
    Platform,
};
use crate::io::{Cache, HttpRequest};
use crate::layer::{Notice, Warning};

use super::super::{Annotations, Beside, Blob, Error, FoundImage, FoundLayer, Origin};
use super::auth::Scope;
use super::beside::Repository;
use super::conversation::Conversation;
use super::document::Asked;
use super::manifest::{FetchedManifest, malformed, verified, warning_of};
use super::url;

/// The way that led to a manifest.
#[derive(Default)]
pub(super) struct Path {
    pub(super) index_digest: Option<Digest>,
    pub(super) index_annotations: BTreeMap<String, String>,
    pub(super) descriptor: Option<Descriptor>,
}

/// One image while it is being built.
pub(super) struct Assembly<'a> {
    pub(super) registry: Rc<Conversation>,
    pub(super) repository: &'a str,
    /// The full reference, for messages.
    pub(super) name: String,
    /// The names that the image gets.
    pub(super) names: Vec<String>,
}

impl Assembly<'_> {
    /// Builds the image of a manifest. A config or layer that cannot be read is reported in its place.
    ///
    /// # Errors
    /// When the document is not a manifest, or has more layers than the limit.
    pub(super) async fn image(
        &self,
        fetched: FetchedManifest,
        path: Path,
    ) -> Result<FoundImage, Error> {
        let manifest = match fetched.reading.content {
            Content::Manifest(manifest) => *manifest,
            Content::Other if is_object(&fetched.document.bytes) => {
                return Ok(self.unknown(fetched, path));
            }
            other => {
                let error = other.unexpected(Code::ManifestOfAnImage);
                return Err(malformed(&Message::verbatim(&*self.name), &error));
            }
        };
        let limit = self.registry.limits.image.layers;
        if manifest.layers.len() > limit {
            return Err(Error::TooLarge {
                what: Message::verbatim(self.name.clone()),
                limit: Message::limit_layers(limit),
            });
        }
        let mut warnings = fetched.warnings;
        let config = match &manifest.config {
            Some(descriptor) if manifest.is_image() => Some(self.config(descriptor).await),
            Some(_) => None,
            None => Some(Err(Error::Missing {
                what: Message::config_of(Message::verbatim(&*self.name)),
            })),
        };
        if let Some(Ok(config)) = &config {
            warnings.extend(
                config
                    .oddities
                    .iter()
                    .map(|o| warning_of(o, &Message::verbatim("config"))),
            );
            warnings.extend(self.check(config, &manifest));
        }
        let read = config.as_ref().and_then(|config| config.as_ref().ok());
        let diff_ids = read.map_or(&[][..], |config| &config.config.diff_ids);
        let beside = self.beside();
        let layers = manifest.layers.iter().enumerate();
        let layers = layers
            .map(|(i, descriptor)| {
                let blob = beside.blob(descriptor);
                layer(descriptor, diff_ids.get(i).cloned().flatten(), blob)
            })
            .collect();
        let told = path.descriptor.as_ref().and_then(|d| d.platform.clone());
        let platform = told
            .filter(|platform| !platform.is_empty())
            .or_else(|| read.map(|config| config.config.platform.clone()))
            .filter(|platform: &Platform| !platform.is_empty());
        for warning in self.registry.warnings() {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        Ok(FoundImage {
            names: self.names.clone(),
            origin: Origin::Registry,
            image_id: manifest
                .config
                .as_ref()
                .and_then(|d| d.known_digest().cloned()),
            artifact_type: (!manifest.is_image())
                .then(|| manifest.artifact_type().unwrap_or("unknown").to_owned()),
            manifest: Some(fetched.document),
            index_digest: path.index_digest,
            index: None,
            beside: Some(beside),
            platform,
            config,
            layers,
            annotations: Annotations {
                index: path.index_annotations,
                descriptor: path.descriptor.map(|d| d.annotations).unwrap_or_default(),
                manifest: manifest.annotations,
            },
            warnings,
        })
    }

    /// Returns a found image without any content.
    fn nothing(&self) -> FoundImage {
        FoundImage {
            names: self.names.clone(),
            origin: Origin::Registry,
            image_id: None,
            artifact_type: None,
            manifest: None,
            index_digest: None,
            index: None,
            beside: Some(self.beside()),
            platform: None,
            config: None,
            layers: Vec::new(),
            annotations: Annotations::default(),
            warnings: self.registry.warnings(),
        }
    }

    /// Returns a document that is neither manifest nor index as an artifact, shown as it is.
    fn unknown(&self, fetched: FetchedManifest, path: Path) -> FoundImage {
        FoundImage {
            artifact_type: Some(match fetched.reading.media_type.as_str() {
                "" => "unknown".to_owned(),
                stated => stated.to_owned(),
            }),
            manifest: Some(fetched.document),
            index_digest: path.index_digest,
            warnings: fetched.warnings,
            ..self.nothing()
        }
    }

    /// Returns an index without images as an artifact: a build cache, an empty index, or one of unknown things.
    /// Its entries stand for blobs.
    pub(super) fn index(&self, document: Document, index: &Index) -> FoundImage {
        let beside = self.beside();
        let entries = index
            .manifests
            .iter()
            .take(self.registry.limits.image.layers);
        let mut known = entries.clone().filter(|entry| {
            ArtifactKind::of_media_type(&entry.media_type) == Some(ArtifactKind::BuildCache)
        });
        let told = known
            .next()
            .map_or(&document.media_type, |entry| &entry.media_type);
        FoundImage {
            artifact_type: Some(told.as_str().to_owned()),
            index_digest: Some(document.digest.clone()),
            layers: entries
                .map(|entry| layer(entry, None, beside.blob(entry)))
                .collect(),
            annotations: Annotations {
                index: index.annotations.clone(),
                ..Annotations::default()
            },
            index: Some(document),
            beside: Some(beside),
            ..self.nothing()
        }
    }

    fn beside(&self) -> Rc<dyn Beside> {
        Rc::new(Repository {
            registry: Rc::clone(&self.registry),
            repository: self.repository.to_owned(),
            name: self.name.clone(),
            foreign_hosts: Default::default(),
        })
    }

    async fn config(&self, descriptor: &Descriptor) -> Result<ConfigDocument, Error> {
        let what = Message::config_of(Message::verbatim(&*self.name));
        let digest = descriptor
            .digest
            .as_ref()
            .map_err(|error| Error::Malformed {
                what: what.clone(),
                reason: error.into(),
            })?;
        let limit = self.registry.limits.documents.json_bytes;
        let bytes: Rc<[u8]> = match descriptor.embedded() {
            Some(bytes) => bytes,
            None => self.small_blob(digest, &what, limit).await?.into(),
        };
        verified(&bytes, digest, &what)?;
        let mut config =
            ConfigDocument::parse(bytes, limit).map_err(|error| malformed(&what, &error))?;
        // The image ID is the digest by which the manifest names the config, whatever its algorithm.
        config.digest = digest.clone();
        Ok(config)
    }

    async fn small_blob(
        &self,
        digest: &Digest,
        what: &Message,
        limit_bytes: u64,
    ) -> Result<Vec<u8>, Error> {
        let path = url::encode_path(&format!("{}/blobs/{digest}", self.repository));
        let request = HttpRequest::get(self.registry.address(&path), Cache::Allowed);
        let scope = Scope::Pull(self.repository.to_owned());
        let asked = self.registry.document(request, &scope, what, limit_bytes);
        match asked.await? {
            Asked::Document(document) => Ok(document.body),
            Asked::Refused(Error::Refused { status: 404, .. }) => Err(Error::Missing {
                what: Message::at_digest(what.clone(), digest.to_string()),
            }),
            Asked::Refused(error) => Err(error),
        }
    }

    /// Returns warnings for contradictions between config and manifest.
    fn check(&self, config: &ConfigDocument, manifest: &Manifest) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let subject = self.name.as_bytes();
        let (n_layers, n_diff_ids) = (manifest.layers.len(), config.config.diff_ids.len());
        if n_layers != n_diff_ids {
            let notice = Notice::LayerCount {
                n_layers: n_layers as u64,
                n_counted: n_diff_ids as u64,
            };
            warnings.push(Warning::new(notice, subject));
        }
        let size = manifest.config.as_ref().and_then(|d| d.size_bytes);
        let length = u64::try_from(config.bytes.len()).ok();
        if let (Some(claimed), Some(actual)) = (size, length)
            && claimed != actual
        {
            let notice = Notice::DocumentSize { actual, claimed };
            warnings.push(Warning::new(notice, config.digest.as_str().as_bytes()));
        }
        warnings
    }
}

fn layer(
    descriptor: &Descriptor,
    diff_id: Option<DiffId>,
    blob: Result<Rc<dyn Blob>, Error>,
) -> FoundLayer {
    FoundLayer {
        media_type: Some(descriptor.media_type.clone()).filter(|m| !m.is_empty()),
        digest: descriptor.known_digest().cloned(),
        size_bytes: descriptor.size_bytes,
        diff_id,
        annotations: descriptor.annotations.clone(),
        blob,
    }
}

/// True for a JSON object, as opposed to a list or text.
fn is_object(bytes: &[u8]) -> bool {
    crate::image::without_mark(bytes).trim_ascii_start().first() == Some(&b'{')
}
