//! Documents with their bytes: what stands above configs and layers, told apart by declared type, then by content.
//!
//! The bytes are kept as they came, for they have a digest; nothing here writes JSON.

use std::rc::Rc;

use serde_json::Value;

use super::fields::{Fields, Notes};
use super::json::Json;
use super::shape;
use super::{Digest, Error, Index, Manifest, ManifestKind, MediaKind, MediaType, Oddity};

/// A document byte for byte, with its digest and the media type under which it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The bytes as they came.
    pub bytes: Rc<[u8]>,
    /// Their digest.
    pub digest: Digest,
    /// By descriptor or Content-Type; empty when neither said anything.
    pub media_type: MediaType,
}

/// What a document turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An index or a manifest list.
    Index(Box<Index>),
    /// The manifest of an image or an artifact.
    Manifest(Box<Manifest>),
    /// A Docker manifest of schema 1, which is recognised and not read.
    Schema1,
    /// The `manifest.json` of a docker-archive.
    SavedImages,
    /// Any other JSON: shown as it is.
    Other,
}

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentReading {
    /// What it is.
    pub content: Content,
    /// The media type that counts: as declared, else as it states of itself, else by its content.
    pub media_type: MediaType,
    /// What was odd in it.
    pub oddities: Vec<Oddity>,
}

impl Document {
    /// Takes bytes whose digest nobody claims; it is computed.
    pub fn new(bytes: impl Into<Rc<[u8]>>, media_type: MediaType) -> Document {
        let bytes = bytes.into();
        Document {
            digest: Digest::sha256_of(&bytes),
            bytes,
            media_type,
        }
    }

    /// Takes bytes that were asked for by `digest`.
    ///
    /// A digest whose algorithm cannot be computed here is kept unproved; `digest.algorithm()` tells.
    ///
    /// # Errors
    /// When the bytes have another digest.
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

    /// Reads the document as what it is.
    ///
    /// # Errors
    /// When it is not JSON, is too long, or is declared as an index or a manifest and is no object.
    pub fn read(&self, limit_bytes: u64) -> Result<DocumentReading, Error> {
        let json = Json::parse_as(&self.bytes, limit_bytes, &shape::DOCUMENT)?;
        let notes = Notes::after(json.oddities);
        let stated = MediaType::new(text_at(&json.value, "mediaType"));
        let kind = kind_of_document(&self.media_type, &json.value);
        let content =
            match kind {
                Kind::Index => Content::Index(Box::new(Index::read(&Fields::of_document(
                    &json.value,
                    "an image index",
                    &notes,
                )?))),
                Kind::Manifest => Content::Manifest(Box::new(Manifest::read(
                    &Fields::of_document(&json.value, "an image manifest", &notes)?,
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

/// What a document is, before it is read.
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
        // Docker's own manifests always state their type; one without is OCI's, unless its config is Docker's.
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
            // Docker 25.0 wrote an index with `null` for its list.
            _ if value.get("manifests").is_some() => Kind::Index,
            _ => Kind::Other,
        }
    }
}

/// By the declared type first, by the stated type second, by the content last.
fn kind_of_document(declared: &MediaType, value: &Value) -> Kind {
    let stated = MediaType::new(text_at(value, "mediaType"));
    // A registry may send schema 1 under the type of a schema 2 manifest or of plain JSON; its version tells.
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
    /// The index.
    ///
    /// # Errors
    /// When the document is anything else; schema 1 has an error of its own.
    pub fn into_index(self) -> Result<Index, Error> {
        match self.content {
            Content::Index(index) => Ok(*index),
            other => Err(other.unexpected("an index of images")),
        }
    }

    /// The manifest.
    ///
    /// # Errors
    /// When the document is anything else; schema 1 has an error of its own.
    pub fn into_manifest(self) -> Result<Manifest, Error> {
        match self.content {
            Content::Manifest(manifest) => Ok(*manifest),
            other => Err(other.unexpected("the manifest of an image")),
        }
    }
}

impl Content {
    /// The error for a place where something else was needed.
    pub fn unexpected(&self, expected: &'static str) -> Error {
        let actual = match self {
            Content::Schema1 => return Error::Schema1,
            Content::Index(_) => "an index",
            Content::Manifest(_) => "a manifest",
            Content::SavedImages => "the manifest.json of a docker-archive",
            Content::Other => "some other JSON",
        };
        Error::Shape {
            document: "the document",
            expected,
            actual,
        }
    }
}
