//! Why an image cannot be made.

/// A failure to make a layer or an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The recipe breaks its own rules; `reason` says which, and what to write instead.
    #[error("line {line} of the recipe: {reason}")]
    Recipe {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The content written for a file is not as long as its header has said.
    #[error("a file of {expected_bytes} bytes got {actual_bytes} bytes of content: {path}")]
    ContentLength {
        /// What the header says.
        expected_bytes: u64,
        /// What was written.
        actual_bytes: u64,
        /// The file.
        path: String,
    },
}
