//! The bounds on the analysis of an image's safety: how much is read of its accounts, and how much is kept.

/// Bounds on what an image can make the analysis of its safety do and keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyLimits {
    /// Bytes read of a file of accounts. Stops a file that is held in memory as a whole.
    pub accounts_bytes: u64,
    /// Findings kept of each rule. Stops an image of a million files that everyone may write.
    pub findings: usize,
}

impl SafetyLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: SafetyLimits = SafetyLimits {
        accounts_bytes: 1024 * 1024,
        findings: 1_000,
    };
}
