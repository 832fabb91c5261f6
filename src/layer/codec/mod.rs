//! Decoders as push machines: stored bytes in, decoded bytes out, into the caller's buffer.
//!
//! One file per codec, one private trait, one closed type over them. Hashing and limits on the amount are the
//! caller's; each codec checks the checksums of its own format.

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

/// What one call of [`Decoder::decode`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input were taken; the caller brings the rest again.
    pub read: usize,
    /// How many bytes of the output were filled.
    pub written: usize,
    /// What the decoder waits for.
    pub status: Status,
}

/// What a decoder waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// More input: all that was given has been taken, and all that it gives has been written.
    NeedsInput,
    /// More room: call again with the rest of the input, which may be empty.
    NeedsOutput,
}

/// What is known when the input has ended where it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What the format's own checks gave.
    pub checksum: Checksum,
    /// Where bytes begin that belong to no member and are no padding; they were ignored.
    pub garbage_at: Option<u64>,
}

/// The outcome of a format's own checks over all members, frames or streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The format has none, or the writer left it out somewhere.
    Absent,
    /// Every one holds.
    Proved,
    /// The first that does not hold.
    Refuted(Error),
}

/// What every codec does.
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
    /// Gives up the checkpoints that were recorded.
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
    /// A decoder at the start of a stream.
    pub fn new(compression: Compression, limits: &Limits) -> Decoder {
        Decoder::with(compression, limits.zstd_window_bytes, None)
    }

    /// A decoder that also records checkpoints, for [`Decoder::take_checkpoints`].
    pub(super) fn recording(compression: Compression, limits: &Limits) -> Decoder {
        let recorder = Recorder::new(limits);
        Decoder::with(compression, limits.zstd_window_bytes, Some(recorder))
    }

    /// A decoder that begins at a checkpoint.
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

    /// Decodes input into output until one of them is used up.
    ///
    /// After `Ok`, the first `written` bytes of `output` are the next decoded bytes. How the input is cut into
    /// pieces changes nothing in what comes out.
    ///
    /// # Errors
    /// When the stream is damaged or crosses a limit: the decoder is of no more use then, but for
    /// [`Decoder::salvage`]. A checksum that does not hold is no error here; [`Decoder::finish`] tells it.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Error> {
        self.codec().decode(input, output)
    }

    /// How many bytes of the input were taken and are only held so far: nothing came of them.
    pub(super) fn n_held(&self) -> usize {
        match &self.0 {
            Any::Gzip(codec) => codec.n_held(),
            Any::Plain(_) | Any::Zstd(_) | Any::Rare(_) => 0,
        }
    }

    /// Says that no input follows, and gives what comes of input that was held back: until it gives 0. Only decoders
    /// that record checkpoints hold any back.
    ///
    /// # Errors
    /// As [`Decoder::decode`].
    pub(super) fn drain(&mut self, output: &mut [u8]) -> Result<usize, Error> {
        self.codec().drain(output)
    }

    /// Says that no input follows, once [`Status::NeedsInput`] came for all of it.
    ///
    /// # Errors
    /// [`Error::Truncated`] when the stream may not end here.
    pub fn finish(&mut self) -> Result<Ended, Error> {
        self.codec().finish()
    }

    /// Hands out what was decoded but held back as history, after `decode` or `finish` failed: call it until it
    /// gives 0.
    pub fn salvage(&mut self, output: &mut [u8]) -> usize {
        self.codec().salvage(output)
    }

    /// The checkpoints recorded so far; empty for codecs that have none.
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

/// Counts what a codec reads and writes within one call.
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

    /// The input not yet taken.
    fn input(&self) -> &'a [u8] {
        self.input.get(self.read..).unwrap_or_default()
    }

    /// The output not yet filled.
    fn output(&mut self) -> &mut [u8] {
        self.output.get_mut(self.written..).unwrap_or_default()
    }

    /// Takes one byte of input.
    fn byte(&mut self) -> Option<u8> {
        let byte = self.input().first().copied();
        self.read += usize::from(byte.is_some());
        byte
    }

    /// Copies as much as there is room for; tells how much.
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
