//! Exports: an image as an archive, a layer, or a directory of the union as tar, piece by piece.
//!
//! Pull machines: whoever saves the bytes asks for the next piece, so that memory is bounded whatever the size. Every
//! blob is held against its digest while it passes; where one is not what it should be, the export ends with an
//! error, and what was saved of it is to be thrown away. The list of an archive's contents stands at its end, so that
//! an archive that broke off is not taken for whole.

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
pub use names::{ExportNames, UnfitName};
pub use oci_archive::oci_archive;
pub use proof::ProvedStream;
pub use tree::tree_as_tar;

use std::ops::ControlFlow;

use super::OpenImage;
use crate::source::Error;

use archive::ArchiveExport;
pub(super) use decoded::DecodedStream;
use tree::TreeExport;

/// Told how many bytes were read before the first piece; says whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// Lets an export look at the image between two pieces; nothing is borrowed while bytes are awaited.
pub type Look<'a> = &'a dyn Fn(&mut dyn FnMut(&OpenImage));

/// An export under way.
pub struct Export {
    /// How many bytes there will be, as far as it can be told before; for progress only.
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
    /// The next piece, never empty; `None` when all of it has been given and proved.
    ///
    /// # Errors
    /// When bytes cannot be had or are not what they should be, with the part that they belong to. The export is over
    /// then, and what came of it is worth nothing.
    pub async fn next(&mut self, look: Look<'_>) -> Result<Option<Vec<u8>>, Error> {
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

/// What a tar cannot hold is a mistake of whoever writes it; the words are for a report of it.
fn not_written(error: &crate::build::Error) -> Error {
    Error::Malformed {
        what: "the export".to_owned(),
        reason: error.to_string(),
    }
}
