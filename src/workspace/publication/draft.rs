//! The known facts about an image's layers before it is published, and how to determine the others.
//!
//! A draft owns its data, so that the image can be browsed meanwhile.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::build::distribution_of;
use crate::image::{DiffId, Digest, Distribution, MediaType};
use crate::io::{ByteStream, LocalFuture};
use crate::layer::{Compression, Expected, FileHashes, ReadOptions, SNIFF_BYTES, sniff};
use crate::source::{Blob, Error, FoundImage, FoundLayer};

use super::super::{LayerTask, OpenImage, ReadLayer, read_layer};
use super::{Progress, cancelled};

/// An image that is to be published, with the results of reading its layers.
#[derive(Clone)]
pub struct Draft {
    pub(in super::super) found: FoundImage,
    pub(in super::super) limits: Limits,
    readings: Vec<Option<Reading>>,
    /// The position of the first layer in this draft.
    first: usize,
}

/// The results of reading a layer.
#[derive(Clone)]
struct Reading {
    digest: Digest,
    stored_bytes: u64,
    compression: Compression,
    diff_id: DiffId,
    decoded_bytes: u64,
    damage: Option<crate::layer::Error>,
}

impl Reading {
    fn of(read: &ReadLayer) -> Reading {
        Reading {
            digest: read.digest.clone(),
            stored_bytes: read.stored_bytes,
            compression: read.compression,
            diff_id: read.diff_id.clone(),
            decoded_bytes: read.decoded_bytes,
            damage: read.damage.clone(),
        }
    }
}

/// The facts about layers that are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Need {
    /// Digest, size and compression.
    Compression,
    /// In addition, the digest of the uncompressed bytes.
    Decoded,
}

/// An image with all facts that its documents need.
pub(in super::super) struct Settled {
    pub(in super::super) found: FoundImage,
    pub(in super::super) limits: Limits,
    /// The layers, base first.
    pub(in super::super) layers: Vec<SettledLayer>,
}

/// A layer with known digest and size.
#[derive(Clone)]
pub(in super::super) struct SettledLayer {
    pub(in super::super) what: Message,
    pub(in super::super) media_type: Option<MediaType>,
    pub(in super::super) digest: Digest,
    pub(in super::super) size_bytes: u64,
    /// The compression detected from the bytes; `None` if they are not available and not needed.
    pub(in super::super) compression: Option<Compression>,
    /// The claimed diff_id, or else the computed one.
    pub(in super::super) diff_id: Option<DiffId>,
    pub(in super::super) decoded_bytes: Option<u64>,
    pub(in super::super) annotations: BTreeMap<String, String>,
    pub(in super::super) distribution: Distribution,
    pub(in super::super) blob: Rc<dyn Blob>,
}

impl Draft {
    /// Returns the draft of an open image in its present state.
    pub fn of(image: &OpenImage) -> Draft {
        let layers = 0..image.layers().len();
        let reading = |layer| image.read_layer(layer).map(|read| Reading::of(read));
        Draft {
            found: image.found.clone(),
            limits: *image.limits(),
            readings: layers.map(reading).collect(),
            first: 0,
        }
    }

    /// Replaces the bytes of one layer. The results of reading the old ones are dropped.
    pub(in super::super) fn replace(&mut self, layer: usize, found: FoundLayer) {
        if let (Some(old), Some(reading)) = (
            self.found.layers.get_mut(layer),
            self.readings.get_mut(layer),
        ) {
            (*old, *reading) = (found, None);
        }
    }

    /// Returns the draft with this layer alone, or with none if there is no such layer.
    pub(in super::super) fn only(mut self, layer: usize) -> Draft {
        let found = self.found.layers.get(layer).cloned();
        let reading = self.readings.get(layer).cloned();
        self.found.layers = found.into_iter().collect();
        self.readings = reading.into_iter().collect();
        self.first = layer;
        self
    }

    /// Determines the needed facts: from the first bytes of a layer, or by reading all of a layer without a
    /// claimed digest.
    pub(in super::super) async fn settle(
        self,
        need: Need,
        progress: Progress<'_>,
    ) -> Result<Settled, Error> {
        let mut layers = Vec::with_capacity(self.found.layers.len());
        let mut bytes_before = 0;
        let readings = self.readings.iter();
        for (at, (found, reading)) in self.found.layers.iter().zip(readings).enumerate() {
            let what = Message::layer(self.first.saturating_add(at));
            let on_the_way = |read_bytes: u64| progress(read_bytes.saturating_add(bytes_before));
            let settling = Settling {
                what: &what,
                found,
                need,
                limits: &self.limits,
                progress: &on_the_way,
            };
            let (layer, read_bytes) = settling.run(reading.clone()).await?;
            bytes_before = bytes_before.saturating_add(read_bytes);
            layers.push(layer);
        }
        Ok(Settled {
            found: self.found,
            limits: self.limits,
            layers,
        })
    }
}

