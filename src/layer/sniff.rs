//! Recognises a format by its first bytes, never by a file's name or a media type.
//!
//! The formats that Lamina reads are distinguished exactly; others are only named for messages.

use std::fmt;

use super::tar;

/// The compression of a blob.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not compressed.
    None,
    /// gzip, RFC 1952, of one or several members.
    Gzip,
    /// Zstandard, RFC 8878, of one or several frames.
    Zstd,
    /// bzip2: outer archives, and layers of old docker archives.
    Bzip2,
    /// xz: outer archives, and layers of old docker archives.
    Xz,
}

impl Compression {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

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
    Other(&'static str),
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
    pub fn describe(self) -> &'static str {
        match self {
            Sniffed::Empty => "nothing (0 bytes)",
            Sniffed::Tar => "a tar archive",
            Sniffed::Compressed(Compression::Gzip) => "gzip data",
            Sniffed::Compressed(Compression::Zstd) => "zstd data",
            Sniffed::Compressed(Compression::Bzip2) => "bzip2 data",
            Sniffed::Compressed(Compression::Xz) => "xz data",
            Sniffed::Compressed(Compression::None) => "uncompressed data",
            Sniffed::Other(what) => what,
        }
    }
}

/// Number of first bytes that [`sniff`] needs: one tar header. Fewer are enough for everything except a v7 tar.
pub const SNIFF_BYTES: usize = 512;

/// Formats that are only named, by the magic bytes at their start.
const OTHERS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"!<arch>\n", "an ar archive or Debian package"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"070701", "a cpio archive"),
    (b"070702", "a cpio archive"),
    (b"070707", "a cpio archive"),
    (b"hsqs", "a squashfs file system"),
    (b"\x04\x22\x4d\x18", "lz4 data"),
    (b"\x1f\x9d", "data compressed with compress (.Z)"),
    (b"\x5d\0\0", "lzma data"),
    (b"LZIP", "lzip data"),
    (b"\x7fELF", "an ELF program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SIF_MAGIC", "a Singularity image"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"{", "JSON text"),
    (b"[", "JSON text"),
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
        .is_some_and(tar::checksum_holds)
}

fn name_other(first: &[u8]) -> &'static str {
    let from_text = first.trim_ascii_start();
    for (magic, name) in OTHERS {
        if first.starts_with(magic)
            || (magic.first().is_some_and(u8::is_ascii_punctuation) && from_text.starts_with(magic))
        {
            return name;
        }
    }
    let is_text = |b: &u8| b.is_ascii_graphic() || b.is_ascii_whitespace();
    if first.iter().all(is_text) {
        "plain text"
    } else {
        "data of an unknown kind"
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
        check(b"PK\x03\x04rest", Sniffed::Other("a zip archive"));
        check(b"  \n{\"a\":1}", Sniffed::Other("JSON text"));
        check(b"hello\n", Sniffed::Other("plain text"));
        check(b"\x01\x02\x03", Sniffed::Other("data of an unknown kind"));
    }
}
