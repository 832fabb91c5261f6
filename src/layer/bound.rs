//! The bounds that protect only the user who reads: their names, and how far each may be raised.
//!
//! The attack that a bound stops is documented at its field of [`Limits`]. Asking the user is left to the page and
//! the command.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Error, Limits};

/// A field of [`Limits`] that the user may raise, because it protects nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields of `Limits` say what each is")]
pub enum Bound {
    Entries,
    ImageEntries,
    Paths,
    PathBytes,
    PathDepth,
    ExtensionBytes,
    XattrBytes,
    TextBytes,
    ImageTextBytes,
    SparseExtents,
    HoleBytes,
    DecodedBytes,
    ImageDecodedBytes,
    Expansion,
    ZstdWindowBytes,
    JsonBytes,
    DocumentsBytes,
    Layers,
    Members,
    LookupBytes,
    FollowedLinkBytes,
    SpoolBytes,
    BlobBytes,
    LeastRate,
    ConnectSeconds,
    SilenceSeconds,
    OutputExpansion,
    PicturePixels,
}

/// A bound that ended the reading of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The bound that was met.
    pub bound: Bound,
    /// The value of the bound.
    pub limit: u64,
    /// The amount found, or a lower bound of it.
    pub seen: u64,
}

/// Factor by which a bound is raised at once.
const STEP: u64 = 16;

impl Bound {
    /// Every bound, in declaration order.
    pub const ALL: [Bound; 28] = [
        Bound::Entries,
        Bound::ImageEntries,
        Bound::Paths,
        Bound::PathBytes,
        Bound::PathDepth,
        Bound::ExtensionBytes,
        Bound::XattrBytes,
        Bound::TextBytes,
        Bound::ImageTextBytes,
        Bound::SparseExtents,
        Bound::HoleBytes,
        Bound::DecodedBytes,
        Bound::ImageDecodedBytes,
        Bound::Expansion,
        Bound::ZstdWindowBytes,
        Bound::JsonBytes,
        Bound::DocumentsBytes,
        Bound::Layers,
        Bound::Members,
        Bound::LookupBytes,
        Bound::FollowedLinkBytes,
        Bound::SpoolBytes,
        Bound::BlobBytes,
        Bound::LeastRate,
        Bound::ConnectSeconds,
        Bound::SilenceSeconds,
        Bound::OutputExpansion,
        Bound::PicturePixels,
    ];

    /// Returns the name of the field in [`Limits`], as in the command's `--limit NAME=VALUE`.
    pub fn name(self) -> &'static str {
        match self {
            Bound::Entries => "entries",
            Bound::ImageEntries => "image_entries",
            Bound::Paths => "paths",
            Bound::PathBytes => "path_bytes",
            Bound::PathDepth => "path_depth",
            Bound::ExtensionBytes => "extension_bytes",
            Bound::XattrBytes => "xattr_bytes",
            Bound::TextBytes => "text_bytes",
            Bound::ImageTextBytes => "image_text_bytes",
            Bound::SparseExtents => "sparse_extents",
            Bound::HoleBytes => "hole_bytes",
            Bound::DecodedBytes => "decoded_bytes",
            Bound::ImageDecodedBytes => "image_decoded_bytes",
            Bound::Expansion => "expansion",
            Bound::ZstdWindowBytes => "zstd_window_bytes",
            Bound::JsonBytes => "json_bytes",
            Bound::DocumentsBytes => "documents_bytes",
            Bound::Layers => "layers",
            Bound::Members => "members",
            Bound::LookupBytes => "lookup_bytes",
            Bound::FollowedLinkBytes => "followed_link_bytes",
            Bound::SpoolBytes => "spool_bytes",
            Bound::BlobBytes => "blob_bytes",
            Bound::LeastRate => "least_rate",
            Bound::ConnectSeconds => "connect_seconds",
            Bound::SilenceSeconds => "silence_seconds",
            Bound::OutputExpansion => "output_expansion",
            Bound::PicturePixels => "picture_pixels",
        }
    }

    /// Returns the bound with this field name.
    pub fn of_name(name: &str) -> Option<Bound> {
        Bound::ALL.into_iter().find(|bound| bound.name() == name)
    }

    /// Returns the maximum that a browser can hold: its memory ends at 4 GiB. Amounts that only pass through have
    /// no such ceiling.
    pub fn ceiling(self) -> u64 {
        match self {
            // Each takes about 120 bytes, in the layer's index and in the union.
            Bound::Entries | Bound::ImageEntries | Bound::Paths => 16_000_000,
            Bound::SparseExtents | Bound::Members => 16_000_000,
            // Memory is needed twice while the buffer grows.
            Bound::TextBytes | Bound::ImageTextBytes | Bound::XattrBytes => 2 * GIB - 1,
            Bound::ZstdWindowBytes => GIB,
            Bound::DocumentsBytes => GIB,
            Bound::PathBytes | Bound::ExtensionBytes | Bound::JsonBytes => GIB / 4,
            Bound::PathDepth | Bound::Layers => 1_000_000,
            Bound::HoleBytes
            | Bound::DecodedBytes
            | Bound::ImageDecodedBytes
            | Bound::Expansion
            | Bound::LookupBytes
            | Bound::FollowedLinkBytes
            | Bound::SpoolBytes
            | Bound::BlobBytes
            | Bound::LeastRate
            | Bound::ConnectSeconds
            | Bound::SilenceSeconds
            | Bound::OutputExpansion
            | Bound::PicturePixels => u64::MAX,
        }
    }

    /// Returns the next higher value to retry with. `None` if a browser can hold no more.
    pub fn above(self, limit: u64) -> Option<u64> {
        let ceiling = self.ceiling();
        (limit < ceiling).then(|| limit.max(1).saturating_mul(STEP).min(ceiling))
    }
}

