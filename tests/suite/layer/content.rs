//! Reading files from a layer: equal to the original, from checkpoints in the middle,
//! without decoding much more than needed.

use std::rc::Rc;

use lamina::layer::{
    AccessIndex, ContentReader, Error, FileHashes, LayerReading, ReadOptions, Resume, TarOffset,
};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file, pax};
use super::{Dice, OPTIONS, read_pieces};
use crate::support::gzip_of;

const MIB: u64 = 1024 * 1024;

/// Result of a reader on bytes in memory.
#[derive(Debug, PartialEq)]
pub(super) struct Driven {
    pub(super) content: Vec<u8>,
    /// Compressed bytes that it requested.
    pushed: u64,
    /// Bytes that it decoded.
    pub(super) decoded: u64,
    pub(super) error: Option<Error>,
}

/// Drives a reader, and pushes at most `piece` bytes at once.
fn drive(mut reader: ContentReader, stored: &[u8], mut piece: impl FnMut() -> usize) -> Driven {
    let (mut content, mut pushed, mut decoded, mut error) = (Vec::new(), 0, 0, None);
    while let Some(range) = reader.next_range() {
        let start = (range.offset as usize).min(stored.len());
        // An empty push means that the bytes do not exist, so it must not happen by chance.
        let len = (range.len as usize)
            .min(piece().max(1))
            .min(stored.len() - start);
        let before = content.len();
        if let Err(e) = reader.push(&stored[start..start + len], &mut content) {
            assert_eq!(reader.next_range(), None, "after an error there is no more");
            error = Some(e);
        }
        assert!(
            content.len() - before <= 5 << 20,
            "one push gives a few MiB at most"
        );
        pushed += len as u64;
        decoded = reader.decoded_bytes().max(decoded);
    }
    Driven {
        content,
        pushed,
        decoded,
        error,
    }
}

/// Drives readers of the same content: with all requested bytes at once, byte by byte unless that is too slow, and
/// in irregular pieces. They must agree.
pub(super) fn drive_cut(reader: impl Fn() -> ContentReader, stored: &[u8]) -> Driven {
    let whole = drive(reader(), stored, || usize::MAX);
    let mut ways = vec![(1, 1), (7, 3), (700, 700), (70_000, 70_000)];
    match whole.pushed {
        0..20_000 => {}
        20_000..200_000 => drop(ways.drain(..2)),
        _ => drop(ways.drain(..3)),
    }
    for (most, seed) in ways {
        let mut dice = Dice(seed);
        let cut = drive(reader(), stored, || 1 + dice.roll(most));
        assert!(
            cut.content == whole.content,
            "pieces of up to {most} bytes: {} and {}",
            cut.content.len(),
            whole.content.len()
        );
        assert_eq!(cut.error.is_some(), whole.error.is_some(), "up to {most}");
    }
    whole
}

fn content_in(reader: impl Fn() -> ContentReader, stored: &[u8]) -> Vec<u8> {
    let driven = drive_cut(reader, stored);
    assert_eq!(driven.error, None);
    driven.content
}

/// Returns a file's content, read in all pieces.
pub(super) fn content_of(reading: &LayerReading, stored: &[u8], path: &str) -> Vec<u8> {
    let access = Rc::new(reading.access.clone());
    let entry = reading
        .index
        .entries()
        .find(|e| e.path == path.as_bytes())
        .unwrap();
    content_in(|| ContentReader::file(access.clone(), &entry), stored)
}

/// Returns files of words, from empty to some MiB, and their tar.
pub(super) fn files(total: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let words: Vec<&[u8]> = vec![
        b"layer ",
        b"image ",
        b"digest:",
        b"manifest\n",
        b"0123",
        b"\0\0\0\0\0\0",
        b"whiteout",
        b"/usr/lib/",
    ];
    let (mut dice, mut files, mut tar) = (Dice(5), Vec::new(), Vec::new());
    while tar.len() < total {
        let len = [0, 1, 511, 512, 513, 5_000, 70_000, 700_000, 2_500_000][files.len() % 9];
        let mut content = Vec::with_capacity(len + 10);
        while content.len() < len {
            content.extend(words[dice.roll(words.len())]);
            content.push(dice.roll(256) as u8);
        }
        content.truncate(len);
        tar.extend(file(&format!("f{}", files.len()), &content));
        files.push(content);
    }
    tar.extend(END);
    (files, tar)
}

