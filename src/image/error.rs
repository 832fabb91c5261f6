//! Errors and oddities of documents, digests and references.
//!
//! The caller that read the bytes adds their file or address.

use std::fmt;

use super::{Digest, InvalidDigest};
use crate::message::{Code, Message};

/// The reason why a text or a document of an image is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The document has more bytes than the caller allows.
    TooLarge {
        /// Length of the document in bytes.
        actual_bytes: u64,
        /// Limit in bytes, from `DocumentLimits::json_bytes`.
        limit_bytes: u64,
    },
    /// The document has more values than any real one.
    TooManyValues {
        /// Maximum number of values.
        limit: usize,
    },
    /// The document is nested more deeply than any real one.
    TooDeep {
        /// Maximum number of levels.
        limit: usize,
    },
    /// The bytes are not JSON: truncated, damaged, or something else altogether.
    Json {
        /// Message of the parser, with line and column.
        detail: String,
    },
    /// The JSON has another type than required.
    Shape {
        /// The document, or the part of it.
        document: Code,
        /// Type that it must have.
        expected: Code,
        /// Type that it has.
        actual: Code,
    },
    /// `manifest.json` contains only `null`.
    NullManifest,
    /// An image from before 2016, in a format that only its registry can convert.
    Schema1,
    /// The bytes do not have the requested digest.
    DigestMismatch {
        /// Digest that was requested.
        expected: Digest,
        /// Digest of the bytes.
        actual: Digest,
    },
    /// A digest that violates the grammar.
    Digest(InvalidDigest),
    /// `rootfs.type` of a config is not `layers`: the layers do not form a file system.
    RootfsType {
        /// Value of the field.
        actual: String,
    },
    /// A text that is not a reference, or not a part of one.
    Reference {
        /// The rule that it violates.
        reason: Code,
        /// The text, cut to a reasonable length.
        text: String,
    },
    /// A user name or a password in an address. Not repeated here, because the error may be shown.
    CredentialsInAddress,
    /// A platform that is not `os/architecture[/variant]`.
    Platform {
        /// The text, cut to a reasonable length.
        text: String,
    },
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        match error {
            Error::TooLarge {
                actual_bytes,
                limit_bytes,
            } => Message::document_too_large(*actual_bytes, *limit_bytes),
            Error::TooManyValues { limit } => Message::document_values(*limit),
            Error::TooDeep { limit } => Message::document_depth(*limit),
            Error::Json { detail } => Message::not_json(detail),
            Error::Shape {
                document,
                expected,
                actual,
            } => Message::wrong_shape(*document, *expected, *actual),
            Error::NullManifest => Message::null_manifest(),
            Error::Schema1 => Message::schema_1(),
            Error::DigestMismatch { expected, actual } => {
                Message::content_digest(expected.to_string(), actual.to_string())
            }
            Error::Digest(invalid) => invalid.into(),
            Error::RootfsType { actual } => Message::rootfs_type(format!("{actual:?}")),
            Error::Reference { reason, text } => Message::about_text(*reason, format!("{text:?}")),
            Error::CredentialsInAddress => Message::credentials_in_address(),
            Error::Platform { text } => Message::platform_form(format!("{text:?}")),
        }
    }
}

impl From<InvalidDigest> for Error {
    fn from(invalid: InvalidDigest) -> Error {
        Error::Digest(invalid)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Error {}

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

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        /// The violation.
        detail: Message,
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

/// Builds an error about `text`, which is cut to a reasonable length.
pub(super) fn refused(reason: Code, text: &str) -> Error {
    Error::Reference {
        reason,
        text: text.chars().take(300).collect(),
    }
}
