//! Parses the page's address field: a registry, a repository or an image, typed or pasted.
//!
//! Accepts more than Docker's references: URLs, command lines, and a registry alone.

use crate::message::Code;
use std::fmt;

use super::error::refused;
use super::registry_host::parse_port;
use super::{Error, Reference, RegistryHost, Repository, Scheme, Userinfo};

/// A registry, repository or image to open. The scheme is present only if one was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A registry, whose repositories are listed.
    Registry {
        /// Scheme as written; `None` if there is none.
        scheme: Option<Scheme>,
        /// Host and port of the registry.
        host: RegistryHost,
    },
    /// A repository without a tag, whose tags are listed.
    Repository {
        /// Scheme as written; `None` if there is none.
        scheme: Option<Scheme>,
        /// Host and path of the repository.
        repository: Repository,
    },
    /// One image.
    Image {
        /// Scheme as written; `None` if there is none.
        scheme: Option<Scheme>,
        /// Reference with a tag or a digest.
        reference: Reference,
    },
}

/// The result of parsing, with an alternative reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedAddress {
    /// The reading to open.
    pub address: Address,
    /// The alternative to offer: `localhost:5000` may be the image `localhost` with the tag `5000`.
    pub other_reading: Option<Address>,
}

impl Address {
    /// Parses typed or pasted text.
    ///
    /// ```
    /// use lamina::image::Address;
    /// let parsed = Address::parse("https://localhost:5000/v2/").expect("is a registry's URL");
    /// assert_eq!(parsed.address.to_string(), "https://localhost:5000");
    /// ```
    ///
    /// # Errors
    /// If the text is none of these, has a scheme that no registry uses, or contains a password.
    pub fn parse(text: &str) -> Result<ParsedAddress, Error> {
        let text = without_command(text.trim());
        if Userinfo::cut(text).is_some() {
            return Err(Error::CredentialsInAddress);
        }
        let (scheme, rest) = split_scheme(text)?;
        let rest = match scheme {
            Some(_) => rest.split(['?', '#']).next().unwrap_or(rest),
            None => rest,
        };
        if rest.trim_matches('/').is_empty() {
            return Err(refused(Code::AddressEmpty, text));
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let has_slash = rest.contains('/');
        let path = path.trim_matches('/');
        match scheme {
            Some(written) => {
                let host = RegistryHost::parse(authority)?.made_evident(written);
                on_host(scheme, host, path).map(only)
            }
            None if path.is_empty() => one_part(authority, has_slash),
            None if RegistryHost::is_evident(authority) => {
                on_host(None, RegistryHost::parse(authority)?, path).map(only)
            }
            None => {
                let reference = Reference::parse(rest.trim_end_matches('/'))?;
                Ok(only(of_reference(None, reference)))
            }
        }
    }

    /// Returns the scheme as written; `None` if there is none.
    pub fn scheme(&self) -> Option<Scheme> {
        match self {
            Address::Registry { scheme, .. }
            | Address::Repository { scheme, .. }
            | Address::Image { scheme, .. } => *scheme,
        }
    }

    /// Returns the registry.
    pub fn host(&self) -> &RegistryHost {
        match self {
            Address::Registry { host, .. } => host,
            Address::Repository { repository, .. } => repository.host(),
            Address::Image { reference, .. } => reference.repository().host(),
        }
    }

    /// True for Docker Hub, which no page can read.
    pub fn is_docker_hub(&self) -> bool {
        self.host().is_docker_hub()
    }
}

/// Extracts the reference from a pasted command such as `docker pull --quiet alpine`.
fn without_command(text: &str) -> &str {
    const PROGRAMS: [&str; 6] = ["docker", "podman", "nerdctl", "crane", "buildah", "sudo"];
    let text = text.strip_prefix("$ ").unwrap_or(text).trim();
    let mut words = text.split_whitespace();
    let is_command = words.next().is_some_and(|first| PROGRAMS.contains(&first))
        && words.take(3).any(|word| word == "pull");
    match text.split_whitespace().next_back() {
        Some(last) if is_command => last,
        _ => text,
    }
}

/// Splits off the scheme. `oci://` and `docker://` do not say how to reach the host.
fn split_scheme(text: &str) -> Result<(Option<Scheme>, &str), Error> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Ok((None, text));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok((Some(Scheme::Https), rest)),
        "http" => Ok((Some(Scheme::Http), rest)),
        "oci" | "docker" => Ok((None, rest)),
        _ => Err(refused(Code::AddressScheme, scheme)),
    }
}

