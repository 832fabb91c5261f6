//! Resolves an address that a person typed to a place in a registry: an `image::Address`, or a URL of a registry
//! below a folder.
//!
//! `source::registry` makes the requests.

use crate::message::Message;
use std::fmt;

use crate::image::{Address, Digest, Userinfo};
use crate::source::Error;
use crate::source::registry::{Endpoint, Target};

/// A place in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The registry, with its scheme and folder if they were given.
    pub host: Endpoint,
    /// The place within the registry.
    pub within: Within,
}

/// A place within a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    /// The registry itself.
    Catalog,
    /// A repository with its tags.
    Repository(String),
    /// An image, by its repository and tag or digest.
    Image(String, Target),
}

/// A place, and an alternative reading of the text.
pub struct Located {
    /// The reading that is opened.
    pub remote: Remote,
    /// The alternative reading, with a text that opens it.
    pub other_reading: Option<(String, Within)>,
}

impl Remote {
    /// Parses an address that was typed or is in the address bar.
    ///
    /// In addition to the addresses of `image::Address`, `https://host/folder/v2/name:tag` is accepted: a registry
    /// below a folder of a web server, such as Lamina's own sample.
    ///
    /// # Errors
    /// When the text is not an address.
    pub fn locate(text: &str) -> Result<Located, Error> {
        if Userinfo::cut(text).is_some() {
            return Err(malformed(text, Message::credentials_in_address()));
        }
        if let Some(remote) = below_folder(text.trim())? {
            return Ok(Located {
                remote,
                other_reading: None,
            });
        }
        let parsed = Address::parse(text).map_err(|error| malformed(text, (&error).into()))?;
        let other_reading = match &parsed.other_reading {
            Some(other) => Some((other.to_string(), of_address(other)?.within)),
            None => None,
        };
        Ok(Located {
            remote: of_address(&parsed.address)?,
            other_reading,
        })
    }
}

fn malformed(text: &str, reason: Message) -> Error {
    Error::Malformed {
        what: Message::the_address(format!("{:?}", shown_address(text))),
        reason,
    }
}

/// Returns an invalid address in a form fit for messages: truncated, and without a password.
pub fn shown_address(text: &str) -> String {
    let public = Userinfo::cut(text).map(|cut| cut.address);
    public
        .as_deref()
        .unwrap_or(text)
        .chars()
        .take(200)
        .collect()
}

fn of_address(address: &Address) -> Result<Remote, Error> {
    let host = match address.scheme() {
        Some(scheme) => format!("{}://{}", scheme.as_str(), address.host()),
        None => address.host().to_string(),
    };
    Ok(Remote {
        host: Endpoint::parse(&host)?,
        within: match address {
            Address::Registry { .. } => Within::Catalog,
            Address::Repository { repository, .. } => {
                Within::Repository(repository.path().to_owned())
            }
            Address::Image { reference, .. } => {
                let target = match (reference.digest(), reference.tag()) {
                    (Some(digest), _) => Target::Digest(digest.clone()),
                    (None, tag) => Target::Tag(tag.unwrap_or("latest").to_owned()),
                };
                Within::Image(reference.repository().path().to_owned(), target)
            }
        },
    })
}

/// Parses `scheme://host/folder/v2/…`.
fn below_folder(text: &str) -> Result<Option<Remote>, Error> {
    let Some((base, rest)) = text
        .split_once("/v2")
        .filter(|(base, rest)| base.contains("://") && (rest.is_empty() || rest.starts_with('/')))
    else {
        return Ok(None);
    };
    let rest = rest
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let host = Endpoint::parse(base)?;
    let within = if rest.is_empty() || rest == "_catalog" {
        Within::Catalog
    } else if let Some((name, digest)) = rest.split_once('@') {
        let digest = Digest::parse(digest).map_err(|error| malformed(text, (&error).into()))?;
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        Within::Image(name.to_owned(), Target::Digest(digest))
    } else if let Some((name, tag)) = rest.rsplit_once(':') {
        Within::Image(name.to_owned(), Target::Tag(tag.to_owned()))
    } else {
        let name = rest.strip_suffix("/tags/list").unwrap_or(rest);
        match name.split_once("/manifests/") {
            Some((name, target)) => Within::Image(
                name.to_owned(),
                match Digest::parse(target) {
                    Ok(digest) => Target::Digest(digest),
                    Err(_) => Target::Tag(target.to_owned()),
                },
            ),
            None => Within::Repository(name.to_owned()),
        }
    };
    Ok(Some(Remote { host, within }))
}

/// Returns a text that opens a place again, given the base URL at which its registry answered.
pub fn address_of(base: &str, prefix: &str, within: &Within) -> String {
    let root = if prefix.is_empty() {
        base.to_owned()
    } else {
        format!("{base}/v2")
    };
    format!("{root}{within}")
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Within::Catalog => Ok(()),
            Within::Repository(name) => write!(f, "/{name}"),
            Within::Image(name, Target::Tag(tag)) => write!(f, "/{name}:{tag}"),
            Within::Image(name, Target::Digest(digest)) => write!(f, "/{name}@{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, host: &str, prefix: &str, within: &str) {
        let located = Remote::locate(text).expect("is an address");
        let remote = located.remote;
        let found = (
            remote.host.authority().to_owned(),
            remote.host.prefix().to_owned(),
            remote.within.to_string(),
        );
        assert_eq!(
            found,
            (host.to_owned(), prefix.to_owned(), within.to_owned()),
            "from {text:?}"
        );
    }

    #[test]
    fn reads_registries_below_a_folder() {
        check("http://127.0.0.1:8080/v2/", "127.0.0.1:8080", "", "");
        check(
            "http://pages.example/lamina/v2/",
            "pages.example",
            "/lamina",
            "",
        );
        check(
            "http://pages.example/lamina/v2/demo/app:1.0",
            "pages.example",
            "/lamina",
            "/demo/app:1.0",
        );
        check(
            "https://r.example/v2/demo/app/tags/list",
            "r.example",
            "",
            "/demo/app",
        );
        check(
            "https://r.example/v2/demo/app/manifests/1",
            "r.example",
            "",
            "/demo/app:1",
        );
    }

    #[test]
    fn reads_addresses() {
        check("localhost:5000", "localhost:5000", "", "");
        check("localhost:5000/demo/app", "localhost:5000", "", "/demo/app");
        check(
            "localhost:5000/demo/app:2",
            "localhost:5000",
            "",
            "/demo/app:2",
        );
        check("alpine", "registry-1.docker.io", "", "/library/alpine");
    }

    #[test]
    fn a_password_is_not_repeated() {
        for text in [
            "https://me:secret@r.example/app",
            "me:secret@r.example/app:1",
            "https://me:secret@r.example/v2/app:1",
            "https://me:sec/secret@r.example/app",
            "https://me:secret?secret@r.example/app",
        ] {
            let error = Remote::locate(text).err().expect("it is refused");
            assert!(!error.to_string().contains("secret"), "{error}");
            assert!(shown_address(text).contains("r.example/"), "{text}");
            assert!(!shown_address(text).contains("secret"), "{text}");
        }
        assert_eq!(shown_address("app@sha256:0"), "app@sha256:0");
    }

    #[test]
    fn writes_what_opens_a_place_again() {
        let image = Within::Image("demo/app".into(), Target::Tag("1".into()));
        assert_eq!(
            address_of("http://a:1", "", &image),
            "http://a:1/demo/app:1"
        );
        assert_eq!(
            address_of("http://a/x", "/x", &image),
            "http://a/x/v2/demo/app:1"
        );
    }
}
