//! gzip: members of deflate data one after the other, each with a CRC-32 and a length (RFC 1952).
//!
//! This module handles members, their checks and checkpoints. Inflating is left to `inflate`. Zeros after the last
//! member are padding; anything else there is ignored and reported.
//!
//! Implementation notes: the inflater writes into `buffer`, which always keeps the last 32 KiB before the new
//! bytes. A distance cannot reach outside of the member: the member starts at position 0, so a distance before its
//! start is an error. The caller has not yet received `handed..filled`. Until that is empty, nothing is inflated
//! and no error is returned, so the caller gets all bytes before the damage, however the input is cut.
//!
//! While checkpoints are recorded, input is first collected in chunks of fixed size. zlib-rs does not report a
//! block end that falls on the end of its input. With fixed chunks it misses and finds the same ends for every cut
//! of the input.

use super::checkpoint::{Checkpoint, Recorder, Resume};
use super::gzip_header::{Header, Parsed};
use super::inflate::{Inflater, Outcome, StopAt};
use super::step::{Checksum, Codec, DecodeStatus, DecodeStep, Ended, Progress};
use super::trail::{Trail, TrailEnd};
use crate::layer::{Compression, Error, TarOffset};
use crate::message::Code;

/// Maximum distance of a deflate reference, in bytes.
const WINDOW_BYTES: usize = 32 * 1024;
/// Room for the window and for the output of one call; small enough to stay in a core's cache.
const BUFFER_BYTES: usize = WINDOW_BYTES + 128 * 1024;
/// Compressed bytes inflated at once while checkpoints are recorded. Each may expand to a thousand and more.
const CHUNK_BYTES: usize = 32 * 1024;

/// A decoder of gzip members.
pub(super) struct Gzip {
    state: State,
    inflater: Inflater,
    buffer: Box<[u8]>,
    /// End of the inflated bytes in `buffer`.
    filled: usize,
    /// End of the bytes in `buffer` that the caller has received.
    handed: usize,
    /// Compressed bytes consumed.
    stored: u64,
    /// Bytes inflated.
    decoded: u64,
    /// The last byte that the inflater consumed.
    last_byte: u8,
    member: Member,
    refuted: Option<Error>,
    recorder: Option<Recorder>,
    /// Bytes since a boundary that may become a checkpoint.
    trail: Option<Trail>,
    /// Input that waits until the chunk is full, and the number of its bytes consumed.
    chunk: Vec<u8>,
    chunk_taken: usize,
}

enum State {
    /// In a member's header. The first member must have one; where a later one is expected, there may be garbage.
    Header {
        header: Header,
        starts_at: u64,
    },
    /// In the deflate data. `may_have_more` if inflating can go on without input.
    Body {
        may_have_more: bool,
    },
    /// In the CRC-32 and length: the bytes of both, and the number received.
    Trailer([u8; 8], usize),
    /// In zeros after the last member.
    Padding,
    /// In ignored bytes after the last member, which begin at this compressed offset.
    Garbage(u64),
    Failed(Error),
}

/// The running check of a member.
struct Member {
    crc: crc32fast::Hasher,
    /// Length modulo 2^32, as in the trailer.
    len: u32,
    /// False if reading began inside the member, so that its check is impossible.
    whole: bool,
}

impl Member {
    fn new() -> Member {
        Member {
            crc: crc32fast::Hasher::new(),
            len: 0,
            whole: true,
        }
    }
}

impl Gzip {
    pub(super) fn new(recorder: Option<Recorder>) -> Gzip {
        Gzip {
            state: State::Header {
                header: Header::new(),
                starts_at: 0,
            },
            inflater: Inflater::onward(),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            filled: 0,
            handed: 0,
            stored: 0,
            decoded: 0,
            last_byte: 0,
            member: Member::new(),
            refuted: None,
            recorder,
            trail: None,
            chunk: Vec::new(),
            chunk_taken: 0,
        }
    }