/// Reads a layer that is too large for all cuts in two of them, which must agree.
pub(super) fn read_once(stored: &[u8]) -> LayerReading {
    let options = ReadOptions {
        file_hashes: FileHashes::Skip,
        ..OPTIONS
    };
    let reading = read_pieces(&[stored], &Default::default(), options);
    assert_eq!(reading.damage, None);
    let pieces: Vec<_> = stored.chunks(10_007).collect();
    let cut = read_pieces(&pieces, &Default::default(), options);
    assert!(cut.index == reading.index);
    assert_eq!(cut.diff_id, reading.diff_id);
    // Checkpoints within a stream may be in slightly different places. The content read from them is the same.
    let last = reading.index.entries().last().unwrap();
    let content = |reading: &LayerReading| {
        let access = Rc::new(reading.access.clone());
        drive(ContentReader::part(access, &last, 0, 4096), stored, || 4096).content
    };
    assert!(content(&cut) == content(&reading));
    reading
}

fn check_all_files(reading: &LayerReading, stored: &[u8], files: &[Vec<u8>], most_extra: u64) {
    let access = Rc::new(reading.access.clone());
    assert_eq!(reading.index.n_entries(), files.len());
    for (entry, expected) in reading.index.entries().zip(files) {
        let Driven {
            content,
            pushed,
            error,
            ..
        } = drive_cut(|| ContentReader::file(access.clone(), &entry), stored);
        assert_eq!(error, None);
        assert!(content == *expected, "{} differs", entry.path);
        assert_eq!(entry.fingerprint, xxhash_rust::xxh3::xxh3_64(expected));
        let most = most_extra + expected.len() as u64 * 2;
        assert!(
            pushed <= most,
            "{pushed} stored bytes for {} of content",
            expected.len()
        );
    }
}

