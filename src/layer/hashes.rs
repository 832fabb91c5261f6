//! The hashes of a layer's bytes, apart from their reading: they may be computed in another thread.
//!
//! What is hashed says nothing of the layer until it is held against what was claimed: that is `reader`'s work.

use super::access::{SpanHasher, Spans};
use super::verdict::Expected;
use crate::image::{Algorithm, Digest, Hasher};

/// Takes a layer's bytes to be hashed, in their order.
pub trait HashSink {
    /// The next stored bytes.
    fn stored(&mut self, bytes: &[u8]);

    /// The next decoded bytes. None come where they are the stored ones and hashed alike.
    fn decoded(&mut self, bytes: &[u8]);
}

/// Computes the hashes at once, in this thread.
pub struct LayerHasher {
    stored: SpanHasher,
    /// Where the digest is claimed by another algorithm.
    other_stored: Option<Hasher>,
    decoded: Hasher,
}

/// What a layer's bytes hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// The digest of the stored bytes, by the algorithm of the claimed one, else SHA-256.
    pub digest: Digest,
    /// The digest of the decoded bytes, by the algorithm of the claimed one, else SHA-256.
    pub decoded: Digest,
    /// What proves parts of the stored bytes.
    pub spans: Spans,
}

/// The algorithm by which bytes are hashed of which this is claimed.
fn computable(claimed: Option<&Digest>) -> Algorithm {
    match claimed.map(Digest::algorithm) {
        Some(Algorithm::Sha512) => Algorithm::Sha512,
        Some(Algorithm::Sha256 | Algorithm::Other) | None => Algorithm::Sha256,
    }
}

fn of_decoded(expected: &Expected) -> Algorithm {
    computable(expected.diff_id.as_ref().map(|id| &id.0))
}

/// Whether bytes that are not compressed have one hash for both claims.
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
    /// The hashes of a layer of which this is claimed.
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

    /// Says that no bytes follow.
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