    /// Creates a decoder at a block boundary, from the bits and the window of a checkpoint.
    pub(super) fn resume(stored_offset: u64, n_bits: u8, bits: u8, window: &[u8]) -> Gzip {
        let mut gzip = Gzip::new(None);
        gzip.inflater = Inflater::resumed(n_bits, bits);
        let window = window.get(..WINDOW_BYTES).unwrap_or(window);
        if let Some(start) = gzip.buffer.get_mut(..window.len()) {
            start.copy_from_slice(window);
        }
        gzip.filled = window.len();
        gzip.handed = window.len();
        gzip.stored = stored_offset;
        gzip.member.whole = false;
        gzip.state = State::Body {
            may_have_more: false,
        };
        gzip
    }

    fn hand_out(&mut self, progress: &mut Progress<'_>) {
        let pending = self
            .buffer
            .get(self.handed..self.filled)
            .unwrap_or_default();
        self.handed += progress.write(pending);
    }

    fn header(&mut self, progress: &mut Progress<'_>) {
        let State::Header { header, starts_at } = &mut self.state else {
            return;
        };
        let starts_at = *starts_at;
        let input = progress.input();
        match header.parse(input) {
            Parsed::NeedsInput => self.take(progress, input.len()),
            Parsed::Complete { read, bad_crc } => {
                self.take(progress, read);
                if let Some((expected, actual)) = bad_crc {
                    self.refute(Code::CheckHeader, u32::from(expected), u32::from(actual));
                }
                self.start_member(starts_at);
            }
            Parsed::NotGzip if starts_at > 0 => self.state = State::Garbage(starts_at),
            Parsed::NotGzip => self.fail(starts_at, Code::NoGzipHeader),
            Parsed::Bad(reason) => self.fail(starts_at, reason),
        }
    }

    fn start_member(&mut self, starts_at: u64) {
        self.inflater.restart();
        self.trail = None;
        self.member = Member::new();
        (self.filled, self.handed) = (0, 0);
        self.state = State::Body {
            may_have_more: false,
        };
        let decoded = self.decoded;
        if let Some(recorder) = self.recorder.as_mut().filter(|r| r.wants_start(decoded)) {
            recorder.record(Checkpoint {
                stored_offset: starts_at,
                decoded_offset: TarOffset(decoded),
                resume: Resume::Start,
            });
        }
    }

    fn inflate(&mut self, progress: &mut Progress<'_>) {
        if self.buffer.len() - self.filled < WINDOW_BYTES {
            self.buffer
                .copy_within(self.filled - WINDOW_BYTES..self.filled, 0);
            (self.filled, self.handed) = (WINDOW_BYTES, WINDOW_BYTES);
        }
        let mut stop = StopAt::End;
        let mut end = self.buffer.len();
        match &self.recorder {
            // Pauses where boundaries begin to be wanted: before that, the inflater need not look for any.
            Some(recorder) => match usize::try_from(recorder.until_block(self.decoded)) {
                Ok(0) => stop = StopAt::Block,
                Ok(until) => end = end.min(self.filled.saturating_add(until)),
                Err(_) => {}
            },
            // Random access wants no byte inflated beyond the room in the output.
            None => end = end.min(self.filled.saturating_add(progress.output().len().max(1))),
        }
        let input = progress.input();
        let room = self.buffer.get_mut(..end).unwrap_or_default();
        let inflated = self.inflater.inflate(input, room, self.filled, stop);
        let taken = input.get(..inflated.read).unwrap_or_default();
        let new = self
            .buffer
            .get(self.filled..self.filled + inflated.written)
            .unwrap_or_default();
        self.member.crc.update(new);
        // The trailer holds the length modulo 2^32. New bytes are at most the buffer's size.
        let n_new = u32::try_from(new.len()).unwrap_or(u32::MAX);
        self.member.len = self.member.len.wrapping_add(n_new);
        if self.trail.as_mut().is_some_and(|t| !t.follow(taken, new)) {
            self.trail = None;
        }
        if let Some(&last) = taken.last() {
            self.last_byte = last;
        }
        self.filled += inflated.written;
        self.decoded += inflated.written as u64;
        self.take(progress, inflated.read);
        self.state = match inflated.outcome {
            Outcome::NeedsInput => State::Body {
                may_have_more: false,
            },
            Outcome::NeedsRoom => State::Body {
                may_have_more: true,
            },
            Outcome::Boundary => {
                self.pass_boundary();
                State::Body {
                    may_have_more: true,
                }
            }
            Outcome::Done => {
                self.end_trail(TrailEnd::Done);
                State::Trailer([0; 8], 0)
            }
            Outcome::Invalid => return self.fail(self.stored, Code::DeflateInvalid),
        };
    }

