//! Compares a layer's hashes and checksums with the claims about it.
//!
//! The hashes may come from another thread, after everything else was read.

use super::LeftOut;
use super::access::AccessIndex;
use super::codec::{Checkpoint, Checksum, Ended};
use super::{
    Check, Compression, Error, Expected, Hashed, LayerIndex, LayerReading, Notice, Verdict,
    Warning, Warnings,
};
use crate::image::{Algorithm, DiffId, Digest};

/// The result of reading a layer, before its hashes are known.
#[must_use = "nothing of it is proved yet"]
pub struct Unproved {
    pub(super) expected: Expected,
    pub(super) index: LayerIndex,
    pub(super) compression: Compression,
    pub(super) stored_bytes: u64,
    pub(super) decoded_bytes: u64,
    pub(super) window_limit_bytes: u64,
    pub(super) checkpoints: Vec<Checkpoint>,
    /// End of decompression. `None` if it did not reach the end, or if the layer is not compressed.
    pub(super) ended: Option<Ended>,
    pub(super) damage: Option<Error>,
    pub(super) fate: Option<DiffIdFate>,
    /// True if the layer is not compressed and one algorithm serves for both digests.
    pub(super) is_hashed_once: bool,
    pub(super) warnings: Warnings,
    pub(super) left_out: LeftOut,
    pub(super) most_warnings: usize,
}

/// The state of a diff_id after decompression stopped early.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DiffIdFate {
    /// The compressed bytes do not decompress to the claimed ones.
    Refuted,
    /// Decompression stopped on purpose.
    Unknown,
}

impl Unproved {
    /// Compares the claims with the hashes, and returns the verdict.
    pub fn prove(self, hashed: Hashed) -> LayerReading {
        let diff_id = match self.is_hashed_once {
            true => hashed.digest.clone(),
            false => hashed.decoded,
        };
        let (checksum, refuting) = checksum_check(self.ended, self.damage.as_ref());
        let damage = self.damage.or(refuting);
        let claimed_diff_id = self.expected.diff_id.as_ref().map(|id| &id.0);
        let verdict = Verdict {
            digest: digest_check(self.expected.digest.as_ref(), &hashed.digest),
            size: size_check(self.expected.size_bytes, self.stored_bytes),
            diff_id: match self.fate {
                Some(DiffIdFate::Unknown) => Check::Absent,
                Some(DiffIdFate::Refuted) | None => digest_check(claimed_diff_id, &diff_id),
            },
            checksum,
        };
        let mut warnings = self.warnings;
        let mismatch = matches!(verdict.digest, Check::Mismatch { .. });
        if self.compression == Compression::None && mismatch && verdict.diff_id == Check::Ok {
            let warning = Warning::new(Notice::DecompressedOnTheWay, b"");
            warnings.push(warning, self.most_warnings);
        }
        LayerReading {
            index: self.index,
            access: AccessIndex {
                compression: self.compression,
                stored_bytes: self.stored_bytes,
                decoded_bytes: self.decoded_bytes,
                window_limit_bytes: self.window_limit_bytes,
                checkpoints: self.checkpoints,
                spans: hashed.spans,
            },
            verdict,
            compression: self.compression,
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            digest: hashed.digest,
            diff_id: DiffId(diff_id),
            damage,
            warnings,
            left_out: self.left_out,
        }
    }
}

fn digest_check(claimed: Option<&Digest>, actual: &Digest) -> Check {
    match claimed {
        None => Check::Absent,
        Some(claimed) if claimed.algorithm() == Algorithm::Other => Check::Absent,
        Some(claimed) if claimed == actual => Check::Ok,
        Some(claimed) => Check::Mismatch {
            expected: claimed.to_string(),
            actual: actual.to_string(),
        },
    }
}

fn size_check(claimed: Option<u64>, actual: u64) -> Check {
    match claimed {
        None => Check::Absent,
        Some(claimed) if claimed == actual => Check::Ok,
        Some(claimed) => Check::Mismatch {
            expected: claimed.to_string(),
            actual: actual.to_string(),
        },
    }
}

/// Returns the verdict on the codec's own checksums, and the error that refutes them.
fn checksum_check(ended: Option<Ended>, damage: Option<&Error>) -> (Check, Option<Error>) {
    let refuting = match ended.map(|ended| ended.checksum) {
        Some(Checksum::Proved) => return (Check::Ok, None),
        Some(Checksum::Refuted(error)) => Some(error),
        Some(Checksum::Absent) | None => damage.cloned(),
    };
    match &refuting {
        Some(Error::Checksum {
            expected, actual, ..
        }) => (
            Check::Mismatch {
                expected: expected.clone(),
                actual: actual.clone(),
            },
            refuting,
        ),
        _ => (Check::Absent, None),
    }
}
