//! bzip2: one stream after the other, decompressed by the bzip2 crate in its pure Rust form.
//!
//! Random access is not supported: a file is read back from the start of the layer.

use crate::message::{Code, Message};
use bzip2::{Decompress, Status as Bz};

use super::step::{Checksum, Codec, DecodeStatus, DecodeStep, Ended, Progress};
use crate::layer::{Compression, Error};

/// A decoder of bzip2 streams.
pub(super) struct Bzip2 {
    state: State,
    stored: u64,
    /// Offset where the current stream began, and the number of its magic bytes seen.
    starts_at: u64,
    magic: usize,
    /// Streams begun so far.
    n_streams: u64,
}

/// Number of streams that may be of any length. Beyond it each needs [`STREAM_BYTES`] compressed bytes on average,
/// because setting up a decoder takes as long as decompressing hundreds of kilobytes.
const SHORT_STREAMS: u64 = 1_000;
const STREAM_BYTES: u64 = 500;

enum State {
    /// At the start of a stream, or of trailing bytes after the last one.
    Start,
    Stream(Decompress),
    Garbage(u64),
    Failed(Error),
}

const MAGIC: &[u8] = b"BZh";

impl Bzip2 {
    pub(super) fn new() -> Bzip2 {
        Bzip2 {
            state: State::Start,
            stored: 0,
            starts_at: 0,
            magic: 0,
            n_streams: 0,
        }
    }

    /// Builds an error. The decoder does not report the offset of damage, so the error names the start of the
    /// stream.
    fn corrupt(&self, reason: impl Into<Message>) -> Error {
        Error::Corrupt {
            compression: Compression::Bzip2,
            stored_offset: self.starts_at,
            reason: Message::bzip2_stream(reason),
        }
    }

    /// Checks one byte of a magic. The decoder gets the magic again once it is complete.
    fn start(&mut self, byte: u8) -> Result<(), Error> {
        if MAGIC.get(self.magic) != Some(&byte) {
            if self.starts_at == 0 {
                return Err(self.corrupt(Code::NoBzip2Header));
            }
            self.state = State::Garbage(self.starts_at);
            return Ok(());
        }
        self.stored += 1;
        self.magic += 1;
        if self.magic == MAGIC.len() {
            self.n_streams += 1;
            if self.n_streams > SHORT_STREAMS && self.stored / self.n_streams < STREAM_BYTES {
                return Err(self.corrupt(Code::Bzip2ManyStreams));
            }
            let mut decompress = Decompress::new(false);
            decompress
                .decompress(MAGIC, &mut [])
                .map_err(|error| self.corrupt(Message::verbatim(error.to_string())))?;
            self.state = State::Stream(decompress);
        }
        Ok(())
    }
}

impl Codec for Bzip2 {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
        let mut progress = Progress::new(input, output);
        loop {
            match &mut self.state {
                // Bytes from before the damage are returned first.
                State::Failed(_) if progress.written > 0 => {
                    return Ok(progress.step(DecodeStatus::NeedsOutput));
                }
                State::Failed(error) => return Err(error.clone()),
                State::Start => {
                    let Some(&byte) = progress.input().first() else {
                        return Ok(progress.step(DecodeStatus::NeedsInput));
                    };
                    let before = self.stored;
                    self.start(byte)?;
                    progress.read += usize::from(self.stored > before);
                }
                State::Garbage(_) => {
                    let n = progress.input().len();
                    progress.read += n;
                    self.stored += n as u64;
                    return Ok(progress.step(DecodeStatus::NeedsInput));
                }
                State::Stream(decompress) => {
                    if progress.output().is_empty() {
                        return Ok(progress.step(DecodeStatus::NeedsOutput));
                    }
                    let (total_in, total_out) = (decompress.total_in(), decompress.total_out());
                    let given = progress.input();
                    let status = decompress.decompress(given, progress.output());
                    let since = |now: u64, before: u64| {
                        usize::try_from(now.saturating_sub(before)).unwrap_or(usize::MAX)
                    };
                    let read = since(decompress.total_in(), total_in);
                    let written = since(decompress.total_out(), total_out);
                    self.stored += read as u64;
                    progress.read += read;
                    progress.written += written;
                    match status {
                        Ok(Bz::StreamEnd) => {
                            self.state = State::Start;
                            (self.starts_at, self.magic) = (self.stored, 0);
                        }
                        Ok(Bz::MemNeeded) => {
                            return Err(self.corrupt(Code::Bzip2Memory));
                        }
                        Ok(_) if progress.output().is_empty() => {
                            return Ok(progress.step(DecodeStatus::NeedsOutput));
                        }
                        Ok(_) if progress.input().is_empty() => {
                            return Ok(progress.step(DecodeStatus::NeedsInput));
                        }
                        Ok(_) if read == 0 && written == 0 => {
                            return Err(self.corrupt(Code::Bzip2Stuck));
                        }
                        Ok(_) => {}
                        Err(error) => {
                            self.state =
                                State::Failed(self.corrupt(Message::verbatim(error.to_string())))
                        }
                    }
                }
            }
        }
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        let garbage_at = match &self.state {
            State::Start if self.starts_at > 0 && self.magic == 0 => None,
            State::Garbage(at) => Some(*at),
            State::Failed(error) => return Err(error.clone()),
            State::Start | State::Stream(_) => {
                return Err(Error::Truncated {
                    compression: Compression::Bzip2,
                    stored_offset: self.stored,
                });
            }
        };
        // The decoder has checked the CRC-32 of each block and stream, and fails where one does not match.
        Ok(Ended {
            checksum: Checksum::Proved,
            garbage_at,
        })
    }
}
