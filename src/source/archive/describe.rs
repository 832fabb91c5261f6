//! Says what a file is that is no image archive, and what to do about it.
//!
//! Only the first bytes are looked at; nothing is unpacked.

/// A kind of file by the bytes that it begins with.
struct Kind {
    magic: &'static [u8],
    words: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        magic: b"PK\x03\x04",
        words: "a zip archive; unpack it and open the image archive that it may hold",
    },
    Kind {
        magic: b"PK\x05\x06",
        words: "an empty zip archive",
    },
    Kind {
        magic: b"7z\xbc\xaf\x27\x1c",
        words: "a 7-Zip archive; unpack it and open the image archive that it may hold",
    },
    Kind {
        magic: b"Rar!\x1a\x07",
        words: "a RAR archive; unpack it and open the image archive that it may hold",
    },
    Kind {
        magic: b"\x04\x22\x4d\x18",
        words: "a file compressed with lz4, which is not read; decompress it first",
    },
    Kind {
        magic: b"LZIP",
        words: "a file compressed with lzip, which is not read; decompress it first",
    },
    Kind {
        magic: b"\x1f\x9d",
        words: "a file compressed with compress, which is not read; decompress it first",
    },
    Kind {
        magic: b"\x5d\x00\x00",
        words: "a file compressed with lzma, which is not read; decompress it first",
    },
    Kind {
        magic: b"\x7fELF",
        words: "a Linux program or library (ELF)",
    },
    Kind {
        magic: b"MZ",
        words: "a Windows program or library",
    },
    Kind {
        magic: b"\xcf\xfa\xed\xfe",
        words: "a macOS program or library",
    },
    Kind {
        magic: b"\xca\xfe\xba\xbe",
        words: "a macOS program or a Java class",
    },
    Kind {
        magic: b"\0asm",
        words: "a WebAssembly module",
    },
    Kind {
        magic: b"!<arch>\n",
        words: "a Debian package or a static library (ar)",
    },
    Kind {
        magic: b"\xed\xab\xee\xdb",
        words: "an RPM package",
    },
    Kind {
        magic: b"070701",
        words: "a cpio archive",
    },
    Kind {
        magic: b"hsqs",
        words: "a squashfs file system",
    },
    Kind {
        magic: b"QFI\xfb",
        words: "a virtual disk (qcow2)",
    },
    Kind {
        magic: b"KDMV",
        words: "a virtual disk (VMDK)",
    },
    Kind {
        magic: b"SQLite format 3\0",
        words: "an SQLite database",
    },
    Kind {
        magic: b"%PDF-",
        words: "a PDF document",
    },
    Kind {
        magic: b"\x89PNG\r\n\x1a\n",
        words: "a PNG picture",
    },
    Kind {
        magic: b"\xff\xd8\xff",
        words: "a JPEG picture",
    },
    Kind {
        magic: b"GIF8",
        words: "a GIF picture",
    },
    Kind {
        magic: b"#!",
        words: "a script",
    },
];

/// What a file is that begins with `first`; the words follow "is no container image:".
pub(super) fn describe(first: &[u8]) -> &'static str {
    if first.is_empty() {
        return "an empty file";
    }
    if let Some(kind) = KINDS.iter().find(|kind| first.starts_with(kind.magic)) {
        return kind.words;
    }
    if first.iter().all(|&b| b == 0) {
        return "nothing but zeros";
    }
    let Some(text) = text_of(first) else {
        return "binary data of a kind that Lamina does not know";
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) {
        "a JSON document; the archive or folder that it belongs to can be opened"
    } else if text.starts_with('<') {
        "an HTML or XML document; if it was downloaded, look whether it is an error page"
    } else if text.starts_with("FROM ") || text.contains("\nFROM ") {
        "a Dockerfile; build it, and save the image with `docker save`"
    } else {
        "a text file"
    }
}

/// The bytes as text, unless they hold what no text does. The last character may be cut.
fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let control = |c: char| c.is_control() && !c.is_whitespace();
    (!text.chars().any(control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &[u8], words: &str) {
        let actual = describe(first);
        assert!(actual.contains(words), "{first:?} is {actual:?}");
    }

    #[test]
    fn names_what_people_drop() {
        check(b"", "empty");
        check(b"PK\x03\x04\x14\0", "zip");
        check(b"\x7fELF\x02\x01", "ELF");
        check(b"{\"schemaVersion\": 2}", "JSON");
        check("\u{feff}[]".as_bytes(), "JSON");
        check(b"<!doctype html>", "HTML");
        check(b"# syntax\nFROM scratch\n", "Dockerfile");
        check(b"hello\n", "text");
        check(b"caf\xc3", "text");
        check(b"\0\0\0\0", "zeros");
        check(b"\x01\x02\xff\xfe", "does not know");
    }
}
