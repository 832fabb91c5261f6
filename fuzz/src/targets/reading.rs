//! Reads one layer in several cuts, and checks every reading.

use lamina::bounds::{LayerLimits, Limits};
use lamina::image::{DiffId, Digest, ImagePath};
use lamina::layer::{
    Check, Compression, DataPlace, DecodeStatus, Decoder, EntryKind, Error, Expected, FileHashes,
    LayerReader, LayerReading, ReadOptions, Resume,
};

use super::{content, cuts};

/// Maximum number of bytes that a reader decodes in one step.
const STEP_BYTES: u64 = 256 * 1024;

fn read(pieces: &[&[u8]], expected: Expected, limits: Limits) -> LayerReading {
    let file_hashes = FileHashes::Sha256;
    let options = ReadOptions {
        limits: limits.layer,
        file_hashes,
    };
    let mut reader = LayerReader::new(expected, options);
    let mut before = reader.progress();
    for piece in pieces {
        reader.push(piece);
        let now = reader.progress();
        assert_eq!(now.stored_bytes, before.stored_bytes + piece.len() as u64);
        assert!(now.decoded_bytes >= before.decoded_bytes && now.n_entries >= before.n_entries);
        before = now;
    }
    reader.finish()
}

/// Checks that a layer reads the same in whole, byte by byte and in cuts of its own,
/// and that each reading is right.
pub(super) fn check(stored: &[u8], limits: &Limits) {
    check_swelling(stored, limits);
    // Expansion is checked after each step, and the length of a step depends on the cut.
    let limits = &Limits {
        layer: LayerLimits {
            expansion: u64::MAX,
            ..limits.layer
        },
        ..*limits
    };
    let whole = read(&[stored], Expected::default(), *limits);
    check_reading(&whole, stored, limits);

    // Right claims are verified, unless decoding was given up on purpose.
    let right = Expected {
        digest: Some(whole.digest.clone()),
        size_bytes: Some(stored.len() as u64),
        diff_id: Some(whole.diff_id.clone()),
    };
    let single = read(&cuts::single_bytes(stored), right, *limits);
    check_same(&single, &whole);
    assert_eq!(single.verdict.digest, Check::Ok);
    assert_eq!(single.verdict.size, Check::Ok);
    match single.verdict.diff_id {
        Check::Ok => {}
        Check::Absent => assert!(gave_up(&single), "no verdict, with {:?}", single.damage),
        _ => panic!("the right diff_id is refuted"),
    }

    // Wrong claims are refuted. Other algorithms than SHA-256 are computed from the same bytes.
    let other = b"other bytes";
    let wrong = Expected {
        digest: Some(Digest::sha256_of(other)),
        size_bytes: Some(stored.len() as u64 + 1),
        diff_id: Some(DiffId(Digest::of(other, lamina::image::Algorithm::Sha512))),
    };
    let cut = read(&cuts::own_cuts(stored), wrong, *limits);
    check_same(&cut, &whole);
    assert!(matches!(cut.verdict.digest, Check::Mismatch { .. }));
    assert!(matches!(cut.verdict.size, Check::Mismatch { .. }));
    assert!(!cut.verdict.holds());
    match cut.verdict.diff_id {
        Check::Mismatch { .. } => {}
        Check::Absent => assert!(gave_up(&cut), "no verdict, with {:?}", cut.damage),
        _ => panic!("a wrong diff_id is not refuted"),
    }
}

/// Checks that a layer that expands too much is given up early.
fn check_swelling(stored: &[u8], limits: &Limits) {
    let reading = read(&[stored], Expected::default(), *limits);
    let (decoded_bytes, swells_at) = match reading.damage {
        Some(Error::Expansion {
            stored_bytes,
            decoded_bytes,
            ..
        }) => (decoded_bytes, stored_bytes),
        _ => (reading.decoded_bytes, stored.len() as u64),
    };
    assert!(swells_at <= stored.len() as u64);
    let allowed = swells_at.saturating_mul(limits.layer.expansion);
    let allowed = allowed.max(limits.layer.decoded_floor_bytes);
    if let Some(Error::Expansion { .. }) = reading.damage {
        assert!(decoded_bytes > allowed);
    }
    if reading.compression != Compression::None {
        let most = allowed
            .saturating_add(limits.layer.expansion)
            .saturating_add(STEP_BYTES);
        assert!(
            reading.decoded_bytes <= most,
            "it swells to {decoded_bytes}"
        );
    }
}

/// True if decoding may have been given up on purpose. Damage to the tar is reported first and may hide that.
fn gave_up(reading: &LayerReading) -> bool {
    !matches!(
        reading.damage,
        None | Some(Error::Truncated { .. } | Error::Corrupt { .. } | Error::Checksum { .. })
    )
}

fn check_same(cut: &LayerReading, whole: &LayerReading) {
    assert_eq!(cut.damage, whole.damage);
    assert_eq!(cut.index, whole.index);
    assert_eq!(cut.access, whole.access);
    assert_eq!(cut.warnings, whole.warnings);
    assert_eq!(cut.compression, whole.compression);
    assert_eq!(cut.decoded_bytes, whole.decoded_bytes);
    assert_eq!(cut.digest, whole.digest);
    assert_eq!(cut.verdict.checksum, whole.verdict.checksum);
    if cut.diff_id.0.algorithm() == whole.diff_id.0.algorithm() {
        assert_eq!(cut.diff_id, whole.diff_id);
    }
}

