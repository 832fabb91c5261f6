//! Packs the verdict of a layer's reading, its damage and its warnings.
//!
//! A verdict comes back exactly as it was packed. The caller judges it against the current claims.

use std::borrow::Cow;

use super::places::{pack_compression, unpack_compression};
use super::read::Unpacker;
use super::write::Packer;
use super::{PackedError, malformed};
use crate::image::{DiffId, Digest};
use crate::layer::{
    Bound, Check, Error, LayerReading, LeftOut, Limits, TarOffset, Verdict, Warning, Warnings,
};

/// Bytes of the shortest packed warning: an empty subject and a notice of one byte, each behind its length.
const WARNING_BYTES: usize = 9;

pub(super) struct Facts {
    pub(super) digest: Digest,
    pub(super) diff_id: DiffId,
    pub(super) verdict: Verdict,
    pub(super) damage: Option<Error>,
    pub(super) warnings: Warnings,
    pub(super) left_out: LeftOut,
}

pub(super) fn pack(packer: &mut Packer, reading: &LayerReading) {
    packer.text(reading.digest.as_str().as_bytes());
    packer.text(reading.diff_id.0.as_str().as_bytes());
    for (_, check) in reading.verdict.checks() {
        pack_check(packer, check);
    }
    match &reading.damage {
        None => packer.u8(0),
        Some(error) => pack_error(packer, error),
    }
    packer.count(reading.warnings.kept.len());
    for warning in &reading.warnings.kept {
        packer.text(warning.subject.as_bytes());
        packer.text(&typed(&warning.notice));
    }
    packer.u64(reading.warnings.n_dropped);
    packer.text(&typed(&reading.left_out));
}

pub(super) fn unpack(unpacker: &mut Unpacker<'_>, limits: &Limits) -> Result<Facts, PackedError> {
    Ok(Facts {
        digest: unpack_digest(unpacker)?,
        diff_id: DiffId(unpack_digest(unpacker)?),
        verdict: Verdict {
            digest: unpack_check(unpacker)?,
            size: unpack_check(unpacker)?,
            diff_id: unpack_check(unpacker)?,
            checksum: unpack_check(unpacker)?,
        },
        damage: unpack_error(unpacker)?,
        warnings: unpack_warnings(unpacker, limits)?,
        left_out: untyped(unpacker)?,
    })
}

/// Serialises a typed value. Its format is tied to this version of the packed form.
fn typed<T: serde::Serialize>(value: &T) -> Vec<u8> {
    // Writing to memory fails only for types without a length, and there are none here.
    postcard::to_allocvec(value).unwrap_or_default()
}

fn untyped<T: serde::de::DeserializeOwned>(unpacker: &mut Unpacker<'_>) -> Result<T, PackedError> {
    postcard::from_bytes(unpacker.text()?).map_err(|_| malformed("a typed value has not its form"))
}

pub(super) fn unpack_digest(unpacker: &mut Unpacker<'_>) -> Result<Digest, PackedError> {
    Digest::parse(unpacker.str()?).map_err(|_| malformed("a digest has not its form"))
}

fn pack_check(packer: &mut Packer, check: &Check) {
    match check {
        Check::Ok => packer.u8(0),
        Check::Absent => packer.u8(1),
        Check::Known => packer.u8(2),
        Check::Mismatch { expected, actual } => {
            packer.u8(3);
            packer.text(expected.as_bytes());
            packer.text(actual.as_bytes());
        }
    }
}

fn unpack_check(unpacker: &mut Unpacker<'_>) -> Result<Check, PackedError> {
    Ok(match unpacker.u8()? {
        0 => Check::Ok,
        1 => Check::Absent,
        2 => Check::Known,
        3 => Check::Mismatch {
            expected: unpacker.str()?.to_owned(),
            actual: unpacker.str()?.to_owned(),
        },
        _ => return Err(malformed("an unknown verdict")),
    })
}

fn unpack_warnings(unpacker: &mut Unpacker<'_>, limits: &Limits) -> Result<Warnings, PackedError> {
    let mut warnings = Warnings::default();
    for _ in 0..unpacker.count(WARNING_BYTES)? {
        let warning = Warning {
            subject: unpacker.str()?.to_owned(),
            notice: untyped(unpacker)?,
        };
        warnings.push(warning, limits.warnings);
    }
    warnings.n_dropped = warnings.n_dropped.saturating_add(unpacker.u64()?);
    Ok(warnings)
}

