//! Derives a push from an open image and from the target that a person typed.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::image::{
    self, Address, Digest, Distribution, ParsedAddress, Reference, RegistryHost, Repository,
};
use crate::io::Spool;
use crate::layer::Compression;
use crate::source::registry::{Destination, Endpoint, Parcel, ParcelBlob, Target};
use crate::source::{Error, FoundImage};

use super::{
    Draft, ManifestForm, Platforms, Publication, Remote, Repack, Within, publish,
    publish_platforms, repacked, shown_address,
};

/// An image ready for a push, and what was done to it.
pub struct ReadyPush {
    /// The blobs and documents to send.
    pub parcel: Parcel,
    /// The digest that the tags will point to.
    pub digest: Digest,
    /// Layers recompressed because no manifest can name their compression: their numbers, and that compression.
    pub renamed: Vec<(usize, Compression)>,
    /// Platforms left out of the index because they are not here.
    pub absent: Vec<String>,
}

/// The progress of making an image ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyStep {
    /// Bytes of layers that were read to be compressed, so far.
    Compressed(u64),
    /// Bytes of layers that were read to be described, so far.
    Described(u64),
}

/// Makes an image ready for a push: with the platforms of its index, or alone if `platforms` is `None`. An image
/// that has no manifest gets one, with its plain layers compressed into the spools.
///
/// # Errors
/// If a layer cannot be read or is not what its digest says, if a platform is missing, if there is no room, or if
/// `progress` breaks off.
pub async fn ready_push(
    draft: Draft,
    platforms: Option<Platforms>,
    spool: &dyn Fn() -> Box<dyn Spool>,
    progress: &dyn Fn(ReadyStep) -> ControlFlow<()>,
) -> Result<ReadyPush, Error> {
    let described = |bytes| progress(ReadyStep::Described(bytes));
    let compressed = |bytes| progress(ReadyStep::Compressed(bytes));
    let mut renamed = Vec::new();
    let publication = match platforms {
        Some(platforms) => publish_platforms(draft, platforms, &described).await?,
        None => {
            let form = ManifestForm::AsItIs;
            let repacked = repacked(draft, form, Repack::PlainToo, spool, &compressed).await?;
            renamed = repacked.renamed;
            publish(repacked.draft, form, &described).await?
        }
    };
    Ok(ReadyPush {
        parcel: parcel_of(&publication),
        digest: publication.top.digest.clone(),
        renamed,
        absent: publication.absent,
    })
}

/// The target of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushTarget {
    /// The registry's address.
    pub host: Endpoint,
    /// The repository's name, such as `library/alpine`.
    pub repository: String,
    /// The tag to write.
    pub tag: String,
}

impl PushTarget {
    /// Parses `[http[s]://]host/repository[:tag]` by Docker's grammar. The default tag is `latest`.
    ///
    /// # Errors
    /// When it is not such a name, contains a password, or names a digest, which a push does not choose.
    pub fn parse(text: &str) -> Result<PushTarget, Error> {
        let text = text.trim();
        let malformed = |reason: Message| Error::Malformed {
            what: Message::target(format!("{:?}", shown_address(text))),
            reason,
        };
        let no_repository = || malformed(Message::target_registry_only());
        let no_digest = || malformed(Message::target_digest());
        if !text.contains("://") {
            match Address::parse(text) {
                // The error would repeat the reference with its password.
                Err(error @ image::Error::CredentialsInAddress) => {
                    return Err(malformed((&error).into()));
                }
                Ok(ParsedAddress {
                    address: Address::Registry { .. },
                    ..
                }) => return Err(no_repository()),
                _ => {}
            }
            let reference = Reference::parse(text).map_err(|error| malformed((&error).into()))?;
            let Target::Tag(tag) = Target::of(&reference) else {
                return Err(no_digest());
            };
            let repository = reference.repository();
            return Ok(PushTarget {
                host: Endpoint::new(None, repository.host().clone()),
                repository: repository.path().to_owned(),
                tag,
            });
        }
        let remote = Remote::locate(text)?.remote;
        let (repository, tag) = match remote.within {
            Within::Image(repository, Target::Tag(tag)) => (repository, tag),
            Within::Repository(repository) => (repository, "latest".to_owned()),
            Within::Image(_, Target::Digest(_)) => return Err(no_digest()),
            Within::Catalog => return Err(no_repository()),
        };
        let target = PushTarget {
            host: remote.host,
            repository,
            tag,
        };
        target.checked(&target.tag)?;
        Ok(target)
    }

    /// Checks a further tag of the same repository.
    ///
    /// # Errors
    /// When it is not a valid tag.
    pub fn checked(&self, tag: &str) -> Result<String, Error> {
        let checked = Repository::new(RegistryHost::clone(self.host.host()), &self.repository)
            .and_then(|repository| repository.with_tag(tag));
        match checked {
            Ok(_) => Ok(tag.to_owned()),
            Err(error) => Err(Error::Malformed {
                what: Message::the_tag(format!("{tag:?}")),
                reason: (&error).into(),
            }),
        }
    }
}