fn check_reading(reading: &LayerReading, stored: &[u8], limits: &Limits) {
    assert_eq!(reading.stored_bytes, stored.len() as u64);
    assert_eq!(reading.digest, Digest::sha256_of(stored));
    assert_eq!(reading.verdict.digest, Check::Absent);
    assert!(reading.warnings.kept.len() <= limits.layer.warnings);
    assert!(reading.index.n_entries() as u64 <= u64::from(limits.layer.entries));
    let decoded = decoded(stored, reading, limits);
    assert_eq!(reading.diff_id.0, Digest::sha256_of(&decoded));
    check_access(reading, limits);
    check_entries(reading, limits);
    content::check(reading, stored, &decoded);
}

/// Returns the uncompressed bytes by the decoder alone, as many as the reading had.
fn decoded(stored: &[u8], reading: &LayerReading, limits: &Limits) -> Vec<u8> {
    let wanted = usize::try_from(reading.decoded_bytes).expect("is bounded by the limits");
    if reading.compression == Compression::None {
        assert_eq!(wanted, stored.len());
        return stored.to_vec();
    }
    assert!(reading.decoded_bytes <= limits.layer.decoded_bytes);
    let mut decoder = Decoder::new(reading.compression, &limits.layer);
    let (mut decoded, mut output) = (Vec::new(), vec![0; 10_007]);
    let mut ended = Ok(());
    'pieces: for piece in stored.chunks(65_521) {
        let mut rest = piece;
        while decoded.len() < wanted || !rest.is_empty() {
            let step = match decoder.decode(rest, &mut output) {
                Ok(step) => step,
                Err(error) => {
                    ended = Err(error);
                    break 'pieces;
                }
            };
            assert!(step.read <= rest.len() && step.written <= output.len());
            let goes_on = step.read > 0 || step.written > 0;
            decoded.extend_from_slice(&output[..step.written]);
            rest = &rest[step.read..];
            match step.status {
                DecodeStatus::NeedsInput => {
                    assert!(rest.is_empty(), "input is asked for and not taken");
                    break;
                }
                DecodeStatus::NeedsOutput => assert!(goes_on, "the decoder does not go on"),
            }
            if decoded.len() > wanted {
                break 'pieces;
            }
        }
    }
    if ended.is_ok() && decoded.len() < wanted {
        ended = decoder.finish().map(|_| ());
    }
    while ended.is_err() && decoded.len() < wanted {
        let written = decoder.salvage(&mut output);
        assert!(written > 0, "fewer bytes than the reading had");
        decoded.extend_from_slice(&output[..written]);
    }
    decoded.truncate(wanted);
    assert_eq!(decoded.len(), wanted);
    decoded
}

fn check_access(reading: &LayerReading, limits: &Limits) {
    let access = &reading.access;
    assert_eq!(access.stored_bytes, reading.stored_bytes);
    assert_eq!(access.decoded_bytes, reading.decoded_bytes);
    assert!(access.checkpoints.len() <= limits.layer.checkpoints.max(2));
    for pair in access.checkpoints.windows(2) {
        assert!(pair[0].stored_offset < pair[1].stored_offset);
        assert!(pair[0].decoded_offset < pair[1].decoded_offset);
    }
    for checkpoint in &access.checkpoints {
        assert!(checkpoint.stored_offset <= access.stored_bytes);
        if let Resume::Block { n_bits, window, .. } = &checkpoint.resume {
            assert!(*n_bits < 8 && window.len() <= 32 * 1024);
        }
    }
}

/// Checks that a path may be in an index: normalised, and inside the root.
pub(super) fn check_path(path: &[u8]) {
    let normalised = ImagePath::normalise(path).expect("no NUL is kept in a path");
    assert_eq!(normalised.as_bytes(), path, "the path is not normalised");
    assert!(normalised.components().all(|part| part != b".."));
}

fn check_entries(reading: &LayerReading, limits: &Limits) {
    let (mut text_bytes, mut xattr_bytes, mut n_extents) = (0, 0, 0);
    for entry in reading.index.entries() {
        let path = entry.path.to_vec();
        check_path(&path);
        assert_eq!(entry.path, path[..]);
        assert!(
            path.len() <= limits.layer.path_bytes && entry.link.len() <= limits.layer.path_bytes
        );
        let depth = path.split(|&byte| byte == b'/').count();
        assert!(depth <= limits.layer.path_depth);
        assert!(entry.mode <= 0o7777 && entry.mtime.nanos < 1_000_000_000);
        let xattrs: usize = reading
            .index
            .xattrs(entry.id)
            .map(|xattr| xattr.name.len() + xattr.value.len())
            .sum();
        xattr_bytes += xattrs;
        text_bytes += path.len() + entry.link.len() + xattrs;
        let is_link = matches!(entry.kind, EntryKind::Symlink | EntryKind::Hardlink);
        let is_device = matches!(entry.kind, EntryKind::Char | EntryKind::Block);
        assert!(is_link || entry.link.is_empty());
        assert_eq!(is_device, entry.device.is_some());
        if entry.kind != EntryKind::File {
            assert_eq!((entry.size_bytes, entry.data), (0, DataPlace::None));
            assert!(!entry.incomplete && entry.sha256.is_none());
        }
        if let DataPlace::Sparse { extents, .. } = entry.data {
            n_extents += extents.len();
            let mut end = 0;
            for extent in extents {
                assert!(extent.logical_offset >= end && extent.len > 0);
                end = extent.logical_offset + extent.len;
            }
            assert!(end <= entry.size_bytes);
        }
    }
    assert!(
        text_bytes as u64 <= limits.layer.text_bytes
            && xattr_bytes as u64 <= limits.layer.xattr_bytes
    );
    assert!(n_extents <= limits.layer.sparse_extents);
}
