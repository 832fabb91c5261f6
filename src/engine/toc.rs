//! Registry layers with their own table of contents, which are listed from it instead of being downloaded.

use std::rc::Rc;

use crate::protocol::{ImageKey, Problem};
use crate::workspace::{ListedLayer, TableAnswer, list_layer};

use super::session::Place;
use super::{Session, World};

impl<W: World> Session<W> {
    /// Lists a layer from its table of contents; `None` if it has to be read. If the bytes are already in the store,
    /// they are read, since that verifies them, too.
    pub(super) async fn listed(
        &self,
        key: ImageKey,
        layer: usize,
    ) -> Result<Option<Rc<ListedLayer>>, Problem> {
        let shown = self.shown(key)?;
        let found = {
            let shown = shown.borrow();
            let is_far = matches!(shown.place, Place::Registry { .. });
            let reads = shown.image.task(layer).is_some();
            let found = shown.image.found.layers.get(layer);
            found.filter(|_| is_far && reads).cloned()
        };
        let Some(found) = found else {
            return Ok(None);
        };
        if let Some(digest) = &found.digest
            && self.store.has_blob(digest).await
        {
            return Ok(None);
        }
        Ok(match list_layer(&found, &self.limits).await {
            TableAnswer::Listed(listed) => Some(Rc::new(listed)),
            TableAnswer::Absent => None,
            TableAnswer::Unusable(note) => {
                shown.borrow_mut().image.note_table(layer, note);
                None
            }
        })
    }
}
