//! Errors and oddities of documents, digests and references.
//!
//! The caller that read the bytes adds their file or address.

use super::{Digest, InvalidDigest};

/// The reason why a text or a document of an image is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The document has more bytes than the caller allows.
    #[error(
        "the document has {actual_bytes} bytes, more than the {limit_bytes} that are read of one"
    )]
    TooLarge {
        /// Length of the document in bytes.
        actual_bytes: u64,
        /// Limit in bytes, from `Limits::json_bytes`.
        limit_bytes: u64,
    },
    /// The document has more values than any real one.
    #[error("the document holds more than {limit} values")]
    TooManyValues {
        /// Maximum number of values.
        limit: usize,
    },
    /// The document is nested more deeply than any real one.
    #[error(
        "the document holds lists and objects within each other, more than {limit} levels of them"
    )]
    TooDeep {
        /// Maximum number of levels.
        limit: usize,
    },
    /// The bytes are not JSON: truncated, damaged, or something else altogether.
    #[error("this is not valid JSON: {detail}")]
    Json {
        /// Message of the parser, with line and column.
        detail: String,
    },
    /// The JSON has another type than required.
    #[error("{document} must be {expected}, and is {actual}")]
    Shape {
        /// The document, or the part of it.
        document: &'static str,
        /// Type that it must have.
        expected: &'static str,
        /// Type that it has.
        actual: &'static str,
    },
    /// `manifest.json` contains only `null`.
    #[error("manifest cannot be null: manifest.json lists no images")]
    NullManifest,
    /// An image from before 2016, in a format that only its registry can convert.
    #[error(
        "image manifest schema 1 is not supported: pull and push the image with a current tool, which converts it"
    )]
    Schema1,
    /// The bytes do not have the requested digest.
    #[error("the content does not match its digest: expected {expected}, got {actual}")]
    DigestMismatch {
        /// Digest that was requested.
        expected: Digest,
        /// Digest of the bytes.
        actual: Digest,
    },
    /// A digest that violates the grammar.
    #[error(transparent)]
    Digest(#[from] InvalidDigest),
    /// `rootfs.type` of a config is not `layers`: the layers do not form a file system.
    #[error("the config's rootfs.type must be \"layers\", and is {actual:?}")]
    RootfsType {
        /// Value of the field.
        actual: String,
    },
    /// A text that is not a reference, or not a part of one.
    #[error("{reason}: {text:?}")]
    Reference {
        /// The rule that it violates.
        reason: &'static str,
        /// The text, cut to a reasonable length.
        text: String,
    },
    /// A user name or a password in an address. Not repeated here, because the error may be shown.
    #[error("an address with a user name or a password is not opened: leave them out")]
    CredentialsInAddress,
    /// A platform that is not `os/architecture[/variant]`.
    #[error("a platform has the form os/architecture[/variant], such as linux/arm64/v8: {text:?}")]
    Platform {
        /// The text, cut to a reasonable length.
        text: String,
    },
}

/// The types of fields in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A non-negative integer.
    Unsigned,
    /// An integer.
    Signed,
    /// A list of strings.
    Texts,
    /// An object.
    Object,
    /// A list of objects.
    Objects,
    /// Bytes in base64.
    Base64,
}

impl std::fmt::Display for FieldType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FieldType::Text => "a text",
            FieldType::Flag => "true or false",
            FieldType::Unsigned => "a whole number of zero or more",
            FieldType::Signed => "a whole number",
            FieldType::Texts => "a list of texts",
            FieldType::Object => "an object",
            FieldType::Objects => "a list of objects",
            FieldType::Base64 => "base64",
        })
    }
}

/// An oddity of a document that does not stop its parsing. `layer::Notice` has the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A key occurs more than once in an object. The last value counts.
    DuplicateKey {
        /// The repeated key.
        key: String,
    },
    /// Several members of one object match one field, by its exact name or in another case. Engines take the last
    /// and merge objects; other readers take the one they look for.
    SeveralKeys {
        /// Path of the field, such as `config.User`.
        place: String,
    },
    /// A member matches a field, but in another case.
    OtherCase {
        /// Path of the field.
        place: String,
    },
    /// The bytes are not valid UTF-8. Invalid sequences were replaced.
    NotUtf8,
    /// A field has the wrong type, and is read as absent.
    WrongType {
        /// Path of the field, such as `config.Env`.
        place: String,
        /// Type that the field must have.
        expected: FieldType,
    },
    /// A digest violates the grammar, and is read as absent.
    InvalidDigest {
        /// Path of the field.
        place: String,
        /// The violation, in words.
        detail: String,
    },
    /// The document's own media type differs from the one under which it was found.
    MediaTypeMismatch {
        /// Media type in the descriptor or the Content-Type.
        declared: String,
        /// Media type in the document's `mediaType`.
        stated: String,
    },
    /// The document has the fields of an index and of a manifest at once.
    AmbiguousDocument,
    /// There are layers, but no history.
    NoHistory,
    /// The number of history entries with a layer differs from the number of layers. None is matched.
    HistoryMismatch {
        /// History entries that claim a layer.
        n_entries: usize,
        /// Layers of the image.
        n_layers: usize,
    },
    /// `empty_layer` contradicts the number of layers, but the number of all history entries equals it. They are
    /// matched in order.
    HistoryGuessed,
    /// Further oddities of this document were dropped.
    More,
}

impl Oddity {
    /// Returns a stable word in kebab case, for tests and the page.
    pub fn code(&self) -> &'static str {
        match self {
            Oddity::DuplicateKey { .. } => "duplicate-key",
            Oddity::SeveralKeys { .. } => "several-keys",
            Oddity::OtherCase { .. } => "other-case",
            Oddity::NotUtf8 => "not-utf8",
            Oddity::WrongType { .. } => "wrong-type",
            Oddity::InvalidDigest { .. } => "invalid-digest",
            Oddity::MediaTypeMismatch { .. } => "media-type-mismatch",
            Oddity::AmbiguousDocument => "ambiguous-document",
            Oddity::NoHistory => "no-history",
            Oddity::HistoryMismatch { .. } => "history-mismatch",
            Oddity::HistoryGuessed => "history-guessed",
            Oddity::More => "more-oddities",
        }
    }

    /// Returns the path of the field; empty if the oddity concerns the whole document.
    pub fn subject(&self) -> &str {
        match self {
            Oddity::DuplicateKey { key } => key,
            Oddity::SeveralKeys { place }
            | Oddity::OtherCase { place }
            | Oddity::WrongType { place, .. }
            | Oddity::InvalidDigest { place, .. } => place,
            _ => "",
        }
    }
}
