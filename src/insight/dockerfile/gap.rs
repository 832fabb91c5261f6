//! The parts of an instruction that a history lacks.

use serde::{Deserialize, Serialize};

/// A part of an instruction that the history does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DockerfileGap {
    /// The sources of a copy: their place outside of the image, or the stage that they are from.
    Sources,
    /// The content of a here-document that a copy wrote.
    HereDocument,
    /// The limits of a command's words.
    Words,
    /// The command.
    Command,
}

impl DockerfileGap {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            DockerfileGap::Sources => "sources",
            DockerfileGap::HereDocument => "here-document",
            DockerfileGap::Words => "words",
            DockerfileGap::Command => "command",
        }
    }
}
