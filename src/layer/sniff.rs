//! Recognises a format by its first bytes, never by a file's name or a media type.
//!
//! The formats that Lamina reads are distinguished exactly; others are only named for messages.

use crate::message::Code;

use super::Compression;
use super::tar_checksum::checksum_holds;

/// A format recognised by the first bytes of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// No bytes at all.
    Empty,
    /// A tar archive.
    Tar,
    /// Compressed in a format that Lamina decompresses.
    Compressed(Compression),
    /// Another format; the text names it for messages, with its article.
    Other(Code),
}

impl Sniffed {
    /// Returns the codec to use: [`Compression::None`] for everything that is not compressed.
    pub fn compression(self) -> Compression {
        match self {
            Sniffed::Compressed(compression) => compression,
            Sniffed::Empty | Sniffed::Tar | Sniffed::Other(_) => Compression::None,
        }
    }

    /// Describes the format in words, for messages.
    pub fn describe(self) -> Code {
        match self {
            Sniffed::Empty => Code::FoundNothing,
            Sniffed::Tar => Code::FoundTar,
            Sniffed::Compressed(Compression::Gzip) => Code::FoundGzip,
            Sniffed::Compressed(Compression::Zstd) => Code::FoundZstd,
            Sniffed::Compressed(Compression::Bzip2) => Code::FoundBzip2,
            Sniffed::Compressed(Compression::Xz) => Code::FoundXz,
            Sniffed::Compressed(Compression::None) => Code::FoundPlain,
            Sniffed::Other(what) => what,
        }
    }
}

/// Number of first bytes that [`sniff`] needs: one tar header. Fewer are enough for everything except a v7 tar.
pub const SNIFF_BYTES: usize = 512;

/// Formats that are only named, by the magic bytes at their start.
const OTHERS: &[(&[u8], Code)] = &[
    (b"PK\x03\x04", Code::FoundZip),
    (b"PK\x05\x06", Code::FoundEmptyZip),
    (b"7z\xbc\xaf\x27\x1c", Code::Found7z),
    (b"Rar!\x1a\x07", Code::FoundRar),
    (b"!<arch>\n", Code::FoundAr),
    (b"\xed\xab\xee\xdb", Code::FoundRpm),
    (b"070701", Code::FoundCpio),
    (b"070702", Code::FoundCpio),
    (b"070707", Code::FoundCpio),
    (b"hsqs", Code::FoundSquashfs),
    (b"\x04\x22\x4d\x18", Code::FoundLz4),
    (b"\x1f\x9d", Code::FoundCompress),
    (b"\x5d\0\0", Code::FoundLzma),
    (b"LZIP", Code::FoundLzip),
    (b"\x7fELF", Code::FoundElf),
    (b"\0asm", Code::FoundWasm),
    (b"SIF_MAGIC", Code::FoundSif),
    (b"%PDF-", Code::FoundPdf),
    (b"\x89PNG", Code::FoundPng),
    (b"<!DOCTYPE", Code::FoundHtml),
    (b"<!doctype", Code::FoundHtml),
    (b"<html", Code::FoundHtml),
    (b"<?xml", Code::FoundXml),
    (b"{", Code::FoundJson),
    (b"[", Code::FoundJson),
];

/// Recognises a blob by its first bytes: [`SNIFF_BYTES`] of them, or all there are.
pub fn sniff(first: &[u8]) -> Sniffed {
    let zstd_magic = |rest: &[u8]| matches!(rest, [0x28, 0xb5, 0x2f, 0xfd, ..]);
    let skippable_magic = |rest: &[u8]| matches!(rest, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    match first {
        [] => Sniffed::Empty,
        [0x1f, 0x8b, ..] => Sniffed::Compressed(Compression::Gzip),
        _ if zstd_magic(first) || skippable_magic(first) => Sniffed::Compressed(Compression::Zstd),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] if !is_tar(first) => {
            Sniffed::Compressed(Compression::Bzip2)
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Sniffed::Compressed(Compression::Xz),
        _ if is_tar(first) => Sniffed::Tar,
        _ => Sniffed::Other(name_other(first)),
    }
}

/// True for a tar's first block: the ustar magic, a correct checksum, or the zeros of an empty archive.
fn is_tar(first: &[u8]) -> bool {
    if first.get(257..262) == Some(b"ustar") {
        return true;
    }
    if first.iter().all(|&b| b == 0) {
        return true;
    }
    first
        .first_chunk::<SNIFF_BYTES>()
        .is_some_and(checksum_holds)
}

fn name_other(first: &[u8]) -> Code {
    let from_text = first.trim_ascii_start();
    for (magic, name) in OTHERS {
        if first.starts_with(magic)
            || (magic.first().is_some_and(u8::is_ascii_punctuation) && from_text.starts_with(magic))
        {
            return *name;
        }
    }
    let is_text = |b: &u8| b.is_ascii_graphic() || b.is_ascii_whitespace();
    if first.iter().all(is_text) {
        Code::FoundText
    } else {
        Code::FoundUnknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &[u8], expected: Sniffed) {
        assert_eq!(sniff(first), expected, "{first:?}");
    }

    #[test]
    fn tells_compressions_by_magic() {
        check(b"", Sniffed::Empty);
        check(&[0x1f, 0x8b, 8], Sniffed::Compressed(Compression::Gzip));
        check(
            &[0x28, 0xb5, 0x2f, 0xfd],
            Sniffed::Compressed(Compression::Zstd),
        );
        check(
            &[0x5f, 0x2a, 0x4d, 0x18, 0],
            Sniffed::Compressed(Compression::Zstd),
        );
        check(b"BZh91AY&SY", Sniffed::Compressed(Compression::Bzip2));
        check(b"\xfd7zXZ\0", Sniffed::Compressed(Compression::Xz));
    }

    #[test]
    fn tells_tar_by_magic_checksum_or_zeros() {
        check(&[0; 1024], Sniffed::Tar);
        let mut header = ::tar::Header::new_old();
        header.as_old_mut().name[..3].copy_from_slice(b"BZh");
        header.set_size(0);
        header.set_cksum();
        check(header.as_bytes(), Sniffed::Tar);
        let mut header = ::tar::Header::new_ustar();
        header.as_old_mut().cksum = *b"00000000";
        check(header.as_bytes(), Sniffed::Tar);
    }

    #[test]
    fn names_what_it_does_not_read() {
        check(b"PK\x03\x04rest", Sniffed::Other(Code::FoundZip));
        check(b"  \n{\"a\":1}", Sniffed::Other(Code::FoundJson));
        check(b"hello\n", Sniffed::Other(Code::FoundText));
        check(b"\x01\x02\x03", Sniffed::Other(Code::FoundUnknown));
    }
}
