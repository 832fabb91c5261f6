//! Opens the source of an image: a file, standard input, a folder, or a registry.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{self, Address, ParsedAddress, Platform, Reference};
use crate::io::ReadAt;
use crate::layer::{Notice, Weight};
use crate::message::Message;
use crate::source;
use crate::source::archive::{self, Input, OpenedArchive, OtherContent, OtherKind};
use crate::source::registry::{Credentials, Endpoint, PlatformChoice, Target};
use crate::workspace::{Remote, Within, shown_address};

use super::chosen::Chosen;
use super::error::Error;
use super::folder::files_of;
use super::native::{FileBytes, spool, spooled};
use super::opened::{Opened, Unavailable};

/// Opens the selected place. A platform only decides which image of a registry's index is requested.
pub(super) async fn open(chosen: &Chosen, limits: &Limits) -> Result<Opened, Error> {
    let given = chosen.connection.credentials(&chosen.place)?;
    open_as(chosen, given, limits).await
}

/// Like [`open`], signed in with the given credentials, or with stored ones if none are given.
pub(super) async fn open_as(
    chosen: &Chosen,
    given: Option<&Credentials>,
    limits: &Limits,
) -> Result<Opened, Error> {
    let place = chosen.place.as_str();
    if place == "-" {
        let bytes = standard_input("standard input", &mut std::io::stdin().lock(), limits).await?;
        let name = "standard input".to_owned();
        return open_archive(Input::File { name, bytes }, limits).await;
    }
    let path = Path::new(place);
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let files = files_of(path, limits)?;
            let name = place.to_owned();
            open_archive(Input::Folder { name, files }, limits).await
        }
        Ok(metadata) => {
            let name = place.to_owned();
            let bytes = open_file(path, metadata.is_file(), limits).await?;
            open_archive(Input::File { name, bytes }, limits).await
        }
        Err(cause) if looks_like_a_file(place) => Err(Error::File {
            path: place.to_owned(),
            cause: super::native::unreadable(&cause),
        }),
        Err(_) => open_remote(chosen, given, limits).await,
    }
}

async fn open_file(
    path: &Path,
    is_regular: bool,
    limits: &Limits,
) -> Result<Rc<dyn ReadAt>, Error> {
    let failed = |cause| Error::File {
        path: path.display().to_string(),
        cause,
    };
    if is_regular {
        return Ok(Rc::new(FileBytes::open(path).map_err(failed)?));
    }
    // A pipe or device: it can be read once, in order.
    let mut stream =
        std::fs::File::open(path).map_err(|cause| failed(super::native::unreadable(&cause)))?;
    standard_input(&path.display().to_string(), &mut stream, limits).await
}

async fn standard_input(
    name: &str,
    stream: &mut dyn std::io::Read,
    limits: &Limits,
) -> Result<Rc<dyn ReadAt>, Error> {
    let file = spool(limits)();
    // One byte more than the limit is enough to detect that there is too much.
    let mut stream = stream.take(limits.archive.spool_bytes.saturating_add(1));
    spooled(&mut stream, file)
        .await
        .map_err(|cause| Error::File {
            path: name.to_owned(),
            cause,
        })
}

async fn open_archive(input: Input, limits: &Limits) -> Result<Opened, Error> {
    let opened =
        archive::open(input, spool(limits), limits, &|_| ControlFlow::Continue(())).await?;
    let unavailable = |other: &OtherContent| match &other.kind {
        OtherKind::Unavailable(error) => Some(Unavailable {
            names: other.names.clone(),
            platform: other.platform.clone(),
            index_digest: other.index_digest.clone(),
            told: error.to_string(),
        }),
        OtherKind::Unknown
        | OtherKind::Attestation { .. }
        | OtherKind::NotSaved
        | OtherKind::BuildCache => None,
    };
    let not_saved = opened.others.iter().filter_map(|other| match other.kind {
        OtherKind::NotSaved => other.platform.clone(),
        _ => None,
    });
    let not_saved: Vec<Platform> = not_saved.collect();
    // Content that was not examined may be the requested one.
    let unseen = opened.warnings.iter();
    let unseen = unseen.filter(|warning| matches!(warning.notice, Notice::TooManyDocuments { .. }));
    let unseen = unseen.map(|warning| Unavailable {
        names: Vec::new(),
        platform: None,
        index_digest: None,
        told: warning.to_string(),
    });
    let damage = opened.others.iter().filter_map(unavailable).chain(unseen);
    Ok(Opened {
        damage: damage.collect(),
        not_saved,
        instead: instead_of_images(&opened),
        name: opened.name,
        images: opened.images,
        warnings: opened.warnings.iter().map(ToString::to_string).collect(),
    })
}