    /// Handles a block boundary: ends a trail, or begins one where a checkpoint is wanted.
    fn pass_boundary(&mut self) {
        if self.end_trail(TrailEnd::Boundary) {
            return;
        }
        let decoded = self.decoded;
        if self
            .recorder
            .as_ref()
            .is_some_and(|r| r.wants_block(decoded))
        {
            let start = self.filled.saturating_sub(WINDOW_BYTES);
            let window = self.buffer.get(start..self.filled).unwrap_or_default();
            let trail = Trail::new(self.stored, decoded, self.last_byte, window);
            self.trail = Some(trail);
        }
    }

    /// Ends the trail and records a checkpoint at its start. False if there is no trail, or it does not prove the
    /// bit.
    fn end_trail(&mut self, end: TrailEnd) -> bool {
        let checkpoint = self.trail.take().and_then(|trail| trail.prove(end));
        let (Some(recorder), Some(checkpoint)) = (&mut self.recorder, checkpoint) else {
            return false;
        };
        recorder.record(checkpoint);
        true
    }

    fn trailer(&mut self, progress: &mut Progress<'_>) {
        let State::Trailer(bytes, n) = &mut self.state else {
            return;
        };
        while let Some(slot) = bytes.get_mut(*n) {
            let Some(byte) = progress.byte() else {
                return;
            };
            *slot = byte;
            *n += 1;
            self.stored += 1;
        }
        let [c0, c1, c2, c3, l0, l1, l2, l3] = *bytes;
        let (crc, len) = (
            u32::from_le_bytes([c0, c1, c2, c3]),
            u32::from_le_bytes([l0, l1, l2, l3]),
        );
        let actual_crc = self.member.crc.clone().finalize();
        if self.member.whole && crc != actual_crc {
            self.refute(Code::CheckCrc, crc, actual_crc);
        } else if self.member.whole && len != self.member.len {
            self.refute(Code::CheckLength, len, self.member.len);
        }
        self.state = State::Header {
            header: Header::new(),
            starts_at: self.stored,
        };
    }

    fn padding(&mut self, progress: &mut Progress<'_>) {
        let input = progress.input();
        let zeros = input.iter().position(|&b| b != 0).unwrap_or(input.len());
        self.take(progress, zeros);
        if zeros < input.len() {
            self.state = State::Garbage(self.stored);
        }
    }

    fn take(&mut self, progress: &mut Progress<'_>, n: usize) {
        progress.read += n;
        self.stored += n as u64;
    }

    fn refute(&mut self, what: Code, expected: u32, actual: u32) {
        self.refuted.get_or_insert(Error::Checksum {
            compression: Compression::Gzip,
            what,
            stored_offset: self.stored,
            expected: format!("{expected:08x}"),
            actual: format!("{actual:08x}"),
        });
    }

    fn fail(&mut self, stored_offset: u64, reason: Code) {
        self.state = State::Failed(Error::Corrupt {
            compression: Compression::Gzip,
            stored_offset,
            reason: reason.into(),
        });
    }
}

