//! Decoders alone, as used for outer archives: cuts of input and output do not change the result,
//! in good streams and in damaged ones.

use std::io::Write;

use bzip2::write::BzEncoder;
use lamina::bounds::LayerLimits;
use lamina::layer::{Checksum, Compression, DecodeStatus, Decoder, Ended, Error, sniff};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Dice, cuts};
use crate::support::zstd::{frame, match_of_1024, raw_blocks_of, repeated, skippable};
use crate::support::{gzip_of, gzip_with};

/// See `lines.txt`.
const LINES: &[u8] = include_bytes!("lines.xz");

fn lines() -> Vec<u8> {
    let line = |at| format!("line {at} of a file that xz compressed\n").into_bytes();
    (0..400).flat_map(line).collect()
}

pub(super) fn bzip2_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Full result of a decoder.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) ended: Result<Ended, Error>,
}

impl Decoded {
    /// Returns the bytes of a stream without errors, and the offset at which garbage begins.
    pub(super) fn good(self) -> Result<(Vec<u8>, Option<u64>), Error> {
        let ended = self.ended?;
        match ended.checksum {
            Checksum::Refuted(error) => Err(error),
            Checksum::Proved | Checksum::Absent => Ok((self.bytes, ended.garbage_at)),
        }
    }
}

/// Decodes pieces into outputs of `room` bytes. After damage, also takes the bytes that were held back.
pub(super) fn decode(
    compression: Compression,
    pieces: &[&[u8]],
    mut room: impl FnMut() -> usize,
) -> Decoded {
    let mut decoder = Decoder::new(compression, &LayerLimits::DEFAULT);
    let mut bytes = Vec::new();
    let mut broken = None;
    'pieces: for piece in pieces {
        let mut input = *piece;
        loop {
            let mut output = vec![0; room()];
            match decoder.decode(input, &mut output) {
                Ok(step) => {
                    bytes.extend(&output[..step.written]);
                    input = &input[step.read..];
                    if step.status == DecodeStatus::NeedsInput {
                        assert!(
                            input.is_empty(),
                            "all input is taken before more is asked for"
                        );
                        break;
                    }
                    assert!(
                        step.written > 0 || output.is_empty(),
                        "room is asked for only when it is used"
                    );
                }
                Err(error) => {
                    broken = Some(error);
                    break 'pieces;
                }
            }
        }
    }
    let ended = match broken {
        Some(error) => Err(error),
        None => decoder.finish(),
    };
    if ended.is_err() {
        loop {
            let mut output = vec![0; room().max(1)];
            match decoder.salvage(&mut output) {
                0 => break,
                n => bytes.extend(&output[..n]),
            }
        }
    }
    Decoded { bytes, ended }
}

/// Decodes in all cuts of the input, with room for one byte, for few, for many, and for a changing number of bytes.
pub(super) fn decode_cut(compression: Compression, stored: &[u8]) -> Decoded {
    let whole = decode(compression, &[stored], || 1 << 20);
    let check = |cut: Decoded, way: &str| {
        assert_eq!(cut.ended, whole.ended, "{compression}, {way}");
        let lens = (cut.bytes.len(), whole.bytes.len());
        assert!(cut.bytes == whole.bytes, "{compression}, {way}: {lens:?}");
    };
    for (way, pieces) in cuts(stored, 3).iter().enumerate() {
        for most in [1, 50, 100_000] {
            // One byte at a time is too slow for large streams.
            if whole.bytes.len() / most > 20_000 {
                continue;
            }
            let mut dice = Dice(most as u64);
            let fixed = decode(compression, pieces, || most);
            check(fixed, &format!("cut {way}, room for {most}"));
            let changing = decode(compression, pieces, || dice.roll(most + 1));
            check(changing, &format!("cut {way}, room for up to {most}"));
        }
    }
    whole
}

fn text(len: usize) -> Vec<u8> {
    let mut dice = Dice(21);
    (0..len).map(|_| b"abcdefgh \n"[dice.roll(10)]).collect()
}

