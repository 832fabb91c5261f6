//! Registries, repositories and tags as the page shows them.

use serde::{Deserialize, Serialize};

use super::{ImageView, Secret, ask};
use crate::image::{Address, Userinfo};
use crate::workspace::Remote;

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

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// A registry.
    Registry,
    /// A repository.
    Repository,
    /// An image.
    Image,
}

/// Another way to read what was typed, offered as a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressHint {
    /// The text that opens it.
    pub text: String,
    /// What it would be.
    pub kind: AddressKind,
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
    /// Whether there may be more names, which the registry does not give.
    pub is_cut_off: bool,
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
    /// Whether the registry lists a repository's tags at all.
    pub offered: bool,
    /// The tags.
    pub tags: Vec<String>,
    /// Where to go on; `None` at the end.
    pub cursor: Option<String>,
    /// Whether there may be more tags, which the registry does not give.
    pub is_cut_off: bool,
}

/// Whether an address is that of a registry alone, of which there is nothing to pull.
pub fn names_a_registry(address: &str) -> bool {
    let parsed = Address::parse(address);
    parsed.is_ok_and(|parsed| matches!(parsed.address, Address::Registry { .. }))
}

/// An address as it may be shown and kept, and the login that stood in it.
pub fn without_login(text: &str) -> (String, Option<ask::SignIn>) {
    let Some(Userinfo { address, login, .. }) = Userinfo::cut(text) else {
        return (text.to_owned(), None);
    };
    let host = Remote::locate(&address).ok().map(|found| found.remote.host);
    let host = host.filter(|host| !host.is_docker_hub());
    let login = login.zip(host).map(|((name, password), host)| ask::SignIn {
        registry: match host.asks_https_alone() {
            true => format!("https://{host}"),
            false => host.to_string(),
        },
        name: Secret::new(name),
        password: Secret::new(password),
    });
    (address, login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_login_goes_to_its_registry_and_not_in_the_clear_by_mistake() {
        for (text, address, registry) in [
            (
                "https://me:secret@r.example/app:1",
                "https://r.example/app:1",
                "https://r.example",
            ),
            (
                "me:secret@r.example:5000/app",
                "r.example:5000/app",
                "https://r.example:5000",
            ),
            (
                "http://me:secret@r.example",
                "http://r.example",
                "http://r.example",
            ),
            (
                "me:secret@localhost:5000/app",
                "localhost:5000/app",
                "localhost:5000",
            ),
            (
                "https://me:secret@x.example/y/v2/app:1",
                "https://x.example/y/v2/app:1",
                "https://x.example/y",
            ),
            (
                "me:secret@docker.io/library/alpine",
                "docker.io/library/alpine",
                "",
            ),
            ("me@r.example/app", "r.example/app", ""),
            ("r.example/app", "r.example/app", ""),
        ] {
            let (public, login) = without_login(text);
            let told = format!("{login:?}");
            assert!(!told.contains("secret"), "{told}");
            let found = login.map_or(String::new(), |login| {
                assert_eq!(
                    (login.name.reveal(), login.password.reveal()),
                    ("me", "secret")
                );
                login.registry
            });
            assert_eq!(
                (public.as_str(), found.as_str()),
                (address, registry),
                "{text}"
            );
        }
    }
}
