//! A store over memory, for browsers without a private file system and for tests.
//!
//! Clones share their objects, like two tabs.

use crate::message::Message;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::store::{Kept, Key, Room, Store, StoreWriter};
use super::{Bytes, Error, ErrorKind, LocalFuture, ReadAt};

/// Objects in memory, up to the bytes of its room.
#[derive(Clone)]
pub struct MemoryStore {
    shared: Rc<RefCell<Shared>>,
    room: Room,
}

#[derive(Default)]
struct Shared {
    objects: BTreeMap<Key, Object>,
    being_written: BTreeSet<Key>,
    /// Bytes of unfinished objects.
    unfinished_bytes: u64,
    /// Number of the next use.
    uses: u64,
}

struct Object {
    bytes: Bytes,
    last_use: u64,
}

impl Shared {
    fn used_bytes(&self) -> u64 {
        let committed = self.objects.values().map(|object| object.bytes.len_bytes());
        committed.sum::<u64>() + self.unfinished_bytes
    }

    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }
}

impl MemoryStore {
    /// Creates an empty store with this room.
    pub fn new(room: Room) -> MemoryStore {
        MemoryStore {
            shared: Rc::default(),
            room,
        }
    }
}

fn ready<'a, T: 'a>(value: T) -> LocalFuture<'a, T> {
    Box::pin(std::future::ready(value))
}

impl Store for MemoryStore {
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>> {
        let mut shared = self.shared.borrow_mut();
        let is_taken = shared.objects.contains_key(key) || shared.being_written.contains(key);
        ready(Ok((!is_taken).then(|| {
            shared.being_written.insert(key.clone());
            let writer: Box<dyn StoreWriter> = Box::new(MemoryWriter {
                store: self.clone(),
                key: key.clone(),
                bytes: Vec::new(),
            });
            writer
        })))
    }

    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>> {
        let shared = self.shared.borrow();
        let object = shared.objects.get(key);
        ready(Ok(object.map(|object| {
            let bytes: Rc<dyn ReadAt> = Rc::new(object.bytes.clone());
            bytes
        })))
    }

    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()> {
        let mut shared = self.shared.borrow_mut();
        let now = shared.next_use();
        if let Some(object) = shared.objects.get_mut(key) {
            object.last_use = now;
        }
        ready(())
    }

    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>> {
        let shared = self.shared.borrow();
        let objects = shared.objects.iter().map(|(key, object)| Kept {
            key: key.clone(),
            size_bytes: object.bytes.len_bytes(),
            last_use: object.last_use,
        });
        ready(Ok(objects.collect()))
    }

    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>> {
        self.shared.borrow_mut().objects.remove(key);
        ready(Ok(()))
    }

    fn room(&self) -> LocalFuture<'_, Room> {
        ready(self.room)
    }
}

struct MemoryWriter {
    store: MemoryStore,
    key: Key,
    bytes: Vec<u8>,
}

impl StoreWriter for MemoryWriter {
    fn push<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<(), Error>> {
        let mut shared = self.store.shared.borrow_mut();
        let more = bytes.len() as u64;
        let limit = self.store.room.bytes;
        if shared.used_bytes().saturating_add(more) > limit {
            let detail = Message::kept_limit(limit);
            return ready(Err(Error::new(ErrorKind::StorageFull, detail)));
        }
        shared.unfinished_bytes += more;
        self.bytes.extend_from_slice(bytes);
        ready(Ok(()))
    }

    fn start_over(&mut self) {
        self.store.shared.borrow_mut().unfinished_bytes -= self.bytes.len() as u64;
        self.bytes.clear();
    }

    fn commit(mut self: Box<Self>) -> LocalFuture<'static, Result<(), Error>> {
        let bytes = Bytes::new(std::mem::take(&mut self.bytes));
        let mut shared = self.store.shared.borrow_mut();
        shared.unfinished_bytes -= bytes.len_bytes();
        let last_use = shared.next_use();
        let object = Object { bytes, last_use };
        shared.objects.insert(self.key.clone(), object);
        ready(Ok(()))
    }
}

impl Drop for MemoryWriter {
    fn drop(&mut self) {
        let mut shared = self.store.shared.borrow_mut();
        shared.unfinished_bytes -= self.bytes.len() as u64;
        shared.being_written.remove(&self.key);
    }
}
