//! The documents of an image.

use crate::image::Document;
use crate::protocol::{Documents, ImageKey, Problem};

use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn documents(&self, image: ImageKey) -> Result<Documents, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let found = &shown.image.found;
        let text = |document: &Document| String::from_utf8_lossy(&document.bytes).into_owned();
        Ok(Documents {
            index: found.index.as_ref().map(text),
            index_digest: found.index.as_ref().map(|index| index.digest.clone()),
            manifest: found.manifest.as_ref().map(text),
        })
    }
}
