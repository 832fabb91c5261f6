//! Reads a layer's uncompressed bytes in order, skipping parts: many files cost one pass of decoding, not one each.
//!
//! Each compressed span is verified again before it is decoded, as when a single file is opened.

use crate::message::Message;
use std::rc::Rc;

use crate::layer::{ContentReader, TarOffset};
use crate::overlay::LayerIdx;
use crate::source::Error;

use super::ReadLayer;

/// Compressed bytes requested at a time.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// Uncompressed bytes to skip beyond which restarting at a checkpoint is cheaper.
const GAP_BYTES: u64 = 16 * 1024 * 1024;

/// The position of a sequential read of a layer.
pub(super) struct Tape {
    what: Message,
    layer: Rc<ReadLayer>,
    reader: ContentReader,
    /// Decoded bytes; the first one that is not taken is at offset `at`.
    ready: Vec<u8>,
    /// Number of bytes of `ready` that were taken.
    taken: usize,
    /// The uncompressed offset of the next byte.
    at: u64,
}

impl Tape {
    /// Creates a tape at the beginning of a layer.
    pub(super) fn new(layer: &Rc<ReadLayer>, number: LayerIdx) -> Tape {
        Tape {
            what: Message::layer(number.0),
            reader: Tape::reader(layer, 0),
            layer: Rc::clone(layer),
            ready: Vec::new(),
            taken: 0,
            at: 0,
        }
    }

    fn reader(layer: &ReadLayer, at: u64) -> ContentReader {
        let len = layer.decoded_bytes.saturating_sub(at);
        ContentReader::range(Rc::clone(&layer.access), TarOffset(at), len)
    }

    /// Returns the offset of the next byte.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Marks the tape as broken: what comes next is read from a new one.
    pub(super) fn break_off(&mut self) {
        self.at = u64::MAX;
    }

    fn wind(&mut self, at: u64) {
        self.reader = Tape::reader(&self.layer, at);
        self.ready.clear();
        (self.taken, self.at) = (0, at);
    }

    /// Returns between 1 and `most` of the bytes at `offset`, and advances past them.
    ///
    /// # Errors
    /// When the compressed bytes cannot be read, have changed, or end too early.
    pub(super) async fn read(&mut self, offset: u64, most: u64) -> Result<Vec<u8>, Error> {
        match self.read_once(offset, most).await {
            Ok(bytes) => Ok(bytes),
            // Reading has fetched the part with the decoder meanwhile. The bytes are not to blame, nor is a stored copy.
            Err(Failure::NoDecoder(_)) => {
                self.wind(offset);
                let again = self.read_once(offset, most).await;
                again.map_err(Failure::into_error)
            }
            Err(Failure::Other(error)) => {
                // A stored copy may have been damaged since; the original source may be intact.
                if !self.layer.blob.drop_copy().await {
                    return Err(error);
                }
                self.wind(offset);
                let again = self.read_once(offset, most).await;
                again.map_err(Failure::into_error)
            }
        }
    }

    /// Decodes a piece on the way to an offset; true once the next read has no more than a piece to decode.
    pub(super) async fn approach(&mut self, offset: u64) -> bool {
        if self.is_far(offset) {
            self.wind(offset);
        }
        let ready = (self.ready.len() - self.taken) as u64;
        let ready_end = self.at.saturating_add(ready);
        if ready_end >= offset {
            return true;
        }
        self.at = ready_end;
        self.ready.clear();
        self.taken = 0;
        let is_filled = self.fill().await.is_ok();
        if !is_filled {
            // Reading meets the error again, and tells it.
            self.wind(offset);
        }
        !is_filled
    }

    /// True for an offset that is nearer to a checkpoint, or lies behind.
    fn is_far(&self, offset: u64) -> bool {
        // Without a checkpoint on the way, a restart would only decode more.
        let restart_at = || self.layer.access.restart_before(TarOffset(offset)).0;
        match offset.checked_sub(self.at) {
            Some(gap) => gap > GAP_BYTES && restart_at() > self.at,
            None => true,
        }
    }

    async fn read_once(&mut self, offset: u64, most: u64) -> Result<Vec<u8>, Failure> {
        if self.is_far(offset) {
            self.wind(offset);
        }
        loop {
            let ready = self.ready.len() - self.taken;
            let gap = usize::try_from(offset - self.at).unwrap_or(usize::MAX);
            let passed = gap.min(ready);
            self.taken += passed;
            self.at += passed as u64;
            let rest = self.ready.get(self.taken..).unwrap_or_default();
            if self.at == offset && !rest.is_empty() {
                let n = usize::try_from(most).map_or(rest.len(), |most| most.min(rest.len()));
                let bytes = rest.get(..n).unwrap_or_default().to_vec();
                self.taken += n;
                self.at += n as u64;
                return Ok(bytes);
            }
            self.ready.clear();
            self.taken = 0;
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<(), Failure> {
        let what = &self.what;
        let damaged = |reason: Message| Error::Damaged {
            what: what.clone(),
            reason,
        };
        let range = self.reader.next_range();
        let range = range.ok_or_else(|| Failure::Other(damaged(Message::content_ends_early())))?;
        let wanted = usize::try_from(range.len.min(PIECE_BYTES)).unwrap_or(usize::MAX);
        let stored = match wanted {
            0 => Vec::new(),
            wanted => {
                let read = self.layer.blob.read_at(range.offset, wanted).await;
                read.map_err(Failure::Other)?
            }
        };
        let pushed = self.reader.push(&stored, &mut self.ready);
        pushed.map_err(|reason| match reason {
            crate::layer::Error::NoDecoder { .. } => Failure::NoDecoder(reason),
            reason => {
                self.layer.note_change(&reason);
                Failure::Other(damaged((&reason).into()))
            }
        })
    }
}

/// The reason why bytes cannot be returned.
enum Failure {
    /// The part of the program with the decoder is not here.
    NoDecoder(crate::layer::Error),
    Other(Error),
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Other(error) => error,
            Failure::NoDecoder(reason) => Error::Io {
                what: Message::the_layer(),
                cause: crate::io::Error::new(crate::io::ErrorKind::PartMissing, &reason),
            },
        }
    }
}
