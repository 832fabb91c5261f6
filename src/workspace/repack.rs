//! Recompresses layers before an image is published.
//!
//! A blob that already has a digest, in a registry or an OCI layout, is published unchanged, byte for byte. The
//! layers of a docker-archive have no digest that a registry knows. Plain ones are compressed for a push, as
//! `docker push` does: a registry keeps and serves them forever, and everybody who pulls waits for every byte.
//! Layers that old archives compress with xz or bzip2 are written as gzip wherever a manifest has to name them,
//! since there is no media type for the others. The same layer gives the same bytes each time, so a second push
//! finds it in the registry.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::build::GzipWriter;
use crate::image::{Algorithm, DiffId, Digest, Hasher};
use crate::io::{ByteStream, Spool};
use crate::layer::Compression;
use crate::source::{Blob as _, Error, FoundLayer, SliceBlob};

use super::export::DecodedStream;
use super::publication::{Need, cancelled, compression_of, has_manifest};
use super::{Draft, ManifestForm};

/// An image whose layers a manifest can name, with a record of the changes.
pub struct Repacked {
    /// The draft with the recompressed layers.
    pub draft: Draft,
    /// The positions of layers whose compression no manifest can name, with that compression.
    pub renamed: Vec<(usize, Compression)>,
}

/// The layers that are compressed with gzip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repack {
    /// Layers that no manifest could name otherwise.
    Needed,
    /// Plain layers, too.
    PlainToo,
}

/// Compresses layers with gzip, unless the image keeps its existing manifest. `progress` receives the bytes read.
///
/// # Errors
/// When a layer cannot be read, does not match its diff_id, or there is no room for it.
pub async fn repacked(
    mut draft: Draft,
    form: ManifestForm,
    repack: Repack,
    spool: &dyn Fn() -> Box<dyn Spool>,
    progress: &dyn Fn(u64) -> ControlFlow<()>,
) -> Result<Repacked, Error> {
    let mut renamed = Vec::new();
    if has_manifest(&draft, form)? {
        return Ok(Repacked { draft, renamed });
    }
    let mut read_bytes = 0;
    for at in 0..draft.found.layers.len() {
        let Some(found) = draft.found.layers.get(at).cloned() else {
            continue;
        };
        let Ok(blob) = &found.blob else {
            continue;
        };
        let what = Message::layer(at);
        let source = match compression_of(&**blob, blob.size_bytes().unwrap_or(0)).await? {
            // A commit has already decided on its layer's form and digest.
            Compression::None if repack == Repack::PlainToo && found.media_type.is_none() => {
                Source::Plain(blob.stream().await?)
            }
            compression @ (Compression::Xz | Compression::Bzip2) => {
                renamed.push((at, compression));
                let settled = draft.clone().only(at);
                let settled = settled.settle(Need::Compression, progress).await?;
                let Some(layer) = settled.layers.first() else {
                    continue;
                };
                let stream = DecodedStream::open(layer, compression, &settled.limits).await?;
                Source::Decoded(Box::new(stream))
            }
            Compression::None | Compression::Gzip | Compression::Zstd => continue,
        };
        let work = Repacking {
            what: &what,
            progress,
        };
        let layer = work.run(&found, source, spool(), &mut read_bytes).await?;
        draft.replace(at, layer);
    }
    Ok(Repacked { draft, renamed })
}

/// The tar of a layer, piece by piece.
enum Source {
    /// The blob is the tar.
    Plain(Box<dyn ByteStream>),
    /// The blob is decompressed along the way, and verified.
    Decoded(Box<DecodedStream>),
}

impl Source {
    async fn next(&mut self, what: &Message) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Source::Plain(stream) => stream.next().await.map_err(|cause| Error::Io {
                what: what.clone(),
                cause,
            }),
            Source::Decoded(stream) => stream.next().await,
        }
    }
}

struct Repacking<'a> {
    what: &'a Message,
    progress: &'a dyn Fn(u64) -> ControlFlow<()>,
}

impl Repacking<'_> {
    async fn run(
        &self,
        found: &FoundLayer,
        mut source: Source,
        mut spool: Box<dyn Spool>,
        read_bytes: &mut u64,
    ) -> Result<FoundLayer, Error> {
        let failed = |cause| Error::Io {
            what: self.what.clone(),
            cause,
        };
        let mut plain = Hasher::new(Algorithm::Sha256);
        let mut packed = Hasher::new(Algorithm::Sha256);
        let mut size_bytes = 0;
        let mut out = Vec::new();
        let mut writer = GzipWriter::new(&mut out);
        while let Some(piece) = source.next(self.what).await? {
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
        let blob = SliceBlob::new(bytes, self.what.to_string());
        blob.note_proved(Some(&digest));
        Ok(FoundLayer {
            digest: Some(digest),
            size_bytes: Some(size_bytes),
            // The declared type no longer applies.
            media_type: None,
            blob: Ok(Rc::new(blob)),
            ..found.clone()
        })
    }

    fn prove(&self, claimed: Option<&DiffId>, actual: Digest) -> Result<(), Error> {
        match claimed.map(|diff_id| &diff_id.0) {
            Some(expected) if *expected != actual && expected.algorithm() == Algorithm::Sha256 => {
                Err(Error::DigestMismatch {
                    what: self.what.clone(),
                    expected: expected.clone(),
                    actual,
                })
            }
            _ => Ok(()),
        }
    }
}
