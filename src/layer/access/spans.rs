//! Verifies any part of a layer's compressed bytes by intermediate states of their SHA-256.
//!
//! The digest of the whole blob is computed anyway. Its state is noted after each span of compressed bytes, which
//! costs only the 32 bytes. Later a span can be read alone: hashed from the state before it, it must result in the
//! state after it. Finding other bytes that do so is as hard as finding other bytes with the same digest, which
//! no faster hash here could offer. `content` and `proved` decide when bytes are checked.

use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest as _, Sha256};

use super::StoredRange;
use crate::image::Digest;

/// Compressed bytes per span, until there are [`MOST_SPANS`].
const SPAN_BYTES: u64 = 64 * 1024;
/// Maximum number of spans per layer. Beyond it every other state is dropped and spans double in length: 512 KiB at
/// most.
const MOST_SPANS: usize = 16 * 1024;
/// Spans of a sample between the first and the last.
const SAMPLED_BETWEEN: usize = 6;
/// Block size of SHA-256 in bytes.
const BLOCK_BYTES: u64 = 64;
/// Size in bytes of a state, and of a hash.
const STATE_BYTES: usize = 32;

type State = [u8; STATE_BYTES];

/// Hashes compressed bytes as they come, and notes the states in between.
#[derive(Clone)]
pub struct SpanHasher {
    hash: Sha256,
    /// Bytes hashed so far.
    n_bytes: u64,
    spans: Spans,
}

/// The states of one blob's hash after each of its spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Length in bytes of each span except the last; a power of two.
    span_bytes: u64,
    /// Size of the blob in bytes.
    n_bytes: u64,
    /// The state after each whole span.
    states: Vec<State>,
    /// The hash of the whole blob.
    whole: State,
}

impl Default for SpanHasher {
    fn default() -> SpanHasher {
        SpanHasher::new()
    }
}

impl SpanHasher {
    /// Creates a hasher that has seen no bytes.
    pub fn new() -> SpanHasher {
        SpanHasher {
            hash: Sha256::new(),
            n_bytes: 0,
            spans: Spans {
                span_bytes: SPAN_BYTES,
                n_bytes: 0,
                states: Vec::new(),
                whole: State::default(),
            },
        }
    }

    /// Hashes the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let left = self.spans.span_bytes - self.n_bytes % self.spans.span_bytes;
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(n);
            self.hash.update(now);
            self.n_bytes += now.len() as u64;
            if now.len() as u64 == left {
                self.note();
            }
            bytes = later;
        }
    }

    fn note(&mut self) {
        let spans = &mut self.spans;
        spans.states.push(state_of(&self.hash));
        if spans.states.len() >= MOST_SPANS {
            // The states after an even number of spans are those after spans of twice the length.
            let mut n_spans = 0_u64;
            spans.states.retain(|_| {
                n_spans += 1;
                n_spans.is_multiple_of(2)
            });
            spans.span_bytes *= 2;
        }
    }

    /// Returns the digest of all bytes, and the states that verify parts of them.
    pub fn finish(mut self) -> (Digest, Spans) {
        self.spans.n_bytes = self.n_bytes;
        self.spans.whole = self.hash.finalize().into();
        self.spans.states.shrink_to_fit();
        (Digest::of_sha256(&self.spans.whole), self.spans)
    }
}

/// Returns the state of a hash that has seen whole blocks only.
fn state_of(hash: &Sha256) -> State {
    let serialized = hash.serialize();
    let state = serialized.first_chunk::<STATE_BYTES>();
    state.copied().unwrap_or_default()
}

/// Returns a hash that continues from a state after `n_bytes`.
fn resumed(state: &State, n_bytes: u64) -> Option<Sha256> {
    // A fresh hash holds no partial block. Its serialised form begins with the state and the count of blocks.
    let mut serialized: SerializedState<Sha256> = Sha256::new().serialize();
    let (to, rest) = serialized.split_first_chunk_mut::<STATE_BYTES>()?;
    *to = *state;
    *rest.first_chunk_mut()? = (n_bytes / BLOCK_BYTES).to_le_bytes();
    Sha256::deserialize(&serialized).ok()
}

impl Spans {
    /// Builds spans from the result of [`Spans::parts`]. `None` if the parts are inconsistent.
    pub(in crate::layer) fn of_parts(parts: SpanParts) -> Option<Spans> {
        let SpanParts {
            span_bytes,
            n_bytes,
            states,
            whole,
        } = parts;
        let fits = span_bytes.is_power_of_two()
            && span_bytes >= SPAN_BYTES
            && states.len() as u64 == n_bytes / span_bytes
            && states.len() < MOST_SPANS;
        fits.then_some(Spans {
            span_bytes,
            n_bytes,
            states,
            whole,
        })
    }

    /// Returns the parts, to be packed.
    pub(in crate::layer) fn parts(&self) -> SpanParts {
        SpanParts {
            span_bytes: self.span_bytes,
            n_bytes: self.n_bytes,
            states: self.states.clone(),
            whole: self.whole,
        }
    }

    /// Returns the size of the blob in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Returns the offset where the span of a compressed byte begins.
    pub(super) fn start_of(&self, offset: u64) -> u64 {
        offset - offset % self.span_bytes
    }

