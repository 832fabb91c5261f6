//! Decoders of rare compressions, bzip2 and xz. A program in parts has them in a part that is fetched on first use.

use std::sync::OnceLock;

use super::step::{Codec, DecodeStep, Ended};
use super::{bzip2, xz};
use crate::layer::{Compression, Error};

/// A decoder of a rare compression.
pub struct RareDecoder(Box<dyn Codec>);

/// Makes a decoder with a window of at most so many bytes; `None` if the part of the program is not here.
pub type MakeRare = fn(Compression, u64) -> Option<RareDecoder>;

static MAKE: OnceLock<MakeRare> = OnceLock::new();

/// Sets the function that makes such decoders. Called before the first is needed; later calls change nothing.
pub fn make_rare_by(make: MakeRare) {
    MAKE.get_or_init(|| make);
}

impl RareDecoder {
    /// Creates a decoder with a window of at most `window_bytes`. Code that refers to this function links both decoders.
    pub fn new(compression: Compression, window_bytes: u64) -> RareDecoder {
        RareDecoder(match compression {
            Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
            _ => Box::new(xz::Xz::new(window_bytes)),
        })
    }
}

pub(super) fn make(compression: Compression, window_bytes: u64) -> RareDecoder {
    let absent = || RareDecoder(Box::new(Absent(compression)));
    match MAKE.get() {
        Some(make) => make(compression, window_bytes).unwrap_or_else(absent),
        None if crate::IN_PARTS => absent(),
        None => RareDecoder::new(compression, window_bytes),
    }
}

impl RareDecoder {
    pub(super) fn codec(&mut self) -> &mut dyn Codec {
        self.0.as_mut()
    }
}

/// Stands in for a decoder that is not here.
struct Absent(Compression);

impl Absent {
    fn error(&self) -> Error {
        Error::NoDecoder {
            compression: self.0,
        }
    }
}

impl Codec for Absent {
    fn decode(&mut self, _input: &[u8], _output: &mut [u8]) -> Result<DecodeStep, Error> {
        Err(self.error())
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        Err(self.error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_is_not_here_says_so_and_reads_nothing() {
        let absent = Error::NoDecoder {
            compression: Compression::Xz,
        };
        let mut decoder = Absent(Compression::Xz);
        assert_eq!(
            decoder.decode(b"\xfd7zXZ\0", &mut [0; 8]),
            Err(absent.clone())
        );
        assert_eq!(decoder.finish(), Err(absent));
    }
}
