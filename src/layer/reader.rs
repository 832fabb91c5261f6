//! The push machine that reads one layer: compressed bytes in, index and verdict out.
//!
//! Verification happens while streaming: digest, size, checksum and diff_id are computed beside the parser. Bytes
//! after the tar's end marker, or after damage, are hashed too. Fetching the bytes is left to `source`.

use super::codec::{Checkpoint, DecodeStatus, Decoder, Ended};
use super::hashes::{HashSink, LayerHasher, are_alike};
use super::prove::{DiffIdFate, Unproved};
use super::reading::{Before, LayerReading, Progress, ReadOptions};
use super::rows::Rows;
use super::sniff::{SNIFF_BYTES, sniff};
use super::{Compression, Error, Expected, Notice, Warning, Warnings};
use crate::bounds::{Bound, LayerLimits};

/// Uncompressed bytes per step. No more of a layer is ever in memory, except the codec's window.
const OUTPUT_BYTES: usize = 256 * 1024;

/// Reads one layer, pushed in pieces of any size. `H` hashes its bytes, in this thread or in another.
///
/// ```
/// use lamina::bounds::LayerLimits;
/// use lamina::layer::{Expected, FileHashes, LayerReader, ReadOptions};
///
/// let options = ReadOptions { limits: LayerLimits::DEFAULT, file_hashes: FileHashes::Skip };
/// let mut reader = LayerReader::new(Expected::default(), options);
/// reader.push(&[0; 1024]);
/// let reading = reader.finish();
/// assert_eq!(reading.index.n_entries(), 0);
/// assert!(reading.damage.is_none());
/// ```
pub struct LayerReader<H = LayerHasher> {
    expected: Expected,
    limits: LayerLimits,
    stage: Stage,
    hashes: H,
    stored_bytes: u64,
    /// True if the layer is not compressed and one algorithm serves for both digests, so that one hash is enough.
    is_hashed_once: bool,
    decoded_bytes: u64,
    before: Before,
    rows: Rows,
    output: Box<[u8]>,
    damage: Option<Error>,
    warnings: Warnings,
}

enum Stage {
    /// The first bytes, until there are enough to recognise the format.
    Sniffing(Vec<u8>),
    /// The layer is not compressed.
    Plain,
    Coded(Compression, Box<Decoder>),
    /// Decompression has ended, by damage or by a limit. Further bytes are only hashed.
    Stopped(Compression, Vec<Checkpoint>, DiffIdFate),
}

impl LayerReader {
    /// Creates a reader of a layer with these claims.
    pub fn new(expected: Expected, options: ReadOptions) -> LayerReader {
        let hashes = LayerHasher::new(&expected);
        LayerReader::hashing_by(hashes, expected, options)
    }

    /// Ends the input and returns the result.
    pub fn finish(self) -> LayerReading {
        let (unproved, hashes) = self.end();
        unproved.prove(hashes.finish())
    }
}

impl<H: HashSink> LayerReader<H> {
    /// Creates a reader whose bytes are hashed by `hashes`.
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

    /// Continues the counts of the whole image from the layers read before.
    pub fn after(mut self, before: Before) -> LayerReader<H> {
        self.before = before;
        self.rows.count_text_from(before.text_bytes);
        self
    }

    /// Takes the next compressed bytes. Damage is recorded, and returned by [`LayerReader::finish`].
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
        // Counted in advance: `decode` subtracts the bytes that it has not consumed.
        self.stored_bytes += stored.len() as u64;
        self.decode(stored);
    }

    /// Returns the progress so far.
    pub fn progress(&self) -> Progress {
        Progress {
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            n_entries: self.rows.n_entries(),
        }
    }

    /// Returns the sink that takes the bytes to be hashed.
    pub fn hashes(&mut self) -> &mut H {
        &mut self.hashes
    }

    /// True if decompression ended because the layer needs a larger window than the limit.
    pub fn lacks_window(&self) -> bool {
        matches!(self.damage, Some(Error::WindowTooLarge { .. }))
    }

    /// Ends the input. Returns the result without its hashes, and the sink.
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
        // After a limit ended the reading, the decoder may be further ahead.
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

    /// Chooses the codec by the first bytes, and decompresses them.
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
                    if step.status == DecodeStatus::NeedsInput {
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

    /// Ends decompression after damage. Bytes that the codec held back are still read.
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

    /// Reads `n` uncompressed bytes at the start of `output`, up to the limits. `taken` is the number of compressed
    /// bytes consumed so far.
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
