//! The steps of a decoder, and the trait of all codecs.

use super::checkpoint::Checkpoint;
use crate::layer::Error;

/// The result of one call of [`super::Decoder::decode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeStep {
    /// Input bytes consumed. The caller passes the rest again.
    pub read: usize,
    /// Output bytes filled.
    pub written: usize,
    /// Reason why the call returned.
    pub status: DecodeStatus,
}

/// Reason why [`super::Decoder::decode`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeStatus {
    /// More input: all input was consumed, and all its output is written.
    NeedsInput,
    /// More room: call again with the rest of the input, which may be empty.
    NeedsOutput,
}

/// The result at an end of input where the format allows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Outcome of the format's own checks.
    pub checksum: Checksum,
    /// Offset of ignored bytes that belong to no member and are not padding.
    pub garbage_at: Option<u64>,
}

/// The outcome of a format's own checks over all members, frames or streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The format has no checksums, or the writer omitted one somewhere.
    Absent,
    /// Every checksum matches.
    Proved,
    /// The first mismatch.
    Refuted(Error),
}

/// The operations of every codec.
pub(super) trait Codec {
    /// See [`super::Decoder::decode`].
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error>;
    /// See [`super::Decoder::drain`].
    fn drain(&mut self, _output: &mut [u8]) -> Result<usize, Error> {
        Ok(0)
    }
    /// See [`super::Decoder::finish`].
    fn finish(&mut self) -> Result<Ended, Error>;
    /// See [`super::Decoder::salvage`].
    fn salvage(&mut self, _output: &mut [u8]) -> usize {
        0
    }
    /// Takes the recorded checkpoints.
    fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        Vec::new()
    }
}

/// Counts the bytes that a codec reads and writes within one call.
pub(super) struct Progress<'a> {
    pub(super) input: &'a [u8],
    pub(super) output: &'a mut [u8],
    pub(super) read: usize,
    pub(super) written: usize,
}

impl<'a> Progress<'a> {
    pub(super) fn new(input: &'a [u8], output: &'a mut [u8]) -> Progress<'a> {
        Progress {
            input,
            output,
            read: 0,
            written: 0,
        }
    }

    /// Returns the input not yet consumed.
    pub(super) fn input(&self) -> &'a [u8] {
        self.input.get(self.read..).unwrap_or_default()
    }

    /// Returns the output not yet filled.
    pub(super) fn output(&mut self) -> &mut [u8] {
        self.output.get_mut(self.written..).unwrap_or_default()
    }

    /// Consumes one byte of input.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.input().first().copied();
        self.read += usize::from(byte.is_some());
        byte
    }

    /// Copies as much as there is room for. Returns the number of bytes copied.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        let room = self.output();
        let n = bytes.len().min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..n), bytes.get(..n)) {
            to.copy_from_slice(from);
        }
        self.written += n;
        n
    }

    pub(super) fn step(&self, status: DecodeStatus) -> DecodeStep {
        DecodeStep {
            read: self.read,
            written: self.written,
            status,
        }
    }
}
