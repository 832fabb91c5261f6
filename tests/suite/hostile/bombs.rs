//! Small inputs that expand to very large ones: each codec, as a layer and around a whole archive.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::io::ReadAt;
use lamina::layer::Error;
use lamina::source::archive::Input;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Repeated, damage_of, entry, options, read, record};
use crate::archive::fixture::{bzip2, open_with};
use crate::support::gzip_of;

const MIB: usize = 1024 * 1024;

/// Limits that are reached within a second, even by a debug build in a browser.
const LIMITS: Limits = Limits {
    layer: LayerLimits {
        decoded_floor_bytes: 4 * MIB as u64,
        ..LayerLimits::DEFAULT
    },
    ..Limits::DEFAULT
};

/// Returns a frame of zeros: blocks of one byte, each repeated 128 Ki times.
fn zstd_zeros(n_blocks: usize) -> Vec<u8> {
    // No checksum, no content size, a window of 1 MiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3];
    for at in 1..=n_blocks {
        let last = u32::from(at == n_blocks);
        let header = (128 * 1024_u32) << 3 | 1 << 1 | last;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// A stream of 1 MiB of zeros, compressed by `xz -9`.
const XZ_ZEROS: &str = "fd377a585a0000016922de36020021011c00000010cf58ccefffff00d95d00006ffdffffa3b7ff473e481572396151b89228e6a38607f9eee41e82d32fc53a3c014bb17ec98a8a4d2fa30dd97fa6e38c231153e05918c5758ae277f8b6947f0c6ac0de744964e2e95c53b204d8f7440cab5f0d6d46e9e5c37688b79657acb64de1691d6ffb4b88106c42cb883f5c008fd04eaf262894711f3d8f24e1709ea7235fec28cb85d195988a7e2a91f22775f719c006984d98fdd8afd5900fc42553f8f591363105a5b0ee6fc1704d470cd19111aaad601dbaceb127185c5986e9665258bee976ac59e4e55b0508f9c7daadfcfb522af7e4952500000000001cea38a70001f101808040006fd5eedc3e300d8b020000000001595a";

/// Returns a piece of each format that decodes to at least a MiB of zeros, and that may be repeated.
fn pieces() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("gzip", gzip_of(&vec![0; MIB], 9)),
        ("zstd", zstd_zeros(16)),
        ("bzip2", bzip2(&vec![0; MIB])),
        ("xz", lamina::image::bytes_of_hex(XZ_ZEROS).unwrap()),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bomb_as_a_layer_is_given_up_early_and_hashed_to_its_end() {
    for (name, piece) in pieces() {
        let n_pieces = 40;
        let reading = read(std::iter::repeat_n(piece.as_slice(), n_pieces), LIMITS);
        let stored = piece.repeat(n_pieces);
        assert!(
            matches!(reading.damage, Some(Error::Expansion { .. })),
            "{name}: {:?}",
            reading.damage
        );
        assert!(damage_of(&reading).ends_with("which looks like a decompression bomb"));
        assert!(reading.decoded_bytes < 6 * MIB as u64, "{name}");
        assert_eq!(
            reading.digest,
            lamina::image::Digest::sha256_of(&stored),
            "{name}"
        );
        assert_eq!(reading.verdict.diff_id.word(), "absent", "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_long_deflate_stream_is_a_bomb_too() {
    let reading = read([gzip_of(&vec![0; 8 * MIB], 9).as_slice()], LIMITS);
    assert!(matches!(reading.damage, Some(Error::Expansion { .. })));
    assert!(reading.decoded_bytes < 5 * MIB as u64);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bomb_around_an_archive_fills_no_spool() {
    for (name, piece) in pieces() {
        let stored: Rc<dyn ReadAt> = Rc::new(Repeated {
            first: Vec::new(),
            piece,
            n_pieces: 100_000,
        });
        let input = Input::File {
            name: "bomb.tar".to_owned(),
            bytes: stored,
        };
        // Compressed bytes are counted as they are read, a MiB at a time. So the floor must exceed
        // the most that those may become.
        let limits = Limits {
            layer: LayerLimits {
                expansion: 4,
                ..LIMITS.layer
            },
            ..LIMITS
        };
        let error = open_with(input, &limits, &|_| ControlFlow::Continue(()));
        assert_eq!(
            error.err().map(|error| error.to_string()),
            Some("bomb.tar exceeds the limit of 4 decompressed bytes for each byte".to_owned()),
            "{name}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_within_the_ratio_is_read_whatever_its_size() {
    // 150 to 1: the ratio of repetitive text, which is not a bomb.
    let mut text = Vec::new();
    let mut seed = 1_u32;
    while text.len() < 6 * MIB {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend(std::iter::repeat_n((seed >> 24) as u8, 400));
    }
    let tar = [entry(b'0', b"log", b"", &text), vec![0; 1024]].concat();
    let stored = gzip_of(&tar, 9);
    assert!(tar.len() / stored.len() > 50, "{}", stored.len());
    let reading = read([stored.as_slice()], LIMITS);
    assert_eq!(damage_of(&reading), "");
    assert_eq!(reading.decoded_bytes, tar.len() as u64);
}

#[wasm_bindgen_test(unsupported = test)]
fn empty_members_and_frames_without_end_cost_no_memory() {
    let empty_gzip = gzip_of(b"", 9);
    let empty_zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0].to_vec();
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0].to_vec();
    for piece in [
        empty_gzip,
        empty_zstd.clone(),
        [skippable, empty_zstd].concat(),
    ] {
        let many = piece.repeat(1_000);
        let reading = read(std::iter::repeat_n(many.as_slice(), 10), LIMITS);
        assert_eq!(damage_of(&reading), "");
        assert_eq!(reading.decoded_bytes, 0);
        assert_eq!(reading.access.checkpoints.len(), 1);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn windows_that_no_writer_needs_are_refused_with_their_size() {
    // 2^41 bytes, the most that a header can demand, and 256 MiB as one segment.
    let largest = [0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3, 1, 0, 0];
    let segment = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x10, 1, 0, 0];
    for (frame, window) in [(&largest[..], "2199023255552"), (&segment[..], "268435456")] {
        let reading = read([frame], Limits::DEFAULT);
        let expected = format!(
            "the zstd data at stored byte 0 asks for a window of {window} bytes, more than the limit of 134217728"
        );
        assert_eq!(damage_of(&reading), expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn extended_headers_are_bounded_before_they_are_held() {
    let check = |bomb: Vec<u8>, message: &str| {
        let reading = read(
            [[entry(b'0', b"a", b"", b""), bomb].concat().as_slice()],
            LIMITS,
        );
        assert!(
            damage_of(&reading).contains(message),
            "{}",
            damage_of(&reading)
        );
        assert_eq!(reading.index.n_entries(), 1);
    };
    let limit = "bytes of names and attributes, more than the limit of 1048576";
    for flag in [b'x', b'L', b'K'] {
        // 2^33 - 1 in octal digits, 2^62 in base 256.
        check(super::header(flag, b"h", b"", "77777777777\0", b""), limit);
        check(
            super::header(flag, b"h", b"", b"\x80\0\0\0\x40\0\0\0\0\0\0\0", b""),
            limit,
        );
    }
    let text = |text: &[u8]| entry(b'x', b"h", b"", text);
    check(
        text(b"99999999999999999999 path=a\n"),
        "a record's length is wrong",
    );
    check(
        text(b"18446744073709551615 path=a\n"),
        "a record's length is wrong",
    );
    check(text(&b"0 ".repeat(1000)), "a record's length is wrong");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_header_full_of_attributes_is_read_in_bounded_time() {
    let records: Vec<u8> = (0..30_000)
        .flat_map(|n| record(&format!("SCHILY.xattr.user.{n}"), b"v"))
        .collect();
    assert!(records.len() < MIB);
    let tar = [
        entry(b'x', b"pax", b"", &records),
        entry(b'0', b"a", b"", b""),
    ]
    .concat();
    let reading = read([tar.as_slice()], LIMITS);
    assert_eq!(damage_of(&reading), "");
    let mut union = lamina::overlay::Union::new(LIMITS);
    let index = Rc::new(reading.index);
    let last = (0..2)
        .map(|_| union.apply(Rc::clone(&index)))
        .last()
        .unwrap();
    // Each comparison of the file with itself below sorts its attributes, instead of comparing each with each.
    assert_eq!(union.counts(last), lamina::overlay::LayerCounts::default());
    // Headers without an entry after them do not accumulate.
    let alone = entry(b'x', b"pax", b"", &record("comment", &vec![b'c'; 100_000]));
    let mut reader = lamina::layer::LayerReader::new(Default::default(), options(LIMITS));
    for _ in 0..100 {
        reader.push(&alone);
    }
    let reading = reader.finish();
    assert!(
        damage_of(&reading).contains("within an extended header"),
        "{}",
        damage_of(&reading)
    );
}
