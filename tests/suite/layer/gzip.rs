//! gzip: the checklist's lines GZ-01 to GZ-06.

use lamina::layer::{Check, Compression};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{check, check_damaged, check_warned, codes, list, read};
use crate::support::{gzip_of, gzip_with};

fn tar() -> Vec<u8> {
    [file("a", b"first"), file("b", &[b'b'; 3000]), END.to_vec()].concat()
}

const ENTRIES: [&str; 2] = ["file a 0644 0:0 5", "file b 0644 0:0 3000"];

#[wasm_bindgen_test(unsupported = test)]
fn gz_01_members_are_one_stream() {
    let tar = tar();
    let whole = check(&gzip_of(&tar, 6), &ENTRIES);
    assert_eq!(whole.compression, Compression::Gzip);
    assert_eq!(whole.verdict.checksum, Check::Ok);
    assert_eq!(whole.diff_id.0, lamina::image::Digest::sha256_of(&tar));
    let members: Vec<u8> = tar.chunks(700).flat_map(|part| gzip_of(part, 6)).collect();
    let split = check(&[members, gzip_of(b"", 6)].concat(), &ENTRIES);
    assert_eq!(split.diff_id, whole.diff_id);
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_02_optional_header_fields() {
    let tar = tar();
    let fixed = |flags| vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3];
    let extra = b"\x07\0abc\0def";
    let (name, comment) = (b"layer.tar\0", b"made by hand\0");
    let crc = |header: &[u8]| (crc32fast::hash(header) as u16).to_le_bytes();
    let mut all = [&fixed(0b1_1111)[..], extra, name, comment].concat();
    all.extend(crc(&all));
    let mut only_crc = fixed(0b10);
    only_crc.extend(crc(&only_crc));
    let headers = [
        fixed(1),
        [&fixed(0b100)[..], extra].concat(),
        [&fixed(0b100)[..], b"\0\0"].concat(),
        [&fixed(0b1000)[..], name].concat(),
        [&fixed(0b1_0000)[..], comment].concat(),
        only_crc,
        all.clone(),
    ];
    for header in headers {
        let reading = check(&gzip_with(&header, &tar, 6), &ENTRIES);
        assert_eq!(reading.verdict.checksum, Check::Ok);
    }
    *all.last_mut().unwrap() ^= 1;
    let reading = check_damaged(&gzip_with(&all, &tar, 6), &ENTRIES, "gzip header CRC");
    assert_eq!(reading.verdict.checksum.word(), "mismatch");
    check_damaged(&gzip_with(&fixed(0x20), &tar, 6), &[], "reserved flags");
    let mut method = gzip_of(&tar, 6);
    method[2] = 7;
    check_damaged(&method, &[], "not deflate");
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_03_checks_that_do_not_hold() {
    let good = gzip_of(&tar(), 6);
    for (from_end, what) in [(5, "gzip CRC-32"), (1, "gzip length")] {
        let mut bad = good.clone();
        let at = bad.len() - from_end;
        bad[at] ^= 0x40;
        let reading = check_damaged(&bad, &ENTRIES, what);
        assert!(matches!(reading.verdict.checksum, Check::Mismatch { .. }));
        assert!(!reading.verdict.holds());
        // The digest of what is decoded is whole all the same, also with members after the bad one.
        assert_eq!(reading.diff_id.0, lamina::image::Digest::sha256_of(&tar()));
        let more = check_damaged(&[bad, gzip_of(&[0; 512], 6)].concat(), &ENTRIES, what);
        assert_eq!(more.decoded_bytes, reading.decoded_bytes + 512);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_04_truncation() {
    let tar = tar();
    let first = gzip_of(&tar, 6);
    let two = [first.clone(), gzip_of(b"", 6)].concat();
    for end in 1..two.len() {
        let reading = super::read_pieces(&[&two[..end]], &Default::default(), super::OPTIONS);
        let ok = end == first.len();
        assert_eq!(reading.damage.is_none(), ok, "cut at {end}");
        assert!(list(&reading).len() <= 2);
        if end >= first.len() - 8 {
            assert_eq!(list(&reading), ENTRIES, "cut at {end}");
        }
    }
    let reading = check_damaged(
        &first[..first.len() - 4],
        &ENTRIES,
        "the gzip data is cut off at stored byte",
    );
    assert_eq!(reading.verdict.checksum, Check::Absent);
    check_damaged(
        &[first, vec![0x1f, 0x8b, 8, 0]].concat(),
        &ENTRIES,
        "cut off",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_05_what_follows_the_last_member() {
    let good = gzip_of(&tar(), 6);
    let with = |rest: &[u8]| [&good[..], rest].concat();
    check(&with(&[0; 700]), &ENTRIES);
    for garbage in [
        &b"garbage"[..],
        &[0x1f, 0x00, 1],
        &[0, 0, 1, 2],
        &[0, 0x1f, 0x8b, 8],
    ] {
        let reading = check_warned(&with(garbage), &ENTRIES, &["trailing-garbage"]);
        assert_eq!(reading.verdict.checksum, Check::Ok);
        assert_eq!(reading.stored_bytes, (good.len() + garbage.len()) as u64);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_06_stored_blocks_and_high_ratios() {
    check(&gzip_of(&tar(), 0), &ENTRIES);
    let zeros = [file("z", &vec![0; 5_000_000]), END.to_vec()].concat();
    let stored = gzip_of(&zeros, 9);
    assert!(
        zeros.len() / stored.len() > 900,
        "the ratio is {}",
        zeros.len() / stored.len()
    );
    check(&stored, &["file z 0644 0:0 5000000"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_distance_before_the_member_is_damage() {
    // A stored block of "abc", then a fixed-Huffman match of length 3 at distance 4: one byte too far.
    let reach = |distance_code: u32| {
        let mut bits = vec![];
        let put = |bits: &mut Vec<u8>, value: u32, n: u32| {
            bits.extend((0..n).map(|at| (value >> at & 1) as u8))
        };
        let put_code = |bits: &mut Vec<u8>, value: u32, n: u32| {
            bits.extend((0..n).rev().map(|at| (value >> at & 1) as u8))
        };
        put(&mut bits, 1, 1);
        put(&mut bits, 1, 2);
        for byte in b"abc" {
            put_code(&mut bits, 0x30 + u32::from(*byte), 8);
        }
        put_code(&mut bits, 1, 7);
        put_code(&mut bits, distance_code, 5);
        put_code(&mut bits, 0, 7);
        bits.chunks(8)
            .map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | bit))
            .collect::<Vec<u8>>()
    };
    let member = |distance_code| {
        let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        member.extend(reach(distance_code));
        member.extend(crc32fast::hash(b"abcabc").to_le_bytes());
        member.extend(6u32.to_le_bytes());
        member
    };
    // Even where another member stands before it, the match must not reach into that.
    let before = gzip_of(&tar(), 6);
    check(&[before.clone(), member(2)].concat(), &ENTRIES);
    let reading = check_damaged(
        &[before, member(3)].concat(),
        &ENTRIES,
        "deflate data is invalid",
    );
    assert!(codes(&reading).is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_inside_must_be_a_tar() {
    check_damaged(
        &gzip_of(b"hello, this is a README\n", 6),
        &[],
        "found plain text",
    );
    check_damaged(&gzip_of(&gzip_of(&tar(), 6), 6), &[], "found gzip data");
    let reading = read(&gzip_of(b"", 6));
    assert_eq!((reading.damage, reading.decoded_bytes), (None, 0));
}
