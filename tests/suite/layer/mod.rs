//! The `layer` suite. Every case runs whole, byte by byte and in irregular pieces, and must give the same result.

mod content;
mod damage;
mod decoder;
pub(crate) mod formats;
mod gzip;
mod index;
mod limits;
mod packed;
pub(crate) mod raw;
mod spans;
mod tar;
mod tar_end;
mod tar_extended;
mod tar_headers;
mod tar_sparse;
mod toc;
mod toc_hostile;
mod verdict;
mod zstd;

use lamina::bounds::LayerLimits;
use lamina::image::escape;
use lamina::layer::{
    DataPlace, Expected, FileHashes, LayerReader, LayerReading, ReadOptions, pack, unpack,
};

const OPTIONS: ReadOptions = ReadOptions {
    limits: LayerLimits::DEFAULT,
    file_hashes: FileHashes::Sha256,
};

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Cuts bytes into pieces: whole, single bytes, and irregular ones.
fn cuts(bytes: &[u8], seed: u64) -> Vec<Vec<&[u8]>> {
    let mut ways = vec![vec![bytes]];
    // Byte by byte: all bytes, or the first and last ones of a large input.
    let edge = bytes.len().min(20_000);
    let (front, back) = bytes.split_at(edge);
    let (middle, back) = back.split_at(back.len().saturating_sub(edge));
    ways.push(
        front
            .chunks(1)
            .chain(middle.chunks(65_536))
            .chain(back.chunks(1))
            .collect(),
    );
    let mut dice = Dice(seed);
    for most in [7, 700, 70_000] {
        let (mut pieces, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let (piece, later) =
                rest.split_at(dice.roll(most.max(bytes.len() / 5_000)).min(rest.len()));
            pieces.push(piece);
            rest = later;
        }
        ways.push(pieces);
    }
    ways
}

fn read_pieces(pieces: &[&[u8]], expected: &Expected, options: ReadOptions) -> LayerReading {
    let mut reader = LayerReader::new(expected.clone(), options);
    for piece in pieces {
        reader.push(piece);
    }
    reader.finish()
}

/// Reads a layer in all cuts. The readings must agree in everything, and survive being written as a record.
fn read_as(stored: &[u8], expected: &Expected, options: ReadOptions) -> LayerReading {
    let whole = read_pieces(&[stored], expected, options);
    for (way, pieces) in cuts(stored, stored.len() as u64).iter().enumerate() {
        let cut = read_pieces(pieces, expected, options);
        assert_eq!(cut.damage, whole.damage, "cut {way}");
        assert_eq!(list(&cut), list(&whole), "cut {way}");
        assert_eq!(cut.index, whole.index, "cut {way}");
        assert_eq!(cut.verdict, whole.verdict, "cut {way}");
        assert_eq!(cut.warnings, whole.warnings, "cut {way}");
        assert_eq!(cut.access, whole.access, "cut {way}");
        assert_eq!(
            (&cut.digest, &cut.diff_id),
            (&whole.digest, &whole.diff_id),
            "cut {way}"
        );
    }
    assert_eq!(unpack(&pack(&whole), &options.limits).as_ref(), Ok(&whole));
    whole
}

fn read(stored: &[u8]) -> LayerReading {
    read_as(stored, &Expected::default(), OPTIONS)
}

/// Returns the entries as text: `kind path mode uid:gid size` and further facts.
fn list(reading: &LayerReading) -> Vec<String> {
    reading
        .index
        .entries()
        .map(|entry| {
            let path = match entry.path.to_string() {
                path if path.is_empty() => "/".to_owned(),
                path => path,
            };
            let kind = format!("{:?}", entry.kind).to_lowercase();
            let (mode, uid, gid) = (entry.mode, entry.uid, entry.gid);
            let mut line = format!("{kind} {path} {mode:04o} {uid}:{gid} {}", entry.size_bytes);
            if !entry.link.is_empty() {
                line += &format!(" -> {}", escape(entry.link));
            }
            if let Some(device) = entry.device {
                line += &format!(" {}:{}", device.major, device.minor);
            }
            if entry.mtime != Default::default() {
                line += &format!(" t={}", entry.mtime.seconds);
                if entry.mtime.nanos > 0 {
                    line += &format!(".{:09}", entry.mtime.nanos);
                }
            }
            for xattr in reading.index.xattrs(entry.id) {
                line += &format!(" {}={}", escape(xattr.name), escape(xattr.value));
            }
            if let DataPlace::Sparse { extents, .. } = entry.data {
                let extents: Vec<_> = extents
                    .iter()
                    .map(|e| format!("{}+{}", e.logical_offset, e.len))
                    .collect();
                line += &format!(" sparse[{}]", extents.join(" "));
            }
            if entry.incomplete {
                line += " incomplete";
            }
            line
        })
        .collect()
}

/// Checks a layer without damage: its entries, and the codes of its warnings.
fn check_warned(stored: &[u8], expected: &[&str], warnings: &[&str]) -> LayerReading {
    let reading = read(stored);
    assert_eq!(reading.damage, None);
    assert_eq!(list(&reading), expected);
    assert_eq!(codes(&reading), warnings);
    reading
}

fn check(stored: &[u8], expected: &[&str]) -> LayerReading {
    check_warned(stored, expected, &[])
}

/// Checks a damaged layer: its readable entries, and the beginning of the message.
fn check_damaged(stored: &[u8], expected: &[&str], message: &str) -> LayerReading {
    let reading = read(stored);
    let damage = reading
        .damage
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        damage.contains(message) && !message.is_empty(),
        "damage: {damage:?}"
    );
    assert_eq!(list(&reading), expected);
    reading
}

/// Returns the codes of all warnings, then the entries that were left out, with the first eight bytes of each path.
fn codes(reading: &LayerReading) -> Vec<String> {
    let warnings = reading.warnings.kept.iter();
    let left_out = reading.left_out.first.iter().map(|told| {
        let path: String = told.shown().chars().skip(1).take(8).collect();
        format!("left out by {} {path}", told.why.word())
    });
    let codes = warnings.map(|warning| warning.code().to_owned());
    codes.chain(left_out).collect()
}