/// Describes an archive without images, or the reason why they are not visible.
fn instead_of_images(opened: &OpenedArchive) -> Option<String> {
    let kinds = || opened.others.iter().map(|other| &other.kind);
    if kinds().any(|kind| matches!(kind, OtherKind::BuildCache)) {
        let cache = "a build cache of BuildKit, and no image: layers that make builds faster";
        return Some(cache.to_owned());
    }
    let is_attestation = |kind| matches!(kind, &OtherKind::Attestation { .. });
    if !opened.others.is_empty() && kinds().all(is_attestation) {
        let attestations = "attestations alone, and not the image that they are about";
        return Some(attestations.to_owned());
    }
    let mut damage = opened.warnings.iter();
    let damage = damage.find(|warning| warning.weight() == Weight::Damaged);
    damage.map(ToString::to_string)
}

async fn open_remote(
    chosen: &Chosen,
    given: Option<&Credentials>,
    limits: &Limits,
) -> Result<Opened, Error> {
    let place = chosen.place.as_str();
    let (endpoint, repository, target) = locate(place)?;
    let client = chosen
        .connection
        .client(endpoint, &repository, given, limits);
    let choice = match &chosen.platform {
        Some(platform) => PlatformChoice::Wanted(platform.clone()),
        None => PlatformChoice::Usual,
    };
    let opened = client.open(&repository, &target, &choice).await;
    let opened = opened.inspect_err(|_| {
        if let Some(hint) = hint_of_a_host(place) {
            super::complain(&hint);
        }
    })?;
    let entries = opened.platforms.iter();
    let candidates = entries.map(|e| (e.descriptor.platform.as_ref(), Some(&e.digest)));
    let chosen = opened.chosen.and_then(|at| opened.platforms.get(at));
    if let Some(chosen) = chosen {
        let choice = "--platform, or by @DIGEST in place of the tag";
        super::select::tell_others(chosen.descriptor.platform.as_ref(), candidates, choice);
    }
    Ok(Opened {
        name: opened.name,
        images: vec![opened.image],
        warnings: Vec::new(),
        damage: Vec::new(),
        not_saved: Vec::new(),
        instead: None,
    })
}

/// Parses a reference as Docker does; with a scheme, as the address bar does.
fn locate(place: &str) -> Result<(Endpoint, String, Target), Error> {
    let malformed = |reason: Message| source::Error::Malformed {
        what: Message::verbatim(format!(
            "{:?}, which is no file here, as a reference",
            shown_address(place)
        )),
        reason,
    };
    if !place.contains("://") {
        match Address::parse(place) {
            // The error would repeat the reference with its password.
            Err(error @ image::Error::CredentialsInAddress) => {
                return Err(malformed((&error).into()).into());
            }
            // Docker would ask Docker Hub for it, and so disclose the name of a private host.
            Ok(ParsedAddress {
                address: Address::Registry { .. },
                ..
            }) => return Err(only_a_registry(place)),
            _ => {}
        }
        let reference = Reference::parse(place).map_err(|error| malformed((&error).into()))?;
        let repository = reference.repository();
        let endpoint = Endpoint::new(None, repository.host().clone());
        return Ok((
            endpoint,
            repository.path().to_owned(),
            Target::of(&reference),
        ));
    }
    let remote = Remote::locate(place)?.remote;
    match remote.within {
        Within::Image(repository, target) => Ok((remote.host, repository, target)),
        Within::Repository(repository) => {
            Ok((remote.host, repository, Target::Tag("latest".to_owned())))
        }
        Within::Catalog => Err(only_a_registry(place)),
    }
}

/// True if two places are of the same registry.
pub(super) fn is_same_registry(one: &str, other: &str) -> bool {
    let host = |place: &str| locate(place).map(|(endpoint, _, _)| endpoint.to_string());
    host(one).is_ok_and(|one| host(other).is_ok_and(|other| one == other))
}

