//! Exports to the disk, piece by piece into a sink of the world, and never held in memory here.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::build::Family;
use crate::image::escape;
use crate::overlay::LayerIdx;
use crate::protocol::{Event, ImageKey, Problem, ProblemCode, RequestId, SaveKind, SavedFile};
use crate::source::Error;
use crate::workspace::{
    Draft, Export, ExportNames, ManifestForm, Platforms, Repack, docker_archive, layer_as_tar,
    oci_archive, publish, publish_platforms, repacked, tree_as_tar,
};

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
        let file_name = file_name_of(&shown.borrow(), kind)?;
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
                    return Err(Problem::new(ProblemCode::Cancelled, file_name, "cancelled"));
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
        let go_on = |_: u64| -> ControlFlow<()> { cancel.check() };
        let draft = Draft::of(&shown.borrow().image);
        let found = shown.borrow().image.found.clone();
        match kind {
            SaveKind::DockerArchive { names } => {
                let names = names_of(names, &found)?;
                docker_archive(draft, &names, &go_on).await.map_err(failed)
            }
            SaveKind::OciArchive {
                names,
                all_platforms,
            } => {
                let names = names_of(names, &found)?;
                let published = match all_platforms {
                    true => publish_platforms(draft, Platforms::All, &go_on).await,
                    false => {
                        let form = ManifestForm::Of(Family::Oci);
                        let spool = || self.world.spool();
                        let repacked = repacked(draft, form, Repack::Needed, &spool, &go_on).await;
                        publish(repacked.map_err(failed)?.draft, form, &go_on).await
                    }
                };
                let publication = published.map_err(failed)?;
                let platform = found.platform.as_ref().filter(|_| !all_platforms);
                Ok(oci_archive(&publication, platform, &names, self.limits))
            }
            SaveKind::Directory { path_key: path } => {
                let shown = shown.borrow();
                // The container layer is included, if there is one.
                let top = shown.image.union().n_layers().saturating_sub(1);
                tree_as_tar(&shown.image, LayerIdx::at(top), path).map_err(failed)
            }
            SaveKind::Layer { layer } => layer_as_tar(draft, *layer as usize, &go_on)
                .await
                .map_err(failed),
        }
    }
}

fn names_of(names: &[String], found: &crate::source::FoundImage) -> Result<ExportNames, Problem> {
    if names.is_empty() {
        return Ok(ExportNames::of(found));
    }
    ExportNames::chosen(names.iter().map(String::as_str)).map_err(|unfit| {
        let detail = unfit.to_string();
        Problem::new(ProblemCode::BadAddress, unfit.name, detail)
    })
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
    Problem::from(&Error::Io { what, cause })
}

/// Returns the name that the browser offers for the file.
fn file_name_of(shown: &Shown, kind: &SaveKind) -> Result<String, Problem> {
    let title = shown.image.title();
    let name = match kind {
        SaveKind::DockerArchive { names } => {
            format!("{}.docker.tar", names.first().unwrap_or(&title))
        }
        SaveKind::OciArchive { names, .. } => {
            format!("{}.oci.tar", names.first().unwrap_or(&title))
        }
        SaveKind::Directory { path_key } if path_key.is_root() => format!("{title}.rootfs.tar"),
        SaveKind::Directory { path_key } => {
            format!("{}.tar", escape(path_key.file_name().unwrap_or(b"rootfs")))
        }
        SaveKind::Layer { layer } => format!("{title}.layer-{layer}.tar"),
    };
    Ok(safe_name(&name))
}
