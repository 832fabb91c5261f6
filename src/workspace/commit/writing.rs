//! Passes the entries of a new layer, and the bytes of its files, through the layer writer into a spool.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::CommitError;
use super::copying::Copying;
use crate::build::commit::{LayerWriter, NewCompression, NewLayer};
use crate::build::container::Written;
use crate::io::{self, ReadAt, Spool};
use crate::layer::EntryKind;

/// Callback that receives the file bytes written so far and decides whether to go on.
pub(super) type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// Blob bytes written to the spool at a time.
const PART_BYTES: usize = 256 * 1024;

/// Writes a layer into a spool.
///
/// # Errors
/// When bytes cannot be read or stored, have changed, or the person cancelled.
pub(super) async fn write_layer(
    written: &Written,
    mut source: Copying<'_>,
    compression: NewCompression,
    mut spool: Box<dyn Spool>,
    progress: Progress<'_>,
) -> Result<(NewLayer, Rc<dyn ReadAt>), CommitError> {
    let no_room = |cause| CommitError::io(Message::new_layer(), cause);
    let mut writer = LayerWriter::new(compression);
    let mut n_written = 0_u64;
    for entry in written.entries.iter() {
        writer.entry(entry)?;
        if entry.kind == EntryKind::File && entry.size_bytes > 0 {
            source.open(entry)?;
            while let Some(piece) = source.next().await? {
                writer.content(&piece)?;
                n_written = n_written.saturating_add(piece.len() as u64);
                tell(progress, n_written)?;
                if writer.n_waiting() >= PART_BYTES {
                    spool.append(writer.take()).await.map_err(no_room)?;
                }
            }
        }
        if writer.n_waiting() >= PART_BYTES {
            tell(progress, n_written)?;
            spool.append(writer.take()).await.map_err(no_room)?;
        }
    }
    let (rest, layer) = writer.finish()?;
    spool.append(rest).await.map_err(no_room)?;
    Ok((layer, spool.finish().await.map_err(no_room)?))
}

fn tell(progress: Progress<'_>, n_written: u64) -> Result<(), CommitError> {
    match progress(n_written) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            let cause = io::Error::new(io::ErrorKind::Cancelled, Message::cancelled());
            Err(CommitError::io(Message::new_layer(), cause))
        }
    }
}
