//! The push machine that reads one stretch of decoded bytes back: it says which stored bytes it needs next.
//!
//! What it gives is of the same stored bytes as when the layer was first read: each span is held against its hash
//! before anything of it is decoded. What that first reading proved, whoever shows the content knows.

use std::rc::Rc;

use super::proved::Proved;
use super::{AccessIndex, Run, Runs};
use crate::layer::codec::{Decoder, Status};
use crate::layer::{Compression, DataPlace, Entry, Error, Extent, TarOffset};

/// Stored bytes asked for at once, at most.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes decoded, or zeros given, by one push, at most: what bounds the memory of a caller that takes the output
/// away after each.
const WORK_BYTES: u64 = 4 * 1024 * 1024;
const BUFFER_BYTES: usize = 128 * 1024;

/// Stored bytes to push next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredRange {
    /// Where they begin in the blob.
    pub offset: u64,
    /// How many; 0 when the reader can go on without any: push an empty slice.
    pub len: u64,
}

/// Reads the content of one file, or any stretch of decoded bytes, from the checkpoint before it.
///
/// While [`ContentReader::next_range`] gives a range, push those bytes, all at once or in pieces; take away what
/// appeared in `out` whenever it suits. Each push adds at most a few MiB, whatever the file's size.
pub struct ContentReader {
    runs: Runs,
    stored: Proved,
    /// The stored offset by which all of the content can be decoded.
    stored_end: u64,
    machine: Machine,
}

enum Machine {
    /// The stored bytes are the content.
    Plain,
    Coded(Box<Coded>),
    Failed,
}

struct Coded {
    decoder: Decoder,
    /// Decoded bytes to pass over before the content begins.
    skip: u64,
    /// Bytes decoded, those that are passed over with them.
    decoded_bytes: u64,
    /// Whether the decoder can go on without input.
    may_have_more: bool,
    /// Why decoding ended; what the decoder held back before is given out first.
    broken: Option<Error>,
    buffer: Box<[u8]>,
    /// What of `buffer` is decoded and not yet given out.
    ready: std::ops::Range<usize>,
}

impl ContentReader {
    /// Reads a file's content, with zeros in the holes of a sparse one; nothing for other kinds of entries.
    pub fn file(access: Rc<AccessIndex>, entry: &Entry<'_>) -> ContentReader {
        ContentReader::part(access, entry, 0, entry.size_bytes)
    }

    /// Reads `len` bytes of a file's content from `offset`, fewer where the file ends; what lies before costs nothing.
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

    /// Reads `len` decoded bytes from `start`.
    pub fn range(access: Rc<AccessIndex>, start: TarOffset, len: u64) -> ContentReader {
        ContentReader::new(access, start, Runs::solid(len), len)
    }

    /// Reads `runs`, whose data are the `held` decoded bytes from `start`.
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

    /// How many bytes were decoded for it so far, those before the content with them: what the look costs.
    pub fn decoded_bytes(&self) -> u64 {
        match &self.machine {
            Machine::Coded(coded) => coded.decoded_bytes,
            Machine::Plain | Machine::Failed => 0,
        }
    }

    /// Which stored bytes to push next; `None` when everything was given out, or after an error.
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

    /// Takes the next stored bytes, from the range's offset on and not more than it has, and adds content to `out`.
    ///
    /// # Errors
    /// When the stored bytes are damaged, are not those of the first reading, or end before the content does.
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
                    // At most WORK_BYTES, which every platform can count.
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

    /// Deals with content that is missing when the stored bytes have ended.
    fn end(&mut self) -> Result<(), Error> {
        let missing = Error::ContentEnds {
            stored_offset: self.stored.next(),
            missing_bytes: self.runs.left_bytes(),
        };
        match &mut self.machine {
            // What the decoder holds back can still be had.
            Machine::Coded(coded) if coded.broken.is_none() => {
                coded.broken = Some(coded.decoder.finish().err().unwrap_or(missing));
                Ok(())
            }
            _ => Err(missing),
        }
    }
}

/// A stretch of a sparse file.
struct Cut {
    /// What of its data lies in the stretch, counted from its beginning.
    extents: Vec<Extent>,
    /// Bytes of data before the stretch.
    before_bytes: u64,
    /// Bytes of data in it.
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
    /// Whether it waits for stored bytes.
    fn is_idle(&self, stored: &Proved) -> bool {
        !self.can_decode(stored) && self.ready.is_empty()
    }

    fn can_decode(&self, stored: &Proved) -> bool {
        !stored.ready().is_empty() || self.may_have_more || self.broken.is_some()
    }

    /// Gives up to `n` bytes of content; 0 when it decoded none, for want of input or of work.
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

    /// Decodes once into the buffer, and not beyond the next `n` bytes of content.
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
                    self.may_have_more = step.status == Status::NeedsOutput;
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
        // Input that gives no output is work too, so that no push goes on for ever.
        *work = work.saturating_sub(written.max(read).max(1) as u64);
        Ok(())
    }
}
