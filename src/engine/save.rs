//! Exports to the disk, piece by piece into a sink of the world, and never held in memory here.

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;

use crate::protocol::{Event, ImageKey, Problem, ProblemCode, RequestId, SaveKind, SavedFile};
use crate::source::Error;
use crate::workspace::Export;

use super::cancel::Cancel;
use super::content::safe_name;
use super::session::Shown;
use super::{Served, Session, Sink, World};

/// Bytes after which an export reports progress and other messages are handled.
const STRIDE_BYTES: u64 = 4 * 1024 * 1024;

const TAR: &str = "application/x-tar";

impl<W: World> Session<W> {
    pub(super) async fn save(
        &self,
        request: RequestId,
        image: ImageKey,
        kind: &SaveKind,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let shown = self.shown(image)?;
        let file_name = safe_name(&kind.file_name(&shown.borrow().image.title()));
        loop {
            let begun = self.begin_export(&shown, kind, cancel).await?;
            let place = self.world.sink(request).await;
            let sink = place.map_err(|cause| not_saved(&file_name, cause))?;
            let saved = self.write(request, image, &shown, begun, sink, &file_name, cancel);
            let problem = match saved.await {
                Ok(saved) => return Ok(saved),
                Err(problem) => problem,
            };
            // The kept copy may have been damaged since, while the original may be intact.
            let is_damaged = problem.code == ProblemCode::DigestMismatch;
            if !(is_damaged && drop_copies(&shown).await) {
                return Err(problem);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one export, and all that it goes by"
    )]
    async fn write(
        &self,
        request: RequestId,
        image: ImageKey,
        shown: &Rc<RefCell<Shown>>,
        mut export: Export,
        mut sink: W::Sink,
        file_name: &str,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let (mut written_bytes, mut told_bytes) = (0_u64, 0_u64);
        let look = |look: &mut dyn FnMut(&crate::workspace::OpenImage)| look(&shown.borrow().image);
        while let Some(piece) = export.next(&look).await.map_err(|e| Problem::from(&e))? {
            written_bytes = written_bytes.saturating_add(piece.len() as u64);
            let pushed = sink.push(piece).await;
            pushed.map_err(|cause| not_saved(file_name, cause))?;
            if written_bytes - told_bytes >= STRIDE_BYTES {
                told_bytes = written_bytes;
                self.world.tell(Event::Saving {
                    image,
                    request,
                    written_bytes,
                    total_bytes: export.total_bytes.max(written_bytes),
                });
                self.world.breathe().await;
                if cancel.check().is_break() {
                    return Err(Problem::new(
                        ProblemCode::Cancelled,
                        Message::verbatim(file_name),
                        Message::cancelled(),
                    ));
                }
            }
        }
        let file = sink.finish(TAR).await;
        let file = file.map_err(|cause| not_saved(file_name, cause))?;
        Ok(Served {
            answer: SavedFile {
                file_name: file_name.to_owned(),
                size_bytes: written_bytes,
                is_written: file.is_none(),
            },
            file,
            bytes: None,
        })
    }

    async fn begin_export(
        &self,
        shown: &Rc<RefCell<Shown>>,
        kind: &SaveKind,
        cancel: &Cancel,
    ) -> Result<Export, Problem> {
        let failed = |error: Error| Problem::from(&error);
        let task = {
            let image = &shown.borrow().image;
            let names = kind.names(&image.found).map_err(|unfit| {
                Problem::new(
                    ProblemCode::BadAddress,
                    Message::verbatim(unfit.name),
                    unfit.reason,
                )
            })?;
            image.save_task(kind.clone(), names).map_err(failed)?
        };
        let spool = || self.world.spool();
        let begun = task.begin(&spool, &|_| cancel.check()).await;
        Ok(begun.map_err(failed)?.export)
    }
}

/// Drops the kept copies of an image's layers; returns `true` if there were any.
async fn drop_copies(shown: &Rc<RefCell<Shown>>) -> bool {
    let layers = shown.borrow().image.found.layers.clone();
    let mut dropped = false;
    for layer in layers {
        if let Ok(blob) = layer.blob {
            dropped |= blob.drop_copy().await;
        }
    }
    dropped
}

fn not_saved(file_name: &str, cause: crate::io::Error) -> Problem {
    let what = file_name.to_owned();
    Problem::from(&Error::Io {
        what: Message::verbatim(what),
        cause,
    })
}
