//! The layer store behind the open images: finding layers instead of reading them, and the page's requests about it.

use crate::message::Message;
use std::rc::Rc;

use crate::layer::Verdict;
use crate::protocol::{Holder, ImageKey, LayerProgress, Problem, StorageView, count};
use crate::source::{Error, FoundImage};
use crate::workspace::{Fresh, Keep, KeptBlob, LayerTask, PackedIndex, ReadLayer, read_keeping};

use super::session::Place;
use super::{Session, World};

/// Converts an error of the store itself.
fn problem(cause: crate::io::Error) -> Problem {
    let what = Message::browsers_storage();
    Problem::from(&Error::Io { what, cause })
}

impl<W: World> Session<W> {
    /// Makes an image of a registry read blobs from the store, as far as they are kept there.
    pub(super) fn kept(&self, mut found: FoundImage) -> FoundImage {
        for layer in &mut found.layers {
            let digest = layer.digest.as_ref();
            let blob = layer.blob.clone();
            layer.blob = blob.map(|blob| KeptBlob::wrap(blob, digest, &self.store));
        }
        found
    }

    /// Returns a layer that was proved before, in this page or an earlier one, and need not be read.
    pub(super) async fn known(
        &self,
        key: ImageKey,
        layer: usize,
    ) -> Result<Option<(Rc<ReadLayer>, Verdict)>, Problem> {
        let shown = self.shown(key)?;
        let expected = shown.borrow().image.expected(layer);
        let open = self.cache.borrow().find(&expected);
        let Some(task) = shown.borrow().image.task(layer) else {
            return Ok(open);
        };
        if let Some((read, verdict)) = open
            && read.may_be(&*task.blob).await
        {
            return Ok(Some((read, verdict)));
        }
        let raised = shown.borrow().raised.get(&layer).copied();
        let limits = raised.unwrap_or(self.limits);
        // Reported before it is unpacked: if the worker dies over it, the page knows which layer it was.
        let tell = || self.tell_layer(key, layer, LayerProgress::Verifying, Holder::Worker);
        let found = self.store.find(&task, &limits, &tell).await;
        Ok(found.map(|(read, verdict)| {
            let read = Rc::new(read);
            self.cache.borrow_mut().remember(&read, &verdict);
            (read, verdict)
        }))
    }

    /// Reads a layer with `read`, and keeps its bytes if that is allowed. Returns the part of the index to be kept.
    pub(super) async fn read_keeping(
        &self,
        key: ImageKey,
        task: LayerTask,
        read: impl AsyncFn(LayerTask) -> Result<Fresh, Error>,
    ) -> Result<(ReadLayer, Verdict, Option<PackedIndex>), Error> {
        let place = self.shown(key).map(|shown| shown.borrow().place.clone());
        let keep = match place {
            Ok(Place::Registry { .. }) => Keep::IndexAndBlob,
            _ => Keep::Index,
        };
        read_keeping(&self.store, keep, task, read).await
    }

    pub(super) async fn storage(&self) -> Result<StorageView, Problem> {
        let usage = self.store.usage().await.map_err(problem)?;
        Ok(StorageView {
            n_layers: count(usage.n_layers),
            bytes: usage.bytes,
            quota_bytes: usage.quota_bytes,
            lasts: usage.lasts,
        })
    }

    pub(super) async fn clear_storage(&self) -> Result<StorageView, Problem> {
        self.store.clear().await.map_err(problem)?;
        self.storage().await
    }

    pub(super) async fn choose_quota(&self, bytes: u64) -> Result<StorageView, Problem> {
        self.store.choose_quota(bytes);
        self.storage().await
    }
}
