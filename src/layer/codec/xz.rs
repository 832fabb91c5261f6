//! xz: one stream after the other, with zero padding between, decompressed by xz4rust.
//!
//! Random access is not supported: a file is read back from the start of the layer.
//!
//! Implementation note: xz4rust does not report how much it wrote before it met damage. It therefore gets its input
//! byte by byte and always the same room, which takes a quarter more time. The output before the damage and the
//! offset of the damage then do not depend on how the input is cut.

use crate::message::{Code, Message};
use xz4rust::{XzDecoder, XzError};

use super::step::{Checksum, Codec, DecodeStatus, DecodeStep, Ended, Progress};
use crate::layer::{Compression, Error};

/// Initial size of the dictionary. It grows to the size that a stream asks for, up to the limit.
const FIRST_DICTIONARY_BYTES: usize = 64 * 1024;
const MAGIC_START: u8 = 0xfd;
const BUFFER_BYTES: usize = 64 * 1024;

/// A decoder of xz streams.
pub(super) struct Xz {
    decoder: Box<XzDecoder<'static>>,
    state: State,
    stored: u64,
    window_limit_bytes: u64,
    buffer: Box<[u8]>,
    /// Range of `buffer` that is decompressed but not yet returned.
    ready: std::ops::Range<usize>,
}

enum State {
    Stream,
    /// After a stream: padding, or the next stream.
    Between,
    Garbage(u64),
    Failed(Error),
}

impl Xz {
    pub(super) fn new(window_limit_bytes: u64) -> Xz {
        let limit = usize::try_from(window_limit_bytes).unwrap_or(usize::MAX);
        Xz {
            decoder: XzDecoder::in_heap_with_alloc_dict_size(FIRST_DICTIONARY_BYTES, limit),
            state: State::Stream,
            stored: 0,
            window_limit_bytes,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            ready: 0..0,
        }
    }

    fn error(&self, error: &XzError) -> Error {
        let compression = Compression::Xz;
        let stored_offset = self.stored;
        let checksum = |expected: String, actual: String| Error::Checksum {
            compression,
            what: Code::CheckContent,
            stored_offset,
            expected,
            actual,
        };
        match error {
            XzError::DictionaryTooLarge(window_bytes) => Error::WindowTooLarge {
                compression,
                stored_offset,
                window_bytes: *window_bytes,
                limit_bytes: self.window_limit_bytes,
            },
            XzError::ContentCrc32Mismatch(actual, expected) => {
                checksum(format!("{expected:08x}"), format!("{actual:08x}"))
            }
            XzError::ContentCrc64Mismatch(actual, expected) => {
                checksum(format!("{expected:016x}"), format!("{actual:016x}"))
            }
            error => Error::Corrupt {
                compression,
                stored_offset,
                reason: Message::verbatim(error.to_string()),
            },
        }
    }

    /// Consumes one byte, or none while earlier input has more output than there was room for.
    fn stream(&mut self, byte: u8, progress: &mut Progress<'_>) {
        let result = match self.decoder.decode(&[byte], &mut self.buffer) {
            Ok(result) => result,
            Err(error) => {
                self.state = State::Failed(self.error(&error));
                return;
            }
        };
        self.take(progress, result.input_consumed());
        self.ready = 0..result.output_produced();
        if result.is_end_of_stream() {
            self.decoder.reset();
            self.state = State::Between;
        }
    }

    fn take(&mut self, progress: &mut Progress<'_>, n: usize) {
        progress.read += n;
        self.stored += n as u64;
    }
}

impl Codec for Xz {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
        let mut progress = Progress::new(input, output);
        loop {
            let ready = self.buffer.get(self.ready.clone()).unwrap_or_default();
            self.ready.start += progress.write(ready);
            if !self.ready.is_empty() {
                return Ok(progress.step(DecodeStatus::NeedsOutput));
            }
            match &self.state {
                State::Failed(_) if progress.written > 0 => {
                    return Ok(progress.step(DecodeStatus::NeedsOutput));
                }
                State::Failed(error) => return Err(error.clone()),
                _ => {}
            }
            let Some(&first) = progress.input().first() else {
                return Ok(progress.step(DecodeStatus::NeedsInput));
            };
            match self.state {
                State::Stream => self.stream(first, &mut progress),
                State::Between if first == 0 => self.take(&mut progress, 1),
                State::Between if first == MAGIC_START => self.state = State::Stream,
                State::Between => self.state = State::Garbage(self.stored),
                State::Garbage(_) | State::Failed(_) => {
                    let n = progress.input().len();
                    self.take(&mut progress, n);
                }
            }
        }
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        let garbage_at = match &self.state {
            State::Between => None,
            State::Garbage(at) => Some(*at),
            State::Failed(error) => return Err(error.clone()),
            State::Stream => {
                return Err(Error::Truncated {
                    compression: Compression::Xz,
                    stored_offset: self.stored,
                });
            }
        };
        // The decoder has checked each block, and fails where a check does not match.
        Ok(Ended {
            checksum: Checksum::Proved,
            garbage_at,
        })
    }
}
