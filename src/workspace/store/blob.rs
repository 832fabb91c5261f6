//! A registry's blob that is read from the store if a copy is there, and from the registry otherwise.

use std::cell::RefCell;
use std::rc::Rc;

use crate::image::Digest;
use crate::io::{ByteStream, Handle, Key, LocalFuture, ReadAt, Store, stream_of};
use crate::source::{Blob, Error, RepositoryPlace};

use super::{LayerStore, keys};

/// A blob that may have a copy in the store.
pub struct KeptBlob {
    origin: Rc<dyn Blob>,
    store: Rc<dyn Store>,
    key: Key,
    /// The copy, once it was found.
    copy: RefCell<Option<Rc<dyn ReadAt>>>,
}

impl KeptBlob {
    /// Wraps the blob `origin` with this digest, which may be in the store. Returns `origin` itself if it can never be.
    pub fn wrap(origin: Rc<dyn Blob>, digest: Option<&Digest>, store: &LayerStore) -> Rc<dyn Blob> {
        let Some(key) = digest.and_then(keys::blob) else {
            return origin;
        };
        Rc::new(KeptBlob {
            origin,
            store: store.objects(),
            key,
            copy: RefCell::new(None),
        })
    }

    /// Returns the copy in the store. A copy whose size differs from the claim is not used, whichever is wrong.
    async fn copy(&self) -> Option<Rc<dyn ReadAt>> {
        let found = self.copy.borrow().clone();
        if found.is_some() {
            return found;
        }
        let copy = self.store.open(&self.key).await.ok().flatten()?;
        let claimed = self.origin.size_bytes();
        if claimed.is_some_and(|claimed| claimed != copy.len_bytes()) {
            return None;
        }
        self.store.touch(&self.key).await;
        self.copy.replace(Some(Rc::clone(&copy)));
        Some(copy)
    }
}

impl Blob for KeptBlob {
    fn size_bytes(&self) -> Option<u64> {
        self.origin.size_bytes()
    }

    fn ask_elsewhere(&self, may: bool) {
        self.origin.ask_elsewhere(may);
    }

    fn place(&self) -> Option<&str> {
        self.origin.place()
    }

    fn repository(&self) -> Option<RepositoryPlace<'_>> {
        self.origin.repository()
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        Box::pin(async move {
            match self.copy().await {
                Some(copy) => Ok(stream_of(copy, 0)),
                None => self.origin.stream().await,
            }
        })
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            if let Some(copy) = self.copy().await {
                if let Ok(bytes) = copy.read_at(offset, len).await {
                    return Ok(bytes);
                }
                // Another tab removed it, or it can no longer be read.
                self.drop_copy().await;
            }
            self.origin.read_at(offset, len).await
        })
    }

    fn handle(&self) -> LocalFuture<'_, Option<Handle>> {
        Box::pin(async move {
            match self.copy().await {
                Some(copy) => copy.handle(0, copy.len_bytes()),
                None => self.origin.handle().await,
            }
        })
    }

    fn read_part(
        &self,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            match self.copy().await {
                Some(_) => self.read_at(offset, len).await.map(Some),
                None => self.origin.read_part(offset, len).await,
            }
        })
    }

    fn drop_copy(&self) -> LocalFuture<'_, bool> {
        Box::pin(async move {
            let had_one = self.copy.take().is_some();
            if had_one {
                // If removal fails, this blob does not use the copy again, and it is evicted later.
                self.store.remove(&self.key).await.ok();
            }
            had_one
        })
    }
}