/// Returns the largest number of compressed bytes between two checkpoints.
fn longest_span(access: &AccessIndex) -> u64 {
    let ends = access
        .checkpoints
        .iter()
        .skip(1)
        .map(|c| c.stored_offset)
        .chain([access.stored_bytes]);
    access
        .checkpoints
        .iter()
        .zip(ends)
        .map(|(c, end)| end - c.stored_offset)
        .max()
        .unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn gzip_from_checkpoints_between_blocks() {
    let (files, tar) = files(14 << 20);
    let stored = gzip_of(&tar, 1);
    let reading = read_once(&stored);
    let access = &reading.access;
    assert!(access.checkpoints.len() >= 3, "{:?}", access.checkpoints);
    assert!(
        access.checkpoints.iter().skip(1).all(
            |c| matches!(&c.resume, Resume::Block { window, .. } if window.len() == 32 * 1024)
        )
    );
    for pair in access.checkpoints.windows(2) {
        let span = pair[1].decoded_offset.0 - pair[0].decoded_offset.0;
        assert!(
            (4 * MIB..6 * MIB).contains(&span),
            "{span} decoded bytes between checkpoints"
        );
    }
    // The bytes before the file's checkpoint are never read, and those after the file at most up to the next one.
    check_all_files(&reading, &stored, &files, 2 * longest_span(access));

    // Any range of the uncompressed bytes can be read, even in small pieces.
    let access = Rc::new(reading.access.clone());
    let mut dice = Dice(9);
    for _ in 0..10 {
        let start = dice.roll(tar.len());
        let len = dice.roll(100_000).min(tar.len() - start);
        let (start_at, n) = (TarOffset(start as u64), len as u64);
        let content = content_in(
            || ContentReader::range(access.clone(), start_at, n),
            &stored,
        );
        assert!(content == tar[start..start + len]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gzip_from_member_starts() {
    let (files, tar) = files(5 << 20);
    let stored: Vec<u8> = tar
        .chunks(200_000)
        .flat_map(|part| gzip_of(part, 1))
        .collect();
    let reading = read_once(&stored);
    assert!(reading.access.checkpoints.len() >= 4);
    assert!(
        reading
            .access
            .checkpoints
            .iter()
            .all(|c| c.resume == Resume::Start)
    );
    check_all_files(&reading, &stored, &files, 2 * longest_span(&reading.access));
}

#[wasm_bindgen_test(unsupported = test)]
fn zstd_from_frame_starts() {
    let (files, tar) = files(5 << 20);
    let stored: Vec<u8> = tar
        .chunks(300_000)
        .flat_map(|part| compress_to_vec(part, CompressionLevel::Fastest))
        .collect();
    let reading = read_once(&stored);
    assert!(reading.access.checkpoints.len() >= 4);
    check_all_files(&reading, &stored, &files, 2 * longest_span(&reading.access));
}

#[wasm_bindgen_test(unsupported = test)]
fn plain_from_anywhere() {
    let (files, tar) = files(3 << 20);
    let reading = read_once(&tar);
    // A part is verified with the spans around it.
    check_all_files(&reading, &tar, &files, 2 * 64 * 1024);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_14_any_part_of_a_huge_sparse_file_is_at_hand() {
    const SIZE: u64 = 60_000_000_000;
    let middle = SIZE / 2;
    let map = format!("2,4,{middle},3");
    let tar = [
        pax(&[
            ("GNU.sparse.size", SIZE.to_string().as_bytes()),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.map", map.as_bytes()),
        ]),
        file("s", b"aaaabbb"),
        END.to_vec(),
    ]
    .concat();
    for stored in [tar.clone(), gzip_of(&tar, 6)] {
        let reading = read_once(&stored);
        let access = Rc::new(reading.access.clone());
        let entry = reading.index.entries().next().unwrap();
        let part = |offset, len| {
            let reader = || ContentReader::part(access.clone(), &entry, offset, len);
            content_in(reader, &stored)
        };
        assert_eq!(part(0, 8), b"\0\0aaaa\0\0");
        assert_eq!(part(4, 1), b"a");
        assert_eq!(part(middle - 1, 9), b"\0bbb\0\0\0\0\0");
        assert_eq!(part(middle + 1, 1), b"b");
        assert_eq!(part(SIZE - 2, 100), b"\0\0", "the file ends there");
        assert_eq!(part(SIZE, 1), b"");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn content_that_is_not_there_any_more() {
    let tar = [file("a", &[b'a'; 5000]), END.to_vec()].concat();
    for stored in [
        tar.clone(),
        gzip_of(&tar, 0),
        compress_to_vec(tar.as_slice(), CompressionLevel::Fastest),
    ] {
        let reading = read_once(&stored);
        let access = Rc::new(reading.access.clone());
        let entry = reading.index.entries().next().unwrap();
        let half = &stored[..stored.len() / 3];
        let driven = drive_cut(|| ContentReader::file(access.clone(), &entry), half);
        assert!(driven.error.is_some(), "{driven:?}");
        let mut reader = ContentReader::file(access, &entry);
        assert!(reader.push(b"", &mut Vec::new()).is_err());
        assert_eq!(
            reader.next_range(),
            None,
            "after an error there is nothing more to ask for"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_truncated_layer_gives_what_it_has() {
    let content: Vec<u8> = (0..50_000u32).flat_map(u32::to_le_bytes).collect();
    let tar = [
        file("whole", &content[..20_000]),
        file("cut", &content),
        END.to_vec(),
    ]
    .concat();
    let zstd = compress_to_vec(tar.as_slice(), CompressionLevel::Uncompressed);
    for stored in [tar.clone(), gzip_of(&tar, 0), zstd] {
        let stored = &stored[..180_000.min(stored.len() - 100)];
        let reading = super::read(stored);
        assert!(reading.damage.is_some());
        assert_eq!(super::list(&reading)[0], "file whole 0644 0:0 20000");
        assert!(content_of(&reading, stored, "whole") == content[..20_000]);
        let entry = reading.index.entries().nth(1).unwrap();
        assert!(entry.incomplete);
        let access = Rc::new(reading.access.clone());
        let driven = drive_cut(|| ContentReader::file(access.clone(), &entry), stored);
        let (out, error) = (driven.content, driven.error);
        assert!(
            matches!(
                error,
                Some(Error::Truncated { .. } | Error::ContentEnds { .. })
            ),
            "{error:?}"
        );
        assert!(
            out.len() > 90_000 && out[..] == content[..out.len()],
            "{} bytes",
            out.len()
        );
    }
}
