//! Locates a layer's table of contents by annotations or by the layer's footer.

use crate::message::Code;
use std::collections::BTreeMap;

use super::TocError;
use crate::bounds::LayerLimits;
use crate::image::Digest;
use crate::layer::{Compression, StoredRange};

/// The two formats of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TocForm {
    /// A gzip member with a tar that holds `stargz.index.json`. Each file begins a gzip member.
    Estargz,
    /// zstd-compressed JSON in a skippable frame. Each chunk of a file is a zstd frame.
    ZstdChunked,
}

/// The place of a table, and the claim about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocPlace {
    /// Format of the table.
    pub form: TocForm,
    /// Compressed range of the table in the blob.
    pub range: StoredRange,
    /// Digest claimed by the manifest: of the JSON for eStargz, of the compressed bytes for zstd:chunked.
    pub claimed: Option<Digest>,
}

/// Name of the file that holds an eStargz table.
pub(super) const STARGZ_INDEX: &[u8] = b"stargz.index.json";
/// eStargz: digest of the JSON.
const STARGZ_DIGEST: &str = "containerd.io/snapshot/stargz/toc.digest";
/// zstd:chunked: `offset:length:uncompressed length:type`, under the current name and the one before it.
const CHUNKED_POSITION: [&str; 2] = [
    "io.github.containers.zstd-chunked.manifest-position",
    "io.containers.zstd-chunked.manifest-position",
];
/// zstd:chunked: digest of the compressed table.
const CHUNKED_CHECKSUM: [&str; 2] = [
    "io.github.containers.zstd-chunked.manifest-checksum",
    "io.containers.zstd-chunked.manifest-checksum",
];
/// The only known type of a zstd:chunked table.
const CHUNKED_TYPE: u64 = 1;

/// Size of an eStargz footer in bytes: an empty gzip member whose extra field holds the offset.
const STARGZ_FOOTER: usize = 51;
/// Size of the footer of its predecessor, without the extra field's own header.
const LEGACY_FOOTER: usize = 47;
/// Size of a skippable zstd frame's header in bytes.
const FRAME_HEADER: usize = 8;
/// The two known sizes of a zstd:chunked footer in bytes.
const CHUNKED_FOOTERS: [usize; 2] = [64, 40];
/// Magic at the end of that footer. Earlier writers spell it with a small `n`.
const CHUNKED_MAGICS: [&[u8]; 2] = [b"GNUlInUx", b"GnUlInUx"];

impl TocForm {
    /// Returns the format that a layer of this compression may have, if any.
    pub fn of(compression: Compression) -> Option<TocForm> {
        match compression {
            Compression::Gzip => Some(TocForm::Estargz),
            Compression::Zstd => Some(TocForm::ZstdChunked),
            Compression::None | Compression::Bzip2 | Compression::Xz => None,
        }
    }

    /// Returns the name of the format.
    pub fn word(self) -> &'static str {
        match self {
            TocForm::Estargz => "estargz",
            TocForm::ZstdChunked => "zstd:chunked",
        }
    }

    /// Returns the compression of layers with this format.
    pub fn compression(self) -> Compression {
        match self {
            TocForm::Estargz => Compression::Gzip,
            TocForm::ZstdChunked => Compression::Zstd,
        }
    }

    fn footer_bytes(self) -> usize {
        match self {
            TocForm::Estargz => STARGZ_FOOTER,
            TocForm::ZstdChunked => FRAME_HEADER + 64,
        }
    }
}

/// Returns the compressed range of the footer. `None` if the layer is too short to have one.
pub fn footer_range(form: TocForm, blob_bytes: u64) -> Option<StoredRange> {
    let len = form.footer_bytes() as u64;
    let offset = blob_bytes.checked_sub(len)?;
    Some(StoredRange { offset, len })
}

/// Returns the table's place according to the layer's annotations, if they have one.
///
/// # Errors
/// If the annotation is malformed, or the place lies outside of the layer.
pub fn place_in_annotations(
    annotations: &BTreeMap<String, String>,
    blob_bytes: u64,
    limits: &LayerLimits,
) -> Option<Result<TocPlace, TocError>> {
    let position = first_of(annotations, CHUNKED_POSITION)?;
    let place = || {
        let bad = TocError::Place {
            what: Code::TocPosition,
        };
        let numbers: Option<Vec<u64>> = position.split(':').map(|n| n.parse().ok()).collect();
        let [offset, len, _, kind] = numbers
            .as_deref()
            .and_then(|numbers| <[u64; 4]>::try_from(numbers).ok())
            .ok_or(bad)?;
        if kind != CHUNKED_TYPE {
            let what = Code::TocType;
            return Err(TocError::Place { what });
        }
        Ok(TocPlace {
            form: TocForm::ZstdChunked,
            range: checked(offset, len, blob_bytes, limits)?,
            claimed: claimed(first_of(annotations, CHUNKED_CHECKSUM))?,
        })
    };
    Some(place())
}

