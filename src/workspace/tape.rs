//! Reads a layer's uncompressed bytes in order, skipping parts: many files cost one pass of decoding, not one each.
//!
//! Each compressed span is verified again before it is decoded, as when a single file is opened.

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
    what: String,
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
            what: format!("layer {}", number.0),
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
            Err(error) => {
                // A stored copy may have been damaged since; the original source may be intact.
                if !self.layer.blob.drop_copy().await {
                    return Err(error);
                }
                self.wind(offset);
                self.read_once(offset, most).await
            }
            read => read,
        }
    }

    async fn read_once(&mut self, offset: u64, most: u64) -> Result<Vec<u8>, Error> {
        let is_far = offset
            .checked_sub(self.at)
            .is_none_or(|gap| gap > GAP_BYTES);
        if is_far {
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

    async fn fill(&mut self) -> Result<(), Error> {
        let what = &self.what;
        let damaged = |reason: String| Error::Damaged {
            what: what.clone(),
            reason,
        };
        let range = self.reader.next_range();
        let range = range.ok_or_else(|| damaged("its content ends too early".to_owned()))?;
        let wanted = usize::try_from(range.len.min(PIECE_BYTES)).unwrap_or(usize::MAX);
        let stored = match wanted {
            0 => Vec::new(),
            wanted => self.layer.blob.read_at(range.offset, wanted).await?,
        };
        let pushed = self.reader.push(&stored, &mut self.ready);
        pushed.map_err(|reason| {
            self.layer.note_change(&reason);
            damaged(reason.to_string())
        })
    }
}
