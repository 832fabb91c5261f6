//! Passes uncompressed bytes through unchanged.
//!
//! Callers that need speed use no decoder at all for such bytes; this one completes the set.

use super::step::{Checksum, Codec, DecodeStatus, DecodeStep, Ended, Progress};
use crate::layer::Error;

/// A decoder that copies its input.
pub(super) struct Plain;

impl Codec for Plain {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
        let mut progress = Progress::new(input, output);
        progress.read = progress.write(input);
        let left = progress.read < input.len();
        Ok(progress.step(if left {
            DecodeStatus::NeedsOutput
        } else {
            DecodeStatus::NeedsInput
        }))
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        Ok(Ended {
            checksum: Checksum::Absent,
            garbage_at: None,
        })
    }
}
