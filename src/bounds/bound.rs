//! The bounds that protect only the user who reads: their names, and how far each may be raised.
//!
//! The attack that a bound stops is documented at its field. Asking the user is left to the page and the command.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Limits;
use super::units::GIB;
use crate::message::{Code, Message};

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

/// The ceiling of what takes about 120 bytes each, in a layer's index and in the union.
const ROWS: u64 = 16_000_000;

/// The ceiling of a buffer that grows, which takes its memory twice meanwhile.
const GROWING: u64 = 2 * GIB - 1;

/// The ceiling of an amount that only passes through.
const PASSING: u64 = u64::MAX;

/// Factor by which a bound is raised at once.
const STEP: u64 = 16;

/// Makes [`Bound`] of a table: its field, its ceiling, and the code of the thing that there is too much of.
macro_rules! bounds {
    ($($bound:ident => $area:ident.$field:ident, $ceiling:expr, $words:ident;)*) => {
        /// A field of [`Limits`] that the user may raise, because it protects nobody else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the fields say what each is")]
        pub enum Bound {
            $($bound,)*
        }

        impl Bound {
            /// Every bound, in declaration order.
            pub const ALL: &[Bound] = &[$(Bound::$bound,)*];

            /// Returns the name of the field, as in the command's `--limit NAME=VALUE`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Bound::$bound => stringify!($field),)*
                }
            }

            /// Returns the maximum that a browser can hold: its memory ends at 4 GiB. Amounts that only pass through
            /// have no such ceiling.
            pub fn ceiling(self) -> u64 {
                match self {
                    $(Bound::$bound => $ceiling,)*
                }
            }
        }

        impl Bound {
            /// Returns the code of the thing that there is too much of.
            pub fn words(self) -> Code {
                match self {
                    $(Bound::$bound => Code::$words,)*
                }
            }
        }

        impl Limits {
            /// Returns the value of a bound.
            pub fn of(&self, bound: Bound) -> u64 {
                match bound {
                    $(Bound::$bound => self.$area.$field.to_u64(),)*
                }
            }

            /// Returns the same limits with another value for one bound, capped at what the field's type can hold.
            pub fn with(mut self, bound: Bound, value: u64) -> Limits {
                match bound {
                    $(Bound::$bound => self.$area.$field = Amount::capped(value),)*
                }
                self
            }
        }
    };
}

bounds! {
    Entries => layer.entries, ROWS, BoundEntries;
    ImageEntries => image.image_entries, ROWS, BoundImageEntries;
    Paths => image.paths, ROWS, BoundPaths;
    PathBytes => layer.path_bytes, GIB / 4, BoundPathBytes;
    PathDepth => layer.path_depth, 1_000_000, BoundPathDepth;
    ExtensionBytes => layer.extension_bytes, GIB / 4, BoundExtensionBytes;
    XattrBytes => layer.xattr_bytes, GROWING, BoundXattrBytes;
    TextBytes => layer.text_bytes, GROWING, BoundTextBytes;
    ImageTextBytes => layer.image_text_bytes, GROWING, BoundImageTextBytes;
    SparseExtents => layer.sparse_extents, ROWS, BoundSparseExtents;
    HoleBytes => layer.hole_bytes, PASSING, BoundHoleBytes;
    DecodedBytes => layer.decoded_bytes, PASSING, BoundDecodedBytes;
    ImageDecodedBytes => layer.image_decoded_bytes, PASSING, BoundImageDecodedBytes;
    Expansion => layer.expansion, PASSING, BoundExpansion;
    ZstdWindowBytes => layer.zstd_window_bytes, GIB, BoundZstdWindowBytes;
    JsonBytes => documents.json_bytes, GIB / 4, BoundJsonBytes;
    DocumentsBytes => documents.documents_bytes, GIB, BoundDocumentsBytes;
    Layers => image.layers, 1_000_000, BoundLayers;
    Members => archive.members, ROWS, BoundMembers;
    LookupBytes => archive.lookup_bytes, PASSING, BoundLookupBytes;
    FollowedLinkBytes => image.followed_link_bytes, PASSING, BoundFollowedLinkBytes;
    SpoolBytes => archive.spool_bytes, PASSING, BoundSpoolBytes;
    BlobBytes => registry.blob_bytes, PASSING, BoundBlobBytes;
    LeastRate => registry.least_rate, PASSING, BoundLeastRate;
    ConnectSeconds => registry.connect_seconds, PASSING, BoundConnectSeconds;
    SilenceSeconds => registry.silence_seconds, PASSING, BoundSilenceSeconds;
    OutputExpansion => output.output_expansion, PASSING, BoundOutputExpansion;
    PicturePixels => output.picture_pixels, PASSING, BoundPicturePixels;
}

impl From<Bound> for Message {
    fn from(bound: Bound) -> Message {
        bound.words().into()
    }
}

/// Writes the thing that there is too much of, in English.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

/// A field's type: a count or a number of bytes.
trait Amount: Sized {
    fn to_u64(self) -> u64;
    fn capped(value: u64) -> Self;
}

impl Amount for u32 {
    fn to_u64(self) -> u64 {
        self.into()
    }

    fn capped(value: u64) -> u32 {
        u32::try_from(value).unwrap_or(u32::MAX)
    }
}

impl Amount for usize {
    fn to_u64(self) -> u64 {
        self as u64
    }

    fn capped(value: u64) -> usize {
        usize::try_from(value).unwrap_or(usize::MAX)
    }
}

impl Amount for u64 {
    fn to_u64(self) -> u64 {
        self
    }

    fn capped(value: u64) -> u64 {
        value
    }
}

impl Bound {
    /// Returns the bound with this field name.
    pub fn of_name(name: &str) -> Option<Bound> {
        let mut all = Bound::ALL.iter().copied();
        all.find(|bound| bound.name() == name)
    }

    /// Returns the next higher value to retry with. `None` if a browser can hold no more.
    pub fn above(self, limit: u64) -> Option<u64> {
        let ceiling = self.ceiling();
        (limit < ceiling).then(|| limit.max(1).saturating_mul(STEP).min(ceiling))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_has_its_own_field_and_name() {
        for &bound in Bound::ALL {
            assert_eq!(Bound::of_name(bound.name()), Some(bound));
            let raised = Limits::DEFAULT.with(bound, 12_345);
            assert_eq!(raised.of(bound), 12_345, "{bound}");
            for other in Bound::ALL.iter().copied().filter(|other| *other != bound) {
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
        for &bound in Bound::ALL {
            assert!(bound.above(Limits::DEFAULT.of(bound)).is_some(), "{bound}");
        }
    }
}
