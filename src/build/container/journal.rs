//! The steps of a container layer in their stored form: all steps, and how many of them are applied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Edit, Step};
use crate::image::{Digest, Timestamp};

/// The first byte of a stored journal. It changes with the format of the edits.
const VERSION: u8 = 1;

/// All steps of a container layer. Those after `n_done` are undone, and can be redone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The time at which the layer was started.
    pub started: Timestamp,
    /// The steps, oldest first.
    pub steps: Vec<Step>,
    /// Number of steps that are applied.
    pub n_done: usize,
}

/// The reason why bytes are not a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Another version wrote it.
    #[error("the container layer was written by another version of Lamina")]
    Version,
    /// It is damaged.
    #[error("the container layer cannot be read: {0}")]
    Malformed(String),
}

impl Journal {
    /// Creates the journal of an empty layer.
    pub fn new(started: Timestamp) -> Journal {
        Journal {
            started,
            steps: Vec::new(),
            n_done: 0,
        }
    }

    /// Returns the bytes to store.
    ///
    /// # Errors
    /// None that a journal can cause; a failed serialization would be reported.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JournalError> {
        postcard::to_extend(self, vec![VERSION]).map_err(|error| malformed(&error))
    }

    /// Parses stored bytes. Does not check that the steps can be applied.
    ///
    /// # Errors
    /// When they are of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Journal, JournalError> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => {
                let mut journal: Journal =
                    postcard::from_bytes(rest).map_err(|error| malformed(&error))?;
                journal.n_done = journal.n_done.min(journal.steps.len());
                Ok(journal)
            }
            _ => Err(JournalError::Version),
        }
    }

    /// Returns the digests of all contents that the steps bring, including undone steps. These contents must be
    /// stored along with the journal.
    pub fn contents(&self) -> BTreeSet<&Digest> {
        let edits = self.steps.iter().flat_map(|step| &step.edits);
        let contents = edits.filter_map(Edit::content);
        contents.map(|content| &content.digest).collect()
    }
}

fn malformed(error: &postcard::Error) -> JournalError {
    JournalError::Malformed(error.to_string())
}
