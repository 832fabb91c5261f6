//! The push machine that reads one stretch of uncompressed bytes back. It asks for the compressed bytes that it
//! needs next.
//!
//! Its output comes from the same compressed bytes as the first reading: each span is checked against its hash
//! before any of it is decompressed. The caller knows the verdict of that first reading.

use std::rc::Rc;

use super::proved::Proved;
use super::{AccessIndex, Run, Runs, StoredRange};
use crate::layer::codec::{DecodeStatus, Decoder};
use crate::layer::{Compression, DataPlace, Entry, Error, Extent, TarOffset};

/// Maximum number of compressed bytes per request.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// Maximum number of bytes that one push decompresses or fills with zeros. Bounds the memory of a caller that takes
/// the output away after each push.
const WORK_BYTES: u64 = 4 * 1024 * 1024;
const BUFFER_BYTES: usize = 128 * 1024;

/// Reads the content of one file, or any stretch of uncompressed bytes, from the checkpoint before it.
///
/// While [`ContentReader::next_range`] returns a range, push those bytes, all at once or in pieces. The content in
/// `out` can be taken away at any time. Each push adds at most a few MiB, whatever the file's size.
pub struct ContentReader {
    runs: Runs,
    stored: Proved,
    /// A compressed offset that is enough to decompress all of the content.
    stored_end: u64,
    machine: Machine,
}

enum Machine {
    /// The blob is not compressed: its bytes are the content.
    Plain,
    Coded(Box<Coded>),
    Failed,
}

struct Coded {
    decoder: Decoder,
    /// Uncompressed bytes to discard before the content begins.
    skip: u64,
    /// Bytes decompressed, including the discarded ones.
    decoded_bytes: u64,
    /// True if the decoder can go on without input.
    may_have_more: bool,
    /// The error that ended decompression. Bytes that the decoder held back are returned first.
    broken: Option<Error>,
    buffer: Box<[u8]>,
    /// Range of `buffer` that is decompressed but not yet returned.
    ready: std::ops::Range<usize>,
}

impl ContentReader {
    /// Creates a reader of a file's content, with zeros in the holes of a sparse file. Other kinds of entries have
    /// none.
    pub fn file(access: Rc<AccessIndex>, entry: &Entry<'_>) -> ContentReader {
        ContentReader::part(access, entry, 0, entry.size_bytes)
    }

    /// Creates a reader of `len` bytes of a file's content from `offset`, fewer where the file ends. The content
    /// before `offset` costs nothing.
    pub fn part(
        access: Rc<AccessIndex>,
        entry: &Entry<'_>,
        offset: u64,
        len: u64,
    ) -> ContentReader {
        let len = len.min(entry.size_bytes.saturating_sub(offset));
        match entry.data {
            DataPlace::None => ContentReader::new(access, TarOffset(0), Runs::sparse(&[], len), 0),
            DataPlace::At(start) => {
                ContentReader::range(access, TarOffset(start.0.saturating_add(offset)), len)
            }
            DataPlace::Sparse { start, extents } => {
                let cut = cut_out(extents, offset, len);
                let start = TarOffset(start.0.saturating_add(cut.before_bytes));
                ContentReader::new(
                    access,
                    start,
                    Runs::sparse(&cut.extents, len),
                    cut.held_bytes,
                )
            }
        }
    }

    /// Creates a reader of `len` uncompressed bytes from `start`.
    pub fn range(access: Rc<AccessIndex>, start: TarOffset, len: u64) -> ContentReader {
        ContentReader::new(access, start, Runs::solid(len), len)
    }

    /// Creates a reader of `runs`, whose data are the `held` uncompressed bytes from `start`.
    fn new(access: Rc<AccessIndex>, start: TarOffset, runs: Runs, held: u64) -> ContentReader {
        let end = start.0.saturating_add(held);
        if access.compression == Compression::None {
            return ContentReader {
                stored_end: end.min(access.stored_bytes),
                machine: Machine::Plain,
                stored: Proved::new(access, start.0),
                runs,
            };
        }
        let checkpoint = access.before(start);
        let decoder = Decoder::resume(access.compression, access.window_limit_bytes, &checkpoint);
        ContentReader {
            stored_end: access.stored_end_of(TarOffset(end)),
            machine: Machine::Coded(Box::new(Coded {
                decoder,
                skip: start.0 - checkpoint.decoded_offset.0,
                decoded_bytes: 0,
                broken: None,
                may_have_more: false,
                buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
                ready: 0..0,
            })),
            stored: Proved::new(access, checkpoint.stored_offset),
            runs,
        }
    }

    /// Returns the number of bytes decompressed so far, including those before the content: the cost of this look.
    pub fn decoded_bytes(&self) -> u64 {
        match &self.machine {
            Machine::Coded(coded) => coded.decoded_bytes,
            Machine::Plain | Machine::Failed => 0,
        }
    }

    /// Returns the compressed bytes to push next. `None` once all content is returned, or after an error.
    pub fn next_range(&self) -> Option<StoredRange> {
        let idle = match &self.machine {
            Machine::Failed => return None,
            Machine::Plain => self.stored.ready().is_empty(),
            Machine::Coded(coded) => coded.is_idle(&self.stored),
        };
        Some(match self.runs.head()? {
            Run::Data(_) if idle && self.stored.changed().is_none() => {
                self.stored.wanted(self.stored_end, PIECE_BYTES)
            }
            _ => StoredRange {
                offset: self.stored.next(),
                len: 0,
            },
        })
    }

    /// Takes the next compressed bytes and appends content to `out`. They begin at the range's offset and are at
    /// most its length.
    ///
    /// # Errors
    /// If the compressed bytes are damaged, differ from those of the first reading, or end before the content does.
    pub fn push(&mut self, stored: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let result = self.push_inner(stored, out);
        if result.is_err() {
            self.machine = Machine::Failed;
        }
        result
    }