/// Returns streams of each format, with their content.
fn streams() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let text = text(5_000);
    let zeros = [&text[..500], &[0; 20_000], &text[..500]].concat();
    let in_parts =
        |of: &dyn Fn(&[u8]) -> Vec<u8>| -> Vec<u8> { text.chunks(900).flat_map(of).collect() };
    let fastest = |bytes: &[u8]| compress_to_vec(bytes, CompressionLevel::Fastest);
    let name = b"\x1f\x8b\x08\x08\0\0\0\0\0\xffname\0";
    let by_hand = frame(
        &[0, 0x58],
        &[
            raw_blocks_of(&text[..1_000], 1_000)[0].clone(),
            repeated(0, 200_000)[0].clone(),
            match_of_1024(131_072 + 1_000),
            raw_blocks_of(b"the end", 10)[0].clone(),
        ],
    );
    // Only the last block may be marked as the last.
    let by_hand = {
        let mut by_hand = by_hand;
        by_hand[6] &= !1;
        by_hand
    };
    let by_hand_holds = [
        &text[..1_000],
        &vec![0; 131_072],
        &[&text[..1_000], &[0; 24]].concat(),
        b"the end",
    ]
    .concat();
    vec![
        ("gzip", gzip_of(&text, 6), text.clone()),
        ("gzip, stored", gzip_of(&text, 0), text.clone()),
        ("gzip, zeros", gzip_of(&zeros, 9), zeros.clone()),
        (
            "gzip, members",
            in_parts(&|part| gzip_with(name, part, 6)),
            text.clone(),
        ),
        (
            "gzip, padding",
            [gzip_of(&text, 1), vec![0; 600]].concat(),
            text.clone(),
        ),
        (
            "gzip, garbage",
            [gzip_of(&text, 1), b"\0\0garbage".to_vec()].concat(),
            text.clone(),
        ),
        ("gzip, nothing", gzip_of(b"", 6), Vec::new()),
        ("zstd", fastest(&text), text.clone()),
        ("zstd, zeros", fastest(&zeros), zeros.clone()),
        ("zstd, by hand", by_hand, by_hand_holds),
        (
            "zstd, frames",
            in_parts(&|part| [skippable(7, &part[..9]), fastest(part)].concat()),
            text.clone(),
        ),
        ("bzip2", bzip2_of(&text), text.clone()),
        ("bzip2, zeros", bzip2_of(&zeros), zeros.clone()),
        ("bzip2, streams", in_parts(&bzip2_of), text.clone()),
        ("xz", LINES.to_vec(), lines()),
        (
            "xz, streams",
            [LINES, &[0; 4], LINES].concat(),
            [lines(), lines()].concat(),
        ),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn whole_streams() {
    for (name, stored, holds) in streams() {
        let compression = sniff(&stored).compression();
        assert_ne!(compression, Compression::None, "{name}");
        let (bytes, _) = decode_cut(compression, &stored).good().unwrap();
        assert!(bytes == holds, "{name}: {} bytes", bytes.len());
    }
    let plain = text(3_000);
    let (bytes, _) = decode_cut(Compression::None, &plain).good().unwrap();
    assert!(bytes == plain);
}

/// After damage, the same bytes and the same error come out, wherever the input was cut.
#[wasm_bindgen_test(unsupported = test)]
fn streams_that_break_off() {
    for (name, stored, holds) in streams() {
        let compression = sniff(&stored).compression();
        let mut dice = Dice(5);
        for _ in 0..3 {
            let end = 6 + dice.roll(stored.len() - 6);
            let decoded = decode_cut(compression, &stored[..end]);
            assert!(holds.starts_with(&decoded.bytes), "{name}, cut at {end}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn streams_with_changed_bits() {
    for (_, stored, _) in streams() {
        let compression = sniff(&stored).compression();
        let mut dice = Dice(6);
        for _ in 0..3 {
            let mut bad = stored.clone();
            let at = 6 + dice.roll(stored.len() - 6);
            bad[at] ^= 1 << dice.roll(8);
            decode_cut(compression, &bad);
        }
    }
}
