//! gzip: the checklist's lines GZ-01 to GZ-07.

use lamina::bounds::LayerLimits;
use lamina::image::{DiffId, Digest};
use lamina::layer::{Check, Compression, DecodeStatus, Decoder, Expected, ReadOptions};
use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus, compress,
    create_comp_flags_from_zip_params,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{OPTIONS, check, check_damaged, check_warned, codes, list, read, read_as};
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
    assert_eq!(whole.diff_id.0, Digest::sha256_of(&tar));
    for len in [1, 700] {
        let members: Vec<u8> = tar.chunks(len).flat_map(|part| gzip_of(part, 6)).collect();
        let empty = gzip_of(b"", 6);
        let split = [&empty[..], &members, &empty].concat();
        let split = check(&split, &ENTRIES);
        assert_eq!(split.diff_id, whole.diff_id);
        assert_eq!(split.verdict.checksum, Check::Ok);
    }
}

/// Returns the ten bytes that every header has, with these flags.
fn fixed(flags: u8) -> Vec<u8> {
    vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3]
}

/// Returns a header with the fields of these flags; FHCRC is right.
fn header(flags: u8, extra: &[u8]) -> Vec<u8> {
    let mut header = fixed(flags);
    if flags & FEXTRA != 0 {
        header.extend((extra.len() as u16).to_le_bytes());
        header.extend(extra);
    }
    if flags & FNAME != 0 {
        header.extend(b"layer.tar\0");
    }
    if flags & FCOMMENT != 0 {
        header.extend(b"made by hand\0");
    }
    if flags & FHCRC != 0 {
        header.extend((crc32fast::hash(&header) as u16).to_le_bytes());
    }
    header
}

const FTEXT: u8 = 1;
const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;

#[wasm_bindgen_test(unsupported = test)]
fn gz_02_every_combination_of_optional_header_fields() {
    let tar = tar();
    for flags in 0..32 {
        // Fields that contain the end of others: a zero in the extra field, a gzip header in it, and an empty one.
        for extra in [&b"abc\0def"[..], &fixed(31), &[b'x'; 300], b""] {
            let member = gzip_with(&header(flags, extra), &tar, 6);
            let reading = check(&member, &ENTRIES);
            assert_eq!(reading.verdict.checksum, Check::Ok, "flags {flags:05b}");
            if flags & FEXTRA == 0 {
                break;
            }
        }
    }
    // In a later member, too.
    let all = FTEXT | FHCRC | FEXTRA | FNAME | FCOMMENT;
    let (front, back) = tar.split_at(900);
    let two = [gzip_of(front, 6), gzip_with(&header(all, b"x"), back, 6)].concat();
    assert_eq!(check(&two, &ENTRIES).verdict.checksum, Check::Ok);
    // An empty name and an empty comment.
    let empty = [&fixed(FNAME | FCOMMENT)[..], b"\0\0"].concat();
    check(&gzip_with(&empty, &tar, 6), &ENTRIES);
    for bit in [0x20, 0x40, 0x80] {
        let reserved = gzip_with(&fixed(bit), &tar, 6);
        let message = "the gzip data is damaged near stored byte 0: reserved flags are set";
        check_damaged(&reserved, &[], message);
    }
    let mut method = gzip_of(&tar, 6);
    method[2] = 7;
    check_damaged(&method, &[], "the method is not deflate");
}