    fn push_inner(&mut self, stored: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let asked = self.next_range().is_some_and(|range| range.len > 0);
        let mut work = WORK_BYTES;
        self.stored.push(stored);
        while let Some(run) = self.runs.head().filter(|_| work > 0) {
            let (given, starved) = match (run, &mut self.machine) {
                (Run::Zeros(n), _) => {
                    let n = n.min(work);
                    // At most WORK_BYTES, so it fits a `usize` on every platform.
                    let n_zeros = usize::try_from(n).unwrap_or_default();
                    out.resize(out.len().saturating_add(n_zeros), 0);
                    work -= n;
                    (n, false)
                }
                (Run::Data(n), Machine::Plain) => {
                    let ready = self.stored.ready();
                    let n = usize::try_from(n.min(work)).unwrap_or(usize::MAX);
                    let now = ready.get(..n).unwrap_or(ready);
                    out.extend_from_slice(now);
                    let n = now.len();
                    self.stored.take(n);
                    work -= n as u64;
                    (n as u64, n == 0)
                }
                (Run::Data(n), Machine::Coded(coded)) => {
                    let starved = coded.is_idle(&self.stored);
                    (coded.give(&mut self.stored, n, &mut work, out)?, starved)
                }
                (Run::Data(_), Machine::Failed) => return Ok(()),
            };
            self.runs.advance(given);
            if starved {
                if let Some(changed) = self.stored.changed() {
                    return Err(changed.clone());
                }
                if !(self.stored.is_at_end() || asked && stored.is_empty()) {
                    return Ok(());
                }
                self.end()?;
            }
        }
        Ok(())
    }

    /// Handles content that is missing at the end of the compressed bytes.
    fn end(&mut self) -> Result<(), Error> {
        let missing = Error::ContentEnds {
            stored_offset: self.stored.next(),
            missing_bytes: self.runs.left_bytes(),
        };
        match &mut self.machine {
            // The decoder may still hold bytes back: return them first.
            Machine::Coded(coded) if coded.broken.is_none() => {
                coded.broken = Some(coded.decoder.finish().err().unwrap_or(missing));
                Ok(())
            }
            _ => Err(missing),
        }
    }
}

/// A part of a sparse file.
struct Cut {
    /// Data extents within the part; offsets are relative to its beginning.
    extents: Vec<Extent>,
    /// Bytes of data before the part.
    before_bytes: u64,
    /// Bytes of data in the part.
    held_bytes: u64,
}

fn cut_out(extents: &[Extent], offset: u64, len: u64) -> Cut {
    let end = offset.saturating_add(len);
    let mut cut = Cut {
        extents: Vec::new(),
        before_bytes: 0,
        held_bytes: 0,
    };
    for extent in extents {
        let extent_end = extent.logical_offset.saturating_add(extent.len);
        let start = extent.logical_offset.max(offset);
        let passed = extent_end.min(offset).saturating_sub(extent.logical_offset);
        cut.before_bytes = cut.before_bytes.saturating_add(passed);
        let len = extent_end.min(end).saturating_sub(start);
        if len > 0 {
            cut.held_bytes = cut.held_bytes.saturating_add(len);
            cut.extents.push(Extent {
                logical_offset: start - offset,
                len,
            });
        }
    }
    cut
}

impl Coded {
    /// True if the codec waits for compressed bytes.
    fn is_idle(&self, stored: &Proved) -> bool {
        !self.can_decode(stored) && self.ready.is_empty()
    }

    fn can_decode(&self, stored: &Proved) -> bool {
        !stored.ready().is_empty() || self.may_have_more || self.broken.is_some()
    }

    /// Appends up to `n` bytes of content. Returns 0 if none was decompressed, for lack of input or because `work`
    /// is used up.
    fn give(
        &mut self,
        stored: &mut Proved,
        n: u64,
        work: &mut u64,
        out: &mut Vec<u8>,
    ) -> Result<u64, Error> {
        if self.ready.is_empty() {
            self.decode(stored, n, work)?;
        }
        let n = usize::try_from(n)
            .unwrap_or(usize::MAX)
            .min(self.ready.len());
        let end = self.ready.start + n;
        out.extend_from_slice(self.buffer.get(self.ready.start..end).unwrap_or_default());
        self.ready.start = end;
        Ok(n as u64)
    }

    /// Decompresses once into the buffer, and not beyond the next `n` bytes of content.
    fn decode(&mut self, stored: &mut Proved, n: u64, work: &mut u64) -> Result<(), Error> {
        if !self.can_decode(stored) {
            return Ok(());
        }
        let wanted = usize::try_from(self.skip.saturating_add(n)).unwrap_or(usize::MAX);
        let room = wanted.min(self.buffer.len());
        let buffer = self.buffer.get_mut(..room).unwrap_or_default();
        let input = stored.ready();
        let (read, written) = match &self.broken {
            Some(error) => match self.decoder.salvage(buffer) {
                0 => return Err(error.clone()),
                written => (0, written),
            },
            None => match self.decoder.decode(input, buffer) {
                Ok(step) => {
                    self.may_have_more = step.status == DecodeStatus::NeedsOutput;
                    (step.read, step.written)
                }
                Err(error) => {
                    self.broken = Some(error);
                    (input.len(), 0)
                }
            },
        };
        stored.take(read);
        self.decoded_bytes += written as u64;
        let passed = usize::try_from(self.skip)
            .unwrap_or(usize::MAX)
            .min(written);
        self.skip -= passed as u64;
        self.ready = passed..written;
        // Input without output counts as work too, so that every push ends.
        *work = work.saturating_sub(written.max(read).max(1) as u64);
        Ok(())
    }
}
