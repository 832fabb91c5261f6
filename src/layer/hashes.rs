//! Hashes a layer's bytes, separately from reading them, so that another thread can do it.
//!
//! Comparing the hashes with the claims is left to `reader`.

use super::access::{SpanHasher, Spans};
use super::verdict::Expected;
use crate::image::{Algorithm, Digest, Hasher};

/// Takes a layer's bytes to be hashed, in order.
pub trait HashSink {
    /// Takes the next compressed bytes.
    fn stored(&mut self, bytes: &[u8]);

    /// Takes the next uncompressed bytes. Not called if they equal the compressed ones and have the same algorithm.
    fn decoded(&mut self, bytes: &[u8]);
}

/// Computes the hashes immediately, in this thread.
pub struct LayerHasher {
    stored: SpanHasher,
    /// Second hash of the compressed bytes, if the claimed digest has another algorithm.
    other_stored: Option<Hasher>,
    decoded: Hasher,
}

/// The hashes of a layer's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// Digest of the compressed bytes, by the algorithm of the claimed one, or else SHA-256.
    pub digest: Digest,
    /// Digest of the uncompressed bytes, by the algorithm of the claimed one, or else SHA-256.
    pub decoded: Digest,
    /// Hash states that verify parts of the compressed bytes.
    pub spans: Spans,
}

/// Returns the algorithm to hash with for a claimed digest.
fn computable(claimed: Option<&Digest>) -> Algorithm {
    match claimed.map(Digest::algorithm) {
        Some(Algorithm::Sha512) => Algorithm::Sha512,
        Some(Algorithm::Sha256 | Algorithm::Other) | None => Algorithm::Sha256,
    }
}

fn of_decoded(expected: &Expected) -> Algorithm {
    computable(expected.diff_id.as_ref().map(|id| &id.0))
}

/// True if an uncompressed layer needs only one hash for both claims.
pub(super) fn are_alike(expected: &Expected) -> bool {
    computable(expected.digest.as_ref()) == of_decoded(expected)
}

#[expect(
    clippy::expect_used,
    reason = "a hash by an algorithm of `computable` always has an end"
)]
fn finished(hasher: Hasher) -> Digest {
    hasher
        .finish()
        .expect("only computable algorithms are asked for")
}

impl LayerHasher {
    /// Creates a hasher for a layer with these claims.
    pub fn new(expected: &Expected) -> LayerHasher {
        LayerHasher {
            stored: SpanHasher::new(),
            other_stored: match computable(expected.digest.as_ref()) {
                Algorithm::Sha256 => None,
                other => Some(Hasher::new(other)),
            },
            decoded: Hasher::new(of_decoded(expected)),
        }
    }

    /// Ends the input and returns the hashes.
    pub fn finish(self) -> Hashed {
        let (sha256, spans) = self.stored.finish();
        Hashed {
            digest: self.other_stored.map_or(sha256, finished),
            decoded: finished(self.decoded),
            spans,
        }
    }
}

impl HashSink for LayerHasher {
    fn stored(&mut self, bytes: &[u8]) {
        self.stored.update(bytes);
        if let Some(hash) = &mut self.other_stored {
            hash.update(bytes);
        }
    }

    fn decoded(&mut self, bytes: &[u8]) {
        self.decoded.update(bytes);
    }
}