/// The inputs for settling one layer.
struct Settling<'a> {
    what: &'a Message,
    found: &'a FoundLayer,
    need: Need,
    limits: &'a Limits,
    progress: Progress<'a>,
}

impl Settling<'_> {
    /// Returns the layer, and the number of bytes read for it.
    async fn run(&self, reading: Option<Reading>) -> Result<(SettledLayer, u64), Error> {
        let found = self.found;
        let distribution = distribution_of(found.media_type.as_ref());
        let blob = match (&found.blob, distribution) {
            (Ok(blob), _) => Rc::clone(blob),
            // A nondistributable layer need not be available: it is named, but not transferred.
            (Err(error), Distribution::Nondistributable) => absent(error.clone()),
            (Err(error), _) => return Err(error.clone()),
        };
        let size_bytes = found.size_bytes.or_else(|| blob.size_bytes());
        let mut layer = SettledLayer {
            what: self.what.clone(),
            media_type: found.media_type.clone(),
            digest: Digest::sha256_of(b""),
            size_bytes: 0,
            compression: None,
            diff_id: found.diff_id.clone(),
            decoded_bytes: None,
            annotations: found.annotations.clone(),
            distribution,
            blob,
        };
        let claimed = found.digest.clone().zip(size_bytes);
        let is_told = self.need != Need::Decoded || found.diff_id.is_some();
        let (reading, read_bytes) = match (reading, &claimed) {
            (None, Some(_)) if is_told => (None, 0),
            (None, _) => {
                let read = self.read(&layer.blob).await?;
                let read_bytes = read.stored_bytes;
                (Some(read), read_bytes)
            }
            (reading, _) => (reading, 0),
        };
        if let Some(reading) = reading {
            // A damaged layer is published only under the digest claimed for it.
            if let (None, Some(damage)) = (&found.digest, &reading.damage) {
                return Err(Error::Damaged {
                    what: self.what.clone(),
                    reason: damage.into(),
                });
            }
            layer.digest = found.digest.clone().unwrap_or(reading.digest);
            layer.size_bytes = found.size_bytes.unwrap_or(reading.stored_bytes);
            layer.compression = Some(reading.compression);
            layer.diff_id = layer.diff_id.or(Some(reading.diff_id));
            layer.decoded_bytes = Some(reading.decoded_bytes);
        } else if let Some((digest, size_bytes)) = claimed {
            layer.compression = match (self.sniff(&layer.blob, size_bytes).await, distribution) {
                (Ok(compression), _) => Some(compression),
                (Err(_), Distribution::Nondistributable) => None,
                (Err(error), Distribution::Distributable) => return Err(error),
            };
            (layer.digest, layer.size_bytes) = (digest, size_bytes);
        }
        Ok((layer, read_bytes))
    }

    async fn read(&self, blob: &Rc<dyn Blob>) -> Result<Reading, Error> {
        let expected = Expected {
            digest: self.found.digest.clone(),
            size_bytes: self.found.size_bytes,
            diff_id: self.found.diff_id.clone(),
        };
        let task = LayerTask {
            blob: Rc::clone(blob),
            expected,
            before: Default::default(),
        };
        let options = ReadOptions {
            limits: self.limits.layer,
            file_hashes: FileHashes::Skip,
        };
        let progress = |read: crate::layer::Progress| (self.progress)(read.stored_bytes);
        let (read, _) = read_layer(task, options, &progress).await?;
        Ok(Reading::of(&read))
    }

    async fn sniff(&self, blob: &Rc<dyn Blob>, size_bytes: u64) -> Result<Compression, Error> {
        if (self.progress)(0).is_break() {
            return Err(cancelled(self.what));
        }
        compression_of(&**blob, size_bytes).await
    }
}

/// Detects the compression of a blob of this size from its first bytes.
pub(in super::super) async fn compression_of(
    blob: &dyn Blob,
    size_bytes: u64,
) -> Result<Compression, Error> {
    let len = usize::try_from(size_bytes).map_or(SNIFF_BYTES, |len| len.min(SNIFF_BYTES));
    Ok(sniff(&blob.read_at(0, len).await?).compression())
}

/// Returns a blob that is named but not available.
pub(super) fn absent(error: Error) -> Rc<dyn Blob> {
    Rc::new(Absent(error))
}

/// A nondistributable layer that is not available.
struct Absent(Error);

impl Blob for Absent {
    fn size_bytes(&self) -> Option<u64> {
        None
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }

    fn read_at(&self, _offset: u64, _len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}