/// Returns the table's place according to the last compressed bytes of a layer.
///
/// # Errors
/// [`TocError::Absent`] if the footer has no place; others if it is malformed.
pub fn place_in_footer(
    form: TocForm,
    footer: &[u8],
    annotations: &BTreeMap<String, String>,
    blob_bytes: u64,
    limits: &LayerLimits,
) -> Result<TocPlace, TocError> {
    let (offset, len, annotated) = match form {
        TocForm::Estargz => {
            let (offset, footer_bytes) = stargz_offset(footer).ok_or(TocError::Absent)?;
            let end = blob_bytes.saturating_sub(footer_bytes as u64);
            let len = end.saturating_sub(offset);
            (offset, len, annotations.get(STARGZ_DIGEST))
        }
        TocForm::ZstdChunked => {
            let (offset, len) = chunked_offset(footer).ok_or(TocError::Absent)?;
            (offset, len, first_of(annotations, CHUNKED_CHECKSUM))
        }
    };
    Ok(TocPlace {
        form,
        range: checked(offset, len, blob_bytes, limits)?,
        claimed: claimed(annotated)?,
    })
}

fn first_of<'a>(annotations: &'a BTreeMap<String, String>, keys: [&str; 2]) -> Option<&'a String> {
    keys.iter().find_map(|key| annotations.get(*key))
}

fn claimed(text: Option<&String>) -> Result<Option<Digest>, TocError> {
    let parsed = text.map(|text| Digest::parse(text)).transpose();
    parsed.map_err(|_| TocError::Place {
        what: Code::TocDigestForm,
    })
}

fn checked(
    offset: u64,
    len: u64,
    blob_bytes: u64,
    limits: &LayerLimits,
) -> Result<StoredRange, TocError> {
    if len > limits.toc_bytes {
        let (what, limit) = (Code::TocBytes, limits.toc_bytes);
        return Err(TocError::TooMany { what, limit });
    }
    let is_within = offset.checked_add(len).is_some_and(|end| end <= blob_bytes);
    if len == 0 || !is_within {
        let what = Code::TocOutside;
        return Err(TocError::Place { what });
    }
    Ok(StoredRange { offset, len })
}

/// Returns the offset in an eStargz footer, and the footer's length.
fn stargz_offset(tail: &[u8]) -> Option<(u64, usize)> {
    let today = || {
        let extra = extra_field(tail.last_chunk::<STARGZ_FOOTER>()?)?;
        extra.strip_prefix(b"SG\x16\0")
    };
    let legacy = || extra_field(tail.last_chunk::<LEGACY_FOOTER>()?);
    let offset = |field: &[u8]| {
        let digits = field.strip_suffix(b"STARGZ")?;
        let is_hex = digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
        u64::from_str_radix(text, 16).ok()
    };
    let found = today().and_then(offset).map(|at| (at, STARGZ_FOOTER));
    found.or_else(|| Some((legacy().and_then(offset)?, LEGACY_FOOTER)))
}

/// Returns the extra field of a gzip header (RFC 1952, section 2.3.1), if it is complete.
fn extra_field(member: &[u8]) -> Option<&[u8]> {
    const HAS_EXTRA: u8 = 4;
    let (header, rest) = member.split_first_chunk::<10>()?;
    let [0x1f, 0x8b, 8, flags, ..] = header else {
        return None;
    };
    let (len, rest) = rest.split_first_chunk::<2>()?;
    let extra = rest.get(..usize::from(u16::from_le_bytes(*len)))?;
    (flags & HAS_EXTRA != 0).then_some(extra)
}

/// Returns offset and length from a zstd:chunked footer.
fn chunked_offset(tail: &[u8]) -> Option<(u64, u64)> {
    CHUNKED_FOOTERS.into_iter().find_map(|len| {
        let start = tail.len().checked_sub(FRAME_HEADER + len)?;
        let (header, footer) = tail.get(start..)?.split_at_checked(FRAME_HEADER)?;
        let [0x50, 0x2a, 0x4d, 0x18, size @ ..] = header else {
            return None;
        };
        let size = u32::from_le_bytes(size.try_into().ok()?);
        let is_footer = CHUNKED_MAGICS.iter().any(|magic| footer.ends_with(magic));
        if size as usize != len || !is_footer {
            return None;
        }
        let number = |at: usize| {
            let bytes = footer.get(at * 8..)?.first_chunk::<8>()?;
            Some(u64::from_le_bytes(*bytes))
        };
        (number(3)? == CHUNKED_TYPE).then_some((number(0)?, number(1)?))
    })
}
