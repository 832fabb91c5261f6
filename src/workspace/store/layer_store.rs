//! What is kept of layers, found again by what an image claims of them.

use std::rc::Rc;

use crate::image::Digest;
use crate::io::{Error, Key, Store, StoreWriter};
use crate::layer::{Limits, PackedError, Verdict, pack, unpack};
use crate::workspace::read_layer::verdict_of_known;
use crate::workspace::{Fresh, LayerTask, ReadLayer};

use super::keys;
use super::quota::{Promise, Quota, Usage};

/// A packed index is never larger: its layer would be beyond every limit. Stops a foreign file from filling the memory.
const MAX_PACKED_BYTES: u64 = 1024 * 1024 * 1024;

/// The layers that are kept. It holds nothing itself: several may be open over one store, in as many workers.
pub struct LayerStore {
    objects: Rc<dyn Store>,
    quota: Rc<Quota>,
}

/// The index of a layer that was read, on its way into the store.
pub struct PackedIndex {
    digest: Digest,
    bytes: Vec<u8>,
}

impl LayerStore {
    /// What is kept of layers in this store.
    pub fn new(objects: Rc<dyn Store>) -> LayerStore {
        LayerStore {
            quota: Rc::new(Quota::new(Rc::clone(&objects))),
            objects,
        }
    }

    pub(super) fn objects(&self) -> Rc<dyn Store> {
        Rc::clone(&self.objects)
    }

    pub(super) fn quota(&self) -> Rc<Quota> {
        Rc::clone(&self.quota)
    }

    /// Keeps at most so many bytes from now on.
    pub fn choose_quota(&self, bytes: u64) {
        self.quota.choose(bytes);
    }

    /// Says that time has passed, in which other tabs may have changed what is there.
    pub fn look_again(&self) {
        self.quota.look_again();
    }

    /// What is kept, once it fits into the quota.
    ///
    /// # Errors
    /// What the medium says.
    pub async fn usage(&self) -> Result<Usage, Error> {
        self.quota.usage().await
    }

    /// Removes all that is kept. What is open goes on from where it came from.
    ///
    /// # Errors
    /// What the medium says.
    pub async fn clear(&self) -> Result<(), Error> {
        for kept in self.objects.list().await? {
            self.objects.remove(&kept.key).await?;
        }
        Ok(())
    }

    /// Whether the stored bytes of a layer are kept.
    pub async fn has_blob(&self, digest: &Digest) -> bool {
        match keys::blob(digest) {
            Some(key) => matches!(self.objects.open(&key).await, Ok(Some(_))),
            None => false,
        }
    }

    /// Begins to write a blob; `None` where it is there, another writer is at it, or there is no room for blobs.
    pub(super) async fn begin_blob(
        &self,
        digest: &Digest,
        size_bytes: u64,
    ) -> Result<Option<(Box<dyn StoreWriter>, Promise)>, Error> {
        match keys::blob(digest) {
            Some(key) if self.objects.room().await.lasts => self.begin(&key, size_bytes).await,
            _ => Ok(None),
        }
    }

    async fn begin(
        &self,
        key: &Key,
        size_bytes: u64,
    ) -> Result<Option<(Box<dyn StoreWriter>, Promise)>, Error> {
        // What is there already must not cost another object its place.
        let Some(writer) = self.objects.begin(key).await? else {
            return Ok(None);
        };
        let promise = self.quota.promise(size_bytes).await?;
        Ok(promise.map(|promise| (writer, promise)))
    }

    async fn write(&self, key: &Key, bytes: &[u8]) -> Result<(), Error> {
        let size_bytes = bytes.len() as u64;
        let Some((mut writer, promise)) = self.begin(key, size_bytes).await? else {
            return Ok(());
        };
        self.quota.push(&mut *writer, bytes).await?;
        writer.commit().await?;
        drop(promise);
        self.quota.count(size_bytes);
        Ok(())
    }

