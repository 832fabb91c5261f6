//! Formats of a blob: uncompressed, bzip2 or xz (XZ-01), or not a layer at all.

use lamina::image::MediaType;
use lamina::layer::{Check, Compression, Error, Sniffed, sniff};
use wasm_bindgen_test::wasm_bindgen_test;

use super::decoder::{bzip2_of, decode_cut};
use super::raw::{END, Raw, file};
use super::{check, check_damaged, check_warned, read};
use crate::archive::fixture::zstd as zstd_of;
use crate::support::gzip_of;
use crate::support::zstd::skippable;

/// `printf 'a tar would be too long here\n' | xz -T1 --lzma2=dict=64KiB`. A larger dictionary is cleared for each
/// of thousands of cuts, which takes minutes in the browser.
const XZ_A: &[u8] = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F\x02\0!\x01\x08\0\0\0\xd8\x0f#\x13\x01\0\x1ca tar would be too long here\n\0\0\0\0P\xd8\xf4\x83\xe1@9s\0\x015\x1dD\x1b\xb1\xe1\x1f\xb6\xf3}\x01\0\0\0\0\x04YZ";
/// `printf 'a second stream\n' | xz -0 --check=crc32`
const XZ_B: &[u8] = b"\xfd7zXZ\0\0\x01i\"\xde6\x02\0!\x01\x0c\0\0\0\x8f\x98A\x9c\x01\0\x0fa second stream\n\0)\xa0\xf8f\0\x01$\x10\xe9D\xd9\xcc\x90B\x99\r\x01\0\0\0\0\x01YZ";

fn check_decodes(
    compression: Compression,
    stored: &[u8],
    expected: &[u8],
    garbage_at: Option<usize>,
) {
    let (decoded, garbage) = decode_cut(compression, stored).good().unwrap();
    assert_eq!(decoded, expected);
    assert_eq!(garbage, garbage_at.map(|at| at as u64));
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
        let result = decode_cut(Compression::Bzip2, &two[..end]).good();
        assert_eq!(result.is_ok(), end == one.len(), "cut at {end}");
    }
    let mut bad = one;
    bad[20] ^= 0x10;
    assert!(decode_cut(Compression::Bzip2, &bad).good().is_err());
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
        let error = decode_cut(Compression::Xz, &XZ_A[..end])
            .good()
            .unwrap_err();
        assert!(
            matches!(error, Error::Truncated { .. }),
            "cut at {end}: {error}"
        );
    }
    let mut bad = XZ_A.to_vec();
    bad[30] ^= 1;
    let error = decode_cut(Compression::Xz, &bad).good().unwrap_err();
    assert!(matches!(error, Error::Checksum { .. }), "{error}");
}

/// See `one.txt`.
pub(crate) const ONE: &[u8] = include_bytes!("one.tar.xz");

/// Returns the same, decompressed.
pub(crate) fn one() -> Vec<u8> {
    decode_cut(Compression::Xz, ONE).good().unwrap().0
}

#[wasm_bindgen_test(unsupported = test)]
fn xz_01_layers_of_old_archives_may_be_compressed_so() {
    let tar = [file("f", &vec![7; 300_000]), END.to_vec()].concat();
    let line = "file f 0644 0:0 300000";
    for (stored, compression) in [
        (bzip2_of(&tar), Compression::Bzip2),
        (ONE.to_vec(), Compression::Xz),
    ] {
        let reading = check(&stored, &[line]);
        assert_eq!(reading.compression, compression);
        assert_eq!(reading.verdict.checksum, Check::Ok);
        let content = super::content::content_of(&reading, &stored, "f");
        assert_eq!(content, vec![7; 300_000]);
        let half = &stored[..stored.len() / 2];
        let message = format!(
            "the {compression} data is cut off at stored byte {}",
            half.len()
        );
        let reading = read(half);
        assert!(reading.damage.unwrap().to_string().starts_with(&message));
    }
    // OCI and Docker have no media types for them, so no registry can ask for one.
    for suffix in ["+xz", "+bzip2", "+bz2"] {
        let text = format!("application/vnd.oci.image.layer.v1.tar{suffix}");
        assert_eq!(MediaType::new(&text).layer(), None);
    }
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

/// The format is recognised after this number of bytes, and further bytes do not change it.
#[wasm_bindgen_test(unsupported = test)]
fn what_the_first_bytes_are_does_not_change_with_more_of_them() {
    let tar = [file("f", b"content"), END.to_vec()].concat();
    for (bytes, enough, compression) in [
        (gzip_of(&tar, 6), 2, Compression::Gzip),
        (zstd_of(&tar), 4, Compression::Zstd),
        (skippable(9, &[1; 600]), 4, Compression::Zstd),
        (bzip2_of(&tar), 4, Compression::Bzip2),
        (ONE.to_vec(), 6, Compression::Xz),
    ] {
        for len in 0..bytes.len() {
            let sniffed = sniff(&bytes[..len]);
            let known = sniffed == Sniffed::Compressed(compression);
            assert_eq!(known, len >= enough, "{compression}, {len} bytes");
        }
    }
    for len in 262..tar.len() {
        assert_eq!(sniff(&tar[..len]), Sniffed::Tar);
    }
    let v7 = Raw::v7("f", b'0').bytes();
    for len in 1..=512 {
        assert_eq!(sniff(&v7[..len]) == Sniffed::Tar, len == 512);
        assert_eq!(sniff(&END[..len]), Sniffed::Tar);
    }
    assert_eq!(sniff(b""), Sniffed::Empty);
}