/// Parses a single component without a scheme: `alpine`, `alpine:3`, `localhost:5000`, `ghcr.io`.
fn one_part(text: &str, has_slash: bool) -> Result<ParsedAddress, Error> {
    let (name, tag) = text.rsplit_once(':').unwrap_or((text, ""));
    let registry = || {
        let host = RegistryHost::parse(text).ok()?;
        Some(Address::Registry { scheme: None, host })
    };
    let image = || Reference::parse(text).map(|reference| of_reference(None, reference));
    let port = parse_port(tag);
    let is_named_host = name == "localhost" || name.contains('.') || text.starts_with('[');
    let is_host = is_named_host && (port.is_some() || !text.contains(':') || text.starts_with('['));
    // With a slash at the end, any name with a port is a host, and so is any text that can be no other name.
    let is_only_host = port.is_some() || text.bytes().any(|b| b.is_ascii_uppercase());
    let is_host = (is_host || (has_slash && is_only_host)) && !text.contains('@');
    if let Some(address) = registry().filter(|_| is_host) {
        // An IP address is never meant as an image's name.
        let is_ip = name.parse::<std::net::Ipv4Addr>().is_ok() || text.starts_with('[');
        return Ok(ParsedAddress {
            address,
            other_reading: image().ok().filter(|_| !is_ip),
        });
    }
    // Docker reads `registry:5000` as an image. Users with a registry under a short name mean a port by such a
    // number.
    let may_be_port = port.is_some_and(|port| port >= 1024);
    Ok(ParsedAddress {
        address: image()?,
        other_reading: registry().filter(|_| may_be_port),
    })
}

/// Recognises the web pages of two well-known registries, which are pasted as often as references.
fn web_page(host: &RegistryHost, path: &str) -> Option<(RegistryHost, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    match (host.name(), parts.as_slice()) {
        ("hub.docker.com", ["_", name, ..]) => {
            Some((RegistryHost::docker_hub(), (*name).to_owned()))
        }
        ("hub.docker.com", ["r", owner, name, ..]) => {
            Some((RegistryHost::docker_hub(), format!("{owner}/{name}")))
        }
        ("quay.io", ["repository", owner, name, ..]) => {
            Some((host.clone(), format!("{owner}/{name}")))
        }
        _ => None,
    }
}

/// Parses a path on a known host: an API path or a reference.
fn on_host(scheme: Option<Scheme>, host: RegistryHost, path: &str) -> Result<Address, Error> {
    if let Some((host, name)) = web_page(&host, path) {
        let repository = Repository::new(host, &name)?;
        return Ok(Address::Repository { scheme, repository });
    }
    let api = match path.split_once('/') {
        Some(("v2", api)) => api,
        None if path == "v2" => "",
        _ if path.is_empty() => "",
        _ => return Ok(of_reference(scheme, Reference::on_host(host, path)?)),
    };
    // Neither a tag nor a digest contains a slash.
    let last_part_of = |word| {
        api.rsplit_once(word)
            .filter(|(_, last)| !last.contains('/'))
    };
    if let Some((name, target)) = last_part_of("/manifests/") {
        let separator = if target.contains(':') { '@' } else { ':' };
        let reference = Reference::on_host(host, &format!("{name}{separator}{target}"))?;
        return Ok(of_reference(scheme, reference));
    }
    let repository = api
        .strip_suffix("/tags/list")
        .or_else(|| last_part_of("/blobs/").map(|(name, _)| name))
        .or_else(|| last_part_of("/referrers/").map(|(name, _)| name));
    match repository {
        Some(name) => Ok(Address::Repository {
            scheme,
            repository: Repository::new(host, name)?,
        }),
        None if api.is_empty() || api == "_catalog" => Ok(Address::Registry { scheme, host }),
        // A repository whose own name begins with `v2/`.
        None => Ok(of_reference(scheme, Reference::on_host(host, path)?)),
    }
}

/// True if a repository's path, written as it is, would be parsed as an API path or a web page.
fn is_mistakable(repository: &Repository) -> bool {
    const WORDS: [&str; 4] = ["/manifests/", "/blobs/", "/referrers/", "/tags/list"];
    let path = repository.path();
    let is_api = |api: &str| WORDS.iter().any(|word| api.contains(word));
    path == "v2"
        || path.strip_prefix("v2/").is_some_and(is_api)
        || web_page(repository.host(), path).is_some()
}

fn of_reference(scheme: Option<Scheme>, reference: Reference) -> Address {
    match (reference.tag(), reference.digest()) {
        (None, None) => Address::Repository {
            scheme,
            repository: reference.repository().clone(),
        },
        _ => Address::Image { scheme, reference },
    }
}

fn only(address: Address) -> ParsedAddress {
    ParsedAddress {
        address,
        other_reading: None,
    }
}

/// Writes a text that [`Address::parse`] parses as the same address.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme() {
            write!(f, "{}://", scheme.as_str())?;
        }
        match self {
            Address::Registry { scheme, host } => {
                let name = host.name();
                let is_named_host = name == "localhost" || name.contains(['.', '[']);
                let alone = scheme.is_some() || is_named_host;
                write!(f, "{host}{}", if alone { "" } else { "/" })
            }
            Address::Repository { repository, .. } if is_mistakable(repository) => {
                let (host, path) = (repository.host(), repository.path());
                write!(f, "{host}/v2/{path}/tags/list")
            }
            Address::Image { reference, .. } if is_mistakable(reference.repository()) => {
                let (host, path) = (reference.repository().host(), reference.repository().path());
                let tag = reference.tag().filter(|_| reference.digest().is_some());
                let tag = tag.map_or(String::new(), |tag| format!(":{tag}"));
                write!(f, "{host}/v2/{path}{tag}/manifests/{}", reference.target())
            }
            Address::Repository { repository, .. } => repository.fmt(f),
            Address::Image { reference, .. } => reference.fmt(f),
        }
    }
}
