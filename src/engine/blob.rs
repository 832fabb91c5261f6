//! Saves the unchanged blob of a layer or an artifact as a file.
//!
//! Its bytes are hashed on the way. A blob that does not match its declared digest is not saved.

use crate::image::Descriptor;
use crate::message::Message;
use crate::protocol::{ImageKey, Problem, ProblemCode, SavedFile};
use crate::source::{Error, FoundLayer};
use crate::workspace::ProvedStream;

use super::cancel::Cancel;
use super::content::{safe_name, saved};
use super::{Saver, Served, Session, World};

impl<W: World> Session<W> {
    pub(super) async fn download_blob(
        &self,
        image: ImageKey,
        layer: u32,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let what = Message::layer(layer);
        let found = self.found_layer(image, layer, &what)?;
        loop {
            let saved = self.download_proved(&found, layer, &what, cancel).await;
            // The kept copy may have been damaged since, while the original may be intact.
            let is_damaged = |problem: &Problem| problem.code == ProblemCode::DigestMismatch;
            if saved.as_ref().err().is_some_and(is_damaged)
                && let Ok(blob) = &found.blob
                && blob.drop_copy().await
            {
                continue;
            }
            return saved;
        }
    }

    async fn download_proved(
        &self,
        found: &FoundLayer,
        layer: u32,
        what: &Message,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let failed = |error: Error| Problem::from(&error);
        let blob = found.blob.as_ref().map_err(|e| failed(e.clone()))?;
        let (digest, size_bytes) = (found.digest.as_ref(), None);
        let mut stream = ProvedStream::open(blob, what, digest, size_bytes)
            .await
            .map_err(failed)?;
        let mut saver = self.world.saver();
        let mut size_bytes = 0;
        while let Some(piece) = stream.next().await.map_err(failed)? {
            if cancel.check().is_break() {
                return Err(Problem::new(
                    ProblemCode::Cancelled,
                    what.clone(),
                    Message::cancelled(),
                ));
            }
            saver.push(&piece);
            size_bytes += piece.len() as u64;
            self.world.breathe().await;
        }
        // The blob's own media type is never used, since the browser must not open a blob as a page.
        let media_type = "application/octet-stream";
        saved::<W>(saver, name_of(found, layer), size_bytes, media_type)
    }

    fn found_layer(
        &self,
        image: ImageKey,
        layer: u32,
        what: &Message,
    ) -> Result<FoundLayer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let found = shown.image.found.layers.get(layer as usize).cloned();
        let detail = Message::image_without_layer();
        found.ok_or_else(|| Problem::new(ProblemCode::NoContent, what.clone(), detail))
    }
}

/// Returns the artifact's own name for the blob, or its digest.
fn name_of(found: &FoundLayer, layer: u32) -> String {
    let title = found.annotations.get(Descriptor::TITLE);
    let digest = found
        .digest
        .as_ref()
        .map(|digest| digest.encoded().to_owned());
    let name = title.cloned().or(digest);
    safe_name(&name.unwrap_or_else(|| format!("layer-{layer}")))
}
