//! Lists a layer that is not compressed by its headers alone: the content between them is passed over, unread.
//!
//! Nothing is hashed, so the listing may be untrue in every way that bytes can lie. Reading the layer replaces it.

use super::access::{Run, Runs};
use super::rows::Rows;
use super::sniff::{Sniffed, sniff};
use super::{
    Before, DataPlace, Entry, Error, LayerIndex, LeftOut, StoredRange, TarOffset, TocForm, Warnings,
};
use crate::bounds::LayerLimits;

/// The source of a listing that nobody has verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListedBy {
    /// The layer's own table of contents.
    Table {
        /// The format of the table.
        form: TocForm,
        /// True if the manifest declares the table's digest, and the table matches it.
        is_claimed: bool,
    },
    /// The headers of a layer that is not compressed.
    Headers,
}

/// Reads the headers of one plain tar. The caller asks for the offset that is wanted and pushes bytes from there.
///
/// ```
/// use lamina::bounds::LayerLimits;
/// use lamina::layer::HeaderReader;
///
/// let layer = [0; 1024];
/// let mut reader = HeaderReader::new(&LayerLimits::DEFAULT, layer.len() as u64, 0);
/// while let Some(offset) = reader.wanted() {
///     reader.push(&layer[offset as usize..]);
/// }
/// assert_eq!(reader.finish().index.n_entries(), 0);
/// ```
pub struct HeaderReader {
    rows: Rows,
    size_bytes: u64,
    damage: Option<Error>,
}

/// A layer as its headers tell it.
pub struct HeaderListing {
    /// The entries, with substitutes for the fingerprints of content that nobody has read.
    pub index: LayerIndex,
    /// Warnings about the entries.
    pub warnings: Warnings,
    /// Paths that a limit or a rule left out.
    pub left_out: LeftOut,
    /// The damage at which the listing ends.
    pub damage: Option<Error>,
}

impl HeaderReader {
    /// Creates a reader of a layer of this many bytes. `seed` is another number for each other content of a layer.
    pub fn new(limits: &LayerLimits, size_bytes: u64, seed: u64) -> HeaderReader {
        HeaderReader {
            rows: Rows::of_headers(limits, seed),
            size_bytes,
            damage: None,
        }
    }

    /// Continues the counts of the whole image from the other layers.
    pub fn after(mut self, before: Before) -> HeaderReader {
        self.rows.count_text_from(before.text_bytes);
        self
    }

    /// True if the first bytes of a layer are those of a tar, and not of a compressed one.
    pub fn reads(first: &[u8]) -> bool {
        sniff(first) == Sniffed::Tar
    }

    /// Returns the offset of the next byte that is wanted; `None` at the end.
    pub fn wanted(&self) -> Option<u64> {
        self.rows.position().filter(|at| *at < self.size_bytes)
    }

    /// Takes bytes from the offset that is wanted. Those of content are passed over, also beyond these bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let Some(start) = self.wanted() else {
            return;
        };
        // What lies after the layer's end is none of it.
        let most = usize::try_from(self.size_bytes - start).unwrap_or(usize::MAX);
        let mut rest = bytes.get(..most).unwrap_or(bytes);
        while !rest.is_empty() && self.damage.is_none() {
            let before = self.rows.position().unwrap_or(self.size_bytes);
            if let Err(error) = self.rows.push_header(rest) {
                self.damage = Some(error);
            }
            let Some(after) = self.rows.position() else {
                return;
            };
            let read = usize::try_from(after - before).unwrap_or(usize::MAX);
            rest = rest.get(read..).unwrap_or_default();
        }
        if self.damage.is_none() {
            self.rows.pass_over(self.size_bytes);
        }
    }

    /// Ends the listing.
    pub fn finish(mut self) -> HeaderListing {
        self.rows.pass_over(self.size_bytes);
        if self.damage.is_none() {
            // A file whose content was passed over to its end is complete.
            self.damage = self.rows.push_header(b"").err();
        }
        let rows = self.rows.finish();
        HeaderListing {
            index: rows.index,
            warnings: rows.warnings,
            left_out: rows.left_out,
            damage: self.damage.or(rows.damage),
        }
    }
}

/// A part of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredPart {
    /// This many zeros of a hole.
    Zeros(u64),
    /// Bytes of the plain layer.
    Bytes(StoredRange),
}

