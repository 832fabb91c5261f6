//! The documents of an image, and the Dockerfile that they tell.

use crate::image::Document;
use crate::message::Message;
use crate::protocol::{Dockerfile, Documents, ImageKey, Problem, ProblemCode};
use crate::workspace::dockerfile_of;

use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn dockerfile(&self, image: ImageKey) -> Result<Dockerfile, Problem> {
        let shown = self.shown(image)?;
        dockerfile_of(&shown.borrow().image).map_err(|why| {
            Problem::new(ProblemCode::NotFound, Message::none(), Message::from(&why))
        })
    }

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
