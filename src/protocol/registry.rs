//! Registries, repositories and tags as the page shows them.

use serde::{Deserialize, Serialize};

use super::{ImageView, Secret, ask};
use crate::image::{Address, Userinfo};
use crate::workspace::Remote;

/// The result of opening an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
#[serde(rename_all = "kebab-case")]
pub enum OpenedAddress {
    /// A registry with the first page of its repositories.
    Registry(RegistryView),
    /// A repository with the first page of its tags.
    Repository(RepositoryView),
    /// An image, whose layers `ReadLayers` is still to read.
    Image(ImageView),
}

/// The kind of thing that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// A registry without a repository.
    Registry,
    /// A repository without a tag or digest.
    Repository,
    /// An image in a repository.
    Image,
}

/// Another interpretation of what was typed, offered as a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressHint {
    /// The text that opens it.
    pub text: String,
    /// The kind of thing that it would open.
    pub kind: AddressKind,
}

/// An opened registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistryView {
    /// The base URL with the scheme that answered, without a trailing slash.
    pub url: String,
    /// The host and port.
    pub host: String,
    /// The first page of repositories.
    pub catalog: CatalogAnswer,
    /// Another interpretation of what was typed.
    pub other_reading: Option<AddressHint>,
}

/// A page of repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogAnswer {
    /// True if the registry lists its repositories.
    pub offered: bool,
    /// True if it may list them to somebody who signs in.
    pub wants_sign_in: bool,
    /// The repositories' names.
    pub repositories: Vec<String>,
    /// The cursor of the next page; `None` at the end.
    pub cursor: Option<String>,
    /// True if there may be more names, which the registry does not return.
    pub is_cut_off: bool,
}

/// An opened repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// The registry's base URL.
    pub url: String,
    /// The registry's host and port.
    pub host: String,
    /// The repository's name in the registry.
    pub repository: String,
    /// The first page of tags.
    pub tags: TagsAnswer,
    /// Another interpretation of what was typed.
    pub other_reading: Option<AddressHint>,
}

/// A page of tags in the registry's order. The page sorts them naturally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsAnswer {
    /// True if the registry lists a repository's tags.
    pub offered: bool,
    /// The tags without the repository's name.
    pub tags: Vec<String>,
    /// The cursor of the next page; `None` at the end.
    pub cursor: Option<String>,
    /// True if there may be more tags, which the registry does not return.
    pub is_cut_off: bool,
}

/// True if an address names only a registry, from which there is nothing to pull.
pub fn names_a_registry(address: &str) -> bool {
    let parsed = Address::parse(address);
    parsed.is_ok_and(|parsed| matches!(parsed.address, Address::Registry { .. }))
}

/// Splits an address into a form that is safe to show and keep, and the login that it contained.
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
