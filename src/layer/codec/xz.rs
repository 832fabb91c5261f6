//! xz: streams one after the other, with zero padding between. Decoding is xz4rust's.
//!
//! There is no way into the middle: a file is read back from the start of the layer.

use xz4rust::{XzDecoder, XzError};

use super::{Checksum, Codec, Ended, Progress, Status, Step};
use crate::layer::{Compression, Error};

/// The dictionary to begin with; it grows to what a stream asks for, up to the limit.
const FIRST_DICTIONARY_BYTES: usize = 64 * 1024;
const MAGIC_START: u8 = 0xfd;

/// A decoder of xz streams.
pub(super) struct Xz {
    decoder: Box<XzDecoder<'static>>,
    state: State,
    stored: u64,
    window_limit_bytes: u64,
}

enum State {
    Stream,
    /// After a stream: padding, or the next one.
    Between,
    Garbage(u64),
}

impl Xz {
    pub(super) fn new(window_limit_bytes: u64) -> Xz {
        let limit = usize::try_from(window_limit_bytes).unwrap_or(usize::MAX);
        Xz {
            decoder: XzDecoder::in_heap_with_alloc_dict_size(FIRST_DICTIONARY_BYTES, limit),
            state: State::Stream,
            stored: 0,
            window_limit_bytes,
        }
    }

    fn error(&self, error: &XzError) -> Error {
        let compression = Compression::Xz;
        let stored_offset = self.stored;
        let checksum = |expected: String, actual: String| Error::Checksum {
            compression,
            what: "content checksum",
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
                reason: error.to_string(),
            },
        }
    }

    fn stream(&mut self, progress: &mut Progress<'_>) -> Result<(), Error> {
        let input = progress.input();
        let result = self.decoder.decode(input, progress.output());
        let result = result.map_err(|error| self.error(&error))?;
        progress.read += result.input_consumed();
        progress.written += result.output_produced();
        self.stored += result.input_consumed() as u64;
        if result.is_end_of_stream() {
            self.decoder.reset();
            self.state = State::Between;
        }
        Ok(())
    }
}

impl Codec for Xz {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Error> {
        let mut progress = Progress::new(input, output);
        loop {
            let Some(&first) = progress.input().first() else {
                return Ok(progress.step(Status::NeedsInput));
            };
            match self.state {
                State::Stream if progress.output().is_empty() => {
                    return Ok(progress.step(Status::NeedsOutput));
                }
                State::Stream => self.stream(&mut progress)?,
                State::Between if first == 0 => {
                    progress.read += 1;
                    self.stored += 1;
                }
                State::Between if first == MAGIC_START => self.state = State::Stream,
                State::Between => self.state = State::Garbage(self.stored),
                State::Garbage(_) => {
                    let n = progress.input().len();
                    progress.read += n;
                    self.stored += n as u64;
                }
            }
        }
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        let garbage_at = match self.state {
            State::Between => None,
            State::Garbage(at) => Some(at),
            State::Stream => {
                return Err(Error::Truncated {
                    compression: Compression::Xz,
                    stored_offset: self.stored,
                });
            }
        };
        // Each block's check was made by the decoder; where one fails, decoding does.
        Ok(Ended {
            checksum: Checksum::Proved,
            garbage_at,
        })
    }
}
