//! Reads files from a layer, and compares them with its uncompressed bytes.

use std::rc::Rc;

use lamina::image::Digest;
use lamina::image::hex;
use lamina::layer::{ContentReader, DataPlace, Entry, EntryKind, LayerReading};

use super::cuts::Numbers;

/// Maximum number and size of the files read from one layer. Each may need decoding from the layer's start.
const FILES: usize = 6;
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Checks some files of the layer, read in whole and in part.
pub(super) fn check(reading: &LayerReading, stored: &[u8], decoded: &[u8]) {
    let access = Rc::new(reading.access.clone());
    let mut numbers = Numbers::of(stored);
    let is_candidate = |entry: &Entry<'_>| {
        entry.kind == EntryKind::File && (1..=FILE_BYTES).contains(&entry.size_bytes)
    };
    let files: Vec<_> = reading.index.entries().filter(is_candidate).collect();
    for n in 0..FILES.min(files.len()) {
        let at = match files.len() {
            len if len <= FILES => n,
            len => numbers.below(len),
        };
        let entry = &files[at];
        let expected = content_of(entry, decoded);
        let size_bytes = usize::try_from(entry.size_bytes).expect("is bounded");
        assert!(expected.len() <= size_bytes);
        if !entry.incomplete && expected.len() == size_bytes {
            if let Some(sha256) = entry.sha256 {
                assert_eq!(hex(&sha256), Digest::sha256_of(&expected).encoded());
            }
            let whole = ContentReader::file(Rc::clone(&access), entry);
            assert_eq!(read(whole, stored, size_bytes), expected);
            let start = numbers.below(size_bytes);
            let end = start + numbers.below(size_bytes - start + 1);
            let len = (end - start) as u64;
            let part = ContentReader::part(Rc::clone(&access), entry, start as u64, len);
            assert_eq!(read(part, stored, end - start), expected[start..end]);
        } else {
            // A truncated file: the bytes that exist are read, followed by an error.
            let whole = ContentReader::file(Rc::clone(&access), entry);
            let got = read_on(whole, stored).0;
            let agree = got.iter().zip(&expected).all(|(a, b)| a == b);
            assert!(agree && got.len() <= size_bytes, "other bytes than decoded");
        }
    }
}

/// Returns a file's content from its place in the uncompressed bytes, as far as they reach.
fn content_of(entry: &Entry<'_>, decoded: &[u8]) -> Vec<u8> {
    let from = |offset: u64, len: u64| {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = decoded.get(start..).unwrap_or_default();
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        &rest[..len.min(rest.len())]
    };
    match entry.data {
        DataPlace::None => Vec::new(),
        DataPlace::At(start) => from(start.0, entry.size_bytes).to_vec(),
        DataPlace::Sparse { start, extents } => {
            let mut content = Vec::new();
            let mut at = start.0;
            for extent in extents {
                let hole = usize::try_from(extent.logical_offset).expect("is bounded");
                content.resize(hole, 0);
                let data = from(at, extent.len);
                content.extend_from_slice(data);
                if (data.len() as u64) < extent.len {
                    return content;
                }
                at += extent.len;
            }
            content.resize(usize::try_from(entry.size_bytes).expect("is bounded"), 0);
            content
        }
    }
}

fn read(reader: ContentReader, stored: &[u8], len: usize) -> Vec<u8> {
    let (content, error) = read_on(reader, stored);
    assert_eq!(error, None);
    assert_eq!(content.len(), len);
    content
}

/// Reads until the reader wants nothing more, or fails.
fn read_on(mut reader: ContentReader, stored: &[u8]) -> (Vec<u8>, Option<lamina::layer::Error>) {
    let mut content = Vec::new();
    let mut n_pushes = 0;
    while let Some(range) = reader.next_range() {
        n_pushes += 1;
        assert!(n_pushes < 10_000, "reading does not end");
        let start = usize::try_from(range.offset).expect("is in the layer");
        let len = usize::try_from(range.len).expect("is in the layer");
        let rest = stored.get(start..).unwrap_or_default();
        assert!(len <= rest.len(), "bytes are asked for that are not there");
        if let Err(error) = reader.push(&rest[..len], &mut content) {
            return (content, Some(error));
        }
    }
    (content, None)
}
