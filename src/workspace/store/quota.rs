//! The quota of the store. When it is reached, the least recently used objects are evicted.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::io::{Error, ErrorKind, Kept, Room, Store, StoreWriter};

use super::keys;

/// The quota in bytes, unless the person chose another one or the browser offers less.
pub const DEFAULT_QUOTA_BYTES: u64 = 2_000_000_000;

/// The usage of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Number of layers with at least one object.
    pub n_layers: usize,
    /// Bytes of all objects.
    pub bytes: u64,
    /// The quota in bytes.
    pub quota_bytes: u64,
    /// True if the store outlives the page.
    pub lasts: bool,
}

/// The room in a store, shared by its writers.
pub(super) struct Quota {
    store: Rc<dyn Store>,
    chosen_bytes: Cell<u64>,
    /// Bytes reserved for objects that are being written.
    promised_bytes: Cell<u64>,
    /// Bytes of the committed objects, as far as they are known: other tabs add and remove objects.
    used_bytes: Cell<Option<u64>>,
}

/// Room reserved for an object that is being written, until it is dropped.
pub(super) struct Promise {
    quota: Rc<Quota>,
    bytes: u64,
}

impl Drop for Promise {
    fn drop(&mut self) {
        let promised = &self.quota.promised_bytes;
        promised.set(promised.get().saturating_sub(self.bytes));
    }
}

fn sum(kept: &[Kept]) -> u64 {
    kept.iter()
        .fold(0, |sum, kept| sum.saturating_add(kept.size_bytes))
}

impl Quota {
    pub(super) fn new(store: Rc<dyn Store>) -> Quota {
        Quota {
            store,
            chosen_bytes: Cell::new(DEFAULT_QUOTA_BYTES),
            promised_bytes: Cell::new(0),
            used_bytes: Cell::new(None),
        }
    }

    /// Sets the quota in bytes from now on.
    pub(super) fn choose(&self, bytes: u64) {
        self.chosen_bytes.set(bytes);
    }

    /// Forgets the known usage, since another tab may have changed it.
    pub(super) fn look_again(&self) {
        self.used_bytes.set(None);
    }

    /// Counts an object that was committed.
    pub(super) fn count(&self, bytes: u64) {
        let used = self.used_bytes.get();
        self.used_bytes
            .set(used.map(|used| used.saturating_add(bytes)));
    }

    fn limit(&self, room: Room) -> u64 {
        self.chosen_bytes.get().min(room.bytes)
    }

    /// Reserves room for this many bytes, evicting the least recently used objects if necessary. `None` if they
    /// exceed the whole quota.
    ///
    /// # Errors
    /// When the storage medium fails.
    pub(super) async fn promise(self: &Rc<Self>, bytes: u64) -> Result<Option<Promise>, Error> {
        let limit = self.limit(self.store.room().await);
        let wanted = self.promised_bytes.get().saturating_add(bytes);
        if wanted > limit {
            return Ok(None);
        }
        // Reserved before the first await: two writers that start at once must not take the same room.
        self.promised_bytes.set(wanted);
        let promise = Promise {
            quota: Rc::clone(self),
            bytes,
        };
        self.fit(limit).await?;
        Ok(Some(promise))
    }

    /// Evicts the least recently used objects until the rest and all reservations fit into `limit`.
    async fn fit(&self, limit: u64) -> Result<(), Error> {
        let fits = |used: u64| used.saturating_add(self.promised_bytes.get()) <= limit;
        if self.used_bytes.get().is_some_and(fits) {
            return Ok(());
        }
        let kept = self.oldest_first().await?;
        for kept in kept {
            if self.used_bytes.get().is_some_and(fits) {
                break;
            }
            self.remove(&kept).await?;
        }
        Ok(())
    }

    async fn oldest_first(&self) -> Result<Vec<Kept>, Error> {
        let mut kept = self.store.list().await?;
        self.used_bytes.set(Some(sum(&kept)));
        kept.sort_by(|a, b| (a.last_use, &a.key).cmp(&(b.last_use, &b.key)));
        Ok(kept)
    }

    async fn remove(&self, kept: &Kept) -> Result<(), Error> {
        self.store.remove(&kept.key).await?;
        let used = self.used_bytes.get();
        self.used_bytes
            .set(used.map(|used| used.saturating_sub(kept.size_bytes)));
        Ok(())
    }

    /// Writes bytes of an object. If the medium has less room than it reported, evicts the least recently used objects.
    ///
    /// # Errors
    /// When freeing this much room does not help, or the storage medium fails.
    pub(super) async fn push(
        &self,
        writer: &mut dyn StoreWriter,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let is_full = |pushed: &Result<(), Error>| matches!(pushed, Err(error) if error.kind == ErrorKind::StorageFull);
        let mut pushed = writer.push(bytes).await;
        if !is_full(&pushed) {
            return pushed;
        }
        let mut freed_bytes: u64 = 0;
        for kept in self.oldest_first().await? {
            if freed_bytes >= bytes.len() as u64 {
                break;
            }
            self.remove(&kept).await?;
            freed_bytes = freed_bytes.saturating_add(kept.size_bytes);
            pushed = writer.push(bytes).await;
            if !is_full(&pushed) {
                break;
            }
        }
        pushed
    }

    /// Returns the usage, after making it fit.
    ///
    /// # Errors
    /// When the storage medium fails.
    pub(super) async fn usage(&self) -> Result<Usage, Error> {
        let room = self.store.room().await;
        self.look_again();
        self.fit(self.limit(room)).await?;
        let kept = self.store.list().await?;
        let mut layers = BTreeSet::new();
        layers.extend(kept.iter().filter_map(|k| keys::layer_of(&k.key)));
        Ok(Usage {
            n_layers: layers.len(),
            bytes: sum(&kept),
            quota_bytes: self.limit(room),
            lasts: room.lasts,
        })
    }
}
