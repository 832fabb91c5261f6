//! zstd: the checklist's lines ZS-01 to ZS-07.

use lamina::layer::{Check, Compression, Error, Limits, ReadOptions};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{OPTIONS, check, check_damaged, list, read, read_as};

/// Written by `zstd -19 --long=27` from a tar of three files: 1 KiB of noise, 20 MiB of zeros, and the same noise,
/// which therefore is one match over that distance.
const WINDOW_27: &[u8] = include_bytes!("window27.tar.zst");

fn tar() -> Vec<u8> {
    [file("a", b"first"), file("b", &[b'b'; 3000]), END.to_vec()].concat()
}

const ENTRIES: [&str; 2] = ["file a 0644 0:0 5", "file b 0644 0:0 3000"];

/// A frame with a checksum and no content size.
fn frame_of(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn skippable(nibble: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x50 | nibble, 0x2a, 0x4d, 0x18];
    frame.extend((content.len() as u32).to_le_bytes());
    frame.extend(content);
    frame
}

/// Frames by hand: a descriptor with the fields after it, and blocks.
fn frame(header: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd][..], header, &blocks.concat()].concat()
}

fn block(kind: u32, last: bool, size: usize, body: &[u8]) -> Vec<u8> {
    let header = u32::from(last) | kind << 1 | (size as u32) << 3;
    [&header.to_le_bytes()[..3], body].concat()
}

