//! What was claimed of a layer, and what reading it proved.

use crate::image::{DiffId, Digest};

/// What the manifest and the config claim of a layer; absent where nothing was claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The digest of the stored bytes.
    pub digest: Option<Digest>,
    /// The number of stored bytes.
    pub size_bytes: Option<u64>,
    /// The digest of the decoded bytes.
    pub diff_id: Option<DiffId>,
}

impl Expected {
    /// What tells this layer from others: its digest, or its diff_id where no digest is claimed.
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
    /// Proved by this reading.
    Ok,
    /// Refuted by this reading.
    Mismatch {
        /// What was claimed.
        expected: String,
        /// What was found.
        actual: String,
    },
    /// Nothing was claimed, or the claim cannot be computed here.
    Absent,
    /// The digest is known from an earlier verified reading; these bytes were not read again.
    Known,
}

impl Check {
    /// The word that the report uses: `ok`, `mismatch`, `absent` or `known`.
    pub fn word(&self) -> &'static str {
        match self {
            Check::Ok => "ok",
            Check::Mismatch { .. } => "mismatch",
            Check::Absent => "absent",
            Check::Known => "known",
        }
    }
}

/// A claim about a layer that reading it checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The digest of the stored bytes.
    Digest,
    /// The number of stored bytes.
    Size,
    /// The digest of the decoded bytes.
    DiffId,
    /// The codec's own checksums.
    Checksum,
}

impl Claim {
    /// The word that reports use: `digest`, `size`, `diff_id` or `checksum`.
    pub fn word(self) -> &'static str {
        match self {
            Claim::Digest => "digest",
            Claim::Size => "size",
            Claim::DiffId => "diff_id",
            Claim::Checksum => "checksum",
        }
    }
}

/// What reading a layer to its end proved of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The digest of the stored bytes.
    pub digest: Check,
    /// The number of stored bytes.
    pub size: Check,
    /// The digest of the decoded bytes.
    pub diff_id: Check,
    /// The codec's own checksums (gzip's CRC and length, zstd's content checksum).
    pub checksum: Check,
}

impl Verdict {
    /// The four checks.
    pub fn checks(&self) -> [(Claim, &Check); 4] {
        [
            (Claim::Digest, &self.digest),
            (Claim::Size, &self.size),
            (Claim::DiffId, &self.diff_id),
            (Claim::Checksum, &self.checksum),
        ]
    }

    /// Whether nothing was refuted.
    pub fn holds(&self) -> bool {
        let mut checks = self.checks().into_iter();
        checks.all(|(_, check)| !matches!(check, Check::Mismatch { .. }))
    }

    /// True when this reading proved the content: it refuted nothing, and one of the two digests holds.
    pub fn proves(&self) -> bool {
        self.holds() && self.has_digest(&Check::Ok)
    }

    /// True when one of the two digests had this outcome.
    pub fn has_digest(&self, outcome: &Check) -> bool {
        [&self.digest, &self.diff_id].contains(&outcome)
    }
}