impl Gzip {
    /// Advances by one step. `None` if there is no input to advance with.
    fn advance(&mut self, progress: &mut Progress<'_>) -> Result<Option<()>, Error> {
        let no_input = progress.input().is_empty();
        match &self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Body {
                may_have_more: true,
            } => self.inflate(progress),
            _ if no_input => return Ok(None),
            State::Body { .. } => self.inflate(progress),
            State::Header { header, starts_at } if *starts_at > 0 && header.is_fresh() => {
                match progress.input().first() {
                    Some(0) => self.state = State::Padding,
                    _ => self.header(progress),
                }
            }
            State::Header { .. } => self.header(progress),
            State::Trailer(..) => self.trailer(progress),
            State::Padding => self.padding(progress),
            State::Garbage(_) => {
                let n = progress.input().len();
                self.take(progress, n);
            }
        }
        Ok(Some(()))
    }

    /// Advances by one step in the collected chunk.
    fn advance_in_chunk(&mut self) -> Result<Option<()>, Error> {
        let chunk = std::mem::take(&mut self.chunk);
        let rest = chunk.get(self.chunk_taken..).unwrap_or_default();
        let mut progress = Progress::new(rest, &mut []);
        let advanced = self.advance(&mut progress);
        self.chunk_taken += progress.read;
        self.chunk = chunk;
        advanced
    }

    /// Returns the number of bytes of the chunk that are not inflated yet.
    pub(super) fn n_held(&self) -> usize {
        self.chunk.len() - self.chunk_taken
    }

    /// Collects input. True once the chunk is complete.
    fn collect(&mut self, progress: &mut Progress<'_>) -> bool {
        if self.chunk.len() == CHUNK_BYTES {
            self.chunk.clear();
            self.chunk_taken = 0;
        }
        let input = progress.input();
        let n = input.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk
            .extend_from_slice(input.get(..n).unwrap_or_default());
        progress.read += n;
        self.chunk.len() == CHUNK_BYTES
    }
}

impl Codec for Gzip {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
        let mut progress = Progress::new(input, output);
        let collects = self.recorder.is_some();
        loop {
            self.hand_out(&mut progress);
            if self.handed < self.filled {
                return Ok(progress.step(DecodeStatus::NeedsOutput));
            }
            if matches!(self.state, State::Failed(_)) && progress.written > 0 {
                return Ok(progress.step(DecodeStatus::NeedsOutput));
            }
            let has_chunk = self.chunk.len() == CHUNK_BYTES;
            let advanced = match collects {
                true if has_chunk => self.advance_in_chunk()?,
                true => None,
                false => self.advance(&mut progress)?,
            };
            let goes_on = advanced.is_some() || (collects && self.collect(&mut progress));
            if !goes_on {
                return Ok(progress.step(DecodeStatus::NeedsInput));
            }
        }
    }

    fn drain(&mut self, output: &mut [u8]) -> Result<usize, Error> {
        let mut progress = Progress::new(&[], output);
        loop {
            self.hand_out(&mut progress);
            let is_failed = matches!(self.state, State::Failed(_));
            if self.handed < self.filled || (is_failed && progress.written > 0) {
                return Ok(progress.written);
            }
            if self.advance_in_chunk()?.is_none() {
                return Ok(progress.written);
            }
        }
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        let garbage_at = match &self.state {
            State::Header { header, starts_at } if *starts_at > 0 && header.is_fresh() => None,
            State::Padding => None,
            State::Garbage(at) => Some(*at),
            State::Failed(error) => return Err(error.clone()),
            State::Header { .. } | State::Body { .. } | State::Trailer(..) => {
                return Err(Error::Truncated {
                    compression: Compression::Gzip,
                    stored_offset: self.stored,
                });
            }
        };
        let checksum = self
            .refuted
            .clone()
            .map_or(Checksum::Proved, Checksum::Refuted);
        Ok(Ended {
            checksum,
            garbage_at,
        })
    }

    fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        self.recorder
            .take()
            .map(Recorder::finish)
            .unwrap_or_default()
    }
}
