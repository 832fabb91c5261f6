//! The push machine that reads one layer: stored bytes in, index and verdict out.
//!
//! Verified while streaming: digest, size, checksum and diff_id run beside the parser, and everything after the
//! tar's end marker, or after damage, is hashed too. Where the bytes come from is `source`'s work.

use super::access::{AccessIndex, Checkpoint};
use super::codec::{Decoder, Ended, Status};
use super::hashes::{HashSink, LayerHasher, are_alike};
use super::prove::{DiffIdFate, Unproved};
use super::rows::Rows;
use super::sniff::{SNIFF_BYTES, sniff};
use super::{
    Bound, Compression, Error, Expected, LayerIndex, LeftOut, Limits, Notice, Verdict, Warning,
    Warnings,
};
use crate::image::{DiffId, Digest};

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

/// What was read of the same image before a layer: bounds on the whole image count on from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Before {
    /// Stored bytes of the other layers.
    pub stored_bytes: u64,
    /// What they decode to.
    pub decoded_bytes: u64,
    /// Bytes of names and attributes that are held of them.
    pub text_bytes: u64,
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
    /// What a bound or a rule left out: with any of it the index is not all that the layer holds.
    pub left_out: LeftOut,
}

/// Reads one layer, pushed in whatever pieces. Its bytes are hashed by `H`: in this thread, or in another.
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
pub struct LayerReader<H = LayerHasher> {
    expected: Expected,
    limits: Limits,
    stage: Stage,
    hashes: H,
    stored_bytes: u64,
    /// Whether the decoded bytes are the stored ones and hashed by the same algorithm: once is enough then.
    is_hashed_once: bool,
    decoded_bytes: u64,
    before: Before,
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

impl LayerReader {
    /// A reader of a layer of which this is claimed.
    pub fn new(expected: Expected, options: ReadOptions) -> LayerReader {
        let hashes = LayerHasher::new(&expected);
        LayerReader::hashing_by(hashes, expected, options)
    }

    /// Says that no bytes follow, and gives what was read.
    pub fn finish(self) -> LayerReading {
        let (unproved, hashes) = self.end();
        unproved.prove(hashes.finish())
    }
}

impl<H: HashSink> LayerReader<H> {
    /// The same, with its bytes hashed elsewhere.
    pub fn hashing_by(hashes: H, expected: Expected, options: ReadOptions) -> LayerReader<H> {
        LayerReader {
            hashes,
            is_hashed_once: false,
            rows: Rows::new(&options.limits, options.file_hashes),
            limits: options.limits,
            expected,
            stage: Stage::Sniffing(Vec::new()),
            stored_bytes: 0,
            decoded_bytes: 0,
            before: Before::default(),
            output: Box::default(),
            damage: None,
            warnings: Warnings::default(),
        }
    }

    /// Counts on from what was read of the image before.
    pub fn after(mut self, before: Before) -> LayerReader<H> {
        self.before = before;
        self.rows.count_text_from(before.text_bytes);
        self
    }

    /// Takes the next stored bytes. Damage is recorded, and told by [`LayerReader::finish`].
    pub fn push(&mut self, mut stored: &[u8]) {
        self.hashes.stored(stored);
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

    /// Whatever takes the bytes to be hashed.
    pub fn hashes(&mut self) -> &mut H {
        &mut self.hashes
    }

    /// Whether decoding ended because the layer wants a larger window than was given to it.
    pub fn lacks_window(&self) -> bool {
        matches!(self.damage, Some(Error::WindowTooLarge { .. }))
    }

    /// Says that no bytes follow, and gives what was read, and who hashed it.
    pub fn end(mut self) -> (Unproved, H) {
        if let Stage::Sniffing(_) = self.stage {
            self.begin();
        }
        let ended = self.finish_decoding();
        let rows = self.rows.finish();
        if let Some(error) = rows.damage {
            self.damage.get_or_insert(error);
        }
        let mut warnings = rows.warnings;
        warnings.append(self.warnings, self.limits.warnings);
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
        let unproved = Unproved {
            expected: self.expected,
            index: rows.index,
            compression,
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            window_limit_bytes: self.limits.zstd_window_bytes,
            checkpoints,
            ended,
            damage: self.damage,
            fate,
            is_hashed_once: self.is_hashed_once,
            warnings,
            left_out: rows.left_out,
            most_warnings: self.limits.warnings,
        };
        (unproved, self.hashes)
    }

    /// Chooses how to decode by the first bytes, and decodes them.
    fn begin(&mut self) {
        let Stage::Sniffing(first) = std::mem::replace(&mut self.stage, Stage::Plain) else {
            return;
        };
        let compression = sniff(&first).compression();
        if compression == Compression::None {
            self.is_hashed_once = are_alike(&self.expected);
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
                    let n_later = stored.len() + decoder.n_held();
                    let taken = self.stored_bytes - n_later as u64;
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
        while let Stage::Coded(_, decoder) = &mut self.stage {
            match decoder.drain(&mut self.output) {
                Ok(0) => break,
                Ok(n) => {
                    let taken = self.stored_bytes - decoder.n_held() as u64;
                    self.output_decoded(n, taken);
                }
                Err(error) => self.salvage(error),
            }
        }
        let Stage::Coded(_, decoder) = &mut self.stage else {
            return None;
        };
        match decoder.finish() {
            Ok(ended) => {
                if let Some(at) = ended.garbage_at {
                    let warning = Warning::new(Notice::TrailingGarbage { at }, b"");
                    self.warnings.push(warning, self.limits.warnings);
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
            Error::NeedsDictionary { .. }
            | Error::NoDecoder { .. }
            | Error::WindowTooLarge { .. } => DiffIdFate::Unknown,
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
        let of_image = self.before.decoded_bytes.saturating_add(self.decoded_bytes);
        let left_of_image = self.limits.image_decoded_bytes.saturating_sub(of_image);
        let (what, limit) = match left_of_image < left {
            true => (Bound::ImageDecodedBytes, self.limits.image_decoded_bytes),
            false => (Bound::DecodedBytes, self.limits.decoded_bytes),
        };
        let left = left.min(left_of_image);
        let allowed = usize::try_from(left).unwrap_or(usize::MAX).min(n);
        let output = std::mem::take(&mut self.output);
        self.decoded(output.get(..allowed).unwrap_or_default());
        self.output = output;
        let decoded_bytes = self.decoded_bytes;
        if allowed < n {
            self.stop(Error::TooMany { what, limit }, DiffIdFate::Unknown);
            return;
        }
        let before = self.before;
        let of_layer = (taken, decoded_bytes, self.limits.decoded_floor_bytes);
        let of_image = (
            before.stored_bytes.saturating_add(taken),
            before.decoded_bytes.saturating_add(decoded_bytes),
            self.limits.image_decoded_floor_bytes,
        );
        for (stored_bytes, decoded_bytes, floor) in [of_layer, of_image] {
            if decoded_bytes > floor && decoded_bytes / self.limits.expansion.max(1) > stored_bytes
            {
                let error = Error::Expansion {
                    stored_bytes,
                    decoded_bytes,
                    limit: self.limits.expansion,
                };
                return self.stop(error, DiffIdFate::Unknown);
            }
        }
    }

    fn decoded(&mut self, bytes: &[u8]) {
        if !self.is_hashed_once {
            self.hashes.decoded(bytes);
        }
        self.decoded_bytes += bytes.len() as u64;
        if let Err(error) = self.rows.push(bytes) {
            self.damage.get_or_insert(error);
        }
    }
}
