//! Parses the tar, hashes each file's content as it passes, and builds the index.
//!
//! Decompression and the digests of the whole layer are left to `reader`.

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_64_with_seed};

use super::access::{Run, Runs};
use super::tar::{TarEntry, TarEvent, TarParser};
use super::{
    EntryId, EntryKind, Error, FileHashes, IndexBuilder, LayerIndex, LeftOut, LeftOutWhy, Notice,
    TarOffset, Warning, Warnings, XattrRef,
};
use crate::bounds::{Bound, LayerLimits};

/// Zeros for hashing holes.
const ZEROS: [u8; 4096] = [0; 4096];

/// The entries of a layer read so far.
pub(super) struct Rows {
    parser: TarParser,
    /// True if damage or a limit ended parsing: further bytes are ignored.
    stopped: bool,
    index: IndexBuilder,
    file: Option<File>,
    fingerprint: Box<Xxh3>,
    file_hashes: FileHashes,
    limits: LayerLimits,
    /// Used parts of the limits on the whole layer.
    text_bytes: u64,
    /// Bytes of text held for the other layers of the image.
    text_before: u64,
    xattr_bytes: u64,
    extents: usize,
    hole_bytes: u64,
    warnings: Warnings,
    left_out: LeftOut,
    /// The seed of the substitutes for fingerprints, if no content is read.
    headers_only: Option<u64>,
}

/// The result of parsing a layer.
pub(super) struct ReadRows {
    pub(super) index: LayerIndex,
    pub(super) warnings: Warnings,
    pub(super) left_out: LeftOut,
    /// Error at the end of the tar, unless an earlier one was returned.
    pub(super) damage: Option<Error>,
}

/// The file whose content is passing.
struct File {
    id: EntryId,
    stored_bytes: u64,
    /// Fingerprint, if it is known early because the content came in one piece, or is not read at all.
    fingerprint: Option<u64>,
    sha256: Option<(Sha256, Runs)>,
}

/// Returns a substitute for the fingerprint of content that nobody has read: equal to that of no other file, be it one of
/// another layer with another seed.
fn unread(entry: &TarEntry, seed: u64) -> u64 {
    match (entry.size_bytes, entry.data_offset) {
        (0, _) => xxh3_64(b""),
        (_, TarOffset(at)) => xxh3_64_with_seed(entry.path.as_bytes(), seed ^ at),
    }
}

impl Rows {
    pub(super) fn new(limits: &LayerLimits, file_hashes: FileHashes) -> Rows {
        Rows {
            parser: TarParser::new(limits),
            stopped: false,
            index: IndexBuilder::new(),
            file: None,
            fingerprint: Box::new(Xxh3::new()),
            file_hashes,
            limits: *limits,
            text_bytes: 0,
            text_before: 0,
            xattr_bytes: 0,
            extents: 0,
            hole_bytes: 0,
            warnings: Warnings::default(),
            left_out: LeftOut::default(),
            headers_only: None,
        }
    }

    /// Creates the rows of a layer whose content nobody reads.
    pub(super) fn of_headers(limits: &LayerLimits, seed: u64) -> Rows {
        Rows {
            headers_only: Some(seed),
            ..Rows::new(limits, FileHashes::Skip)
        }
    }

    pub(super) fn n_entries(&self) -> u64 {
        self.index.n_entries() as u64
    }

    /// Starts the image's count of name and attribute bytes at `before`.
    pub(super) fn count_text_from(&mut self, before: u64) {
        self.text_before = before;
    }

