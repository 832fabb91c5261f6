//! References to images as Docker reads them: `[host/]path[:tag][@digest]`.
//!
//! Other forms that the page's field accepts are left to `address`, requests to the registry to `source`.

use crate::message::Code;
use std::fmt;

use super::error::refused;
use super::{Digest, Error, RegistryHost};

/// Maximum length of a repository's path in bytes, including the `library/` that Docker Hub's short names imply.
const MAX_PATH: usize = 255;
/// Maximum length of a tag in bytes.
const MAX_TAG: usize = 128;

/// A repository of a registry: valid host and path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    host: RegistryHost,
    path: Box<str>,
}

/// A repository with a tag, a digest or both. With neither, it means the tag `latest`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    repository: Repository,
    tag: Option<Box<str>>,
    digest: Option<Digest>,
}

impl Repository {
    /// Creates a repository from its parts. A path of one component on Docker Hub gets the prefix `library/`.
    ///
    /// # Errors
    /// If the path violates the grammar.
    pub fn new(host: RegistryHost, path: &str) -> Result<Repository, Error> {
        if path.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(refused(Code::RepositoryCase, path));
        }
        if !path.split('/').all(is_path_component) {
            return Err(refused(Code::RepositoryForm, path));
        }
        let host = match host.as_str() {
            "index.docker.io" => RegistryHost::docker_hub(),
            _ => host,
        };
        let path: Box<str> = match host.as_str() == RegistryHost::DOCKER_HUB && !path.contains('/')
        {
            true => format!("library/{path}").into(),
            false => path.into(),
        };
        if path.len() > MAX_PATH {
            return Err(refused(Code::RepositoryLength, &path));
        }
        Ok(Repository { host, path })
    }

    /// Returns the registry.
    pub fn host(&self) -> &RegistryHost {
        &self.host
    }

    /// Returns the name inside the registry, as its API takes it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the short form that Docker shows: without `docker.io/` and `library/`.
    pub fn familiar(&self) -> String {
        if self.host.as_str() != RegistryHost::DOCKER_HUB {
            return self.to_string();
        }
        let short = self.path.strip_prefix("library/");
        // `library/a/b` is not `a/b`, and a short name that looks like a host needs its prefix.
        let short = short.filter(|short| !short.contains('/'));
        let path = short.unwrap_or(&self.path);
        let first = path.split('/').next().unwrap_or(path);
        match path.contains('/') && RegistryHost::is_evident(first) {
            true => self.to_string(),
            false => path.to_owned(),
        }
    }

    /// Returns the image of this repository with `tag`.
    ///
    /// # Errors
    /// If `tag` violates the grammar.
    pub fn with_tag(&self, tag: &str) -> Result<Reference, Error> {
        Ok(Reference {
            repository: self.clone(),
            tag: Some(checked_tag(tag)?),
            digest: None,
        })
    }

    /// Returns the image of this repository with `digest`.
    pub fn with_digest(&self, digest: Digest) -> Reference {
        Reference {
            repository: self.clone(),
            tag: None,
            digest: Some(digest),
        }
    }
}

impl Reference {
    /// Parses a reference.
    ///
    /// The part before the first slash is the host if it contains a dot, a colon or an upper-case letter, or is
    /// `localhost`. Otherwise the whole is a name on Docker Hub, where a single component is below `library/`.
    ///
    /// ```
    /// use lamina::image::Reference;
    /// let reference = Reference::parse("alpine:3").expect("is a reference");
    /// assert_eq!(reference.to_string(), "docker.io/library/alpine:3");
    /// assert_eq!(reference.familiar(), "alpine:3");
    /// ```
    ///
    /// # Errors
    /// If host, name, tag or digest violates its grammar, or the whole is a bare image ID.
    pub fn parse(text: &str) -> Result<Reference, Error> {
        if text.is_empty() {
            return Err(refused(Code::ReferenceEmpty, text));
        }
        if text.len() == 64
            && text
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        {
            return Err(refused(Code::ImageIdAlone, text));
        }
        match text.split_once('/') {
            Some((host, rest)) if RegistryHost::is_evident(host) => {
                Reference::on_host(RegistryHost::parse(host)?, rest)
            }
            _ => Reference::on_host(RegistryHost::docker_hub(), text),
        }
    }

    /// Parses `path[:tag][@digest]` on a known host.
    pub(super) fn on_host(host: RegistryHost, rest: &str) -> Result<Reference, Error> {
        let (name, digest) = match rest.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (rest, None),
        };
        // A colon before the last slash does not begin a tag; the path's grammar refuses it.
        let after_slash = name.rfind('/').map_or(0, |slash| slash + 1);
        let colon = name.get(after_slash..).and_then(|last| last.find(':'));
        let (path, tag) = match colon.and_then(|colon| name.split_at_checked(after_slash + colon)) {
            Some((path, tag)) => (
                path,
                Some(checked_tag(tag.strip_prefix(':').unwrap_or(tag))?),
            ),
            None => (name, None),
        };
        Ok(Reference {
            repository: Repository::new(host, path)?,
            tag,
            digest,
        })
    }

    /// Returns the repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Returns the tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, if one is written.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Returns the reference for the registry's API: the digest, or else the tag, or else `latest`.
    pub fn target(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }

    /// Returns the short form that Docker shows.
    pub fn familiar(&self) -> String {
        self.with_name(self.repository.familiar())
    }

    fn with_name(&self, name: String) -> String {
        let mut text = name;
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(digest.as_str());
        }
        text
    }
}

/// Writes the full form, `host/path`.
impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.path)
    }
}

/// Writes the full form, `host/path[:tag][@digest]`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_name(self.repository.to_string()))
    }
}

fn checked_tag(tag: &str) -> Result<Box<str>, Error> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let rest = |b: u8| word(b) || matches!(b, b'.' | b'-');
    let fits = tag.bytes().next().is_some_and(word) && tag.bytes().all(rest);
    if !fits || tag.len() > MAX_TAG {
        return Err(refused(Code::TagForm, tag));
    }
    Ok(tag.into())
}

/// True for runs of lower-case letters and digits, separated by one dot, one or two underscores, or dashes.
fn is_path_component(component: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let edge = |b: Option<u8>| b.is_some_and(alphanumeric);
    let separators = component.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let separator_fits = |separator: &str| {
        matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-')
    };
    edge(component.bytes().next())
        && edge(component.bytes().next_back())
        && separators.into_iter().all(separator_fits)
}
