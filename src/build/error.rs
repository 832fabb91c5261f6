//! Errors of building layers and images.

/// A failure to build a layer or an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The recipe breaks its own rules. `reason` names the rule, and what to write instead.
    #[error("line {line} of the recipe: {reason}")]
    Recipe {
        /// The line number, from 1.
        line: usize,
        /// The problem, and its fix.
        reason: String,
    },
    /// A file's content has another length than its header states.
    #[error("a file of {expected_bytes} bytes got {actual_bytes} bytes of content: {path}")]
    ContentLength {
        /// Size in bytes according to the header.
        expected_bytes: u64,
        /// Bytes that were written.
        actual_bytes: u64,
        /// The path of the file.
        path: String,
    },
}
