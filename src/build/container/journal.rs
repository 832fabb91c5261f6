//! The steps of a container layer as they are kept: what was done, and how much of it holds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Edit, Step};
use crate::image::{Digest, Timestamp};

/// What stands before a kept journal; another number is another language of edits.
const VERSION: u8 = 1;

/// All steps of a container layer. Those after `n_done` are undone, and can be done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// When the layer was started.
    pub started: Timestamp,
    /// The steps, oldest first.
    pub steps: Vec<Step>,
    /// How many of them hold.
    pub n_done: usize,
}

/// Why bytes are no journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Another program wrote it.
    #[error("the container layer was written by another version of Lamina")]
    Version,
    /// It is damaged.
    #[error("the container layer cannot be read: {0}")]
    Malformed(String),
}

impl Journal {
    /// A layer in which nothing was done yet.
    pub fn new(started: Timestamp) -> Journal {
        Journal {
            started,
            steps: Vec::new(),
            n_done: 0,
        }
    }

    /// The bytes to be kept.
    ///
    /// # Errors
    /// None that a journal can cause: what cannot be written is told all the same.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JournalError> {
        postcard::to_extend(self, vec![VERSION]).map_err(|error| malformed(&error))
    }

    /// Reads bytes that were kept.
    ///
    /// # Errors
    /// When they are of another version, or damaged. Whether the steps can be done is not said thereby.
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

    /// The digests of all contents that the steps bring, those that are undone with them: what is to be kept beside
    /// the journal.
    pub fn contents(&self) -> BTreeSet<&Digest> {
        let edits = self.steps.iter().flat_map(|step| &step.edits);
        let contents = edits.filter_map(Edit::content);
        contents.map(|content| &content.digest).collect()
    }
}

fn malformed(error: &postcard::Error) -> JournalError {
    JournalError::Malformed(error.to_string())
}