/// Writes the thing that there is too much of, in words.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bound::Entries => "entries",
            Bound::ImageEntries => "entries in all layers",
            Bound::Paths => "paths in all layers",
            Bound::PathBytes => "bytes of one path",
            Bound::PathDepth => "components of one path",
            Bound::ExtensionBytes => "bytes of one extended header",
            Bound::XattrBytes => "bytes of attributes",
            Bound::TextBytes => "bytes of names and attributes",
            Bound::ImageTextBytes => "bytes of names and attributes in all layers",
            Bound::SparseExtents => "extents of sparse files",
            Bound::HoleBytes => "bytes of holes",
            Bound::DecodedBytes => "decoded bytes",
            Bound::ImageDecodedBytes => "decoded bytes of all layers",
            Bound::Expansion => "decoded bytes for each stored one",
            Bound::ZstdWindowBytes => "bytes of the codec's window",
            Bound::JsonBytes => "bytes of one document",
            Bound::DocumentsBytes => "bytes of all documents",
            Bound::Layers => "layers",
            Bound::Members => "members",
            Bound::LookupBytes => "bytes compared for look-ups",
            Bound::FollowedLinkBytes => "bytes of links followed",
            Bound::SpoolBytes => "decoded bytes of the archive",
            Bound::BlobBytes => "bytes of one blob",
            Bound::LeastRate => "bytes a second, at the least",
            Bound::ConnectSeconds => "seconds until a connection is there",
            Bound::SilenceSeconds => "seconds without an answer",
            Bound::OutputExpansion => "bytes written for each byte read",
            Bound::PicturePixels => "pixels of a picture",
        })
    }
}

impl Limits {
    /// Returns the value of a bound.
    pub fn of(&self, bound: Bound) -> u64 {
        match bound {
            Bound::Entries => self.entries.into(),
            Bound::ImageEntries => self.image_entries,
            Bound::Paths => self.paths as u64,
            Bound::PathBytes => self.path_bytes as u64,
            Bound::PathDepth => self.path_depth as u64,
            Bound::ExtensionBytes => self.extension_bytes,
            Bound::XattrBytes => self.xattr_bytes,
            Bound::TextBytes => self.text_bytes,
            Bound::ImageTextBytes => self.image_text_bytes,
            Bound::SparseExtents => self.sparse_extents as u64,
            Bound::HoleBytes => self.hole_bytes,
            Bound::DecodedBytes => self.decoded_bytes,
            Bound::ImageDecodedBytes => self.image_decoded_bytes,
            Bound::Expansion => self.expansion,
            Bound::ZstdWindowBytes => self.zstd_window_bytes,
            Bound::JsonBytes => self.json_bytes,
            Bound::DocumentsBytes => self.documents_bytes,
            Bound::Layers => self.layers as u64,
            Bound::Members => self.members as u64,
            Bound::LookupBytes => self.lookup_bytes,
            Bound::FollowedLinkBytes => self.followed_link_bytes,
            Bound::SpoolBytes => self.spool_bytes,
            Bound::BlobBytes => self.blob_bytes,
            Bound::LeastRate => self.least_rate,
            Bound::ConnectSeconds => self.connect_seconds,
            Bound::SilenceSeconds => self.silence_seconds,
            Bound::OutputExpansion => self.output_expansion,
            Bound::PicturePixels => self.picture_pixels,
        }
    }

