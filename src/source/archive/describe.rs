//! Describes a file that is not an image archive, and says what to do about it.
//!
//! The type of the first bytes is determined by `layer::sniff`; nothing is unpacked.

use crate::layer::{Sniffed, sniff};
use crate::message::{Code, Message};

/// Describes the file that begins with `first`. The words follow "is no container image:".
pub(super) fn describe(first: &[u8]) -> Message {
    let what = match sniff(first) {
        Sniffed::Empty => Message::an_empty_file(),
        _ if is_utf_16(first) => {
            return Message::utf_16();
        }
        _ if first.starts_with(SINGULARITY)
            || first.get(32..).is_some_and(|rest| rest.starts_with(SIF)) =>
        {
            return Message::singularity();
        }
        _ if is_dockerfile(first) => {
            return Message::dockerfile();
        }
        sniffed => sniffed.describe().into(),
    };
    match advice(first) {
        Some(advice) => Message::with_advice(what, advice),
        None => what,
    }
}

/// The start of a Singularity image: the line that makes it executable, then the magic.
const SINGULARITY: &[u8] = b"#!/usr/bin/env run-singularity";
const SIF: &[u8] = b"SIF_MAGIC";

/// True if the bytes begin with the byte order mark of UTF-16 and continue in it. In an archive that a shell has
/// rewritten, every other byte is zero. The mark alone is not enough: other data begins with it, too.
fn is_utf_16(first: &[u8]) -> bool {
    let high = match first {
        [0xff, 0xfe, ..] => 1,
        [0xfe, 0xff, ..] => 0,
        _ => return false,
    };
    let pairs = first.get(2..).unwrap_or_default().as_chunks::<2>().0;
    let n_zero = pairs
        .iter()
        .filter(|pair| pair.get(high) == Some(&0))
        .count();
    n_zero > 0 && n_zero * 2 >= pairs.len()
}

fn is_dockerfile(first: &[u8]) -> bool {
    let lines = first.split(|&b| b == b'\n');
    let mut words = lines.map(<[u8]>::trim_ascii_start);
    first.is_ascii() && words.any(|line| line.starts_with(b"FROM "))
}

/// Returns advice on how to get at an image, if there is any.
fn advice(first: &[u8]) -> Option<Code> {
    let text = first.trim_ascii_start();
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| first.starts_with(magic));
    if starts(&[b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!"]) {
        Some(Code::AdviceUnpack)
    } else if starts(&[b"\x04\x22\x4d\x18", b"\x1f\x9d", b"\x5d\0\0", b"LZIP"]) {
        Some(Code::AdviceDecompress)
    } else if text.starts_with(b"<") {
        Some(Code::AdviceErrorPage)
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        Some(Code::AdviceWhole)
    } else if matches!(sniff(first), Sniffed::Compressed(_)) {
        Some(Code::AdviceTwice)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &[u8], words: &str) {
        let actual = describe(first).to_string();
        assert!(actual.contains(words), "{first:?} is {actual:?}");
    }

    #[test]
    fn af_33_names_what_people_drop() {
        check(b"", "an empty file");
        check(b"PK\x03\x04\x14\0", "zip archive; unpack it");
        check(b"\x04\x22\x4d\x18", "lz4 data; decompress");
        check(b"\x7fELF\x02\x01", "ELF");
        check(b"{\"schemaVersion\": 2}", "JSON text; open the archive");
        check(b"<!doctype html>", "error page");
        check(b"# syntax\nFROM scratch\n", "Dockerfile");
        check(b"hello\n", "text");
        check(b"\xff\xfem\0a\0n\0i\0", "docker save -o FILE");
        check(b"\xfe\xff\0m\0a\0n\0i", "docker save -o FILE");
        check(b"\xff\xfe\x01\x02\x03\x04", "unknown");
        check(b"#!/usr/bin/env run-singularity\n", "Singularity");
        check(b"\x1f\x8b\x08", "compressed twice");
        check(b"\x01\x02\xff\xfe", "unknown");
    }
}
