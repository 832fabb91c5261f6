//! Registries, repositories and tags as the page shows them.

use serde::{Deserialize, Serialize};

use super::ImageView;
use crate::image::Address;

/// What an address turned out to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
#[serde(rename_all = "kebab-case")]
pub enum OpenedAddress {
    /// A registry with the first page of its repositories.
    Registry(RegistryView),
    /// A repository with the first page of its tags.
    Repository(RepositoryView),
    /// An image, whose layers are still to be read by `ReadLayers`.
    Image(ImageView),
}

/// Another way to read what was typed, offered as a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressHint {
    /// The text that opens it.
    pub text: String,
    /// `registry`, `repository` or `image`.
    pub kind: String,
}

/// A registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistryView {
    /// Its base URL with the scheme that answered, no trailing slash.
    pub url: String,
    /// Its host and port.
    pub host: String,
    /// The first page.
    pub catalog: CatalogAnswer,
    /// Another reading of what was typed.
    pub other_reading: Option<AddressHint>,
}

/// A page of repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogAnswer {
    /// Whether the registry offers a list at all.
    pub offered: bool,
    /// Whether it may offer one to somebody who signs in.
    pub wants_sign_in: bool,
    /// The names.
    pub repositories: Vec<String>,
    /// Where to go on; `None` at the end.
    pub cursor: Option<String>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// The registry's base URL.
    pub url: String,
    /// The registry's host and port.
    pub host: String,
    /// The repository's name.
    pub repository: String,
    /// The first page.
    pub tags: TagsAnswer,
    /// Another reading of what was typed.
    pub other_reading: Option<AddressHint>,
}

/// A page of tags, in the registry's order; the page sorts them naturally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsAnswer {
    /// The tags.
    pub tags: Vec<String>,
    /// Where to go on; `None` at the end.
    pub cursor: Option<String>,
}

/// Whether an address is that of a registry alone, of which there is nothing to pull.
pub fn names_a_registry(address: &str) -> bool {
    let parsed = Address::parse(address);
    parsed.is_ok_and(|parsed| matches!(parsed.address, Address::Registry { .. }))
}
