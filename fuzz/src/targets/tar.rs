//! tar: the parser alone, with and without content, and the layer read from the tar.

use lamina::bounds::Limits;
use lamina::layer::tar::{TarEntry, TarEvent, TarParser};
use lamina::layer::{Compression, Error, TarOffset, Warnings, sniff};

use super::cuts;
use super::mend::{Depth, mended};
use super::reading::{self, check_path};
use super::world::{LIMITS, TIGHT};

/// Reads bytes as a tar, as they are and with right checksums.
pub fn run(data: &[u8]) {
    check(data);
    let mended = mended(data, Depth::Outer);
    if mended != data {
        check(&mended);
    }
}

fn check(tar: &[u8]) {
    for limits in [&LIMITS, &TIGHT] {
        let whole = parsed(&[tar], limits);
        assert_eq!(parsed(&cuts::single_bytes(tar), limits), whole);
        assert_eq!(parsed(&cuts::own_cuts(tar), limits), whole);
        check_skipping(tar, limits, &whole);
        if sniff(tar).compression() == Compression::None {
            reading::check(tar, limits);
        }
    }
}

/// Result of parsing a tar.
#[derive(Debug, PartialEq)]
struct Parsed {
    /// Each entry, with those of its bytes in the tar that were read.
    entries: Vec<(TarEntry, Vec<u8>)>,
    error: Option<Error>,
    warnings: Warnings,
    position: TarOffset,
}

fn parsed(pieces: &[&[u8]], limits: &Limits) -> Parsed {
    let mut parser = TarParser::new(&limits.layer);
    let mut entries: Vec<(TarEntry, Vec<u8>)> = Vec::new();
    let mut in_content = false;
    let mut error = None;
    'pieces: for piece in pieces {
        let mut rest = *piece;
        loop {
            let before = parser.position();
            let step = match parser.step(rest) {
                Ok(step) => step,
                Err(e) => {
                    assert_eq!(parser.step(rest).err(), Some(e.clone()));
                    error = Some(e);
                    break 'pieces;
                }
            };
            assert!(step.read <= rest.len());
            rest = &rest[step.read..];
            match step.event {
                TarEvent::NeedsInput => break,
                TarEvent::Entry(entry) => {
                    assert!(!in_content, "an entry begins in another");
                    in_content = true;
                    check_entry(&entry, limits);
                    entries.push((*entry, Vec::new()));
                }
                TarEvent::Data(data) => {
                    assert!(in_content && !data.is_empty());
                    assert_eq!(before.0 + step.read as u64, parser.position().0);
                    let (_, content) = entries.last_mut().expect("content belongs to an entry");
                    content.extend_from_slice(data);
                }
                TarEvent::EntryEnd => {
                    assert!(in_content);
                    in_content = false;
                    let (entry, content) = entries.last().expect("an entry ends");
                    assert_eq!(content.len() as u64, entry.stored_bytes);
                }
            }
        }
        assert!(rest.is_empty(), "input is left");
    }
    let finished = parser.finish().err();
    assert!(parser.warnings().kept.len() <= limits.layer.warnings);
    Parsed {
        entries,
        error: error.or(finished),
        warnings: parser.warnings().clone(),
        position: parser.position(),
    }
}

fn check_entry(entry: &TarEntry, limits: &Limits) {
    check_path(entry.path.as_bytes());
    assert!(
        entry.name.len() <= limits.layer.path_bytes && entry.link.len() <= limits.layer.path_bytes
    );
    assert!(entry.header_offset < entry.data_offset);
    assert_eq!(entry.data_offset.0 % 512, 0);
    let row = entry.as_row();
    assert_eq!(row.path, entry.path.as_bytes());
    if let Some(extents) = &entry.extents {
        let held: u64 = extents.iter().map(|extent| extent.len).sum();
        assert!(held <= entry.stored_bytes);
    } else {
        assert_eq!(entry.size_bytes, entry.stored_bytes);
    }
}

/// Checks that a reader that skips content sees the same entries.
fn check_skipping(tar: &[u8], limits: &Limits, whole: &Parsed) {
    let mut parser = TarParser::new(&limits.layer);
    let mut entries = whole.entries.iter();
    let mut damage = None;
    while damage.is_none() {
        let position = usize::try_from(parser.position().0).expect("is in the tar");
        assert!(position <= tar.len());
        let rest = &tar[position..];
        if rest.is_empty() {
            damage = parser.finish().err();
            break;
        }
        match parser.step(rest) {
            Ok(step) => match step.event {
                TarEvent::Entry(entry) => {
                    let (other, _) = entries.next().expect("skipping shows no more entries");
                    assert_eq!(*entry, *other);
                }
                TarEvent::NeedsInput | TarEvent::Data(_) | TarEvent::EntryEnd => {}
            },
            Err(error) => damage = Some(error),
        }
        let left = tar.len() as u64 - parser.position().0;
        parser.skip(left);
    }
    assert_eq!(entries.next(), None);
    assert_eq!(damage, whole.error);
    assert_eq!(*parser.warnings(), whole.warnings);
}
