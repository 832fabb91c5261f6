//! Derives a push from an open image and from the target that a person typed.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::image::{
    self, Address, Digest, Distribution, ParsedAddress, Reference, RegistryHost, Repository,
};
use crate::io::Spool;
use crate::layer::Compression;
use crate::source::Error;
use crate::source::registry::{Endpoint, Parcel, ParcelBlob, Target};

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
        let malformed = |reason: String| Error::Malformed {
            what: format!("the target {:?}", shown_address(text)),
            reason,
        };
        let no_repository = || malformed("it names a registry, and no repository in it".to_owned());
        let no_digest =
            || malformed("an image is pushed under a tag, not under a digest".to_owned());
        if !text.contains("://") {
            match Address::parse(text) {
                // The error would repeat the reference with its password.
                Err(error @ image::Error::CredentialsInAddress) => {
                    return Err(malformed(error.to_string()));
                }
                Ok(ParsedAddress {
                    address: Address::Registry { .. },
                    ..
                }) => return Err(no_repository()),
                _ => {}
            }
            let reference = Reference::parse(text).map_err(|error| malformed(error.to_string()))?;
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
                what: format!("the tag {tag:?}"),
                reason: error.to_string(),
            }),
        }
    }
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
