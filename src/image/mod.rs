//! The documents of an image, as values and parsers, without byte streams.
//!
//! Everything here is plain data with one fallible constructor each. Reading bytes is left to `io` and `layer`.
//! Parsing is tolerant: a bad field costs only that field, and is reported as an [`Oddity`].

mod digest;
mod error;
mod hex;
mod path;
mod timestamp;
mod visible;

mod fields;
mod json;
mod shape;

mod artifact;
mod created;
mod descriptor;
mod media_type;
mod platform;

mod config;
mod docker_save;
mod document;
mod history;
mod index;
mod manifest;
mod runtime;

mod address;
mod reference;
mod registry_host;
mod userinfo;

pub use address::{Address, ParsedAddress};
pub use artifact::ArtifactKind;
pub use config::{ConfigDocument, ImageConfig, chain_ids};
pub use created::{Created, rfc3339};
pub use descriptor::Descriptor;
pub use digest::{Algorithm, ChainId, DiffId, Digest, Hasher, InvalidDigest, digest_text};
pub use docker_save::{
    LegacyImage, Repositories, SavedImage, read_repositories, read_saved_images,
};
pub use document::{Content, Document, DocumentReading};
pub use error::{Error, FieldType, Oddity};
pub use hex::{bytes_of_hex, hex, percent_decoded};
pub use history::{HistoryEntry, HistoryMatch, SHELLS, ShownCommand, match_history, shown_command};
pub use index::Index;
pub use json::{Json, most_values, without_mark};
pub use manifest::Manifest;
pub use media_type::{
    CompressionHint, ConfigKind, Distribution, LayerKind, ManifestKind, MediaKind, MediaType,
};
pub use path::{ImagePath, PathError, escape};
pub use platform::{Platform, default_platform, pick_platform};
pub use reference::{Reference, Repository};
pub use registry_host::{PageOrigin, RegistryHost, Scheme, schemes_to_try};
pub use runtime::{Healthcheck, RuntimeConfig, duration_text, env_pair};
pub use timestamp::Timestamp;
pub use userinfo::Userinfo;
pub use visible::{escape_json, n_columns, visible_line, visible_lines, visible_text};
