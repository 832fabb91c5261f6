//! From an open image to what a registry is sent, and from what a person types to where it goes.
//!
//! What has a digest already, in a registry or an OCI layout, is pushed as it is, byte for byte. The layers of a
//! docker-archive lie there as plain tars, under no digest that a registry knows; as `docker push` does, they are
//! compressed on the way: a registry keeps and serves them for ever, and everybody who pulls waits for every byte. The
//! same layer gives the same bytes each time, so that a second push finds it there.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::build::GzipWriter;
use crate::image::{
    self, Address, Algorithm, DiffId, Digest, Distribution, Hasher, ParsedAddress, Reference,
    RegistryHost, Repository,
};
use crate::io::Spool;
use crate::layer::{Compression, SNIFF_BYTES, sniff};
use crate::source::registry::{Endpoint, Parcel, ParcelBlob, Target};
use crate::source::{Blob, Error, FoundLayer, SliceBlob};

use super::publication::cancelled;
use super::{Draft, Publication, Remote, Within, shown_address};

/// Where an image goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushTarget {
    /// The registry.
    pub host: Endpoint,
    /// The repository in it.
    pub repository: String,
    /// The tag.
    pub tag: String,
}

impl PushTarget {
    /// Reads `[http[s]://]host/repository[:tag]` by Docker's grammar; without a tag it is `latest`.
    ///
    /// # Errors
    /// When it is no such name, holds a password, or names a digest, which a push does not choose.
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
                // A reference with a password would be repeated in its error.
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

    /// A further tag of the same repository.
    ///
    /// # Errors
    /// When it is no tag.
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

/// Compresses the layers that lie plain and under no digest. `progress` is told the bytes read.
///
/// # Errors
/// When a layer cannot be read, is not what its diff_id says, or there is no room for it.
pub async fn compressed(
    mut draft: Draft,
    spool: &dyn Fn() -> Box<dyn Spool>,
    progress: &dyn Fn(u64) -> ControlFlow<()>,
) -> Result<Draft, Error> {
    if draft.found.manifest.is_some() {
        return Ok(draft);
    }
    let mut read_bytes = 0;
    for at in 0..draft.found.layers.len() {
        let Some(found) = draft.found.layers.get(at).cloned() else {
            continue;
        };
        let what = format!("layer {at}");
        // A commit has said how its layer is to lie, and under which digest.
        let (Ok(blob), None) = (&found.blob, &found.media_type) else {
            continue;
        };
        if is_plain(&**blob).await? {
            let work = Compressing {
                what: &what,
                progress,
            };
            let layer = work.run(&found, blob, spool(), &mut read_bytes).await?;
            draft.replace(at, layer);
        }
    }
    Ok(draft)
}

async fn is_plain(blob: &dyn Blob) -> Result<bool, Error> {
    let size_bytes = blob.size_bytes().unwrap_or(0);
    let len = usize::try_from(size_bytes).map_or(SNIFF_BYTES, |len| len.min(SNIFF_BYTES));
    let first = blob.read_at(0, len).await?;
    Ok(sniff(&first).compression() == Compression::None)
}

struct Compressing<'a> {
    what: &'a str,
    progress: &'a dyn Fn(u64) -> ControlFlow<()>,
}

impl Compressing<'_> {
    async fn run(
        &self,
        found: &FoundLayer,
        blob: &Rc<dyn Blob>,
        mut spool: Box<dyn Spool>,
        read_bytes: &mut u64,
    ) -> Result<FoundLayer, Error> {
        let failed = |cause| Error::Io {
            what: self.what.to_owned(),
            cause,
        };
        let mut plain = Hasher::new(Algorithm::Sha256);
        let mut packed = Hasher::new(Algorithm::Sha256);
        let mut size_bytes = 0;
        let mut out = Vec::new();
        let mut writer = GzipWriter::new(&mut out);
        let mut stream = blob.stream().await?;
        while let Some(piece) = stream.next().await.map_err(failed)? {
            *read_bytes += piece.len() as u64;
            if (self.progress)(*read_bytes).is_break() {
                return Err(cancelled(self.what));
            }
            plain.update(&piece);
            writer.push(&piece, &mut out);
            packed.update(&out);
            size_bytes += out.len() as u64;
            spool
                .append(std::mem::take(&mut out))
                .await
                .map_err(failed)?;
        }
        writer.finish(&mut out);
        packed.update(&out);
        size_bytes += out.len() as u64;
        spool.append(out).await.map_err(failed)?;
        let (Some(actual), Some(digest)) = (plain.finish(), packed.finish()) else {
            return Ok(found.clone());
        };
        self.prove(found.diff_id.as_ref(), actual)?;
        let bytes = spool.finish().await.map_err(failed)?;
        Ok(FoundLayer {
            digest: Some(digest),
            size_bytes: Some(size_bytes),
            blob: Ok(Rc::new(SliceBlob::new(bytes, self.what))),
            ..found.clone()
        })
    }

    fn prove(&self, claimed: Option<&DiffId>, actual: Digest) -> Result<(), Error> {
        match claimed.map(|diff_id| &diff_id.0) {
            Some(expected) if *expected != actual && expected.algorithm() == Algorithm::Sha256 => {
                Err(Error::DigestMismatch {
                    what: self.what.to_owned(),
                    expected: expected.clone(),
                    actual,
                })
            }
            _ => Ok(()),
        }
    }
}

/// What a registry is sent of a publication. What may not be distributed is left out: registries take the manifest
/// without it.
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