    /// Returns the same limits with another value for one bound, capped at what the field's type can hold.
    pub fn with(mut self, bound: Bound, value: u64) -> Limits {
        let count = usize::try_from(value).unwrap_or(usize::MAX);
        match bound {
            Bound::Entries => self.entries = u32::try_from(value).unwrap_or(u32::MAX),
            Bound::ImageEntries => self.image_entries = value,
            Bound::Paths => self.paths = count,
            Bound::PathBytes => self.path_bytes = count,
            Bound::PathDepth => self.path_depth = count,
            Bound::ExtensionBytes => self.extension_bytes = value,
            Bound::XattrBytes => self.xattr_bytes = value,
            Bound::TextBytes => self.text_bytes = value,
            Bound::ImageTextBytes => self.image_text_bytes = value,
            Bound::SparseExtents => self.sparse_extents = count,
            Bound::HoleBytes => self.hole_bytes = value,
            Bound::DecodedBytes => self.decoded_bytes = value,
            Bound::ImageDecodedBytes => self.image_decoded_bytes = value,
            Bound::Expansion => self.expansion = value,
            Bound::ZstdWindowBytes => self.zstd_window_bytes = value,
            Bound::JsonBytes => self.json_bytes = value,
            Bound::DocumentsBytes => self.documents_bytes = value,
            Bound::Layers => self.layers = count,
            Bound::Members => self.members = count,
            Bound::LookupBytes => self.lookup_bytes = value,
            Bound::FollowedLinkBytes => self.followed_link_bytes = value,
            Bound::SpoolBytes => self.spool_bytes = value,
            Bound::BlobBytes => self.blob_bytes = value,
            Bound::LeastRate => self.least_rate = value,
            Bound::ConnectSeconds => self.connect_seconds = value,
            Bound::SilenceSeconds => self.silence_seconds = value,
            Bound::OutputExpansion => self.output_expansion = value,
            Bound::PicturePixels => self.picture_pixels = value,
        }
        self
    }
}

impl Error {
    /// Returns the bound that ended the reading, if one did. The bytes need not be damaged then.
    pub fn reached(&self) -> Option<Reached> {
        let (bound, limit, seen) = match self {
            // Reading ends at the first item beyond the limit.
            Error::TooMany { what, limit } => (*what, *limit, limit.saturating_add(1)),
            Error::Expansion {
                stored_bytes,
                decoded_bytes,
                limit,
            } => {
                let ratio = decoded_bytes / (*stored_bytes).max(1);
                (Bound::Expansion, *limit, ratio)
            }
            Error::WindowTooLarge {
                window_bytes,
                limit_bytes,
                ..
            } => (Bound::ZstdWindowBytes, *limit_bytes, *window_bytes),
            Error::ExtensionTooLong {
                size_bytes,
                limit_bytes,
                ..
            } => (Bound::ExtensionBytes, *limit_bytes, *size_bytes),
            _ => return None,
        };
        Some(Reached { bound, limit, seen })
    }
}

const GIB: u64 = 1024 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_has_its_own_field_and_name() {
        for bound in Bound::ALL {
            assert_eq!(Bound::of_name(bound.name()), Some(bound));
            let raised = Limits::DEFAULT.with(bound, 12_345);
            assert_eq!(raised.of(bound), 12_345, "{bound}");
            for other in Bound::ALL.into_iter().filter(|other| *other != bound) {
                assert_eq!(raised.of(other), Limits::DEFAULT.of(other), "{other}");
            }
            let json = serde_json::to_string(&bound).expect("a name");
            assert_eq!(json, format!("{:?}", bound.name()));
        }
        assert_eq!(Bound::of_name("retries"), None, "it protects registries");
    }

    #[test]
    fn a_bound_is_raised_up_to_what_a_browser_can_hold() {
        let steps = |bound: Bound| {
            let first = Some(Limits::DEFAULT.of(bound));
            std::iter::successors(first, move |limit| bound.above(*limit))
        };
        assert_eq!(
            steps(Bound::Entries).collect::<Vec<_>>(),
            [4_000_000, 16_000_000]
        );
        assert_eq!(
            steps(Bound::ZstdWindowBytes).last(),
            Some(Bound::ZstdWindowBytes.ceiling())
        );
        assert_eq!(steps(Bound::Expansion).nth(1), Some(3_200));
        assert_eq!(steps(Bound::DecodedBytes).last(), Some(u64::MAX));
        for bound in Bound::ALL {
            assert!(bound.above(Limits::DEFAULT.of(bound)).is_some(), "{bound}");
        }
    }
}
