//! Exports an image as an archive, a single layer, or a directory of the union as tar, piece by piece.
//!
//! The consumer pulls each piece, so memory is bounded whatever the size. Every blob is verified against its
//! digest as it passes. On a mismatch the export ends with an error, and its output must be discarded. The list of
//! an archive's contents comes last, so a partial archive is not mistaken for a complete one.

mod archive;
mod decoded;
mod docker_archive;
mod layer;
mod names;
mod oci_archive;
mod proof;
mod tree;

pub use docker_archive::docker_archive;
pub use layer::{layer_as_stored, layer_as_tar};
pub use names::ExportNames;
pub use oci_archive::oci_archive;
pub use proof::ProvedStream;
pub use tree::tree_as_tar;

use crate::message::Message;
use std::ops::ControlFlow;

use super::OpenImage;
use crate::source::Error;

use archive::ArchiveExport;
pub(super) use decoded::DecodedStream;
use tree::TreeExport;

/// Callback that receives the bytes read before the first piece and decides whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// Gives an export access to the image between two pieces. Nothing is borrowed while bytes are awaited.
pub type LookAt<'a> = &'a dyn Fn(&mut dyn FnMut(&OpenImage));

/// An export in progress.
pub struct Export {
    /// Expected size in bytes, as far as it is known beforehand; only for progress.
    pub total_bytes: u64,
    machine: Machine,
}

enum Machine {
    Archive(Box<ArchiveExport>),
    Stored(ProvedStream),
    Decoded(DecodedStream),
    Tree(TreeExport),
}

impl Export {
    /// Returns the next piece, never empty; `None` once everything was returned and verified.
    ///
    /// # Errors
    /// When bytes cannot be read or do not match, with the part that they belong to. The export is then over, and
    /// its output is worthless.
    pub async fn next(&mut self, look: LookAt<'_>) -> Result<Option<Vec<u8>>, Error> {
        loop {
            let piece = match &mut self.machine {
                Machine::Archive(archive) => archive.next().await?,
                Machine::Stored(stream) => stream.next().await?,
                Machine::Decoded(stream) => stream.next().await?,
                Machine::Tree(tree) => tree.next(look).await?,
            };
            if piece.as_ref().is_none_or(|piece| !piece.is_empty()) {
                return Ok(piece);
            }
        }
    }
}

/// Converts an error of the tar writer, which is a bug in the caller.
fn not_written(error: &crate::build::Error) -> Error {
    Error::Malformed {
        what: Message::the_export(),
        reason: error.into(),
    }
}