    /// Parses the next uncompressed bytes.
    ///
    /// # Errors
    /// If the tar is damaged or crosses a limit. The error is returned once; after it, bytes are ignored.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !self.stopped {
            let step = self
                .parser
                .step(bytes)
                .inspect_err(|_| self.stopped = true)?;
            bytes = bytes.get(step.read..).unwrap_or_default();
            match step.event {
                TarEvent::NeedsInput => return Ok(()),
                TarEvent::Entry(entry) => {
                    self.start(&entry).inspect_err(|_| self.stopped = true)?
                }
                TarEvent::Data(data) => self.content(data),
                TarEvent::EntryEnd => self.end(),
            }
        }
        Ok(())
    }

    /// Returns the offset of the next byte that is wanted; `None` after the tar's end.
    pub(super) fn position(&self) -> Option<u64> {
        let TarOffset(at) = self.parser.position();
        (!self.stopped && !self.parser.is_ended()).then_some(at)
    }

    /// Parses bytes up to the end of the header in them; content is passed over, also beyond them.
    ///
    /// # Errors
    /// As [`Rows::push`].
    pub(super) fn push_header(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let step = self
            .parser
            .step(bytes)
            .inspect_err(|_| self.stopped = true)?;
        match step.event {
            TarEvent::Entry(entry) => self.start(&entry).inspect_err(|_| self.stopped = true),
            TarEvent::EntryEnd => {
                self.end();
                Ok(())
            }
            TarEvent::NeedsInput | TarEvent::Data(_) => Ok(()),
        }
    }

    /// Passes over the content that is next, but not beyond the end of a layer of `size_bytes`.
    pub(super) fn pass_over(&mut self, size_bytes: u64) {
        let TarOffset(at) = self.parser.position();
        let n = self.parser.skippable().min(size_bytes.saturating_sub(at));
        self.parser.skip(n);
    }

    /// Stops parsing because the compressed stream broke off.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Ends the input. Marks a file whose content is incomplete.
    pub(super) fn finish(mut self) -> ReadRows {
        let damage = match self.stopped {
            true => None,
            false => self.parser.finish().err(),
        };
        if let Some(file) = self.file.take() {
            let fingerprint = self.fingerprint.digest();
            self.index
                .set_fingerprint(file.id, file.fingerprint.unwrap_or(fingerprint));
            self.index.set_incomplete(file.id);
        }
        let mut warnings = self.parser.warnings().clone();
        warnings.append(self.warnings, self.limits.warnings);
        let mut left_out = self.parser.left_out().clone();
        left_out.append(&self.left_out);
        ReadRows {
            index: self.index.finish(),
            warnings,
            left_out,
            damage,
        }
    }

    fn start(&mut self, entry: &TarEntry) -> Result<(), Error> {
        let too_many = |what, limit| Err(Error::TooMany { what, limit });
        if self.n_entries() >= u64::from(self.limits.entries) {
            return too_many(Bound::Entries, u64::from(self.limits.entries));
        }
        let xattrs = self.xattrs(entry);
        self.text_bytes += (entry.path.as_bytes().len() + entry.link.len()) as u64;
        self.text_bytes += xattrs
            .iter()
            .map(|x| (x.name.len() + x.value.len()) as u64)
            .sum::<u64>();
        // The index stores text by 32-bit offsets.
        let text_limit = self.limits.text_bytes.min(u64::from(u32::MAX));
        if self.text_bytes > text_limit {
            return too_many(Bound::TextBytes, text_limit);
        }
        self.extents += entry.extents.as_ref().map_or(0, Vec::len);
        if self.extents > self.limits.sparse_extents {
            return too_many(Bound::SparseExtents, self.limits.sparse_extents as u64);
        }
        let of_image = self.text_before.saturating_add(self.index.text_bytes());
        if of_image > self.limits.image_text_bytes {
            return too_many(Bound::ImageTextBytes, self.limits.image_text_bytes);
        }
        let id = self.index.push(&entry.as_row(), &xattrs);
        if entry.kind == EntryKind::File {
            let sha256 = self.wants_sha256(entry).then(|| {
                let runs = match &entry.extents {
                    Some(extents) => Runs::sparse(extents, entry.size_bytes),
                    None => Runs::solid(entry.size_bytes),
                };
                (Sha256::new(), runs)
            });
            self.fingerprint.reset();
            self.file = Some(File {
                id,
                stored_bytes: entry.stored_bytes,
                fingerprint: self.headers_only.map(|seed| unread(entry, seed)),
                sha256,
            });
        }
        Ok(())
    }

    /// Returns the entry's attributes, or none if the layer has too many.
    fn xattrs<'e>(&mut self, entry: &'e TarEntry) -> Vec<XattrRef<'e>> {
        let bytes: usize = entry
            .xattrs
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let total = self.xattr_bytes.saturating_add(bytes as u64);
        if total > self.limits.xattr_bytes {
            self.left_out
                .push(entry.path.as_bytes(), LeftOutWhy::Attributes);
            return Vec::new();
        }
        self.xattr_bytes = total;
        entry
            .xattrs
            .iter()
            .map(|(name, value)| XattrRef { name, value })
            .collect()
    }

    /// True if the file is to be hashed. False if its holes would take too long.
    fn wants_sha256(&mut self, entry: &TarEntry) -> bool {
        if self.file_hashes == FileHashes::Skip {
            return false;
        }
        let held = entry.stored_bytes.min(entry.size_bytes);
        let holes = self.hole_bytes.saturating_add(entry.size_bytes - held);
        if holes > self.limits.hole_bytes {
            let warning = Warning::new(Notice::Sha256LeftOut, entry.path.as_bytes());
            self.warnings.push(warning, self.limits.warnings);
            return false;
        }
        self.hole_bytes = holes;
        true
    }

    fn content(&mut self, data: &[u8]) {
        let Some(file) = &mut self.file else {
            return;
        };
        if data.len() as u64 == file.stored_bytes {
            file.fingerprint = Some(xxh3_64(data));
        } else {
            self.fingerprint.update(data);
        }
        if let Some((sha256, runs)) = &mut file.sha256 {
            hash_runs(sha256, runs, data);
        }
    }

    fn end(&mut self) {
        let Some(mut file) = self.file.take() else {
            return;
        };
        let fingerprint = file
            .fingerprint
            .unwrap_or_else(|| self.fingerprint.digest());
        self.index.set_fingerprint(file.id, fingerprint);
        if let Some((mut sha256, mut runs)) = file.sha256.take() {
            hash_runs(&mut sha256, &mut runs, b"");
            self.index.set_sha256(file.id, sha256.finalize().into());
        }
    }
}

/// Hashes data in the file's extents and zeros in its holes, as far as the data reaches.
fn hash_runs(sha256: &mut Sha256, runs: &mut Runs, mut data: &[u8]) {
    while let Some(run) = runs.head() {
        let n = match run {
            Run::Zeros(n) => {
                let zeros = ZEROS
                    .get(..usize::try_from(n).unwrap_or(usize::MAX))
                    .unwrap_or(&ZEROS);
                sha256.update(zeros);
                zeros.len()
            }
            Run::Data(_) if data.is_empty() => return,
            Run::Data(n) => {
                let n = usize::try_from(n).unwrap_or(usize::MAX).min(data.len());
                let (now, later) = data.split_at(n);
                sha256.update(now);
                data = later;
                n
            }
        };
        runs.advance(n as u64);
    }
}
