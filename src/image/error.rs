//! Why a document, a digest or a reference cannot be read, and what is merely odd in one that can.
//!
//! Which file or address it came from is added by whoever read the bytes.

use super::{Digest, InvalidDigest};

/// Why a text or a document of an image is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes than the caller allows for one document.
    #[error(
        "the document has {actual_bytes} bytes, more than the {limit_bytes} that are read of one"
    )]
    TooLarge {
        /// The document's length.
        actual_bytes: u64,
        /// The bound, from `Limits::json_bytes`.
        limit_bytes: u64,
    },
    /// More values than any real document has.
    #[error("the document holds more than {limit} values")]
    TooManyValues {
        /// The bound.
        limit: usize,
    },
    /// Lists in lists in lists, as no real document has them.
    #[error(
        "the document holds lists and objects within each other, more than {limit} levels of them"
    )]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// Not JSON: truncated, damaged, or something else altogether.
    #[error("this is not valid JSON: {detail}")]
    Json {
        /// What the parser met, with line and column.
        detail: String,
    },
    /// JSON, but not of the kind that was asked for.
    #[error("{document} must be {expected}, and is {actual}")]
    Shape {
        /// The document or the part of it.
        document: &'static str,
        /// The type that it must have.
        expected: &'static str,
        /// What stands there.
        actual: &'static str,
    },
    /// `manifest.json` holds only `null`.
    #[error("manifest cannot be null: manifest.json lists no images")]
    NullManifest,
    /// An image of the years before 2016, in a form that only its registry can convert.
    #[error(
        "image manifest schema 1 is not supported: pull and push the image with a current tool, which converts it"
    )]
    Schema1,
    /// The bytes are not those that the digest names.
    #[error("the content does not match its digest: expected {expected}, got {actual}")]
    DigestMismatch {
        /// What was asked for.
        expected: Digest,
        /// What the bytes have.
        actual: Digest,
    },
    /// A digest that breaks the grammar.
    #[error(transparent)]
    Digest(#[from] InvalidDigest),
    /// `rootfs.type` of a config is not `layers`: the layers do not form a file system.
    #[error("the config's rootfs.type must be \"layers\", and is {actual:?}")]
    RootfsType {
        /// What stands there.
        actual: String,
    },
    /// A text that is no reference, or no part of one.
    #[error("{reason}: {text:?}")]
    Reference {
        /// The rule that it breaks.
        reason: &'static str,
        /// The text, cut to a reasonable length.
        text: String,
    },
    /// A user name or a password in an address: not repeated here, for it may be shown.
    #[error("an address with a user name or a password is not opened: leave them out")]
    CredentialsInAddress,
    /// A platform that is not `os/architecture[/variant]`.
    #[error("a platform has the form os/architecture[/variant], such as linux/arm64/v8: {text:?}")]
    Platform {
        /// The text, cut to a reasonable length.
        text: String,
    },
}

/// The types that fields of documents have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A text.
    Text,
    /// True or false.
    Flag,
    /// A whole number of zero or more.
    Unsigned,
    /// A whole number.
    Signed,
    /// A list of texts.
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

/// What is odd in a document but does not stop its reading. `layer::Notice` has the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// An object names a key more than once; the last value counts.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// Several members of one object mean one field, by their exact names or in another case. Engines take the last,
    /// and merge objects; other readers take the one they look for.
    SeveralKeys {
        /// The field, such as `config.User`.
        place: String,
    },
    /// A member means a field, but in another case than it has.
    OtherCase {
        /// The field.
        place: String,
    },
    /// The bytes are not UTF-8; what is not was replaced.
    NotUtf8,
    /// A field has another type than it must have, and is read as absent.
    WrongType {
        /// The field, such as `config.Env`.
        place: String,
        /// The type that it must have.
        expected: FieldType,
    },
    /// A digest breaks the grammar, and is read as absent.
    InvalidDigest {
        /// The field.
        place: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The document states another media type than the one under which it was found.
    MediaTypeMismatch {
        /// By descriptor or by Content-Type.
        declared: String,
        /// In its own `mediaType`.
        stated: String,
    },
    /// The document has the fields of an index and of a manifest at once.
    AmbiguousDocument,
    /// There are layers and no history at all.
    NoHistory,
    /// The number of entries that made a layer is not the number of layers: none is matched.
    HistoryMismatch {
        /// Entries that claim a layer.
        n_entries: usize,
        /// Layers there are.
        n_layers: usize,
    },
    /// `empty_layer` contradicts the number of layers, but all entries together match it: they are matched in order.
    HistoryGuessed,
    /// Further oddities of this document were not kept.
    More,
}

impl Oddity {
    /// A stable word in kebab case by which tests and the page know it.
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

    /// The field that it concerns; empty when it concerns the whole document.
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
