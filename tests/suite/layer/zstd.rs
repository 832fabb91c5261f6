//! zstd: the checklist's lines ZS-01 to ZS-07.

use std::ops::Range;

use lamina::bounds::LayerLimits;
use lamina::image::Digest;
use lamina::layer::{Check, Compression, Error, ReadOptions, Sniffed, sniff};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{Dice, OPTIONS, check, check_damaged, list, read, read_as};
use crate::support::zstd::{Kind, block, frame, match_of_1024, raw_blocks_of, repeated, skippable};

/// See `window27.txt`.
const WINDOW_27: &[u8] = include_bytes!("window27.tar.zst");

/// The second byte of a header for a window of 2 MiB, larger than the content of most of these frames.
const WINDOW_2_MIB: u8 = 0x58;

fn tar() -> Vec<u8> {
    [file("a", b"first"), file("b", &[b'b'; 3000]), END.to_vec()].concat()
}

const ENTRIES: [&str; 2] = ["file a 0644 0:0 5", "file b 0644 0:0 3000"];

/// Returns a frame with a checksum and without a content size.
fn frame_of(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn raw_blocks(bytes: &[u8]) -> Vec<Vec<u8>> {
    raw_blocks_of(bytes, 1000)
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_01_frames_and_skippable_frames() {
    let tar = tar();
    let one = check(&frame_of(&tar), &ENTRIES);
    assert_eq!(one.compression, Compression::Zstd);
    assert_eq!(one.verdict.checksum, Check::Ok);
    assert_eq!(one.diff_id.0, Digest::sha256_of(&tar));
    let several: Vec<u8> = tar.chunks(600).flat_map(frame_of).collect();
    assert_eq!(check(&several, &ENTRIES).diff_id, one.diff_id);
    let mut many = skippable(0, b"first of all");
    for (at, part) in tar.chunks(600).enumerate() {
        many.extend(frame_of(part));
        many.extend(skippable(at as u8 & 15, &vec![0xaa; at % 3]));
    }
    many.extend(skippable(15, &[0x5a; 5000]));
    let split = check(&many, &ENTRIES);
    assert_eq!(split.diff_id, one.diff_id);
    assert_eq!(split.digest, Digest::sha256_of(&many));
    assert_eq!(split.verdict.checksum, Check::Ok);
    let only = check(&skippable(3, b"x"), &[]);
    assert_eq!(only.decoded_bytes, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_01_every_skippable_magic_in_every_place() {
    let tar = tar();
    let (front, back) = tar.split_at(700);
    for nibble in 0..16 {
        assert_eq!(
            sniff(&skippable(nibble, b"")),
            Sniffed::Compressed(Compression::Zstd)
        );
        for content in [&b""[..], b"skipped"] {
            let skipped = skippable(nibble, content);
            let (front, back) = (frame_of(front), frame_of(back));
            for place in 0..3 {
                let mut parts = vec![front.as_slice(), back.as_slice()];
                parts.insert(place, &skipped);
                let reading = check(&parts.concat(), &ENTRIES);
                assert_eq!(reading.compression, Compression::Zstd);
                assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
            }
        }
    }
    // The numbers just below and above are not a magic.
    for byte in [0x4f, 0x60] {
        let mut other = skippable(0, b"");
        other[0] = byte;
        assert!(!matches!(sniff(&other), Sniffed::Compressed(_)));
        let stored = [frame_of(&tar), other].concat();
        check_damaged(&stored, &ENTRIES, "after the last frame");
    }
}

/// The form that `zstd:chunked` writes: a frame for each header and each file, then the table of contents and a
/// footer in skippable frames. The annotations of the layer's descriptor about them are not needed.
#[wasm_bindgen_test(unsupported = test)]
fn zs_02_zstd_chunked_is_read_as_an_ordinary_tar() {
    let tar = tar();
    let parts: [Range<usize>; 5] = [0..512, 512..1024, 1024..1536, 1536..4608, 4608..tar.len()];
    let frames: Vec<u8> = parts
        .iter()
        .flat_map(|part| frame_of(&tar[part.clone()]))
        .collect();
    let toc = br#"{"version":1,"entries":[{"type":"reg","name":"a","size":5}]}"#;
    let at = frames.len() as u64 + 8;
    let len = frame_of(toc).len() as u64;
    let mut footer: Vec<u8> = [at, len, toc.len() as u64, 1]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    footer.extend(b"GNUlInUx");
    let stored = [
        frames.clone(),
        skippable(0, &frame_of(toc)),
        skippable(0, &footer),
    ]
    .concat();
    let reading = check(&stored, &ENTRIES);
    assert_eq!(reading.compression, Compression::Zstd);
    assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
    assert_eq!(reading.digest, Digest::sha256_of(&stored));
    assert_eq!(reading.decoded_bytes, tar.len() as u64);
    assert_eq!(reading.verdict.checksum, Check::Ok);
    let content = super::content::content_of(&reading, &stored, "b");
    assert_eq!(content, [b'b'; 3000]);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_03_checksums() {
    let tar = tar();
    // Neither a content size nor a checksum, then the same with a checksum.
    let plain = frame(&[0, WINDOW_2_MIB], &raw_blocks(&tar));
    assert_eq!(check(&plain, &ENTRIES).verdict.checksum, Check::Absent);
    let summed = frame_of(&tar);
    assert_eq!(
        summed[4] & 0b1110_0100,
        0b100,
        "a checksum, no content size, no single segment"
    );
    assert_eq!(check(&summed, &ENTRIES).verdict.checksum, Check::Ok);
    // A content size of four bytes, and no checksum.
    let len = (tar.len() as u32).to_le_bytes();
    let sized = [&[0b1000_0000, WINDOW_2_MIB], &len[..]].concat();
    let sized = frame(&sized, &raw_blocks(&tar));
    assert_eq!(check(&sized, &ENTRIES).verdict.checksum, Check::Absent);
    let mut bad = summed.clone();
    *bad.last_mut().unwrap() ^= 1;
    let reading = check_damaged(
        &bad,
        &ENTRIES,
        "the zstd content checksum before stored byte",
    );
    assert!(matches!(reading.verdict.checksum, Check::Mismatch { .. }));
    assert!(!reading.verdict.holds());
    assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
    // One frame without a checksum leaves the whole unverified.
    assert_eq!(
        check(&[frame_of(b""), plain].concat(), &ENTRIES)
            .verdict
            .checksum,
        Check::Absent
    );
}

/// Returns three files: noise, zeros, and the same noise again as one match from `distance` bytes before.
fn with_long_match(window_exponent: u8, distance: u64) -> Vec<u8> {
    let mut dice = Dice(3);
    let noise: Vec<u8> = (0..1024).map(|_| dice.roll(256) as u8).collect();
    let gap = usize::try_from(distance).unwrap() - 2048;
    let gap_header = file("gap", &vec![0; gap])[..512].to_vec();
    let first = [file("first", &noise), gap_header].concat();
    let again = file("again", &noise)[..512].to_vec();
    let blocks = [
        vec![block(Kind::Raw, false, first.len(), &first)],
        repeated(0, gap),
        vec![
            block(Kind::Raw, false, 512, &again),
            match_of_1024(distance),
            block(Kind::Raw, true, 1024, &END),
        ],
    ]
    .concat();
    frame(&[0, (window_exponent - 10) << 3], &blocks)
}

fn check_long_match(stored: &[u8], gap: u64, digest: Option<&str>) {
    let gap = format!("file gap 0644 0:0 {gap}");
    let expected = ["file first 0644 0:0 1024", &gap, "file again 0644 0:0 1024"];
    let reading = check(stored, &expected);
    let files: Vec<_> = reading.index.entries().map(|e| e.sha256.unwrap()).collect();
    assert_eq!(files[0], files[2], "the match gives the same bytes again");
    assert_ne!(files[0], files[1]);
    if let Some(digest) = digest {
        assert_eq!(reading.diff_id.0.as_str(), digest);
        assert_eq!(reading.verdict.checksum, Check::Ok);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_04_large_windows() {
    // A window of 16 MiB, used to its last byte.
    check_long_match(&with_long_match(24, 1 << 24), (1 << 24) - 2048, None);
    // A window of 128 MiB, written by hand, and by zstd itself; the match reaches back 20 MiB.
    check_long_match(&with_long_match(27, 20 << 20), (20 << 20) - 2048, None);
    let digest = "sha256:d94836f8ab66eab06f9517f4ef6cb31be485a053e872c9e20511368eb5d3c095";
    check_long_match(WINDOW_27, 20 << 20, Some(digest));
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_04_windows_above_the_limit() {
    assert_eq!(LayerLimits::DEFAULT.zstd_window_bytes, 1 << 27);
    let too_large = frame(&[0, 18 << 3], &raw_blocks(&tar()));
    let reading = check_damaged(
        &too_large,
        &[],
        "the zstd data at stored byte 0 asks for a window of 268435456 bytes, more than the limit of 134217728",
    );
    assert_eq!(
        reading.damage.unwrap(),
        Error::WindowTooLarge {
            compression: Compression::Zstd,
            stored_offset: 0,
            window_bytes: 1 << 28,
            limit_bytes: 1 << 27,
        }
    );
    // An eighth above the limit, and the largest that a header can demand.
    let eighth = frame(&[0, 17 << 3 | 1], &raw_blocks(&tar()));
    check_damaged(&eighth, &[], "asks for a window of 150994944 bytes");
    let largest = frame(&[0, 0xff], &raw_blocks(&tar()));
    check_damaged(&largest, &[], "asks for a window of 4123168604160 bytes");
    // The window of a single segment is its content, whatever size that claims.
    let claim = frame(&[0b1110_0000, 0, 0, 0, 0, 1, 0, 0, 0], &raw_blocks(&tar()));
    check_damaged(&claim, &[], "asks for a window of 4294967296 bytes");
    // The frames before such a frame are read. The claimed diff_id is neither verified nor refuted.
    let (front, back) = (frame_of(&tar()[..1024]), &too_large);
    let expected = lamina::layer::Expected {
        diff_id: Some(lamina::image::DiffId(Digest::sha256_of(&tar()))),
        ..Default::default()
    };
    let half = read_as(&[&front[..], back].concat(), &expected, OPTIONS);
    assert_eq!(list(&half), [ENTRIES[0]]);
    assert_eq!(half.verdict.diff_id, Check::Absent);
    let limits = LayerLimits {
        zstd_window_bytes: 1 << 20,
        ..LayerLimits::DEFAULT
    };
    let narrow = read_as(
        WINDOW_27,
        &Default::default(),
        ReadOptions { limits, ..OPTIONS },
    );
    assert!(matches!(narrow.damage, Some(Error::WindowTooLarge { .. })));
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_05_damage() {
    let tar = tar();
    let good = frame(&[0, WINDOW_2_MIB], &raw_blocks(&tar));
    for garbage in [&b"garbage"[..], &[0; 8]] {
        let message = format!(
            "the zstd data is damaged near stored byte {}: after the last frame comes something else",
            good.len()
        );
        check_damaged(&[&good[..], garbage].concat(), &ENTRIES, &message);
    }
    // So few bytes that they could be the start of a magic.
    check_damaged(&[&good[..], &[0x28, 0xb5]].concat(), &ENTRIES, "cut off");
    check_damaged(
        &frame(&[8, WINDOW_2_MIB], &raw_blocks(&tar)),
        &[],
        "a reserved bit is set in a frame's header",
    );
    // The bit next to it may have any value.
    check(&frame(&[16, WINDOW_2_MIB], &raw_blocks(&tar)), &ENTRIES);
    let one_block = |block: Vec<u8>| frame(&[0, WINDOW_2_MIB], &[block]);
    check_damaged(
        &one_block(block(Kind::Reserved, true, 5, b"")),
        &[],
        "a block is of the reserved type",
    );
    check_damaged(
        &one_block(block(Kind::Raw, true, 200_000, b"")),
        &[],
        "longer than blocks may be",
    );
    check_damaged(
        &one_block(block(Kind::Rle, true, 131_073, b"\0")),
        &[],
        "longer than blocks may be",
    );
    for bad in [
        &b"\xff\xff\xff"[..],
        // No literals and a sequence of a reserved mode; one whose bit stream has no end.
        b"\0\x01\x03\0\0\0\x01",
        b"\0\x01\x54\0\x01\x2d\0",
    ] {
        let blocks = [
            raw_blocks(&tar[..2000]).swap_remove(0),
            block(Kind::Compressed, true, bad.len(), bad),
        ];
        check_damaged(
            &frame(&[0, WINDOW_2_MIB], &blocks),
            &["file a 0644 0:0 5"],
            "the zstd data is damaged near stored byte 1009",
        );
    }
    let short = frame(&[0b0110_0000, 0x00, 0x20], &raw_blocks(&tar));
    check_damaged(&short, &ENTRIES, "not as long as its header says");
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_05_a_match_before_the_frame_is_damage() {
    let stored = [
        frame_of(&tar()[..2000]),
        frame(
            &[0, WINDOW_2_MIB],
            &[
                raw_blocks(&tar()[2000..2600]).swap_remove(0),
                match_of_1024(1024),
            ],
        ),
    ]
    .concat();
    let expected = ["file a 0644 0:0 5", "file b 0644 0:0 3000 incomplete"];
    check_damaged(
        &stored,
        &expected,
        "the zstd data is damaged near stored byte",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_05_truncation_keeps_what_is_decoded() {
    let tar = tar();
    // The window is larger than the layer, so the decoder holds back all of it until the frame ends.
    let good = frame(&[4, WINDOW_2_MIB], &raw_blocks(&tar));
    let incomplete = ["file a 0644 0:0 5", "file b 0644 0:0 3000 incomplete"];
    for end in 0..=good.len() {
        let reading = if end % 50 < 3 || end < 30 {
            read(&good[..end])
        } else {
            super::read_pieces(&[&good[..end]], &Default::default(), OPTIONS)
        };
        // Six bytes of header, then blocks of three bytes and 1000 each.
        let n_blocks = end.saturating_sub(6) / 1003;
        let listed = list(&reading);
        match n_blocks {
            0 => assert!(listed.is_empty(), "cut at {end}: {listed:?}"),
            1 => assert_eq!(listed, ["file a 0644 0:0 5"], "cut at {end}"),
            2..=4 => assert_eq!(listed, incomplete, "cut at {end}"),
            _ => assert_eq!(listed, ENTRIES, "cut at {end}"),
        }
        // Without its magic, it is not recognised as zstd. The checksum at the very end is missing, too.
        let message = reading.damage.map(|damage| damage.to_string());
        let expected = match end {
            0 => None,
            1..4 => Some("this is no tar archive, so it cannot be read as a file system; found data of an unknown kind".to_owned()),
            _ => Some(format!("the zstd data is cut off at stored byte {end}; fetch or save the image again")),
        };
        assert_eq!(
            message.map(|m| m.replace("plain text", "data of an unknown kind")),
            expected
        );
        assert_eq!(reading.verdict.checksum, Check::Absent);
    }
    assert_eq!(read(&good[..3000]).decoded_bytes, 2000);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_06_dictionaries() {
    for (header, number) in [
        (&[1, WINDOW_2_MIB, 77][..], 77),
        (&[2, WINDOW_2_MIB, 0x34, 0x12], 0x1234),
        (&[3, WINDOW_2_MIB, 1, 2, 3, 4], 0x0403_0201),
    ] {
        let needs = frame(header, &raw_blocks(&tar()));
        let message = format!(
            "the zstd frame at stored byte 0 needs a dictionary (number {number}), which an image cannot carry"
        );
        let reading = check_damaged(&needs, &[], &message);
        assert_eq!(reading.verdict.diff_id, Check::Absent);
    }
    // Number 0 means none.
    let none = frame(&[1, WINDOW_2_MIB, 0], &raw_blocks(&tar()));
    check(&none, &ENTRIES);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_07_empty_and_repeating_blocks() {
    let empty = frame(&[0, WINDOW_2_MIB], &[block(Kind::Raw, true, 0, b"")]);
    let single = frame(&[0b0010_0000, 0], &[block(Kind::Raw, true, 0, b"")]);
    for stored in [empty.clone(), single, frame_of(b"")] {
        assert_eq!(check(&stored, &[]).decoded_bytes, 0);
        // Before a frame with content, and after it.
        let tar = frame_of(&tar());
        check(&[&stored[..], &tar, &stored].concat(), &ENTRIES);
    }
    let head = file("z", &vec![0; 300_000])[..512].to_vec();
    let blocks = [
        block(Kind::Raw, false, 512, &head),
        block(Kind::Raw, false, 0, b""),
        block(Kind::Rle, false, 0, b"x"),
        block(Kind::Rle, false, 131_072, b"\0"),
        block(Kind::Rle, false, 131_072, b"\0"),
        block(Kind::Rle, true, 131_072, b"\0"),
    ];
    check(
        &frame(&[0, WINDOW_2_MIB], &blocks),
        &["file z 0644 0:0 300000"],
    );
    let rle_first = frame(&[0, WINDOW_2_MIB], &[block(Kind::Rle, true, 1024, b"\0")]);
    let reading = check(&rle_first, &[]);
    assert_eq!(reading.diff_id.0, Digest::sha256_of(&END));
    let full = [file("f", &vec![b'f'; 131_072 - 512]), END.to_vec()].concat();
    let blocks = [
        block(Kind::Raw, false, 131_072, &full[..131_072]),
        block(Kind::Raw, true, full.len() - 131_072, &full[131_072..]),
    ];
    check(
        &frame(&[0, WINDOW_2_MIB], &blocks),
        &["file f 0644 0:0 130560"],
    );
}
