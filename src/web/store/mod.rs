//! The stores in the browser, of layers and of container layers: in its private file system, or in memory without one.
//!
//! A store can be opened in any worker of the page, and by several tabs at once; all of them see the same objects.
//! `workspace` decides which objects are stored, and for how long.

mod entries;
mod lock;
mod opfs;
mod writer;

use std::cell::RefCell;
use std::rc::Rc;

use crate::io::{Error, Kept, Key, LocalFuture, MemoryStore, ReadAt, Room, Store, StoreWriter};

use opfs::PrivateFiles;

/// The room of a store without a private file system (plain http from another host, some private windows).
const MEMORY: Room = Room {
    bytes: 64 * 1024 * 1024,
    lasts: false,
};

/// The store that this browser supports.
pub struct BrowserStore {
    folder: &'static str,
    found: RefCell<Option<Rc<dyn Store>>>,
    memory: MemoryStore,
}

impl BrowserStore {
    /// Creates the store of layers.
    pub fn of_layers() -> BrowserStore {
        BrowserStore::in_folder("lamina-store")
    }

    /// Creates the store of container layers, to which the layers' quota does not apply.
    pub fn of_containers() -> BrowserStore {
        BrowserStore::in_folder("lamina-containers")
    }

    fn in_folder(folder: &'static str) -> BrowserStore {
        BrowserStore {
            folder,
            found: RefCell::new(None),
            memory: MemoryStore::new(MEMORY),
        }
    }

    async fn found(&self) -> Rc<dyn Store> {
        if let Some(found) = &*self.found.borrow() {
            return Rc::clone(found);
        }
        let found: Rc<dyn Store> = match PrivateFiles::find(self.folder).await {
            Some(files) => Rc::new(files),
            None => Rc::new(self.memory.clone()),
        };
        self.found.replace(Some(Rc::clone(&found)));
        found
    }
}

impl Store for BrowserStore {
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>> {
        Box::pin(async move { self.found().await.begin(key).await })
    }

    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>> {
        Box::pin(async move { self.found().await.open(key).await })
    }

    fn read<'a>(
        &'a self,
        key: &'a Key,
        most_bytes: u64,
    ) -> LocalFuture<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move { self.found().await.read(key, most_bytes).await })
    }

    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()> {
        Box::pin(async move { self.found().await.touch(key).await })
    }

    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>> {
        Box::pin(async move { self.found().await.list().await })
    }

    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.found().await.remove(key).await })
    }

    fn room(&self) -> LocalFuture<'_, Room> {
        Box::pin(async move { self.found().await.room().await })
    }
}