/// Engines differ: Go refuses such a member, zlib ignores the CRC. The layer is damaged, and listed in full.
#[wasm_bindgen_test(unsupported = test)]
fn gz_02_a_wrong_header_crc() {
    let tar = tar();
    for flags in 0..32 {
        if flags & FHCRC == 0 {
            continue;
        }
        for byte in [1, 2] {
            let mut header = header(flags, b"abc");
            let right = header.clone();
            let (at, len) = (header.len() - byte, header.len());
            header[at] ^= 0x10;
            let member = gzip_with(&header, &tar, 6);
            let number = |header: &[u8]| u16::from_le_bytes([header[len - 2], header[len - 1]]);
            let message = format!(
                "the gzip header CRC before stored byte {len} does not hold: expected {:08x}, actual {:08x}",
                number(&header),
                number(&right)
            );
            let reading = check_damaged(&member, &ENTRIES, &message);
            assert_eq!(reading.verdict.checksum.word(), "mismatch");
            assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_03_checks_that_do_not_hold() {
    let good = gzip_of(&tar(), 6);
    for (from_end, what) in [(5, "the gzip CRC-32 before"), (1, "the gzip length before")] {
        let mut bad = good.clone();
        let at = bad.len() - from_end;
        bad[at] ^= 0x40;
        let claims = Expected {
            digest: Some(Digest::sha256_of(&bad)),
            size_bytes: Some(bad.len() as u64),
            diff_id: Some(DiffId(Digest::sha256_of(&tar()))),
        };
        let reading = read_as(&bad, &claims, OPTIONS);
        let damage = reading.damage.as_ref().unwrap().to_string();
        assert!(damage.starts_with(what), "{damage}");
        assert_eq!(list(&reading), ENTRIES);
        // All other checks pass, but the layer is damaged.
        assert_eq!(reading.verdict.digest, Check::Ok);
        assert_eq!(reading.verdict.diff_id, Check::Ok);
        assert!(matches!(reading.verdict.checksum, Check::Mismatch { .. }));
        assert!(!reading.verdict.holds());
        // The digest of the uncompressed bytes is complete, even if members follow the bad one.
        let more = check_damaged(&[bad, gzip_of(&[0; 512], 6)].concat(), &ENTRIES, what);
        assert_eq!(more.decoded_bytes, reading.decoded_bytes + 512);
    }
    // Both values are in the message.
    let mut bad = good.clone();
    let at = bad.len() - 8;
    bad[at..at + 4].copy_from_slice(&0xdead_beef_u32.to_le_bytes());
    let actual = format!("{:08x}", crc32fast::hash(&tar()));
    let both = Check::Mismatch {
        expected: "deadbeef".to_owned(),
        actual,
    };
    assert_eq!(read(&bad).verdict.checksum, both);
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_04_truncation() {
    let tar = tar();
    let first = gzip_of(&tar, 6);
    let second = gzip_with(
        &header(FHCRC | FEXTRA | FNAME | FCOMMENT, b"abc"),
        &[0; 512],
        6,
    );
    let two = [first.clone(), second].concat();
    for end in 1..=two.len() {
        let reading = read(&two[..end]);
        let message = reading.damage.as_ref().map(ToString::to_string);
        if end == first.len() || end == two.len() {
            assert_eq!((message, reading.verdict.checksum.word()), (None, "ok"));
            continue;
        }
        assert_eq!(reading.verdict.checksum, Check::Absent, "cut at {end}");
        let expected = match end {
            // Without the second byte of its magic, it is not recognised as gzip.
            1 => "this is no tar archive".to_owned(),
            _ => format!("the gzip data is cut off at stored byte {end}; fetch or save"),
        };
        let message = message.unwrap();
        assert!(message.starts_with(&expected), "{message}");
        assert!(list(&reading).len() <= 2);
        if end >= first.len() - 8 {
            assert_eq!(list(&reading), ENTRIES, "cut at {end}");
        }
    }
    // The bytes inflated before the cut are available.
    let stored = gzip_of(&tar, 0);
    let cut = check_damaged(
        &stored[..2000],
        &["file a 0644 0:0 5", "file b 0644 0:0 3000 incomplete"],
        "the gzip data is cut off at stored byte 2000",
    );
    assert_eq!(cut.decoded_bytes, 2000 - 10 - 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_05_what_follows_the_last_member() {
    let good = gzip_of(&tar(), 6);
    let two = [gzip_of(&tar()[..900], 6), gzip_of(&tar()[900..], 6)].concat();
    for good in [good, two] {
        let with = |rest: &[u8]| [&good[..], rest].concat();
        for zeros in [1, 2, 700, 10_240] {
            let reading = check(&with(&vec![0; zeros]), &ENTRIES);
            assert_eq!(reading.verdict.checksum, Check::Ok);
        }
        for (garbage, offset) in [
            (&b"garbage"[..], 0),
            (&[0x1f, 0x00, 1], 0),
            (&[0, 0, 1, 2], 2),
            (&[0, 0x1f, 0x8b, 8], 1),
        ] {
            let stored = with(garbage);
            let reading = check_warned(&stored, &ENTRIES, &["trailing-garbage"]);
            let message = format!(
                "after the compressed data, from stored byte {}, come bytes that are ignored",
                good.len() + offset
            );
            assert_eq!(reading.warnings.kept[0].to_string(), message);
            assert_eq!(reading.verdict.checksum, Check::Ok);
            assert_eq!(reading.stored_bytes, stored.len() as u64);
            assert_eq!(reading.digest, Digest::sha256_of(&stored));
            assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar()));
        }
    }
}

/// Returns the type of the first deflate block after a plain header: 0 stored, 1 fixed codes, 2 dynamic codes.
fn first_block(member: &[u8]) -> u8 {
    member[10] >> 1 & 0b11
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_06_stored_and_fixed_blocks() {
    let stored = gzip_of(&tar(), 0);
    assert_eq!(first_block(&stored), 0);
    check(&stored, &ENTRIES);
    let fixed = CompressionStrategy::Fixed as i32;
    let flags = create_comp_flags_from_zip_params(6, -15, fixed);
    let mut deflater = CompressorOxide::new(flags);
    let mut data = vec![0; 10_000];
    let (status, read, written) = compress(&mut deflater, &tar(), &mut data, TDEFLFlush::Finish);
    assert_eq!((status, read), (TDEFLStatus::Done, tar().len()));
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    member.extend(&data[..written]);
    member.extend(crc32fast::hash(&tar()).to_le_bytes());
    member.extend((tar().len() as u32).to_le_bytes());
    assert_eq!(first_block(&member), 1);
    check(&member, &ENTRIES);
}

#[wasm_bindgen_test(unsupported = test)]
fn gz_06_a_ratio_of_a_thousand() {
    let zeros = [file("z", &vec![0; 8_000_000]), END.to_vec()].concat();
    let stored = gzip_of(&zeros, 9);
    let ratio = zeros.len() / stored.len();
    assert!(ratio >= 1000, "the ratio is {ratio}");
    let reading = check(&stored, &["file z 0644 0:0 8000000"]);
    assert_eq!(reading.diff_id.0, Digest::sha256_of(&zeros));
    // However much a piece of input decodes to, a step outputs no more than there is room for, and takes no more
    // input than that needs. The rest waits outside the decoder.
    let mut decoder = Decoder::new(Compression::Gzip, &LayerLimits::DEFAULT);
    let mut room = vec![0; 1000];
    let (mut taken, mut decoded) = (0, 0);
    loop {
        let step = decoder.decode(&stored[taken..], &mut room).unwrap();
        taken += step.read;
        decoded += step.written;
        let held = taken.saturating_sub(decoded / ratio);
        assert!(
            held < 500,
            "{held} stored bytes, {} decoded, are held",
            held * ratio
        );
        if step.status == DecodeStatus::NeedsInput {
            break;
        }
    }
    assert_eq!((taken, decoded), (stored.len(), zeros.len()));
}

/// A browser or a proxy that gets a blob with `Content-Encoding: gzip` decompresses it to the tar itself.
#[wasm_bindgen_test(unsupported = test)]
fn gz_07_bytes_that_were_decompressed_on_the_way() {
    let (tar, stored) = (tar(), gzip_of(&tar(), 6));
    let claims = Expected {
        digest: Some(Digest::sha256_of(&stored)),
        size_bytes: Some(stored.len() as u64),
        diff_id: Some(DiffId(Digest::sha256_of(&tar))),
    };
    let reading = read_as(&tar, &claims, OPTIONS);
    assert_eq!(list(&reading), ENTRIES);
    assert_eq!(reading.damage, None);
    let both = Check::Mismatch {
        expected: Digest::sha256_of(&stored).to_string(),
        actual: Digest::sha256_of(&tar).to_string(),
    };
    assert_eq!(reading.verdict.digest, both);
    assert_eq!(reading.verdict.size.word(), "mismatch");
    assert_eq!(reading.verdict.diff_id, Check::Ok);
    assert!(!reading.verdict.holds());
    assert_eq!(codes(&reading), ["decompressed-on-the-way"]);
    // There is no such warning if nobody claims that the bytes were compressed, or if they are other bytes.
    assert!(codes(&read(&tar)).is_empty());
    let plain = Expected {
        digest: Some(Digest::sha256_of(&tar)),
        ..claims.clone()
    };
    assert!(codes(&read_as(&tar, &plain, OPTIONS)).is_empty());
    let mut other = tar.clone();
    other[600] ^= 1;
    let reading = read_as(&other, &claims, OPTIONS);
    assert!(codes(&reading).is_empty());
    assert_eq!(reading.verdict.diff_id.word(), "mismatch");
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
    // Even after another member, the match must not reach into that member.
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

/// A block that ends just after the offset at which a checkpoint is due is found in every cut.
#[wasm_bindgen_test(unsupported = test)]
fn checkpoints_do_not_depend_on_the_cut() {
    let zeros = [file("z", &vec![0; 9_000_000]), END.to_vec()].concat();
    let stored = gzip_of(&zeros, 0);
    // Stored blocks have at most 64 KiB. The first one to end after each 4 MiB has a checkpoint.
    let reading = check(&stored, &["file z 0644 0:0 9000000"]);
    let checkpoints = &reading.access.checkpoints;
    assert_eq!(checkpoints.len(), 3);
    for pair in checkpoints.windows(2) {
        let span = pair[1].decoded_offset.0 - pair[0].decoded_offset.0;
        assert!((4_194_305..4_194_305 + 65_536).contains(&span), "{span}");
    }
    // Bytes that were decoded but are beyond a limit have no checkpoint.
    let limits = LayerLimits {
        decoded_bytes: checkpoints[2].decoded_offset.0 - 1,
        ..LayerLimits::DEFAULT
    };
    let reading = read_as(
        &stored,
        &Default::default(),
        ReadOptions { limits, ..OPTIONS },
    );
    assert_eq!(reading.access.checkpoints, checkpoints[..2]);
}

/// For any data: reading from the middle costs one span, and all spans together weigh almost nothing.
#[wasm_bindgen_test(unsupported = test)]
fn checkpoints_stand_four_mebibytes_apart_and_weigh_a_hundredth() {
    const N: usize = 18 << 20;
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let random: Vec<u8> = (0..N).map(|_| noise()).collect();
    let words = ["usr ", "lib ", "share ", "doc\n", "layer ", "of ", "image "];
    let text: Vec<u8> = random
        .iter()
        .flat_map(|n| words[usize::from(*n) % 7].bytes())
        .take(N)
        .collect();
    for (name, content, longest) in [
        ("random", random, 1 << 20),
        ("text", text, 1 << 20),
        // One block of such data has megabytes.
        ("zeros", vec![0; N], 9 << 20),
    ] {
        for level in [1, 6] {
            let tar = [file("f", &content), END.to_vec()].concat();
            let reading = read(&gzip_of(&tar, level));
            assert_eq!(
                (&reading.damage, reading.diff_id.0),
                (&None, Digest::sha256_of(&tar))
            );
            let at = reading
                .access
                .checkpoints
                .iter()
                .map(|c| c.decoded_offset.0);
            let at: Vec<u64> = at.chain([reading.decoded_bytes]).collect();
            let spans = at.windows(2).map(|pair| pair[1] - pair[0]);
            let widest = spans.max().expect("there is one");
            assert!(widest <= (4 << 20) + longest, "{name} at {level}: {at:?}");
            let bytes = reading.access.heap_bytes() as u64;
            assert!(
                bytes * 100 <= reading.decoded_bytes,
                "{name} at {level}: {bytes}"
            );
        }
    }
}