fn raw_blocks(bytes: &[u8]) -> Vec<Vec<u8>> {
    let chunks: Vec<_> = bytes.chunks(1000).collect();
    let last = chunks.len() - 1;
    chunks
        .iter()
        .enumerate()
        .map(|(at, part)| block(0, at == last, part.len(), part))
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_01_frames_and_skippable_frames() {
    let tar = tar();
    let one = check(&frame_of(&tar), &ENTRIES);
    assert_eq!(one.compression, Compression::Zstd);
    assert_eq!(one.verdict.checksum, Check::Ok);
    let mut many = skippable(0, b"first of all");
    for (at, part) in tar.chunks(600).enumerate() {
        many.extend(frame_of(part));
        many.extend(skippable(at as u8 & 15, &vec![0xaa; at % 3]));
    }
    many.extend(skippable(15, &[0x5a; 5000]));
    let split = check(&many, &ENTRIES);
    assert_eq!(split.diff_id, one.diff_id);
    assert_eq!(split.verdict.checksum, Check::Ok);
    let only = check(&skippable(3, b"x"), &[]);
    assert_eq!(only.decoded_bytes, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_03_checksums() {
    let tar = tar();
    let plain = frame(&[0, 0x58], &raw_blocks(&tar));
    assert_eq!(check(&plain, &ENTRIES).verdict.checksum, Check::Absent);
    let mut bad = frame_of(&tar);
    *bad.last_mut().unwrap() ^= 1;
    let reading = check_damaged(&bad, &ENTRIES, "zstd content checksum");
    assert!(matches!(reading.verdict.checksum, Check::Mismatch { .. }));
    // One frame without a checksum leaves the whole unproved.
    assert_eq!(
        check(&[frame_of(b""), plain].concat(), &ENTRIES)
            .verdict
            .checksum,
        Check::Absent
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_04_large_windows() {
    let reading = super::read_pieces(&[WINDOW_27], &Default::default(), OPTIONS);
    assert_eq!(reading.damage, None);
    assert_eq!(
        list(&reading),
        [
            "file first 0644 0:0 1024",
            "file gap 0644 0:0 20971520",
            "file again 0644 0:0 1024"
        ]
    );
    let digest = "sha256:d94836f8ab66eab06f9517f4ef6cb31be485a053e872c9e20511368eb5d3c095";
    assert_eq!(reading.diff_id.0.as_str(), digest);
    assert_eq!(reading.verdict.checksum, Check::Ok);

    let too_large = frame(&[0, 18 << 3], &raw_blocks(&tar()));
    let reading = check_damaged(
        &too_large,
        &[],
        "asks for a window of 268435456 bytes, more than the limit of 134217728",
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
    // A single segment's window is its content, whatever that claims to be.
    let claim = frame(&[0b1110_0000, 0, 0, 0, 0, 1, 0, 0, 0], &raw_blocks(&tar()));
    check_damaged(&claim, &[], "asks for a window of 4294967296 bytes");
    let limits = Limits {
        zstd_window_bytes: 1 << 20,
        ..Limits::DEFAULT
    };
    let strict = read_as(
        &frame_of(&tar()),
        &Default::default(),
        ReadOptions { limits, ..OPTIONS },
    );
    assert!(strict.damage.is_none() || matches!(strict.damage, Some(Error::WindowTooLarge { .. })));
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
    let good = frame(&[0, 0x58], &raw_blocks(&tar));
    check_damaged(
        &[&good[..], b"garbage"].concat(),
        &ENTRIES,
        "after the last frame",
    );
    check_damaged(
        &[&good[..], &[0; 8]].concat(),
        &ENTRIES,
        "after the last frame",
    );
    check_damaged(&frame(&[8, 0x58], &raw_blocks(&tar)), &[], "reserved bit");
    check_damaged(
        &frame(&[0, 0x58], &[block(3, true, 5, b"")]),
        &[],
        "reserved type",
    );
    check_damaged(
        &frame(&[0, 0x58], &[block(0, true, 200_000, b"")]),
        &[],
        "longer than blocks may be",
    );
    check_damaged(
        &frame(&[0, 0x58], &[block(2, true, 3, b"\xff\xff\xff")]),
        &[],
        "damaged near stored byte",
    );
    let short = frame(&[0b0110_0000, 0x00, 0x20], &raw_blocks(&tar));
    check_damaged(&short, &ENTRIES, "not as long as its header says");
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_05_truncation_keeps_what_is_decoded() {
    let tar = tar();
    // The window is larger than the layer, so the decoder holds all of it back until the frame ends.
    let good = frame(&[4, 0x58], &raw_blocks(&tar));
    for end in 1..good.len() {
        let reading = super::read_pieces(&[&good[..end]], &Default::default(), OPTIONS);
        assert!(reading.damage.is_some(), "cut at {end}");
    }
    check_damaged(&good, &ENTRIES, "cut off");
    let reading = check_damaged(
        &good[..3000],
        &["file a 0644 0:0 5", "file b 0644 0:0 3000 incomplete"],
        "cut off at stored byte 3000",
    );
    assert_eq!(reading.decoded_bytes, 2000);
    assert_eq!(reading.verdict.checksum, Check::Absent);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_06_dictionaries() {
    let needs = frame(&[1, 0x58, 77], &raw_blocks(&tar()));
    check_damaged(&needs, &[], "needs a dictionary (number 77)");
    // Number 0 means none.
    check(&frame(&[1, 0x58, 0], &raw_blocks(&tar())), &ENTRIES);
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_07_empty_and_repeating_blocks() {
    let empty = frame(&[0, 0x58], &[block(0, true, 0, b"")]);
    assert_eq!(read(&empty).decoded_bytes, 0);
    let single = frame(&[0b0010_0000, 0], &[block(0, true, 0, b"")]);
    assert_eq!(read(&single).decoded_bytes, 0);
    let head = file("z", &vec![0; 300_000])[..512].to_vec();
    let blocks = [
        block(0, false, 512, &head),
        block(0, false, 0, b""),
        block(1, false, 131_072, b"\0"),
        block(1, false, 131_072, b"\0"),
        block(1, true, 131_072, b"\0"),
    ];
    check(&frame(&[0, 0x58], &blocks), &["file z 0644 0:0 300000"]);
    let rle_first = frame(&[0, 0x58], &[block(1, true, 1024, b"\0")]);
    check(&rle_first, &[]);
    let full = [file("f", &vec![b'f'; 131_072 - 512]), END.to_vec()].concat();
    let blocks = [
        block(0, false, 131_072, &full[..131_072]),
        block(0, true, full.len() - 131_072, &full[131_072..]),
    ];
    check(&frame(&[0, 0x58], &blocks), &["file f 0644 0:0 130560"]);
}
