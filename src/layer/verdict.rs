//! The claims about a layer, and the verdict of reading it.

use crate::image::{DiffId, Digest};

/// Claims of the manifest and the config about a layer; `None` where they claim nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Digest of the compressed bytes.
    pub digest: Option<Digest>,
    /// Compressed size in bytes.
    pub size_bytes: Option<u64>,
    /// Digest of the uncompressed bytes.
    pub diff_id: Option<DiffId>,
}

impl Expected {
    /// Returns an identity of the layer: its digest, or its diff_id if no digest is claimed.
    pub fn identity(&self) -> Option<String> {
        match (&self.digest, &self.diff_id) {
            (Some(digest), _) => Some(digest.to_string()),
            (None, Some(diff_id)) => Some(format!("diff_id {}", diff_id.0)),
            (None, None) => None,
        }
    }
}

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// This reading proved the claim.
    Ok,
    /// This reading refuted the claim.
    Mismatch {
        /// Value in the claim.
        expected: String,
        /// Value found.
        actual: String,
    },
    /// Nothing was claimed, or the claim cannot be computed here.
    Absent,
    /// An earlier verified reading proved the digest; these bytes were not read again.
    Known,
}

impl Check {
    /// Returns the word for reports: `ok`, `mismatch`, `absent` or `known`.
    pub fn word(&self) -> &'static str {
        match self {
            Check::Ok => "ok",
            Check::Mismatch { .. } => "mismatch",
            Check::Absent => "absent",
            Check::Known => "known",
        }
    }
}

/// A claim about a layer that is checked by reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// Digest of the compressed bytes.
    Digest,
    /// Compressed size in bytes.
    Size,
    /// Digest of the uncompressed bytes.
    DiffId,
    /// The codec's own checksums.
    Checksum,
}

impl Claim {
    /// Returns the word for reports: `digest`, `size`, `diff_id` or `checksum`.
    pub fn word(self) -> &'static str {
        match self {
            Claim::Digest => "digest",
            Claim::Size => "size",
            Claim::DiffId => "diff_id",
            Claim::Checksum => "checksum",
        }
    }
}

/// The outcomes of reading a layer to its end.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// Check of the compressed bytes' digest.
    pub digest: Check,
    /// Check of the compressed size.
    pub size: Check,
    /// Check of the uncompressed bytes' digest.
    pub diff_id: Check,
    /// Check of the codec's own checksums: gzip's CRC and length, zstd's content checksum.
    pub checksum: Check,
}

impl Verdict {
    /// Returns the four checks with their claims.
    pub fn checks(&self) -> [(Claim, &Check); 4] {
        [
            (Claim::Digest, &self.digest),
            (Claim::Size, &self.size),
            (Claim::DiffId, &self.diff_id),
            (Claim::Checksum, &self.checksum),
        ]
    }

    /// True if nothing was refuted.
    pub fn holds(&self) -> bool {
        let mut checks = self.checks().into_iter();
        checks.all(|(_, check)| !matches!(check, Check::Mismatch { .. }))
    }

    /// True if this reading proved the content: it refuted nothing, and proved at least one of the two digests.
    pub fn proves(&self) -> bool {
        self.holds() && self.has_digest(&Check::Ok)
    }

    /// True if one of the two digests had this outcome.
    pub fn has_digest(&self, outcome: &Check) -> bool {
        [&self.digest, &self.diff_id].contains(&outcome)
    }
}
