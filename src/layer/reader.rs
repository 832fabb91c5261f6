//! The push machine that reads one layer: stored bytes in, index and verdict out.
//!
//! Verified while streaming: digest, size, checksum and diff_id run beside the parser, and everything after the
//! tar's end marker, or after damage, is hashed too. Where the bytes come from is `source`'s work.

use super::access::{AccessIndex, Checkpoint, SpanHasher};
use super::codec::{Checksum, Decoder, Ended, Status};
use super::rows::Rows;
use super::sniff::{SNIFF_BYTES, sniff};
use super::{
    Bound, Check, Compression, Error, Expected, LayerIndex, Limits, Verdict, Warning, Warnings,
};
use crate::image::{Algorithm, DiffId, Digest, Hasher};

/// Decoded bytes at a time: all that is ever held of a layer, beside the codec's window.
const OUTPUT_BYTES: usize = 256 * 1024;

/// How to read a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The bounds to enforce.
    pub limits: Limits,
    /// Whether each file is hashed.
    pub file_hashes: FileHashes,
}

/// Whether each file's content is hashed by SHA-256 while it passes; the fingerprint is always taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHashes {
    /// No: it costs as much time as everything else together.
    Skip,
    /// Yes.
    Sha256,
}

/// How far reading has come, absolute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Stored bytes pushed.
    pub stored_bytes: u64,
    /// Bytes decoded from them.
    pub decoded_bytes: u64,
    /// Entries found in those.
    pub n_entries: u64,
}

/// All that reading a layer gives.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerReading {
    /// The entries, as many as could be read.
    pub index: LayerIndex,
    /// The way back to their content.
    pub access: AccessIndex,
    /// What was claimed, and proved or refuted.
    pub verdict: Verdict,
    /// How the stored bytes are compressed, by their magic.
    pub compression: Compression,
    /// How many stored bytes there were.
    pub stored_bytes: u64,
    /// How many bytes they decode to, as far as they could be decoded.
    pub decoded_bytes: u64,
    /// The digest of the stored bytes, by the algorithm of the expected one, else SHA-256.
    pub digest: Digest,
    /// The digest of the decoded bytes, by the algorithm of the expected one, else SHA-256.
    pub diff_id: DiffId,
    /// Why reading ended early, or which checksum fails; the entries before that are in the index.
    pub damage: Option<Error>,
    /// What is odd.
    pub warnings: Warnings,
}

/// Reads one layer, pushed in whatever pieces.
///
/// ```
/// use lamina::layer::{Expected, FileHashes, LayerReader, Limits, ReadOptions};
///
/// let options = ReadOptions { limits: Limits::DEFAULT, file_hashes: FileHashes::Skip };
/// let mut reader = LayerReader::new(Expected::default(), options);
/// reader.push(&[0; 1024]);
/// let reading = reader.finish();
/// assert_eq!(reading.index.n_entries(), 0);
/// assert!(reading.damage.is_none());
/// ```
pub struct LayerReader {
    expected: Expected,
    limits: Limits,
    stage: Stage,
    stored_hash: SpanHasher,
    /// Where the digest is claimed by another algorithm.
    other_stored_hash: Option<Hasher>,
    stored_bytes: u64,
    /// `None` where the decoded bytes are the stored ones and hashed by the same algorithm.
    decoded_hash: Option<Hasher>,
    decoded_bytes: u64,
    rows: Rows,
    output: Box<[u8]>,
    damage: Option<Error>,
    warnings: Warnings,
}

enum Stage {
    /// The first bytes, until there are enough to tell what they are.
    Sniffing(Vec<u8>),
    /// The decoded bytes are the stored ones.
    Plain,
    Coded(Compression, Box<Decoder>),
    /// Decoding is over, by damage or by a limit, and the bytes are only hashed.
    Stopped(Compression, Vec<Checkpoint>, DiffIdFate),
}

/// What a diff_id is worth when decoding did not reach the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DiffIdFate {
    /// The stored bytes do not decode to what was claimed.
    Refuted,
    /// Decoding was given up on purpose.
    Unknown,
}

