//! The steps of a container layer in their stored form: all steps, and how many of them are applied.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Edit, Step};
use crate::image::{Digest, Timestamp};
use crate::message::Message;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// Another version wrote it.
    Version,
    /// It is damaged.
    Malformed(String),
}

impl From<&JournalError> for Message {
    fn from(error: &JournalError) -> Message {
        match error {
            JournalError::Version => Message::journal_version(),
            JournalError::Malformed(reason) => Message::journal_malformed(reason),
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for JournalError {}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::container::NewContent;

    /// A journal as the page wrote it on 30 November 2026, before digests crossed as bytes: `usr` deleted, `kept.txt`
    /// made and written.
    const OLDER: &[u8] = b"\x01\xd6\xa2\xed\xb0\r\x00\x03\xd6\xa2\xed\xb0\r\x00\x01\x04\x03usr\xd8\xa2\xed\xb0\r\x00\x01\x00\x08kept.txtGsha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\x00\xc2\xa9\xce\xc6\xd3\x80\xa0\x83-\x00\xd8\xa2\xed\xb0\r\x00\x01\x00\x08kept.txtGsha256:02e21d10d24ede443d0bd8ad07d3add69238c5221e25f4f56ee474265e52163f!\x96\xcf\xd6\xaa\xc2\xba\xec8\x00\x03";

    #[test]
    fn a_journal_of_an_older_version_is_read_and_written_alike() {
        let journal = Journal::from_bytes(OLDER).expect("its version is this one");
        assert_eq!((journal.steps.len(), journal.n_done), (3, 3));
        let texts = [b"".as_slice(), b"this was typed before the update\n"];
        let contents = texts.map(|text| NewContent::of(text).digest);
        assert_eq!(journal.contents(), contents.iter().collect());
        assert_eq!(journal.to_bytes().as_deref(), Ok(OLDER));
    }
}
