//! Manifests and indexes with their bytes, recognised by declared type first and by content second.
//!
//! The bytes are kept unchanged, because they have a digest. Nothing here writes JSON.

use crate::message::Code;
use std::rc::Rc;

use serde_json::Value;

use super::fields::{Fields, Notes};
use super::json::Json;
use super::shape;
use super::{Digest, Error, Index, Manifest, ManifestKind, MediaKind, MediaType, Oddity};

/// A document with its exact bytes, their digest, and the media type under which it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Exact bytes of the document.
    pub bytes: Rc<[u8]>,
    /// Digest of the bytes.
    pub digest: Digest,
    /// Media type from the descriptor or the Content-Type; empty if both are silent.
    pub media_type: MediaType,
}

/// The kind of a document, with its parsed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An index or a manifest list.
    Index(Box<Index>),
    /// The manifest of an image or an artifact.
    Manifest(Box<Manifest>),
    /// A Docker manifest of schema 1, which is recognised but not parsed.
    Schema1,
    /// The `manifest.json` of a docker-archive.
    SavedImages,
    /// Any other JSON, which is shown unchanged.
    Other,
}

/// A parsed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentReading {
    /// Kind and content of the document.
    pub content: Content,
    /// Effective media type: the declared one, or else the stated one, or else the one of its content.
    pub media_type: MediaType,
    /// Oddities of the document.
    pub oddities: Vec<Oddity>,
}

impl Document {
    /// Creates a document from bytes without a claimed digest, which is computed.
    pub fn new(bytes: impl Into<Rc<[u8]>>, media_type: MediaType) -> Document {
        let bytes = bytes.into();
        Document {
            digest: Digest::sha256_of(&bytes),
            bytes,
            media_type,
        }
    }

    /// Creates a document from bytes that were requested by `digest`.
    ///
    /// A digest with an unsupported algorithm is accepted without verification; `digest.algorithm()` reveals it.
    ///
    /// # Errors
    /// If the bytes have another digest.
    pub fn verified(
        bytes: impl Into<Rc<[u8]>>,
        digest: &Digest,
        media_type: MediaType,
    ) -> Result<Document, Error> {
        let bytes = bytes.into();
        if digest.matches(&bytes) == Some(false) {
            return Err(Error::DigestMismatch {
                expected: digest.clone(),
                actual: Digest::of(&bytes, digest.algorithm()),
            });
        }
        Ok(Document {
            bytes,
            digest: digest.clone(),
            media_type,
        })
    }

    /// Parses the document according to its kind.
    ///
    /// # Errors
    /// If the document is not JSON or is too long, or if it is declared as an index or a manifest and is not an
    /// object.
    pub fn read(&self, limit_bytes: u64) -> Result<DocumentReading, Error> {
        let json = Json::parse_as(&self.bytes, limit_bytes, &shape::DOCUMENT)?;
        let notes = Notes::after(json.oddities);
        let stated = MediaType::new(text_at(&json.value, "mediaType"));
        let kind = kind_of_document(&self.media_type, &json.value);
        let content =
            match kind {
                Kind::Index => Content::Index(Box::new(Index::read(&Fields::of_document(
                    &json.value,
                    Code::AnImageIndex,
                    &notes,
                )?))),
                Kind::Manifest => Content::Manifest(Box::new(Manifest::read(
                    &Fields::of_document(&json.value, Code::AnImageManifest, &notes)?,
                ))),
                Kind::Schema1 => Content::Schema1,
                Kind::SavedImages => Content::SavedImages,
                Kind::Other => Content::Other,
            };
        let specific = |m: &MediaType| m.kind() != MediaKind::Unstated;
        if specific(&self.media_type) && !stated.is_empty() && stated != self.media_type {
            notes.push(Oddity::MediaTypeMismatch {
                declared: self.media_type.to_string(),
                stated: stated.to_string(),
            });
        }
        if has(&json.value, "manifests")
            && (has(&json.value, "layers") || has(&json.value, "config"))
        {
            notes.push(Oddity::AmbiguousDocument);
        }
        let media_type = [&self.media_type, &stated]
            .into_iter()
            .find(|m| specific(m))
            .cloned()
            .unwrap_or_else(|| kind.usual_media_type(&json.value));
        Ok(DocumentReading {
            content,
            media_type,
            oddities: notes.take(),
        })
    }
}