/// Writes the kind of an error, then its fields in order.
fn pack_error(packer: &mut Packer, error: &Error) {
    let mut coded = |kind, compression, offset: u64| {
        packer.u8(kind);
        pack_compression(packer, compression);
        packer.u64(offset);
    };
    match error {
        Error::Truncated {
            compression,
            stored_offset,
        } => coded(1, *compression, *stored_offset),
        Error::Corrupt {
            compression,
            stored_offset,
            reason,
        } => {
            coded(2, *compression, *stored_offset);
            packer.text(reason.as_bytes());
        }
        Error::Checksum {
            compression,
            what,
            stored_offset,
            expected,
            actual,
        } => {
            coded(3, *compression, *stored_offset);
            packer.text(what.as_bytes());
            packer.text(expected.as_bytes());
            packer.text(actual.as_bytes());
        }
        Error::WindowTooLarge {
            compression,
            stored_offset,
            window_bytes,
            limit_bytes,
        } => {
            coded(4, *compression, *stored_offset);
            packer.u64(*window_bytes);
            packer.u64(*limit_bytes);
        }
        Error::NeedsDictionary {
            stored_offset,
            dictionary,
        } => {
            packer.u8(5);
            packer.u64(*stored_offset);
            packer.u32(*dictionary);
        }
        Error::NotTar { found } => {
            packer.u8(6);
            packer.text(found.as_bytes());
        }
        Error::HeaderChecksum {
            offset,
            expected,
            actual,
        } => {
            packer.u8(7);
            packer.u64(offset.0);
            packer.i64(*expected);
            packer.i64(*actual);
        }
        Error::BadNumber { offset, field } => pack_place(packer, 8, *offset, field),
        Error::BadPax { offset, reason } => pack_place(packer, 9, *offset, reason),
        Error::BadSparseMap { offset, reason } => pack_place(packer, 10, *offset, reason),
        Error::TarTruncated { offset, within } => pack_place(packer, 11, *offset, within),
        Error::ExtensionTooLong {
            offset,
            size_bytes,
            limit_bytes,
        } => pack_numbers(packer, 12, [offset.0, *size_bytes, *limit_bytes]),
        Error::TooMany { what, limit } => {
            pack_numbers(packer, 13, [*limit]);
            packer.text(what.name().as_bytes());
        }
        Error::Expansion {
            stored_bytes,
            decoded_bytes,
            limit,
        } => pack_numbers(packer, 14, [*stored_bytes, *decoded_bytes, *limit]),
        Error::ContentEnds {
            stored_offset,
            missing_bytes,
        } => pack_numbers(packer, 15, [*stored_offset, *missing_bytes]),
        Error::Changed { start, end } => pack_numbers(packer, 16, [*start, *end]),
        Error::NoDecoder { compression } => coded(17, *compression, 0),
    }
}

fn pack_place(packer: &mut Packer, kind: u8, offset: TarOffset, text: &str) {
    packer.u8(kind);
    packer.u64(offset.0);
    packer.text(text.as_bytes());
}

fn pack_numbers<const N: usize>(packer: &mut Packer, kind: u8, numbers: [u64; N]) {
    packer.u8(kind);
    for number in numbers {
        packer.u64(number);
    }
}

fn unpack_error(unpacker: &mut Unpacker<'_>) -> Result<Option<Error>, PackedError> {
    let text = |unpacker: &mut Unpacker<'_>| unpacker.str().map(|text| Cow::from(text.to_owned()));
    let at = |unpacker: &mut Unpacker<'_>| unpacker.u64().map(TarOffset);
    Ok(Some(match unpacker.u8()? {
        0 => return Ok(None),
        1 => Error::Truncated {
            compression: unpack_compression(unpacker)?,
            stored_offset: unpacker.u64()?,
        },
        2 => Error::Corrupt {
            compression: unpack_compression(unpacker)?,
            stored_offset: unpacker.u64()?,
            reason: unpacker.str()?.to_owned(),
        },
        3 => Error::Checksum {
            compression: unpack_compression(unpacker)?,
            stored_offset: unpacker.u64()?,
            what: text(unpacker)?,
            expected: unpacker.str()?.to_owned(),
            actual: unpacker.str()?.to_owned(),
        },
        4 => Error::WindowTooLarge {
            compression: unpack_compression(unpacker)?,
            stored_offset: unpacker.u64()?,
            window_bytes: unpacker.u64()?,
            limit_bytes: unpacker.u64()?,
        },
        5 => Error::NeedsDictionary {
            stored_offset: unpacker.u64()?,
            dictionary: unpacker.u32()?,
        },
        6 => Error::NotTar {
            found: text(unpacker)?,
        },
        7 => Error::HeaderChecksum {
            offset: at(unpacker)?,
            expected: unpacker.i64()?,
            actual: unpacker.i64()?,
        },
        8 => Error::BadNumber {
            offset: at(unpacker)?,
            field: text(unpacker)?,
        },
        9 => Error::BadPax {
            offset: at(unpacker)?,
            reason: text(unpacker)?,
        },
        10 => Error::BadSparseMap {
            offset: at(unpacker)?,
            reason: text(unpacker)?,
        },
        11 => Error::TarTruncated {
            offset: at(unpacker)?,
            within: text(unpacker)?,
        },
        12 => Error::ExtensionTooLong {
            offset: at(unpacker)?,
            size_bytes: unpacker.u64()?,
            limit_bytes: unpacker.u64()?,
        },
        13 => Error::TooMany {
            limit: unpacker.u64()?,
            what: Bound::of_name(unpacker.str()?).ok_or(malformed("an unknown bound"))?,
        },
        14 => Error::Expansion {
            stored_bytes: unpacker.u64()?,
            decoded_bytes: unpacker.u64()?,
            limit: unpacker.u64()?,
        },
        15 => Error::ContentEnds {
            stored_offset: unpacker.u64()?,
            missing_bytes: unpacker.u64()?,
        },
        17 => {
            let compression = unpack_compression(unpacker)?;
            let _ = unpacker.u64()?;
            Error::NoDecoder { compression }
        }
        16 => Error::Changed {
            start: unpacker.u64()?,
            end: unpacker.u64()?,
        },
        _ => return Err(malformed("an unknown error")),
    }))
}
