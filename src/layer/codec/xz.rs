//! xz: streams one after the other, with zero padding between. Decoding is xz4rust's.
//!
//! There is no way into the middle: a file is read back from the start of the layer.
//!
//! When the decoder fails, it does not tell how much it had decoded by then nor where it was. So what it gives is
//! handed on in whole blocks, and a block is lost with the damage in it: however the input is cut, the same bytes
//! come out, and the same error.

use xz4rust::{XzDecoder, XzError};

use super::{Checksum, Codec, Ended, Progress, Status, Step};
use crate::layer::{Compression, Error};

/// The dictionary to begin with; it grows to what a stream asks for, up to the limit.
const FIRST_DICTIONARY_BYTES: usize = 64 * 1024;
const MAGIC_START: u8 = 0xfd;
/// Decoded bytes that are handed on together.
const BLOCK_BYTES: usize = 4096;

/// A decoder of xz streams.
pub(super) struct Xz {
    decoder: Box<XzDecoder<'static>>,
    state: State,
    stored: u64,
    /// Where the stream begins that is being read.
    starts_at: u64,
    window_limit_bytes: u64,
    block: Box<[u8; BLOCK_BYTES]>,
    /// How much of the block is decoded, and how much of that was handed on.
    n_decoded: usize,
    n_given: usize,
}

enum State {
    Stream,
    /// After a stream: padding, or the next one.
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
            starts_at: 0,
            window_limit_bytes,
            block: Box::new([0; BLOCK_BYTES]),
            n_decoded: 0,
            n_given: 0,
        }
    }

    fn error(&self, error: &XzError) -> Error {
        let compression = Compression::Xz;
        let stored_offset = self.starts_at;
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
                reason: format!("in the stream that begins there: {error}"),
            },
        }
    }

    /// Decodes into the block, which has room.
    fn stream(&mut self, progress: &mut Progress<'_>) {
        let room = self.block.get_mut(self.n_decoded..).unwrap_or_default();
        let result = match self.decoder.decode(progress.input(), room) {
            Ok(result) => result,
            Err(error) => {
                (self.n_decoded, self.n_given) = (0, 0);
                self.state = State::Failed(self.error(&error));
                return;
            }
        };
        progress.read += result.input_consumed();
        self.stored += result.input_consumed() as u64;
        self.n_decoded += result.output_produced();
        if result.is_end_of_stream() {
            self.decoder.reset();
            self.state = State::Between;
        }
    }

    /// Whether the block is to be handed on: it is full, or the last one of its stream.
    fn is_due(&self) -> bool {
        self.n_decoded == BLOCK_BYTES
            || (self.n_decoded > 0 && !matches!(self.state, State::Stream))
    }

    /// Hands on what there is room for; tells how much.
    fn give(&mut self, progress: &mut Progress<'_>) -> usize {
        let decoded = self.block.get(self.n_given..self.n_decoded);
        let n = progress.write(decoded.unwrap_or_default());
        self.n_given += n;
        if self.n_given == self.n_decoded {
            (self.n_decoded, self.n_given) = (0, 0);
        }
        n
    }
}

impl Codec for Xz {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Error> {
        let mut progress = Progress::new(input, output);
        loop {
            if self.is_due() {
                self.give(&mut progress);
                if self.is_due() {
                    return Ok(progress.step(Status::NeedsOutput));
                }
            }
            let Some(&first) = progress.input().first() else {
                return Ok(progress.step(Status::NeedsInput));
            };
            match &self.state {
                // What came before the damage is handed on first.
                State::Failed(_) if progress.written > 0 => {
                    return Ok(progress.step(Status::NeedsOutput));
                }
                State::Failed(error) => return Err(error.clone()),
                State::Stream => self.stream(&mut progress),
                State::Between if first == 0 => {
                    progress.read += 1;
                    self.stored += 1;
                }
                State::Between if first == MAGIC_START => {
                    self.state = State::Stream;
                    self.starts_at = self.stored;
                }
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
        // Each block's check was made by the decoder; where one fails, decoding does.
        Ok(Ended {
            checksum: Checksum::Proved,
            garbage_at,
        })
    }

    fn salvage(&mut self, output: &mut [u8]) -> usize {
        self.give(&mut Progress::new(&[], output))
    }
}
