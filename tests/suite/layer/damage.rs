//! Bytes changed, removed and swapped at random: nothing panics or hangs, and the
//! result does not depend on the cuts.

use std::io::Write;

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, pax};
use super::{Dice, read};
use crate::support::gzip_of;

/// Returns a tar with entries of many kinds.
fn tar() -> Vec<u8> {
    let mut words = Dice(1);
    let text: Vec<u8> = (0..6000).map(|_| b"abcdefgh \n"[words.roll(10)]).collect();
    [
        Raw::ustar("./", b'5').bytes(),
        file("etc/hosts", b"127.0.0.1 localhost\n"),
        pax(&[
            ("path", b"long/name"),
            ("mtime", b"1.5"),
            ("SCHILY.xattr.user.a", b"value"),
        ]),
        file("x", &text),
        Raw::gnu("././@LongLink", b'L')
            .content(b"another/long/name\0")
            .bytes(),
        Raw::gnu("y", b'1').link("etc/hosts").bytes(),
        pax(&[
            ("GNU.sparse.size", b"9000"),
            ("GNU.sparse.map", b"10,5,8000,5"),
        ]),
        file("sparse", b"0123456789"),
        file("last", &text[..3000]),
        END.to_vec(),
    ]
    .concat()
}

/// Changes a few bytes, removes a piece or inserts one.
fn mutate(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len());
        match dice.roll(4) {
            0 => bytes.truncate(at.max(1)),
            1 => drop(bytes.drain(at..(at + 1 + dice.roll(20)).min(bytes.len() - 1).max(at))),
            2 => bytes.insert(at, dice.roll(256) as u8),
            _ => bytes[at] ^= 1 << dice.roll(8),
        }
    }
    bytes
}

fn check_mutations(good: &[u8], seed: u64, n: usize) {
    let mut dice = Dice(seed);
    for _ in 0..n {
        read(&mutate(good, &mut dice));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_tars() {
    check_mutations(&tar(), 11, 60);
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_gzip() {
    check_mutations(&gzip_of(&tar(), 6), 12, 60);
    let members: Vec<u8> = tar()
        .chunks(4000)
        .flat_map(|part| gzip_of(part, 1))
        .collect();
    check_mutations(&members, 13, 30);
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_zstd() {
    check_mutations(
        &compress_to_vec(tar().as_slice(), CompressionLevel::Fastest),
        14,
        60,
    );
    let frames: Vec<u8> = tar()
        .chunks(4000)
        .flat_map(|part| compress_to_vec(part, CompressionLevel::Fastest))
        .collect();
    check_mutations(&frames, 15, 30);
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_bzip2() {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(&tar()).unwrap();
    check_mutations(&encoder.finish().unwrap(), 16, 20);
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_xz() {
    check_mutations(super::formats::ONE, 17, 40);
}
