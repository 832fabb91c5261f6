//! Reads a layer and stores the verified result, and its bytes if they come from a registry.
//!
//! A copy in the store that turns out to be wrong is removed, and the layer is read again from its original
//! source. The caller decides how a layer is read, and in which thread.

use std::rc::Rc;

use crate::io::{ByteStream, ErrorKind, LocalFuture};
use crate::layer::{Check, Verdict};
use crate::source::{Blob, Error};
use crate::workspace::{Fresh, LayerTask, ReadLayer};

use super::{LayerStore, PackedIndex, Tee};

/// The objects of a layer that are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Its packed index, for bytes in a local file of the person.
    Index,
    /// Its blob as well, for bytes from a registry.
    IndexAndBlob,
}

/// Reads a layer with `read`, and stores its blob. The index is returned if it may be stored, for
/// [`LayerStore::keep`], so that the layer can be shown without waiting for that.
///
/// # Errors
/// As `read`.
pub async fn read_keeping(
    store: &LayerStore,
    keep: Keep,
    task: LayerTask,
    read: impl AsyncFn(LayerTask) -> Result<Fresh, Error>,
) -> Result<(ReadLayer, Verdict, Option<PackedIndex>), Error> {
    loop {
        let tee = match keep {
            Keep::IndexAndBlob => tee_of(&task, store).await,
            Keep::Index => Tee::nowhere(),
        };
        let done = if tee.writes() {
            let tee = Rc::new(tee);
            let done = read(teed(&task, &tee)).await;
            if let Ok(fresh) = &done {
                tee.finish(&fresh.verdict).await;
            }
            done
        } else {
            read(task.clone()).await
        };
        // A wrong copy is removed by this, so the next attempt reads other bytes.
        if is_wrong(&done) && task.blob.drop_copy().await {
            continue;
        }
        let mut fresh = done?;
        if fresh.verdict.digest == Check::Ok {
            task.blob.note_proved(Some(&fresh.layer.digest));
        }
        fresh.layer.blob = task.blob;
        return Ok(LayerStore::to_keep(fresh));
    }
}

async fn tee_of(task: &LayerTask, store: &LayerStore) -> Tee {
    match (&task.expected.digest, task.blob.size_bytes()) {
        (Some(digest), Some(size_bytes)) => Tee::into(store, digest, size_bytes).await,
        _ => Tee::nowhere(),
    }
}

/// True if the bytes could not be read, or do not match the digest.
fn is_wrong(done: &Result<Fresh, Error>) -> bool {
    match done {
        Ok(fresh) => matches!(fresh.verdict.digest, Check::Mismatch { .. }),
        // In these cases the outcome says nothing about the bytes.
        Err(Error::Io { cause, .. }) => {
            !matches!(cause.kind, ErrorKind::Cancelled | ErrorKind::Lost)
        }
        Err(_) => true,
    }
}

fn teed(task: &LayerTask, tee: &Rc<Tee>) -> LayerTask {
    LayerTask {
        blob: Rc::new(Teed {
            inner: Rc::clone(&task.blob),
            tee: Rc::clone(tee),
        }),
        expected: task.expected.clone(),
        before: task.before,
    }
}

/// A blob whose bytes are also written to a tee while they are streamed.
struct Teed {
    inner: Rc<dyn Blob>,
    tee: Rc<Tee>,
}

impl Blob for Teed {
    fn size_bytes(&self) -> Option<u64> {
        self.inner.size_bytes()
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        Box::pin(async move { Ok(self.tee.stream(self.inner.stream().await?)) })
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        self.inner.read_at(offset, len)
    }

    fn read_part(
        &self,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        self.inner.read_part(offset, len)
    }
}