/// A repository to push to, with the tags to write there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushDestination {
    /// The registry's address.
    pub host: Endpoint,
    /// The repository and the tags.
    pub destination: Destination,
}

impl PushDestination {
    /// Returns the destination of one target, with further tags of its repository. A tag counts once.
    fn of(target: PushTarget, tags: &[String]) -> Result<PushDestination, Error> {
        let mut all = vec![target.tag.clone()];
        for tag in tags {
            add(&mut all, target.checked(tag)?);
        }
        Ok(PushDestination {
            host: target.host,
            destination: Destination {
                repository: target.repository,
                tags: all,
            },
        })
    }
}

fn add(tags: &mut Vec<String>, tag: String) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}

/// Parses one target of a push, with further tags.
///
/// # Errors
/// When it is no target, or a tag is not valid.
pub fn destination(target: &str, tags: &[String]) -> Result<PushDestination, Error> {
    PushDestination::of(PushTarget::parse(target)?, tags)
}

/// Groups several targets by repository: one push for each, with all its tags.
///
/// # Errors
/// When one is no target, or a tag is not valid.
pub fn destinations(targets: &[String], tags: &[String]) -> Result<Vec<PushDestination>, Error> {
    let mut all: Vec<PushDestination> = Vec::new();
    for target in targets {
        let next = destination(target, tags)?;
        let is_same = |other: &&mut PushDestination| {
            other.host == next.host && other.destination.repository == next.destination.repository
        };
        match all.iter_mut().find(is_same) {
            Some(same) => {
                for tag in next.destination.tags {
                    add(&mut same.destination.tags, tag);
                }
            }
            None => all.push(next),
        }
    }
    Ok(all)
}

/// Returns the platforms to push if a person chose none by name: those of the index, if the image has one.
///
/// A tag that pointed to several platforms must not silently become one for a single platform.
pub fn platforms_to_push(
    found: &FoundImage,
    present_alone: bool,
    needs_index: bool,
) -> Option<Platforms> {
    let has_index = found.index.is_some() || needs_index;
    has_index.then_some(match present_alone {
        true => Platforms::Present,
        false => Platforms::All,
    })
}

/// Returns the parcel of a publication. Nondistributable blobs are left out: registries accept the manifest
/// without them.
pub fn parcel_of(publication: &Publication) -> Parcel {
    let sent = publication
        .blobs
        .iter()
        .filter(|blob| blob.distribution == Distribution::Distributable);
    Parcel {
        blobs: sent
            .map(|blob| ParcelBlob {
                what: blob.what.clone(),
                digest: blob.digest.clone(),
                size_bytes: blob.size_bytes,
                bytes: Rc::clone(&blob.blob),
            })
            .collect(),
        below: publication.below.clone(),
        top: publication.top.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(references: &[&str], tags: &[&str], expected: &str) {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let got = match destinations(&owned(references), &owned(tags)) {
            Ok(all) => {
                let shown = all.iter().map(|PushDestination { host, destination }| {
                    format!(
                        "{host} {} {}",
                        destination.repository,
                        destination.tags.join(",")
                    )
                });
                shown.collect::<Vec<_>>().join(" | ")
            }
            Err(error) => format!("error: {error}"),
        };
        assert!(got.starts_with(expected), "{references:?} {tags:?}: {got}");
    }

    #[test]
    fn references_of_one_repository_are_one_push() {
        check(
            &["r.example:5000/team/app"],
            &[],
            "r.example:5000 team/app latest",
        );
        check(
            &[
                "r.example/app:1",
                "r.example/app:2",
                "https://s.example/app:1",
            ],
            &["x", "1"],
            "r.example app 1,x,2 | https://s.example app 1,x",
        );
        check(&["alpine:3"], &[], "docker.io library/alpine 3");
    }

    #[test]
    fn rp_01_what_is_no_name_for_an_image_is_refused_before_anything_is_asked() {
        for (reference, tag, expected) in [
            (
                "r.example/App:1",
                None,
                "error: the target \"r.example/App:1\" is malformed",
            ),
            ("r.example/app:-1", None, "error: the target"),
            (
                "r.example/app:1",
                Some("a b"),
                "error: the tag \"a b\" is malformed",
            ),
            ("http://r.example/app:a b", None, "error: "),
            (
                "registry.example.com:5000",
                None,
                "error: the target \"registry.example.com:5000\" is malformed: it names a registry",
            ),
            (
                "http://r.example",
                None,
                "error: the target \"http://r.example\" is malformed",
            ),
            (
                "r.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
                None,
                "error: the target",
            ),
            (
                "me:secret@r.example/app:1",
                None,
                "error: the target \"r.example/app:1\" is malformed",
            ),
        ] {
            let tags: Vec<&str> = tag.into_iter().collect();
            check(&[reference], &tags, expected);
        }
    }
}
