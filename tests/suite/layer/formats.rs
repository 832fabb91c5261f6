//! What a blob may be: uncompressed, bzip2 or xz (XZ-01), or nothing that is a layer.

use std::io::Write;

use bzip2::write::BzEncoder;
use lamina::layer::{Check, Checksum, Compression, Decoder, Error, Limits, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{check, check_damaged, check_warned, cuts};

/// `printf 'a tar would be too long here\n' | xz -9e --check=crc64`
const XZ_A: &[u8] = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F\x02\0!\x01\x1c\0\0\0\x10\xcfX\xcc\x01\0\x1ca tar would be too long here\n\0\0\0\0P\xd8\xf4\x83\xe1@9s\0\x015\x1dD\x1b\xb1\xe1\x1f\xb6\xf3}\x01\0\0\0\0\x04YZ";
/// `printf 'a second stream\n' | xz -0 --check=crc32`
const XZ_B: &[u8] = b"\xfd7zXZ\0\0\x01i\"\xde6\x02\0!\x01\x0c\0\0\0\x8f\x98A\x9c\x01\0\x0fa second stream\n\0)\xa0\xf8f\0\x01$\x10\xe9D\xd9\xcc\x90B\x99\r\x01\0\0\0\0\x01YZ";

fn bzip2_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Decodes with a decoder alone, as an outer archive is: the bytes, and what `finish` says.
fn decode(
    compression: Compression,
    pieces: &[&[u8]],
    room: usize,
) -> Result<(Vec<u8>, Option<u64>), Error> {
    let mut decoder = Decoder::new(compression, &Limits::DEFAULT);
    let mut buffer = vec![0; room];
    let mut decoded = Vec::new();
    for piece in pieces {
        let mut input = *piece;
        loop {
            let step = decoder.decode(input, &mut buffer)?;
            decoded.extend(&buffer[..step.written]);
            input = &input[step.read..];
            if step.status == Status::NeedsInput {
                assert!(
                    input.is_empty(),
                    "all input is taken before more is asked for"
                );
                break;
            }
        }
    }
    let ended = decoder.finish()?;
    match ended.checksum {
        Checksum::Refuted(error) => Err(error),
        _ => Ok((decoded, ended.garbage_at)),
    }
}

fn check_decodes(
    compression: Compression,
    stored: &[u8],
    expected: &[u8],
    garbage_at: Option<usize>,
) {
    for pieces in cuts(stored, 3) {
        for room in [1, 50, 100_000] {
            let (decoded, garbage) = decode(compression, &pieces, room).unwrap();
            assert_eq!(decoded, expected);
            assert_eq!(garbage, garbage_at.map(|at| at as u64));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn plain_bytes_are_their_own_decoding() {
    check_decodes(Compression::None, b"some bytes", b"some bytes", None);
}

#[wasm_bindgen_test(unsupported = test)]
fn xz_01_bzip2_streams() {
    let one = bzip2_of(b"first ");
    check_decodes(Compression::Bzip2, &one, b"first ", None);
    let two = [one.clone(), bzip2_of(b"second")].concat();
    check_decodes(Compression::Bzip2, &two, b"first second", None);
    for garbage in [&b"x"[..], b"BZx"] {
        let with = [&two[..], garbage].concat();
        check_decodes(Compression::Bzip2, &with, b"first second", Some(two.len()));
    }
    for end in 0..two.len() {
        let result = decode(Compression::Bzip2, &[&two[..end]], 100);
        assert_eq!(result.is_ok(), end == one.len(), "cut at {end}");
    }
    let mut bad = one;
    bad[20] ^= 0x10;
    assert!(decode(Compression::Bzip2, &[&bad], 100).is_err());
    let tar = [file("f", &vec![7; 300_000]), END.to_vec()].concat();
    let reading = check(&bzip2_of(&tar), &["file f 0644 0:0 300000"]);
    assert_eq!(reading.compression, Compression::Bzip2);
    assert_eq!(reading.verdict.checksum, Check::Ok);
    assert_eq!(
        super::content::content_of(&reading, &bzip2_of(&tar), "f"),
        vec![7; 300_000]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn xz_01_xz_streams() {
    let text = b"a tar would be too long here\na second stream\n";
    check_decodes(Compression::Xz, XZ_A, &text[..29], None);
    check_decodes(Compression::Xz, &[XZ_A, XZ_B].concat(), text, None);
    let padded = [XZ_A, &[0; 8], XZ_B, &[0; 4]].concat();
    check_decodes(Compression::Xz, &padded, text, None);
    check_decodes(
        Compression::Xz,
        &[&padded[..], b"rest"].concat(),
        text,
        Some(padded.len()),
    );
    for end in 1..XZ_A.len() {
        let error = decode(Compression::Xz, &[&XZ_A[..end]], 100).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { .. }),
            "cut at {end}: {error}"
        );
    }
    let mut bad = XZ_A.to_vec();
    bad[30] ^= 1;
    let error = decode(Compression::Xz, &[&bad], 100).unwrap_err();
    assert!(matches!(error, Error::Checksum { .. }), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_no_layer_is_named() {
    for (bytes, found) in [
        (&b"PK\x03\x04 and so on"[..], "found a zip archive"),
        (b"{\"schemaVersion\":2}", "found JSON text"),
        (b"hsqs\0\0", "found a squashfs file system"),
        (b"Just a text.\n", "found plain text"),
        (&[0x99; 5000], "found data of an unknown kind"),
    ] {
        let reading = check_damaged(bytes, &[], found);
        assert_eq!(reading.compression, Compression::None);
        assert_eq!(reading.digest, lamina::image::Digest::sha256_of(bytes));
    }
    check_warned(&END, &[], &[]);
}
