//! Compressed bytes that are read again are verified against the hash of their span, and
//! no more is read than necessary.

use std::rc::Rc;

use lamina::layer::{AccessIndex, ContentReader, Error, LayerReading, TarOffset};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::content::{drive_cut, files, read_once};
use super::raw::{END, file};
use super::{OPTIONS, read_pieces};
use crate::support::gzip_of;

const SPAN: usize = 64 * 1024;

/// Reads a range of uncompressed bytes from compressed ones that may differ from those of the first reading.
fn read_back(
    reading: &LayerReading,
    stored: &[u8],
    start: u64,
    len: u64,
) -> (Vec<u8>, Option<Error>) {
    let access = Rc::new(reading.access.clone());
    let reader = || ContentReader::range(access.clone(), TarOffset(start), len);
    let driven = drive_cut(reader, stored);
    (driven.content, driven.error)
}

/// Returns a tar and its layer in each form. A file's bytes are in several spans.
fn layers() -> (Vec<u8>, [Vec<u8>; 3]) {
    let mut dice = super::Dice(11);
    let noise: Vec<u8> = (0..400_000).map(|_| dice.roll(256) as u8).collect();
    let tar = [&file("noise", &noise)[..], &END].concat();
    let zstd = tar
        .chunks(90_000)
        .flat_map(|part| compress_to_vec(part, CompressionLevel::Fastest))
        .collect();
    let stored = [tar.clone(), gzip_of(&tar, 1), zstd];
    (tar, stored)
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_that_changed_are_refused() {
    let (tar, layers) = layers();
    for stored in layers {
        let reading = read_pieces(&[&stored], &Default::default(), OPTIONS);
        let all = tar.len() as u64;
        assert_eq!(read_back(&reading, &stored, 0, all), (tar.clone(), None));
        for at in [0, 1, SPAN - 1, SPAN, 3 * SPAN + 5_000, stored.len() - 1] {
            let mut other = stored.clone();
            other[at] ^= 1;
            let start = at / SPAN * SPAN;
            let changed = Error::Changed {
                start: start as u64,
                end: (start + SPAN).min(stored.len()) as u64,
            };
            let (content, error) = read_back(&reading, &other, 0, all);
            // If the compressed bytes have a trailer, the tar ends before it.
            if error.is_some() || at < stored.len() - 1 {
                assert_eq!(error, Some(changed), "byte {at}");
            }
            assert!(content == tar[..content.len()], "what came before is right");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn only_what_is_read_needs_to_be_as_it_was() {
    let (tar, layers) = layers();
    for (mut stored, middle) in layers.into_iter().zip([200_000, 0, 200_000]) {
        let reading = read_pieces(&[&stored], &Default::default(), OPTIONS);
        let last = stored.len() - 1;
        stored[last] ^= 1;
        let (content, error) = read_back(&reading, &stored, middle, 100);
        assert_eq!(error, None);
        assert!(content == tar[middle as usize..][..100]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_content_compressed_again_is_not_the_same() {
    let (tar, _) = layers();
    let (first, again) = (gzip_of(&tar, 1), gzip_of(&tar, 9));
    let reading = read_pieces(&[&first], &Default::default(), OPTIONS);
    let (content, error) = read_back(&reading, &again, 0, 100);
    assert!(content.is_empty());
    let text = error.unwrap().to_string();
    assert!(text.contains("from 0 to 65536 are not those"), "{text}");
}

#[wasm_bindgen_test(unsupported = test)]
fn stored_bytes_that_are_fewer_or_more() {
    let (tar, layers) = layers();
    for stored in layers {
        let reading = read_pieces(&[&stored], &Default::default(), OPTIONS);
        let half = &stored[..stored.len() / 2];
        let (content, error) = read_back(&reading, half, 0, tar.len() as u64);
        assert!(error.is_some() && content == tar[..content.len()]);
        let longer = [&stored[..], b"more"].concat();
        let (content, error) = read_back(&reading, &longer, 0, tar.len() as u64);
        assert!(error.is_none() && content == tar);
    }
}

/// Returns the largest number of uncompressed bytes between two checkpoints.
fn longest_span(access: &AccessIndex) -> u64 {
    let starts = access.checkpoints.iter().map(|c| c.decoded_offset.0);
    let ends = starts.clone().skip(1).chain([access.decoded_bytes]);
    starts
        .zip(ends)
        .map(|(start, end)| end - start)
        .max()
        .unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_in_the_middle_costs_a_span_and_itself() {
    const MIB: u64 = 1024 * 1024;
    let (files, tar) = files(24 << 20);
    let gzip = gzip_of(&tar, 1);
    let members: Vec<u8> = tar
        .chunks(3 << 20)
        .flat_map(|part| gzip_of(part, 1))
        .collect();
    for stored in [gzip, members] {
        let reading = read_once(&stored);
        let access = Rc::new(reading.access.clone());
        let span = longest_span(&access);
        assert!(span < 6 * MIB, "{span} decoded bytes between checkpoints");
        let index_bytes = access.heap_bytes() as u64;
        assert!(
            index_bytes * 100 <= access.decoded_bytes,
            "{index_bytes} bytes to find the way in {}",
            access.decoded_bytes
        );
        let mut most = 0;
        for (entry, content) in reading.index.entries().zip(&files) {
            let driven = drive_cut(|| ContentReader::file(access.clone(), &entry), &stored);
            assert!(driven.error.is_none() && driven.content == *content);
            assert!(
                driven.decoded <= span + entry.size_bytes,
                "{} bytes decoded for {}",
                driven.decoded,
                entry.size_bytes
            );
            most = most.max(driven.decoded - entry.size_bytes);
        }
        assert!(most > MIB, "some file does lie deep in a span");
    }
}
