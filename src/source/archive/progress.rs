//! The progress of opening an archive, and the end that a person puts to it.

use std::ops::ControlFlow;

use crate::io::{self, ErrorKind};
use crate::message::Message;
use crate::source::Error;

/// Progress of opening. The numbers are running totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveProgress {
    /// The whole file is being decompressed into the spool.
    Decoding {
        /// Bytes of the file read so far.
        stored_bytes: u64,
        /// Size of the file in bytes.
        stored_total_bytes: u64,
        /// Bytes decompressed so far.
        decoded_bytes: u64,
    },
    /// The headers of the members are being read.
    Scanning {
        /// Position of the scan in the archive. Most bytes before it were skipped.
        position_bytes: u64,
        /// Size of the archive in bytes.
        total_bytes: u64,
        /// Members found so far.
        n_members: u64,
    },
    /// The documents are being read.
    Reading {
        /// Documents read so far.
        n_documents: u64,
    },
}

/// Callback that receives the progress and decides whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(ArchiveProgress) -> ControlFlow<()>;

/// Returns the error for work that the person cancelled.
pub(super) fn cancelled(what: &str) -> Error {
    Error::Io {
        what: Message::verbatim(what),
        cause: io::Error::new(ErrorKind::Cancelled, Message::opening_cancelled()),
    }
}