/// The kind of a document, before it is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Index,
    Manifest,
    Schema1,
    SavedImages,
    Other,
}

impl Kind {
    fn usual_media_type(self, value: &Value) -> MediaType {
        // Docker's own manifests always state their type. One without is OCI's, unless its config is Docker's.
        let config = value.get("config").unwrap_or(&Value::Null);
        let docker = text_at(config, "mediaType") == MediaType::DOCKER_CONFIG;
        MediaType::new(match self {
            Kind::Index => MediaType::OCI_INDEX,
            Kind::Manifest if docker => MediaType::DOCKER_MANIFEST,
            Kind::Manifest => MediaType::OCI_MANIFEST,
            Kind::Schema1 => "application/vnd.docker.distribution.manifest.v1+json",
            Kind::SavedImages | Kind::Other => "",
        })
    }

    fn of_media_type(media_type: &MediaType) -> Option<Kind> {
        match media_type.kind() {
            MediaKind::Manifest(ManifestKind::Schema1) => Some(Kind::Schema1),
            MediaKind::Manifest(kind) if kind.is_index() => Some(Kind::Index),
            MediaKind::Manifest(_) => Some(Kind::Manifest),
            MediaKind::Unstated => None,
            _ => Some(Kind::Other),
        }
    }

    fn of_content(value: &Value) -> Kind {
        match value {
            Value::Array(items) if items.iter().any(|i| has(i, "Layers") || has(i, "Config")) => {
                Kind::SavedImages
            }
            _ if has(value, "fsLayers") || is_schema_1(value) => Kind::Schema1,
            _ if has(value, "manifests") => Kind::Index,
            _ if has(value, "layers") && has(value, "config") => Kind::Manifest,
            // Docker 25.0 wrote an index with `null` as its list.
            _ if value.get("manifests").is_some() => Kind::Index,
            _ => Kind::Other,
        }
    }
}

/// Decides the kind by the declared type first, by the stated type second, and by the content last.
fn kind_of_document(declared: &MediaType, value: &Value) -> Kind {
    let stated = MediaType::new(text_at(value, "mediaType"));
    // A registry may send schema 1 under the type of a schema 2 manifest or of plain JSON. Its version reveals it.
    if value.is_object() && is_schema_1(value) && has(value, "fsLayers") {
        return Kind::Schema1;
    }
    Kind::of_media_type(declared)
        .or_else(|| Kind::of_media_type(&stated))
        .unwrap_or_else(|| Kind::of_content(value))
}

fn is_schema_1(value: &Value) -> bool {
    value.get("schemaVersion").and_then(Value::as_u64) == Some(1)
}

fn has(value: &Value, key: &str) -> bool {
    value.get(key).is_some_and(|member| !member.is_null())
}

fn text_at<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl DocumentReading {
    /// Returns the index.
    ///
    /// # Errors
    /// If the document is anything else. Schema 1 has an error of its own.
    pub fn into_index(self) -> Result<Index, Error> {
        match self.content {
            Content::Index(index) => Ok(*index),
            other => Err(other.unexpected(Code::IndexOfImages)),
        }
    }

    /// Returns the manifest.
    ///
    /// # Errors
    /// If the document is anything else. Schema 1 has an error of its own.
    pub fn into_manifest(self) -> Result<Manifest, Error> {
        match self.content {
            Content::Manifest(manifest) => Ok(*manifest),
            other => Err(other.unexpected(Code::ManifestOfAnImage)),
        }
    }
}

impl Content {
    /// Builds the error for a place that requires another kind of document.
    pub fn unexpected(&self, expected: Code) -> Error {
        let actual = match self {
            Content::Schema1 => return Error::Schema1,
            Content::Index(_) => Code::AnIndex,
            Content::Manifest(_) => Code::AManifest,
            Content::SavedImages => Code::ManifestJson,
            Content::Other => Code::OtherJson,
        };
        Error::Shape {
            document: Code::TheDocument,
            expected,
            actual,
        }
    }
}