/// Returns the parts of `len` bytes of a file from `offset`, as they lie in a plain layer.
pub fn stored_parts(entry: &Entry<'_>, offset: u64, len: u64) -> Vec<StoredPart> {
    let (mut runs, TarOffset(mut at)) = match entry.data {
        DataPlace::None => return Vec::new(),
        DataPlace::At(start) => (Runs::solid(entry.size_bytes), start),
        DataPlace::Sparse { start, extents } => (Runs::sparse(extents, entry.size_bytes), start),
    };
    let (mut before, mut left) = (offset, len);
    let mut parts = Vec::new();
    while let Some(run) = runs.head().filter(|_| left > 0) {
        let (Run::Data(n) | Run::Zeros(n)) = run;
        let passed = before.min(n);
        let taken = (n - passed).min(left);
        before -= passed;
        left -= taken;
        match run {
            _ if taken == 0 => {}
            Run::Zeros(_) => parts.push(StoredPart::Zeros(taken)),
            Run::Data(_) => parts.push(StoredPart::Bytes(StoredRange {
                offset: at.saturating_add(passed),
                len: taken,
            })),
        }
        if let Run::Data(_) = run {
            at = at.saturating_add(passed + taken);
        }
        runs.advance(passed + taken);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::{FileHashes, LayerReader, ReadOptions};
    use super::*;
    use crate::layer::{Expected, Extent};

    const LIMITS: LayerLimits = LayerLimits::DEFAULT;

    /// Builds a tar of files of these sizes.
    fn tar_of(sizes: &[usize]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (at, size) in sizes.iter().enumerate() {
            let mut header = tar::Header::new_gnu();
            header.set_size(*size as u64);
            header.set_mode(0o644);
            let name = format!("d{}/{at}", "long".repeat(at * 20));
            builder
                .append_data(&mut header, name, vec![b'x'; *size].as_slice())
                .expect("an entry");
        }
        builder.into_inner().expect("a tar")
    }

    /// Lists a layer from pieces of this length; returns the listing and the number of bytes that were taken.
    fn listed(layer: &[u8], piece: usize) -> (HeaderListing, usize) {
        let mut reader = HeaderReader::new(&LIMITS, layer.len() as u64, 0);
        let mut n_bytes = 0;
        while let Some(at) = reader.wanted() {
            let rest = layer.get(at as usize..).expect("within the layer");
            let bytes = rest.get(..piece).unwrap_or(rest);
            n_bytes += bytes.len();
            reader.push(bytes);
        }
        (reader.finish(), n_bytes)
    }

    fn read(layer: &[u8]) -> crate::layer::LayerReading {
        let options = ReadOptions {
            limits: LIMITS,
            file_hashes: FileHashes::Skip,
        };
        let mut reader = LayerReader::new(Expected::default(), options);
        reader.push(layer);
        reader.finish()
    }

    fn rows(index: &LayerIndex) -> Vec<String> {
        let row = |entry: crate::layer::Entry<'_>| {
            let (path, kind, data) = (entry.path, entry.kind, entry.data);
            let (size, mode, incomplete) = (entry.size_bytes, entry.mode, entry.incomplete);
            format!("{path:?} {kind:?} {size} {mode:o} {data:?} {incomplete}")
        };
        index.entries().map(row).collect()
    }

    #[test]
    fn a_listing_has_the_entries_that_reading_has_whatever_the_pieces() {
        let layer = tar_of(&[0, 1, 511, 512, 513, 100_000, 0, 3]);
        let whole = read(&layer);
        for piece in [1, 511, 512, 700, 4096, usize::MAX] {
            let (listing, _) = listed(&layer, piece);
            assert_eq!(rows(&listing.index), rows(&whole.index), "{piece}");
            assert_eq!(listing.damage, None, "{piece}");
        }
        let (_, n_bytes) = listed(&layer, 512);
        assert!(
            n_bytes < 20_000,
            "{n_bytes} bytes for a layer of {}",
            layer.len()
        );
    }

    #[test]
    fn a_layer_that_ends_early_is_told_as_when_it_is_read() {
        let layer = tar_of(&[1000, 5000, 0, 700]);
        for len in (0..layer.len()).step_by(97) {
            let cut = layer.get(..len).expect("its beginning");
            let whole = read(cut);
            for piece in [512, usize::MAX] {
                let (listing, _) = listed(cut, piece);
                assert_eq!(listing.damage, whole.damage, "{len} {piece}");
                assert_eq!(rows(&listing.index), rows(&whole.index), "{len} {piece}");
            }
        }
    }

    #[test]
    fn parts_of_a_sparse_file_are_holes_and_stretches_of_the_layer() {
        let extent = |logical_offset, len| Extent {
            logical_offset,
            len,
        };
        let extents = [extent(100, 50), extent(200, 10)];
        let layer = tar_of(&[1]);
        let reading = read(&layer);
        let mut entry = reading.index.entries().next().expect("an entry");
        entry.size_bytes = 300;
        entry.data = DataPlace::Sparse {
            start: TarOffset(1024),
            extents: &extents,
        };
        for (offset, len, expected) in [
            (0, 300, "z100 1024+50 z50 1074+10 z90"),
            (0, 100, "z100"),
            (100, 10, "1024+10"),
            (120, 100, "1044+30 z50 1074+10 z10"),
            (205, 1, "1079+1"),
            (299, 5, "z1"),
            (300, 5, ""),
        ] {
            let parts = stored_parts(&entry, offset, len).into_iter();
            let words = parts.map(|part| match part {
                StoredPart::Zeros(n) => format!("z{n}"),
                StoredPart::Bytes(range) => format!("{}+{}", range.offset, range.len),
            });
            assert_eq!(
                words.collect::<Vec<_>>().join(" "),
                expected,
                "{offset} {len}"
            );
        }
    }
}