/// Returns the address of an image for a page: a reference in its full form, which is read in one way only.
pub(super) fn address_of(place: &str) -> Result<String, Error> {
    let (endpoint, repository, target) = locate(place)?;
    Ok(match target {
        _ if place.contains("://") => place.to_owned(),
        Target::Tag(tag) => format!("{endpoint}/{repository}:{tag}"),
        Target::Digest(digest) => format!("{endpoint}/{repository}@{digest}"),
    })
}

fn only_a_registry(place: &str) -> Error {
    let place = place.trim_end_matches('/');
    Error::Choice(format!(
        "{place} is a registry: name one of its images, such as {place}/app:1; lamina list {place} shows which there are"
    ))
}

/// True if the image is read from the registry that is the target.
pub(super) fn is_at(place: &str, host: &Endpoint) -> bool {
    let is_file = looks_like_a_file(place) || place == "-" || Path::new(place).exists();
    !is_file && locate(place).is_ok_and(|(endpoint, ..)| endpoint == *host)
}

/// Returns a hint if the text looks like a host and its port, but Docker reads a name and its tag: `myhost:5000`.
fn hint_of_a_host(place: &str) -> Option<String> {
    let parsed = Address::parse(place).ok()?;
    matches!(parsed.other_reading, Some(Address::Registry { .. })).then(|| {
        format!(
            "this was read as Docker does, as a name and its tag on Docker Hub; where {place} is a registry, write http://{place} or https://{place}"
        )
    })
}

/// True if the text looks like a file's path. A typing error must not become a request to a registry.
pub(super) fn looks_like_a_file(place: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        ".tar", ".tgz", ".gz", ".zst", ".zstd", ".bz2", ".xz", ".txz", ".tbz2",
    ];
    let lower = place.to_ascii_lowercase();
    place.starts_with(['/', '.', '~'])
        || place.ends_with('/')
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_references_are_told_apart() {
        for place in ["./app", "/tmp/x", "image.tar", "x.TAR.GZ", "layout/", "~/a"] {
            assert!(looks_like_a_file(place), "{place}");
        }
        for place in ["alpine", "localhost:5000/app:1", "ghcr.io/a/b@sha256:0"] {
            assert!(!looks_like_a_file(place), "{place}");
        }
    }

    fn check(place: &str, expected: &str) {
        let got = match locate(place) {
            Ok((endpoint, repository, target)) => {
                let target = match target {
                    Target::Tag(tag) => tag,
                    Target::Digest(digest) => digest.to_string(),
                };
                format!("{endpoint} {repository} {target}")
            }
            Err(error) => format!("error: {error}"),
        };
        assert!(got.starts_with(expected), "{place}: {got}");
    }

    #[test]
    fn references_are_read_as_docker_does() {
        check("alpine", "docker.io library/alpine latest");
        check("redis:7", "docker.io library/redis 7");
        check("myhost:5000", "docker.io library/myhost 5000");
        assert!(
            hint_of_a_host("myhost:5000").is_some_and(|hint| hint.contains("http://myhost:5000"))
        );
        assert_eq!(hint_of_a_host("redis:7"), None);
        for host in [
            "registry.example.com",
            "registry.example.com:5000",
            "localhost",
            "localhost:5000",
            "10.0.0.7:5000",
            "[::1]:5000",
            "myhost:5000/",
        ] {
            check(
                host,
                &format!("error: {} is a registry", host.trim_end_matches('/')),
            );
        }
        check("localhost:5000/demo/app:2", "localhost:5000 demo/app 2");
        check(
            "http://127.0.0.1:5000/demo/app",
            "http://127.0.0.1:5000 demo/app latest",
        );
        check(
            "http://pages.example/x/v2/app:1",
            "http://pages.example/x app 1",
        );
        check(
            "http://127.0.0.1:5000",
            "error: http://127.0.0.1:5000 is a registry",
        );
        check(
            "me:secret@r.example/app:1",
            "error: \"r.example/app:1\", which is no file here, as a reference is malformed: an address with",
        );
        check(
            "UPPER CASE",
            "error: \"UPPER CASE\", which is no file here, as a reference",
        );
    }
}
