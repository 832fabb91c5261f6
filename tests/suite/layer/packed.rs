//! A read layer packed as bytes and unpacked: equal, or refused. `read_as` does this for every layer of this suite.
//! These cases have values that no tar has, and bytes that were damaged or forged.

use lamina::message::Code;
use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{Bound, LayerLimits, Limits};
use lamina::image::{DiffId, Digest};
use lamina::layer::{
    Check, Compression, ContentReader, Error, LayerReading, Notice, PackedError, Resume, TarOffset,
    Verdict, Warning, pack, unpack,
};
use lamina::overlay::Union;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::decoder::bzip2_of;
use super::raw::{END, Raw, file, pax};
use super::{Dice, OPTIONS, read, read_pieces};
use crate::support::{gzip_of, tar_of};

/// Returns a tar with a bit of everything: attributes, a device, links, a sparse file, a warning.
fn tar() -> Vec<u8> {
    let text = tar_of(
        "etc/ | uid=7\netc/hosts = 127.0.0.1\netc/h => etc/hosts\nbin -> usr/bin\ndev/null c 1:3\n",
    );
    [
        &text[..text.len() - 1024],
        &pax(&[("mtime", b"-1.5"), ("SCHILY.xattr.user.a", b"\0\xff")]),
        &file("long/name", b"x"),
        &pax(&[
            ("GNU.sparse.size", b"9000"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.map", b"10,5,8000,5"),
        ]),
        &file("sparse", b"0123456789"),
        &Raw::gnu("\0", b'0').bytes(),
        &END,
    ]
    .concat()
}

fn check_round_trip(reading: &LayerReading) -> Vec<u8> {
    let packed = pack(reading);
    assert_eq!(
        unpack(&packed, &OPTIONS.limits).as_ref(),
        Ok(reading),
        "{packed:x?}"
    );
    assert!(pack(reading) == packed, "the same reading, the same bytes");
    packed
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_of_every_codec_come_back() {
    let tar = tar();
    let layers = [
        (Compression::None, tar.clone()),
        (Compression::Gzip, gzip_of(&tar, 6)),
        (
            Compression::Zstd,
            compress_to_vec(tar.as_slice(), CompressionLevel::Fastest),
        ),
        (Compression::Bzip2, bzip2_of(&tar)),
    ];
    for (compression, stored) in layers {
        let reading = read(&stored);
        assert_eq!(reading.compression, compression);
        assert!(reading.index.n_entries() == 7 && !reading.warnings.kept.is_empty());
        check_round_trip(&reading);
        // Truncated, and therefore damaged.
        check_round_trip(&read(&stored[..stored.len() - 1500.min(stored.len() / 2)]));
    }
    check_round_trip(&read(b""));
}

#[wasm_bindgen_test(unsupported = test)]
fn checkpoints_with_windows_come_back() {
    let mut dice = Dice(3);
    let noise: Vec<u8> = (0..9 << 20).map(|_| dice.roll(64) as u8).collect();
    let stored = gzip_of(&[&file("noise", &noise)[..], &END].concat(), 1);
    let reading = read_pieces(&[&stored], &Default::default(), OPTIONS);
    let is_block = |resume: &Resume| matches!(resume, Resume::Block { .. });
    let checkpoints = &reading.access.checkpoints;
    assert!(checkpoints.iter().skip(1).any(|c| is_block(&c.resume)));
    let packed = check_round_trip(&reading);
    // The file can still be read with the unpacked layer.
    let back = unpack(&packed, &OPTIONS.limits).unwrap();
    let entry = back.index.entries().next().unwrap();
    let mut reader = ContentReader::part(Rc::new(back.access.clone()), &entry, 8 << 20, 100);
    let mut content = Vec::new();
    while let Some(range) = reader.next_range() {
        let start = range.offset as usize;
        let part = &stored[start..start + range.len as usize];
        reader.push(part, &mut content).unwrap();
    }
    assert_eq!(content, noise[8 << 20..][..100]);
}

#[wasm_bindgen_test(unsupported = test)]
fn every_damage_verdict_and_warning_comes_back() {
    let compression = Compression::Xz;
    let (stored_offset, limit_bytes, offset) = (u64::MAX, 1 << 40, TarOffset(77));
    let damages = [
        Error::Truncated {
            compression,
            stored_offset,
        },
        Error::Corrupt {
            compression,
            stored_offset,
            reason: lamina::message::Message::verbatim("r"),
        },
        Error::Checksum {
            compression,
            what: Code::CheckCrc,
            stored_offset,
            expected: "e".to_owned(),
            actual: "a".to_owned(),
        },
        Error::NeedsDictionary {
            stored_offset,
            dictionary: 9,
        },
        Error::WindowTooLarge {
            compression,
            stored_offset,
            window_bytes: 5,
            limit_bytes,
        },
        Error::NotTar {
            found: Code::FoundPdf,
        },
        Error::HeaderChecksum {
            offset,
            expected: i64::MIN,
            actual: 3,
        },
        Error::BadNumber {
            offset,
            field: Code::FieldOwner,
        },
        Error::BadPax {
            offset,
            reason: Code::PaxKey,
        },
        Error::BadSparseMap {
            offset,
            reason: Code::SparseOrder,
        },
        Error::TarTruncated {
            offset,
            within: Code::WithinHeader,
        },
        Error::ExtensionTooLong {
            offset,
            size_bytes: 6,
            limit_bytes,
        },
        Error::TooMany {
            what: Bound::HoleBytes,
            limit: 4,
        },
        Error::Expansion {
            stored_bytes: 1,
            decoded_bytes: 2,
            limit: 3,
        },
        Error::ContentEnds {
            stored_offset,
            missing_bytes: 8,
        },
    ];
    let mut reading = read(&tar());
    for damage in damages {
        reading.damage = Some(damage);
        check_round_trip(&reading);
    }
    let mismatch = |n: u8| Check::Mismatch {
        expected: n.to_string(),
        actual: String::new(),
    };
    for checks in [
        [Check::Ok, Check::Known, Check::Absent, mismatch(1)],
        [mismatch(2), mismatch(3), Check::Ok, Check::Known],
    ] {
        let [digest, size, diff_id, checksum] = checks;
        reading.verdict = Verdict {
            digest,
            size,
            diff_id,
            checksum,
        };
        check_round_trip(&reading);
    }
    reading.digest = Digest::parse(&format!("sha512:{}", "0a".repeat(64))).unwrap();
    reading.diff_id = DiffId(Digest::parse("private+x:_=Z").unwrap());
    reading.warnings.n_dropped = 12;
    for n in 0..OPTIONS.limits.warnings - 1 {
        let text = n.to_string();
        let warning = Warning::new(Notice::RegistryWarning { text }, "名\u{202e}".as_bytes());
        reading.warnings.kept.push(warning);
    }
    check_round_trip(&reading);
}

#[wasm_bindgen_test(unsupported = test)]
fn many_short_warnings_come_back() {
    let mut reading = read(&tar_of(""));
    for _ in 0..OPTIONS.limits.warnings {
        let warning = Warning::new(Notice::NoHistory, b"a");
        reading.warnings.kept.push(warning);
    }
    check_round_trip(&reading);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_not_whole_is_refused() {
    let packed = pack(&read(&gzip_of(&tar(), 6)));
    for end in 0..packed.len() {
        let error = unpack(&packed[..end], &OPTIONS.limits).unwrap_err();
        let expected = match end {
            0..8 => PackedError::Foreign,
            _ => PackedError::Damaged,
        };
        assert_eq!(error, expected, "cut at {end}");
    }
    for at in 0..packed.len() {
        for bit in 0..8 {
            let mut bytes = packed.clone();
            bytes[at] ^= 1 << bit;
            let error = unpack(&bytes, &OPTIONS.limits).unwrap_err();
            let fits = match at {
                0..8 => error == PackedError::Foreign,
                8..12 => matches!(error, PackedError::Version { .. }),
                _ => error == PackedError::Damaged,
            };
            assert!(fits, "bit {bit} of byte {at}: {error}");
        }
    }
    let longer = [&packed[..], b"\0"].concat();
    assert_eq!(unpack(&longer, &OPTIONS.limits), Err(PackedError::Damaged));
}

/// Puts the right hash after wrong bytes.
fn seal(bytes: &mut [u8]) {
    let (body, hash) = bytes.split_last_chunk_mut().unwrap();
    *hash = xxhash_rust::xxh3::xxh3_64(body).to_le_bytes();
}

/// Checks forged bytes: they are refused, or give an index that answers every query without a
/// fault. True if they were accepted.
fn check_forged(bytes: &[u8]) -> bool {
    let Ok(reading) = unpack(bytes, &OPTIONS.limits) else {
        return false;
    };
    assert!(pack(&reading).len() <= 2 * bytes.len());
    super::list(&reading);
    let access = Rc::new(reading.access.clone());
    for entry in reading.index.entries() {
        let mut reader = ContentReader::part(access.clone(), &entry, 0, 10_000);
        // Empty pushes mean that the bytes do not exist.
        let mut content = Vec::new();
        let mut go_on = ControlFlow::Continue(());
        while reader.next_range().is_some() && go_on.is_continue() {
            if reader.push(b"", &mut content).is_err() {
                go_on = ControlFlow::Break(());
            }
        }
    }
    let mut union = Union::new(Limits::DEFAULT);
    union.apply(Rc::new(reading.index));
    true
}

#[wasm_bindgen_test(unsupported = test)]
fn forged_numbers_do_no_harm() {
    let packed = pack(&read(&gzip_of(&tar(), 6)));
    let (mut n_taken, mut n_refused) = (0, 0);
    let wild = [
        0,
        1,
        0x7f,
        0x80,
        0xff,
        u64::from(u32::MAX),
        1 << 31,
        1 << 62,
        u64::MAX,
    ];
    for at in 12..packed.len() - 8 {
        for value in wild {
            for width in [1, 4, 8] {
                let mut bytes = packed.clone();
                let end = (at + width).min(packed.len() - 8);
                bytes[at..end].copy_from_slice(&value.to_le_bytes()[..end - at]);
                seal(&mut bytes);
                match check_forged(&bytes) {
                    true => n_taken += 1,
                    false => n_refused += 1,
                }
            }
        }
    }
    assert!(n_taken > 0 && n_refused > 0, "{n_taken} and {n_refused}");
    let mut dice = Dice(8);
    for _ in 0..3_000 {
        let mut bytes = packed.clone();
        for _ in 0..=dice.roll(4) {
            let at = 12 + dice.roll(bytes.len() - 21);
            match dice.roll(3) {
                0 => drop(bytes.drain(at..(at + dice.roll(30)).min(bytes.len() - 9).max(at))),
                1 => bytes.insert(at, dice.roll(256) as u8),
                _ => bytes[at] = dice.roll(256) as u8,
            }
        }
        seal(&mut bytes);
        check_forged(&bytes);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_record_beyond_a_limit_is_refused() {
    let mut reading = read(&gzip_of(&tar(), 6));
    reading.access.window_limit_bytes = 1000;
    let packed = pack(&reading);
    for (what, enough) in [
        (Bound::Entries, 7),
        (Bound::PathBytes, 9),
        (Bound::PathDepth, 2),
        (Bound::XattrBytes, 8),
        (Bound::TextBytes, 67),
        (Bound::SparseExtents, 2),
        (Bound::ZstdWindowBytes, 1000),
    ] {
        let with = |value| Limits::DEFAULT.with(what, value).layer;
        assert_eq!(unpack(&packed, &with(enough)).as_ref(), Ok(&reading));
        let limit = enough - 1;
        assert_eq!(
            unpack(&packed, &with(limit)),
            Err(PackedError::TooMany { what, limit })
        );
    }
    let limits = LayerLimits {
        warnings: 0,
        ..OPTIONS.limits
    };
    let warnings = unpack(&packed, &limits).unwrap().warnings;
    assert_eq!((warnings.kept.len(), warnings.n_dropped), (0, 1));
}