fn computable(expected: Option<&Digest>) -> Algorithm {
    match expected.map(Digest::algorithm) {
        Some(Algorithm::Sha512) => Algorithm::Sha512,
        Some(Algorithm::Sha256 | Algorithm::Other) | None => Algorithm::Sha256,
    }
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

impl LayerReader {
    /// A reader of a layer of which this is claimed.
    pub fn new(expected: Expected, options: ReadOptions) -> LayerReader {
        LayerReader {
            stored_hash: SpanHasher::new(),
            other_stored_hash: match computable(expected.digest.as_ref()) {
                Algorithm::Sha256 => None,
                other => Some(Hasher::new(other)),
            },
            decoded_hash: Some(Hasher::new(computable(
                expected.diff_id.as_ref().map(|id| &id.0),
            ))),
            rows: Rows::new(&options.limits, options.file_hashes),
            limits: options.limits,
            expected,
            stage: Stage::Sniffing(Vec::new()),
            stored_bytes: 0,
            decoded_bytes: 0,
            output: Box::default(),
            damage: None,
            warnings: Warnings::default(),
        }
    }

    /// Takes the next stored bytes. Damage is recorded, and told by [`LayerReader::finish`].
    pub fn push(&mut self, mut stored: &[u8]) {
        self.stored_hash.update(stored);
        if let Some(hash) = &mut self.other_stored_hash {
            hash.update(stored);
        }
        if let Stage::Sniffing(first) = &mut self.stage {
            let missing = SNIFF_BYTES - first.len();
            let (now, later) = stored.split_at(missing.min(stored.len()));
            first.extend_from_slice(now);
            self.stored_bytes += now.len() as u64;
            if first.len() < SNIFF_BYTES {
                return;
            }
            self.begin();
            stored = later;
        }
        // Counted before they are decoded: `decode` takes off what it has not come to.
        self.stored_bytes += stored.len() as u64;
        self.decode(stored);
    }

    /// How far reading has come.
    pub fn progress(&self) -> Progress {
        Progress {
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            n_entries: self.rows.n_entries(),
        }
    }

    /// Says that no bytes follow, and gives what was read.
    pub fn finish(mut self) -> LayerReading {
        if let Stage::Sniffing(_) = self.stage {
            self.begin();
        }
        let ended = self.finish_decoding();
        let (index, mut warnings, result) = self.rows.finish();
        if let Err(error) = result {
            self.damage.get_or_insert(error);
        }
        for warning in self.warnings.kept {
            warnings.push(warning, self.limits.warnings);
        }
        let (compression, mut checkpoints, fate) = match self.stage {
            Stage::Coded(compression, mut decoder) => {
                (compression, decoder.take_checkpoints(), None)
            }
            Stage::Stopped(compression, checkpoints, fate) => {
                (compression, checkpoints, Some(fate))
            }
            Stage::Sniffing(_) | Stage::Plain => (Compression::None, Vec::new(), None),
        };
        // Where a limit ended the reading, the decoder may have been further.
        checkpoints.retain(|checkpoint| checkpoint.decoded_offset.0 <= self.decoded_bytes);
        let (sha256, spans) = self.stored_hash.finish();
        let digest = self.other_stored_hash.map_or(sha256, finished);
        let diff_id = DiffId(self.decoded_hash.map_or_else(|| digest.clone(), finished));
        let checksum = checksum_check(ended, self.damage.as_ref());
        if let Check::Mismatch { .. } = checksum.0 {
            self.damage = self.damage.or(checksum.1);
        }
        let claimed_diff_id = self.expected.diff_id.as_ref().map(|id| &id.0);
        let verdict = Verdict {
            digest: digest_check(self.expected.digest.as_ref(), &digest),
            size: size_check(self.expected.size_bytes, self.stored_bytes),
            diff_id: match fate {
                Some(DiffIdFate::Unknown) => Check::Absent,
                Some(DiffIdFate::Refuted) | None => digest_check(claimed_diff_id, &diff_id.0),
            },
            checksum: checksum.0,
        };
        let mismatch = matches!(verdict.digest, Check::Mismatch { .. });
        if compression == Compression::None && mismatch && verdict.diff_id == Check::Ok {
            let message = "these are not the bytes of the digest, but what those decompress to: something on the way, such as a proxy, decompressed them";
            warnings.push(
                Warning::new("decompressed-on-the-way", b"", message),
                self.limits.warnings,
            );
        }
        LayerReading {
            index,
            access: AccessIndex {
                compression,
                stored_bytes: self.stored_bytes,
                decoded_bytes: self.decoded_bytes,
                window_limit_bytes: self.limits.zstd_window_bytes,
                checkpoints,
                spans,
            },
            verdict,
            compression,
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            digest,
            diff_id,
            damage: self.damage,
            warnings,
        }
    }

    /// Chooses how to decode by the first bytes, and decodes them.
    fn begin(&mut self) {
        let Stage::Sniffing(first) = std::mem::replace(&mut self.stage, Stage::Plain) else {
            return;
        };
        let compression = sniff(&first).compression();
        if compression == Compression::None {
            let stored = computable(self.expected.digest.as_ref());
            let decoded = computable(self.expected.diff_id.as_ref().map(|id| &id.0));
            if stored == decoded {
                self.decoded_hash = None;
            }
        } else {
            let decoder = Decoder::recording(compression, &self.limits);
            self.stage = Stage::Coded(compression, Box::new(decoder));
            self.output = vec![0; OUTPUT_BYTES].into_boxed_slice();
        }
        self.decode(&first);
    }

    fn decode(&mut self, mut stored: &[u8]) {
        if let Stage::Plain = self.stage {
            self.decoded(stored);
            return;
        }
        while let Stage::Coded(_, decoder) = &mut self.stage {
            match decoder.decode(stored, &mut self.output) {
                Ok(step) => {
                    stored = stored.get(step.read..).unwrap_or_default();
                    let taken = self.stored_bytes - stored.len() as u64;
                    self.output_decoded(step.written, taken);
                    if step.status == Status::NeedsInput {
                        return;
                    }
                }
                Err(error) => self.salvage(error),
            }
        }
    }

    fn finish_decoding(&mut self) -> Option<Ended> {
        let Stage::Coded(_, decoder) = &mut self.stage else {
            return None;
        };
        match decoder.finish() {
            Ok(ended) => {
                if let Some(at) = ended.garbage_at {
                    let message = format!(
                        "after the compressed data, from stored byte {at}, come bytes that are ignored"
                    );
                    self.warnings.push(
                        Warning::new("trailing-garbage", b"", message),
                        self.limits.warnings,
                    );
                }
                Some(ended)
            }
            Err(error) => {
                self.salvage(error);
                None
            }
        }
    }

    /// Ends decoding after damage: what the codec held back is still read.
    fn salvage(&mut self, error: Error) {
        while let Stage::Coded(_, decoder) = &mut self.stage {
            let n = decoder.salvage(&mut self.output);
            if n == 0 {
                break;
            }
            self.output_decoded(n, self.stored_bytes);
        }
        let fate = match error {
            Error::NeedsDictionary { .. } | Error::WindowTooLarge { .. } => DiffIdFate::Unknown,
            _ => DiffIdFate::Refuted,
        };
        self.stop(error, fate);
    }

    fn stop(&mut self, error: Error, fate: DiffIdFate) {
        self.damage.get_or_insert(error);
        self.rows.stop();
        if let Stage::Coded(compression, decoder) = &mut self.stage {
            self.stage = Stage::Stopped(*compression, decoder.take_checkpoints(), fate);
        }
    }

    /// Reads so many decoded bytes at the start of `output`, which came of `taken` stored ones, up to the limits.
    fn output_decoded(&mut self, n: usize, taken: u64) {
        let left = self.limits.decoded_bytes.saturating_sub(self.decoded_bytes);
        let allowed = usize::try_from(left).unwrap_or(usize::MAX).min(n);
        let output = std::mem::take(&mut self.output);
        self.decoded(output.get(..allowed).unwrap_or_default());
        self.output = output;
        let decoded_bytes = self.decoded_bytes;
        if allowed < n {
            let limit = self.limits.decoded_bytes;
            self.stop(
                Error::TooMany {
                    what: Bound::DecodedBytes,
                    limit,
                },
                DiffIdFate::Unknown,
            );
        } else if decoded_bytes > self.limits.decoded_floor_bytes
            && decoded_bytes / self.limits.expansion.max(1) > taken
        {
            let error = Error::Expansion {
                stored_bytes: taken,
                decoded_bytes,
                limit: self.limits.expansion,
            };
            self.stop(error, DiffIdFate::Unknown);
        }
    }

    fn decoded(&mut self, bytes: &[u8]) {
        if let Some(hash) = &mut self.decoded_hash {
            hash.update(bytes);
        }
        self.decoded_bytes += bytes.len() as u64;
        if let Err(error) = self.rows.push(bytes) {
            self.damage.get_or_insert(error);
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

/// The verdict on the codec's own checksums, and the error that refutes them.
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