    /// What was read of a layer, and its index where it may be kept: all of it was read, something of it proved, and
    /// nothing left out, which another time may have room.
    pub(super) fn to_keep(fresh: Fresh) -> (ReadLayer, Verdict, Option<PackedIndex>) {
        let Fresh {
            layer,
            verdict,
            packed,
        } = fresh;
        let is_whole = layer.damage.is_none() && layer.left_out.is_empty();
        if !verdict.proves() || !is_whole {
            return (layer, verdict, None);
        }
        let (reading, blob) = layer.into_reading(verdict);
        let index = PackedIndex {
            bytes: packed.unwrap_or_else(|| pack(&reading)),
            digest: reading.digest.clone(),
        };
        let (layer, verdict) = ReadLayer::of(reading, blob);
        (layer, verdict, Some(index))
    }

    /// Keeps a layer's index. Without room it is not kept, and read again another time.
    pub async fn keep(&self, index: PackedIndex) {
        self.write_packed(&index).await.ok();
    }

    async fn write_packed(&self, index: &PackedIndex) -> Result<(), Error> {
        match keys::index(&index.digest) {
            Some(key) => self.write(&key, &index.bytes).await,
            None => Ok(()),
        }
    }

    /// Forgets a layer: what is kept of it turned out to be of other bytes than those at hand.
    pub async fn forget(&self, digest: &Digest) {
        for key in [keys::index(digest), keys::blob(digest)]
            .into_iter()
            .flatten()
        {
            self.removed::<()>(&key).await;
        }
    }

    /// The layer that a task would read, as an earlier reading proved it, and what follows of the claims; `None` when
    /// its bytes must be read to tell. What is not what it should be is removed. `begins` is called once there is
    /// something to unpack.
    ///
    /// A layer of which only the diff_id is claimed is found where that is the digest of its stored bytes, too: one
    /// that is not compressed. Many compressed blobs decode to the same bytes, and which of them is at hand is known
    /// only once it is read.
    pub async fn find(
        &self,
        task: &LayerTask,
        limits: &Limits,
        begins: &dyn Fn(),
    ) -> Option<(ReadLayer, Verdict)> {
        let diff_id = task.expected.diff_id.as_ref().map(|id| &id.0);
        let digest = task.expected.digest.as_ref().or(diff_id)?;
        self.find_by(digest, task, limits, begins).await
    }

    async fn find_by(
        &self,
        digest: &Digest,
        task: &LayerTask,
        limits: &Limits,
        begins: &dyn Fn(),
    ) -> Option<(ReadLayer, Verdict)> {
        let key = keys::index(digest)?;
        let packed = self.read(&key, MAX_PACKED_BYTES).await?;
        begins();
        let reading = match unpack(&packed, limits) {
            Ok(reading) if reading.digest == *digest => reading,
            Ok(_) => return self.removed(&key).await,
            Err(PackedError::TooMany { .. }) => return None,
            Err(_) => return self.removed(&key).await,
        };
        drop(packed);
        let layer = ReadLayer::of(reading, Rc::clone(&task.blob)).0;
        // Other bytes than those that were read then are other bytes, whatever is claimed of them.
        if !layer.may_be(&*task.blob).await {
            return None;
        }
        let verdict = verdict_of_known(&layer, &task.expected)?;
        self.objects.touch(&key).await;
        Some((layer, verdict))
    }

    /// All of an object; one that is larger than it can be, or cannot be read, is removed.
    async fn read(&self, key: &Key, most_bytes: u64) -> Option<Vec<u8>> {
        match self.objects.read(key, most_bytes).await {
            Ok(bytes) => bytes,
            Err(_) => self.removed(key).await,
        }
    }

    async fn removed<T>(&self, key: &Key) -> Option<T> {
        // What cannot be removed is found to be wrong again, and evicted some day.
        self.objects.remove(key).await.ok();
        None
    }
}
