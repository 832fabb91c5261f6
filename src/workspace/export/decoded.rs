//! Streams the uncompressed bytes of a layer. Both the compressed and the uncompressed bytes are verified as they pass.

use crate::message::Message;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{Algorithm, DiffId, Digest, Hasher};
use crate::layer::{Compression, DecodeStatus, Decoder};
use crate::source::Error;

use super::super::publication::SettledLayer;
use super::ProvedStream;

/// Approximate size of an uncompressed piece in bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// A layer as an uncompressed tar.
pub(in super::super) struct DecodedStream {
    what: Message,
    stored: ProvedStream,
    decoder: Decoder,
    /// Compressed bytes that were received; the first `taken` are decoded.
    input: Vec<u8>,
    taken: usize,
    state: State,
    proof: Option<(Digest, Hasher)>,
    decoded_bytes: u64,
    most_bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The decoder needs more compressed bytes.
    Hungry,
    /// The decoder may have more output for its present input.
    Busy,
    Ended,
}

impl DecodedStream {
    pub(in super::super) async fn open(
        layer: &SettledLayer,
        compression: Compression,
        limits: &Limits,
    ) -> Result<DecodedStream, Error> {
        let (digest, size_bytes) = (Some(&layer.digest), Some(layer.size_bytes));
        let stored = ProvedStream::open(&layer.blob, &layer.what, digest, size_bytes).await?;
        let diff_id = layer.diff_id.as_ref().map(|DiffId(digest)| digest);
        let diff_id = diff_id.filter(|digest| digest.algorithm() != Algorithm::Other);
        Ok(DecodedStream {
            what: layer.what.clone(),
            stored,
            decoder: Decoder::new(compression, &limits.layer),
            input: Vec::new(),
            taken: 0,
            state: State::Hungry,
            proof: diff_id.map(|digest| (digest.clone(), Hasher::new(digest.algorithm()))),
            decoded_bytes: 0,
            most_bytes: limits.layer.decoded_bytes,
        })
    }

    /// Returns the next piece; `None` at the end, once all bytes are verified.
    pub(in super::super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            match self.state {
                State::Ended => return Ok(None),
                State::Hungry => match self.stored.next().await? {
                    Some(piece) => {
                        (self.input, self.taken) = (piece, 0);
                        self.state = State::Busy;
                    }
                    None => {
                        self.state = State::Ended;
                        self.finish()?;
                    }
                },
                State::Busy => {
                    let piece = self.decode()?;
                    if !piece.is_empty() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }

    fn decode(&mut self) -> Result<Vec<u8>, Error> {
        let mut piece = vec![0; PIECE_BYTES];
        let input = self.input.get(self.taken..).unwrap_or_default();
        let step = self.decoder.decode(input, &mut piece);
        let step = step.map_err(|error| self.damaged(&error))?;
        self.taken += step.read;
        piece.truncate(step.written);
        if step.status == DecodeStatus::NeedsInput {
            self.state = State::Hungry;
        }
        self.decoded_bytes = self.decoded_bytes.saturating_add(piece.len() as u64);
        if self.decoded_bytes > self.most_bytes {
            return Err(Error::TooLarge {
                what: self.what.clone(),
                limit: Message::limit_decoded(self.most_bytes),
            });
        }
        if let Some((_, hasher)) = &mut self.proof {
            hasher.update(&piece);
        }
        Ok(piece)
    }

    fn finish(&mut self) -> Result<(), Error> {
        let ended = self.decoder.finish();
        let ended = ended.map_err(|error| self.damaged(&error))?;
        if let crate::layer::Checksum::Refuted(error) = &ended.checksum {
            return Err(self.damaged(error));
        }
        if let Some((expected, hasher)) = self.proof.take()
            && let Some(actual) = hasher.finish()
            && actual != expected
        {
            return Err(Error::DigestMismatch {
                what: Message::decompressed_as(self.what.clone()),
                expected,
                actual,
            });
        }
        Ok(())
    }

    fn damaged(&self, error: &crate::layer::Error) -> Error {
        Error::Damaged {
            what: self.what.clone(),
            reason: error.into(),
        }
    }
}

/// Returns the uncompressed size of a layer in bytes. Decodes the layer if it has not been read.
pub(super) async fn decoded_bytes_of(
    layer: &SettledLayer,
    compression: Compression,
    limits: &Limits,
    progress: super::Progress<'_>,
) -> Result<u64, Error> {
    if let Some(decoded_bytes) = layer.decoded_bytes {
        return Ok(decoded_bytes);
    }
    let mut stream = DecodedStream::open(layer, compression, limits).await?;
    while stream.next().await?.is_some() {
        if progress(stream.decoded_bytes).is_break() {
            return Err(super::super::publication::cancelled(&layer.what));
        }
    }
    Ok(stream.decoded_bytes)
}

/// A layer behind a shared pointer, kept by the writer of an archive.
pub(super) type SharedLayer = Rc<SettledLayer>;
