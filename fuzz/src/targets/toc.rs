//! Tables of contents: for any layer end and any table, nothing is held or read beyond the limits. Bytes of a file
//! are only returned if they have the digest in the table.

use std::collections::BTreeMap;

use lamina::bounds::Limits;
use lamina::layer::{
    StoredRange, Toc, TocForm, TocPlace, difference, footer_range, place_in_footer, read_toc,
};

use super::world::{LIMITS, TIGHT};

/// Maximum number of files opened per table.
const FILES: usize = 8;

/// Reads bytes as a layer with a table at its end, and as the JSON of a table.
pub fn run(data: &[u8]) {
    for limits in [&LIMITS, &TIGHT] {
        for form in [TocForm::Estargz, TocForm::ZstdChunked] {
            at_the_end(form, data, limits);
        }
        as_json(data, limits);
    }
}

fn at_the_end(form: TocForm, stored: &[u8], limits: &Limits) {
    let blob_bytes = stored.len() as u64;
    let Some(range) = footer_range(form, blob_bytes) else {
        return;
    };
    let none = BTreeMap::new();
    let Ok(place) = place_in_footer(form, part(stored, range), &none, blob_bytes, &limits.layer)
    else {
        return;
    };
    assert!(place.range.len <= limits.layer.toc_bytes);
    if let Ok(toc) = read_toc(&place, part(stored, place.range), &limits.layer) {
        check(&toc, stored, limits);
    }
}

/// Parses a table without its layer, at an offset of its choice.
fn as_json(json: &[u8], limits: &Limits) {
    let mut stored = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    // Raw blocks, at most 128 KiB each.
    let mut blocks = json.chunks(64 * 1024).peekable();
    if blocks.peek().is_none() {
        return;
    }
    while let Some(block) = blocks.next() {
        let is_last = u32::from(blocks.peek().is_none());
        let header = is_last | u32::try_from(block.len()).expect("is small") << 3;
        stored.extend(&header.to_le_bytes()[..3]);
        stored.extend(block);
    }
    let place = TocPlace {
        form: TocForm::ZstdChunked,
        range: StoredRange {
            offset: 1 << 30,
            len: stored.len() as u64,
        },
        claimed: None,
    };
    if let Ok(toc) = read_toc(&place, &stored, &limits.layer) {
        check(&toc, json, limits);
    }
}

/// Checks that the table is within the limits, equals itself, and opens files without a panic.
fn check(toc: &Toc, stored: &[u8], limits: &Limits) {
    assert!(toc.index.n_entries() <= limits.layer.entries as usize);
    assert_eq!(difference(&toc.index, &toc.index), None);
    for entry in toc.index.entries().take(FILES) {
        let len = entry.size_bytes.min(1 << 20);
        let Some(mut reader) = toc.contents.open(entry.id, entry.size_bytes / 3, len) else {
            continue;
        };
        let mut content = Vec::new();
        let mut n_pushes = 0;
        while let Some(range) = reader.next_range() {
            n_pushes += 1;
            assert!(n_pushes < 10_000, "reading does not end");
            if reader.push(part(stored, range), &mut content).is_err() {
                break;
            }
        }
        assert!(content.len() as u64 <= len, "more was given than asked for");
    }
}

/// Returns the part of a range that exists.
fn part(stored: &[u8], range: StoredRange) -> &[u8] {
    let at = |offset: u64| {
        usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(stored.len())
    };
    &stored[at(range.offset)..at(range.offset.saturating_add(range.len))]
}
