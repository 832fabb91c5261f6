//! The bounds on the search for secrets: how much of an image is searched, and how much is kept of what is found.

/// Bounds on what an image can make the search for secrets do and keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretLimits {
    /// Bytes searched of one file. Stops a file that is held in memory as a whole.
    pub file_bytes: u64,
    /// Findings kept of one file, or of one text of the config. Stops a file of a million keys, which would hide those
    /// of all other files.
    pub of_file: usize,
    /// Secrets kept of an image, and as many of what is told apart. Stops findings that no page can show.
    pub findings: usize,
    /// Files named that could not be read; where there are more, their layer is named. Stops a million of them.
    pub unread_files: usize,
    /// Failed readings after which the rest of a layer is not searched. Stops a layer of changed bytes that is decoded
    /// from its beginning for each of its files.
    pub failures: u32,
}

impl SecretLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: SecretLimits = SecretLimits {
        file_bytes: 8 * 1024 * 1024,
        of_file: 100,
        findings: 2_000,
        unread_files: 100,
        failures: 4,
    };
}
