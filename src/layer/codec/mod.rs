//! Decoders as push machines: compressed bytes in, uncompressed bytes out, into the caller's buffer.
//!
//! Each codec has its own file; a private trait and a closed type cover them. A codec checks the checksums of its
//! own format. Hashing and limits on the amount are left to the caller.

mod bzip2;
mod checkpoint;
mod gzip;
mod gzip_header;
mod inflate;
mod plain;
mod rare;
mod step;
mod trail;
mod xz;
mod zstd;
mod zstd_header;

pub use checkpoint::{Checkpoint, Resume};
pub use rare::{MakeRare, RareDecoder, make_rare_by};
pub use step::{Checksum, DecodeStatus, DecodeStep, Ended};

use super::{Compression, Error};
use crate::bounds::LayerLimits;

use checkpoint::Recorder;
use step::Codec;

/// A decoder for any compression that Lamina reads.
///
/// ```
/// use lamina::bounds::LayerLimits;
/// use lamina::layer::{Compression, DecodeStatus, Decoder};
///
/// let mut decoder = Decoder::new(Compression::None, &LayerLimits::DEFAULT);
/// let (mut input, mut output, mut decoded) = (&b"bytes"[..], [0; 2], Vec::new());
/// loop {
///     let step = decoder.decode(input, &mut output)?;
///     decoded.extend_from_slice(&output[..step.written]);
///     input = &input[step.read..];
///     if step.status == DecodeStatus::NeedsInput {
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
    pub fn new(compression: Compression, limits: &LayerLimits) -> Decoder {
        Decoder::with(compression, limits.zstd_window_bytes, None)
    }

    /// Creates a decoder that also records checkpoints, for [`Decoder::take_checkpoints`].
    pub(super) fn recording(compression: Compression, limits: &LayerLimits) -> Decoder {
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
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
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

    /// Declares the end of input, after [`DecodeStatus::NeedsInput`] for all of it.
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
