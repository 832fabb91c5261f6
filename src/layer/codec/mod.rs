//! Decoders as push machines: compressed bytes in, uncompressed bytes out, into the caller's buffer.
//!
//! Each codec has its own file; a private trait and a closed type cover them. A codec checks the checksums of its
//! own format. Hashing and limits on the amount are left to the caller.

mod bzip2;
mod gzip;
mod gzip_header;
mod inflate;
mod plain;
mod rare;
mod trail;
mod xz;
mod zstd;
mod zstd_header;

pub use rare::{MakeRare, RareDecoder, make_rare_by};

use super::access::{Checkpoint, Recorder, Resume};
use super::{Compression, Error, Limits};

/// The result of one call of [`Decoder::decode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Input bytes consumed. The caller passes the rest again.
    pub read: usize,
    /// Output bytes filled.
    pub written: usize,
    /// Reason why the call returned.
    pub status: Status,
}

/// Reason why [`Decoder::decode`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
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
trait Codec {
    /// See [`Decoder::decode`].
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Error>;
    /// See [`Decoder::drain`].
    fn drain(&mut self, _output: &mut [u8]) -> Result<usize, Error> {
        Ok(0)
    }
    /// See [`Decoder::finish`].
    fn finish(&mut self) -> Result<Ended, Error>;
    /// See [`Decoder::salvage`].
    fn salvage(&mut self, _output: &mut [u8]) -> usize {
        0
    }
    /// Takes the recorded checkpoints.
    fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        Vec::new()
    }
}

/// A decoder for any compression that Lamina reads.
///
/// ```
/// use lamina::layer::{Compression, Decoder, Limits, Status};
///
/// let mut decoder = Decoder::new(Compression::None, &Limits::DEFAULT);
/// let (mut input, mut output, mut decoded) = (&b"bytes"[..], [0; 2], Vec::new());
/// loop {
///     let step = decoder.decode(input, &mut output)?;
///     decoded.extend_from_slice(&output[..step.written]);
///     input = &input[step.read..];
///     if step.status == Status::NeedsInput {
///         break;
///     }
/// }
/// decoder.finish()?;
/// assert_eq!(decoded, b"bytes");
/// # Ok::<(), lamina::layer::Error>(())
/// ```
pub struct Decoder(Any);

enum Any {
    Plain(plain::Plain),
    Gzip(Box<gzip::Gzip>),
    Zstd(Box<zstd::Zstd>),
    Rare(rare::RareDecoder),
}

impl Decoder {
    /// Creates a decoder at the start of a stream.
    pub fn new(compression: Compression, limits: &Limits) -> Decoder {
        Decoder::with(compression, limits.zstd_window_bytes, None)
    }

    /// Creates a decoder that also records checkpoints, for [`Decoder::take_checkpoints`].
    pub(super) fn recording(compression: Compression, limits: &Limits) -> Decoder {
        let recorder = Recorder::new(limits);
        Decoder::with(compression, limits.zstd_window_bytes, Some(recorder))
    }

    /// Creates a decoder that begins at a checkpoint.
    pub(super) fn resume(
        compression: Compression,
        window_limit_bytes: u64,
        checkpoint: &Checkpoint,
    ) -> Decoder {
        match (&checkpoint.resume, compression) {
            (
                Resume::Block {
                    n_bits,
                    bits,
                    window,
                },
                Compression::Gzip,
            ) => Decoder(Any::Gzip(Box::new(gzip::Gzip::resume(
                checkpoint.stored_offset,
                *n_bits,
                *bits,
                window,
            )))),
            _ => Decoder::with(compression, window_limit_bytes, None),
        }
    }

    fn with(compression: Compression, window_bytes: u64, recorder: Option<Recorder>) -> Decoder {
        Decoder(match compression {
            Compression::None => Any::Plain(plain::Plain),
            Compression::Gzip => Any::Gzip(Box::new(gzip::Gzip::new(recorder))),
            Compression::Zstd => Any::Zstd(Box::new(zstd::Zstd::new(window_bytes, recorder))),
            Compression::Bzip2 | Compression::Xz => {
                Any::Rare(rare::make(compression, window_bytes))
            }
        })
    }

    /// Decompresses input into output until one of them is used up.
    ///
    /// After `Ok`, the first `written` bytes of `output` are the next uncompressed bytes. The output does not
    /// depend on how the input is cut into pieces.
    ///
    /// # Errors
    /// If the stream is damaged or crosses a limit. After an error, only [`Decoder::salvage`] is useful. A checksum
    /// mismatch is not an error here; [`Decoder::finish`] returns it.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Error> {
        self.codec().decode(input, output)
    }

    /// Returns the number of input bytes that were consumed but have no output yet, because they are held back.
    pub(super) fn n_held(&self) -> usize {
        match &self.0 {
            Any::Gzip(codec) => codec.n_held(),
            Any::Plain(_) | Any::Zstd(_) | Any::Rare(_) => 0,
        }
    }

    /// Declares the end of input, and returns output of input that was held back. Call it until it returns 0. Only
    /// decoders that record checkpoints hold input back.
    ///
    /// # Errors
    /// As [`Decoder::decode`].
    pub(super) fn drain(&mut self, output: &mut [u8]) -> Result<usize, Error> {
        self.codec().drain(output)
    }

    /// Declares the end of input, after [`Status::NeedsInput`] for all of it.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the stream may not end here.
    pub fn finish(&mut self) -> Result<Ended, Error> {
        self.codec().finish()
    }

    /// Returns bytes that were decompressed but held back as history, after `decode` or `finish` failed. Call it
    /// until it returns 0.
    pub fn salvage(&mut self, output: &mut [u8]) -> usize {
        self.codec().salvage(output)
    }

    /// Takes the checkpoints recorded so far; empty for codecs that record none.
    pub(super) fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        self.codec().take_checkpoints()
    }

    fn codec(&mut self) -> &mut dyn Codec {
        match &mut self.0 {
            Any::Plain(codec) => codec,
            Any::Gzip(codec) => codec.as_mut(),
            Any::Zstd(codec) => codec.as_mut(),
            Any::Rare(codec) => codec.codec(),
        }
    }
}

/// Counts the bytes that a codec reads and writes within one call.
struct Progress<'a> {
    input: &'a [u8],
    output: &'a mut [u8],
    read: usize,
    written: usize,
}

impl<'a> Progress<'a> {
    fn new(input: &'a [u8], output: &'a mut [u8]) -> Progress<'a> {
        Progress {
            input,
            output,
            read: 0,
            written: 0,
        }
    }

    /// Returns the input not yet consumed.
    fn input(&self) -> &'a [u8] {
        self.input.get(self.read..).unwrap_or_default()
    }

    /// Returns the output not yet filled.
    fn output(&mut self) -> &mut [u8] {
        self.output.get_mut(self.written..).unwrap_or_default()
    }

    /// Consumes one byte of input.
    fn byte(&mut self) -> Option<u8> {
        let byte = self.input().first().copied();
        self.read += usize::from(byte.is_some());
        byte
    }

    /// Copies as much as there is room for. Returns the number of bytes copied.
    fn write(&mut self, bytes: &[u8]) -> usize {
        let room = self.output();
        let n = bytes.len().min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..n), bytes.get(..n)) {
            to.copy_from_slice(from);
        }
        self.written += n;
        n
    }

    fn step(&self, status: Status) -> Step {
        Step {
            read: self.read,
            written: self.written,
            status,
        }
    }
}
