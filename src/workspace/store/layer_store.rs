//! Finds stored layers by the claims of an image about them.

use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::Digest;
use crate::io::{Error, Key, Store, StoreWriter};
use crate::layer::{PackedError, Verdict, pack, unpack};
use crate::workspace::read_layer::verdict_of_known;
use crate::workspace::{Fresh, LayerTask, ReadLayer};

use super::keys;
use super::quota::{Promise, Quota, Usage};

/// Upper bound on the size of a packed index in bytes; a larger one would belong to a layer beyond every limit.
/// Keeps a foreign file from filling the memory.
const MAX_PACKED_BYTES: u64 = 1024 * 1024 * 1024;

/// The stored layers. It holds no state of its own: several instances may be open over one store, in as many workers.
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
    /// Creates a layer store over `objects`.
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

    /// Sets the largest number of bytes to store from now on.
    pub fn choose_quota(&self, bytes: u64) {
        self.quota.choose(bytes);
    }

    /// Notes that other tabs may have changed the store in the meantime.
    pub fn look_again(&self) {
        self.quota.look_again();
    }

    /// Returns the usage of the store, after making it fit into the quota.
    ///
    /// # Errors
    /// When the storage medium fails.
    pub async fn usage(&self) -> Result<Usage, Error> {
        self.quota.usage().await
    }

    /// Removes everything stored. Open images go on from their original sources.
    ///
    /// # Errors
    /// When the storage medium fails.
    pub async fn clear(&self) -> Result<(), Error> {
        for kept in self.objects.list().await? {
            self.objects.remove(&kept.key).await?;
        }
        Ok(())
    }

    /// True if the compressed bytes of a layer are stored.
    pub async fn has_blob(&self, digest: &Digest) -> bool {
        match keys::blob(digest) {
            Some(key) => matches!(self.objects.open(&key).await, Ok(Some(_))),
            None => false,
        }
    }

    /// Begins to write a blob; `None` if it exists, another writer is writing it, or there is no room for blobs.
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
        // An object that is there already must not evict another one.
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

    /// Returns the layer, and its packed index if that may be stored: the layer was read completely, some claim
    /// was verified, and nothing was left out, for which there may be room another time.
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

    /// Stores a layer's index. Without room it is not stored, and the layer is read again another time.
    pub async fn keep(&self, index: PackedIndex) {
        self.write_packed(&index).await.ok();
    }

    async fn write_packed(&self, index: &PackedIndex) -> Result<(), Error> {
        match keys::index(&index.digest) {
            Some(key) => self.write(&key, &index.bytes).await,
            None => Ok(()),
        }
    }

    /// Removes a layer whose stored data turned out to belong to other bytes than the present ones.
    pub async fn forget(&self, digest: &Digest) {
        for key in [keys::index(digest), keys::blob(digest)]
            .into_iter()
            .flatten()
        {
            self.removed::<()>(&key).await;
        }
    }

    /// Returns the layer that a task would read from an earlier, verified reading, with its verdict on the claims.
    /// `None` if the bytes must be read to tell. Wrong objects are removed. Calls `begins` before it unpacks an index.
    ///
    /// A layer with only a claimed diff_id is found if that is also its blob's digest, that is, if it is not
    /// compressed. Many compressed blobs decode to the same bytes; which one is present is only known after reading.
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
        let reading = match unpack(&packed, &limits.layer) {
            Ok(reading) if reading.digest == *digest => reading,
            Ok(_) => return self.removed(&key).await,
            Err(PackedError::TooMany { .. }) => return None,
            Err(_) => return self.removed(&key).await,
        };
        drop(packed);
        let layer = ReadLayer::of(reading, Rc::clone(&task.blob)).0;
        // The present bytes differ from those of the earlier reading, whatever the claims say.
        if !layer.may_be(&*task.blob).await {
            return None;
        }
        let verdict = verdict_of_known(&layer, &task.expected)?;
        self.objects.touch(&key).await;
        Some((layer, verdict))
    }

    /// Reads a whole object. One that is too large or unreadable is removed.
    async fn read(&self, key: &Key, most_bytes: u64) -> Option<Vec<u8>> {
        match self.objects.read(key, most_bytes).await {
            Ok(bytes) => bytes,
            Err(_) => self.removed(key).await,
        }
    }

    async fn removed<T>(&self, key: &Key) -> Option<T> {
        // If removal fails, the object is rejected again the next time, and evicted later.
        self.objects.remove(key).await.ok();
        None
    }
}