    /// Returns the end of the span that contains the byte before `offset`, at most the blob's end.
    pub(super) fn end_of(&self, offset: u64) -> u64 {
        let end = offset.checked_next_multiple_of(self.span_bytes);
        end.unwrap_or(u64::MAX).min(self.n_bytes)
    }

    /// True if `bytes` are exactly the span that begins at `start`.
    pub(super) fn prove(&self, start: u64, bytes: &[u8]) -> bool {
        let Ok(number) = usize::try_from(start / self.span_bytes) else {
            return false;
        };
        let before = match number.checked_sub(1) {
            None => Some(Sha256::new()),
            Some(at) => self.states.get(at).and_then(|state| resumed(state, start)),
        };
        let Some(mut hash) = before else {
            return false;
        };
        hash.update(bytes);
        match self.states.get(number) {
            Some(after) => bytes.len() as u64 == self.span_bytes && state_of(&hash) == *after,
            None => {
                let n_bytes = start.checked_add(bytes.len() as u64);
                n_bytes == Some(self.n_bytes) && State::from(hash.finalize()) == self.whole
            }
        }
    }

    /// Returns some spans: the first, the last, and a few between at places derived from the digest.
    pub(super) fn sample(&self) -> Vec<StoredRange> {
        let n_spans = self.n_bytes.div_ceil(self.span_bytes);
        let Some(last) = n_spans.checked_sub(1) else {
            return Vec::new();
        };
        let between = self.whole.iter().take(SAMPLED_BETWEEN).enumerate();
        let between = between.map(|(at, byte)| {
            let place = (at as u64) * 256 + u64::from(*byte);
            last.saturating_mul(place) / (256 * SAMPLED_BETWEEN as u64)
        });
        let mut spans: Vec<u64> = [0, last].into_iter().chain(between).collect();
        spans.sort_unstable();
        spans.dedup();
        let range = |span: u64| {
            let offset = span * self.span_bytes;
            StoredRange {
                offset,
                len: self.span_bytes.min(self.n_bytes - offset),
            }
        };
        spans.into_iter().map(range).collect()
    }

    /// Returns the number of bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.states.capacity() * STATE_BYTES
    }
}

/// The parts of [`Spans`] in the form that is packed.
pub(in crate::layer) struct SpanParts {
    pub(in crate::layer) span_bytes: u64,
    pub(in crate::layer) n_bytes: u64,
    pub(in crate::layer) states: Vec<[u8; 32]>,
    pub(in crate::layer) whole: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(n: usize) -> Vec<u8> {
        (0..n).map(|at| (at * 7 + at / 251) as u8).collect()
    }

    fn spans_of(bytes: &[u8], piece: usize) -> (Digest, Spans) {
        let mut hasher = SpanHasher::new();
        for piece in bytes.chunks(piece) {
            hasher.update(piece);
        }
        hasher.finish()
    }

    #[test]
    fn every_span_is_proved_and_no_other_bytes() {
        let span = SPAN_BYTES as usize;
        for n in [
            0,
            1,
            63,
            64,
            65,
            span - 1,
            span,
            span + 1,
            3 * span,
            3 * span + 77,
        ] {
            let all = bytes(n);
            let (digest, spans) = spans_of(&all, usize::MAX);
            assert_eq!(digest, Digest::sha256_of(&all));
            assert_eq!(spans_of(&all, 1_000), (digest, spans.clone()));
            let mut start = 0;
            while start < n {
                let end = spans.end_of(start as u64 + 1) as usize;
                assert_eq!(
                    (spans.start_of(end as u64 - 1), end - start),
                    (start as u64, span.min(n - start))
                );
                let part = &all[start..end];
                assert!(spans.prove(start as u64, part), "{start} of {n}");
                for at in [0, part.len() / 2, part.len() - 1] {
                    let mut other = part.to_vec();
                    other[at] ^= 0x20;
                    assert!(!spans.prove(start as u64, &other), "{start} of {n}");
                }
                assert!(!spans.prove(start as u64, &part[1..]));
                assert!(!spans.prove(start as u64, &[part, b"x"].concat()));
                assert!(!spans.prove(start as u64 + SPAN_BYTES, part));
                start = end;
            }
            assert!(!spans.prove(u64::MAX, b"x"));
            assert!(spans.heap_bytes() <= (n / span) * STATE_BYTES);
        }
    }

    #[test]
    fn spans_grow_before_there_are_too_many() {
        let mut hasher = SpanHasher::new();
        let piece = bytes(SPAN_BYTES as usize);
        for _ in 0..MOST_SPANS - 1 {
            // Only the states are counted here, and hashing a gigabyte takes long.
            hasher.n_bytes += SPAN_BYTES;
            hasher.note();
        }
        assert_eq!(hasher.spans.states.len(), MOST_SPANS - 1);
        hasher.update(&piece);
        let (n_bytes, spans) = (hasher.n_bytes, hasher.spans.clone());
        assert_eq!(
            (spans.states.len(), spans.span_bytes),
            (MOST_SPANS / 2, 2 * SPAN_BYTES)
        );
        hasher.update(&piece);
        assert_eq!(hasher.spans.states.len(), MOST_SPANS / 2, "half a span");
        hasher.update(&piece);
        assert_eq!(hasher.spans.states.len(), MOST_SPANS / 2 + 1);
        assert_eq!(hasher.n_bytes, n_bytes + 2 * SPAN_BYTES);
    }
}
