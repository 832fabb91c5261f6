//! Stores objects as files of the browser's private file system (OPFS).
//!
//! One folder contains `KEY`, an object; `KEY.TIME`, an empty file with the time of a use; and `KEY.part`, an
//! object that is being written under the lock of its key. Files with other names are removed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemHandle, FileSystemRemoveOptions, FileSystemSyncAccessHandle,
};

use super::entries::{UNFINISHED, explained, is_missing, note_use, removed, unfinished_name};
use super::lock::{self, Held};
use super::writer::Writing;
use crate::io::{
    Error, ErrorKind, Kept, Key, LocalFuture, ReadAt, Room, Store, StoreWriter, checked_len,
};
use crate::message::Message;
use crate::web::file::BlobBytes;
use crate::web::handles::call;
use crate::web::task::spawn;

/// The prefix of lock names. No two folders have objects of the same kind.
const LOCKS: &str = "lamina-store";
/// Assumed quota in bytes of a browser that does not state one.
const UNSAID_BYTES: f64 = 4e9;

/// A store in the private file system.
pub(super) struct PrivateFiles {
    /// The folder's name.
    name: &'static str,
    /// The store's folder, as long as it is usable: a person may clear the page's data while the page is open.
    folder: RefCell<Option<FileSystemDirectoryHandle>>,
    room_bytes: Cell<Option<u64>>,
}

impl PrivateFiles {
    /// Opens the private file system, if this browser has a suitable one.
    pub(super) async fn find(name: &'static str) -> Option<PrivateFiles> {
        lock::manager()?;
        let class = Reflect::get(&js_sys::global(), &"FileSystemFileHandle".into()).ok()?;
        let methods = Reflect::get(&class, &"prototype".into()).ok()?;
        for method in ["createSyncAccessHandle", "move"] {
            if !Reflect::has(&methods, &method.into()).unwrap_or(false) {
                return None;
            }
        }
        let folder = made_folder(name).await.ok()?;
        Some(PrivateFiles {
            name,
            folder: RefCell::new(Some(folder)),
            room_bytes: Cell::new(None),
        })
    }

    async fn folder(&self) -> Result<FileSystemDirectoryHandle, JsValue> {
        let known = self.folder.borrow().clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let folder = made_folder(self.name).await?;
        self.folder.replace(Some(folder.clone()));
        Ok(folder)
    }

    /// Converts the result of an operation for the store's users. After a failure the folder is looked up again.
    fn told<T>(&self, done: Result<T, JsValue>) -> Result<T, Error> {
        done.map_err(|error| {
            self.folder.replace(None);
            explained(error)
        })
    }

    async fn begin(&self, key: &Key) -> Result<Option<Box<dyn StoreWriter>>, JsValue> {
        let Some(lock) = lock_of(key).await else {
            return Ok(None);
        };
        let folder = self.folder().await?;
        if file_of(&folder, key).await?.is_some() {
            return Ok(None);
        }
        let writing = Writing::begin(folder, key.clone(), lock).await?;
        Ok(Some(Box::new(writing)))
    }

    async fn open(&self, key: &Key) -> Result<Option<Rc<dyn ReadAt>>, JsValue> {
        let Some(handle) = file_of(&self.folder().await?, key).await? else {
            return Ok(None);
        };
        let file = opened(&handle).await?;
        Ok(Some(Rc::new(BlobBytes::new(file.into()))))
    }

    async fn read(&self, key: &Key, most_bytes: u64) -> Result<Option<Vec<u8>>, Error> {
        let looking = async { file_of(&self.folder().await?, key).await };
        let Some(handle) = self.told(looking.await)? else {
            return Ok(None);
        };
        if let Some(bytes) = read_directly(&handle, most_bytes).await {
            return bytes.map(Some);
        }
        let file = BlobBytes::new(self.told(opened(&handle).await)?.into());
        let len = checked_len(file.len_bytes(), most_bytes)?;
        file.read_at(0, len).await.map(Some)
    }
}

/// Reads a whole file directly from the disk. Reading through the browser's process takes several times as long.
/// `None` if the browser cannot do that, or another reader has the file and cannot share it.
async fn read_directly(
    handle: &FileSystemFileHandle,
    most_bytes: u64,
) -> Option<Result<Vec<u8>, Error>> {
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"read-only".into()).ok()?;
    // Not every browser has modes, and web-sys does not name them.
    let opening = call(handle, "createSyncAccessHandle", &[&options])?;
    let file: FileSystemSyncAccessHandle = JsFuture::from(opening).await.ok()?.dyn_into().ok()?;
    let bytes = file.get_size().map(|size| {
        let mut bytes = vec![0; checked_len(size as u64, most_bytes)?];
        match file.read_with_u8_array(&mut bytes) {
            Ok(n_read) if n_read as usize == bytes.len() => Ok(bytes),
            Ok(n_read) => {
                let detail = Message::read_of(n_read as u64, bytes.len());
                Err(Error::new(ErrorKind::Other, detail))
            }
            Err(error) => Err(explained(error)),
        }
    });
    file.close();
    bytes.ok()
}

async fn made_folder(name: &str) -> Result<FileSystemDirectoryHandle, JsValue> {
    let storage = crate::web::global::storage()
        .ok_or_else(|| JsValue::from_str("this page has no private file system"))?;
    let root: FileSystemDirectoryHandle =
        JsFuture::from(storage.get_directory()).await?.dyn_into()?;
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    JsFuture::from(root.get_directory_handle_with_options(name, &options))
        .await?
        .dyn_into()
}

/// Takes the lock for writing an object.
pub(super) async fn lock_of(key: &Key) -> Option<Held> {
    lock::try_hold(&format!("{LOCKS}/{key}")).await
}

/// Returns the file of an object; `None` if there is none.
async fn file_of(
    folder: &FileSystemDirectoryHandle,
    key: &Key,
) -> Result<Option<FileSystemFileHandle>, JsValue> {
    match JsFuture::from(folder.get_file_handle(key.as_str())).await {
        Ok(handle) => Ok(Some(handle.dyn_into()?)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn opened(handle: &FileSystemFileHandle) -> Result<File, JsValue> {
    JsFuture::from(handle.get_file()).await?.dyn_into()
}

/// The kind of a file in the folder, by its name.
enum Named {
    Object(Key),
    Use(Key, u64),
    Unfinished(Key),
}

fn named(name: &str) -> Option<Named> {
    let Some((key, rest)) = name.split_once('.') else {
        return Key::parse(name).map(Named::Object);
    };
    let key = Key::parse(key)?;
    match rest {
        UNFINISHED => Some(Named::Unfinished(key)),
        time => Some(Named::Use(key, time.parse().ok()?)),
    }
}

async fn list(folder: &FileSystemDirectoryHandle) -> Result<Vec<Kept>, JsValue> {
    let mut objects = BTreeMap::new();
    let mut uses: BTreeMap<Key, Vec<u64>> = BTreeMap::new();
    let (mut unfinished, mut foreign) = (Vec::new(), Vec::new());
    let entries = folder.values();
    loop {
        let step = JsFuture::from(entries.next()?).await?;
        let handle = Reflect::get(&step, &"value".into())?.dyn_into::<FileSystemHandle>();
        let Ok(handle) = handle else { break };
        let name = handle.name();
        match (named(&name), handle.dyn_into::<FileSystemFileHandle>()) {
            (Some(Named::Object(key)), Ok(file)) => drop(objects.insert(key, file)),
            (Some(Named::Use(key, time)), Ok(_)) => uses.entry(key).or_default().push(time),
            (Some(Named::Unfinished(key)), Ok(_)) => unfinished.push(key),
            _ => foreign.push(name),
        }
    }
    for name in foreign {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        // A file that cannot be removed is not read either.
        let removal = folder.remove_entry_with_options(&name, &options);
        JsFuture::from(removal).await.ok();
    }
    for key in unfinished {
        // A writer holds its lock.
        if let Some(_lock) = lock_of(&key).await {
            removed(folder, &unfinished_name(&key)).await?;
        }
    }
    let mut kept = Vec::new();
    for (key, handle) in objects {
        // An object that another tab removes meanwhile is skipped.
        let Ok(file) = opened(&handle).await else {
            continue;
        };
        let times = uses.remove(&key).unwrap_or_default();
        let last_use = times.iter().copied().max().unwrap_or(0);
        for time in times.into_iter().filter(|time| *time != last_use) {
            removed(folder, &format!("{key}.{time}")).await?;
        }
        kept.push(Kept {
            key,
            size_bytes: file.size() as u64,
            last_use,
        });
    }
    for (key, times) in uses {
        // The object may have been created while the folder was listed.
        if file_of(folder, &key).await?.is_none() {
            for time in times {
                removed(folder, &format!("{key}.{time}")).await?;
            }
        }
    }
    Ok(kept)
}

/// Returns half of the quota that the browser offers. The other half is for the page's other data.
async fn room_bytes() -> u64 {
    let estimate = match crate::web::global::storage().map(|storage| storage.estimate()) {
        Some(Ok(promise)) => JsFuture::from(promise).await.unwrap_or_default(),
        _ => Object::new().into(),
    };
    let offered = Reflect::get(&estimate, &"quota".into());
    let offered = offered.ok().and_then(|quota| quota.as_f64());
    (offered.unwrap_or(UNSAID_BYTES) / 2.0) as u64
}

impl Store for PrivateFiles {
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>> {
        Box::pin(async move { self.told(self.begin(key).await) })
    }

    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>> {
        Box::pin(async move { self.told(self.open(key).await) })
    }

    fn read<'a>(
        &'a self,
        key: &'a Key,
        most_bytes: u64,
    ) -> LocalFuture<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(self.read(key, most_bytes))
    }

    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()> {
        // Nobody waits for the record; without it the object is only evicted sooner.
        if let Some(folder) = self.folder.borrow().clone() {
            let key = key.clone();
            spawn("note a use", async move {
                note_use(&folder, &key).await.ok();
            });
        }
        Box::pin(std::future::ready(()))
    }

    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>> {
        Box::pin(async move {
            self.folder.replace(None);
            let listing = async { list(&self.folder().await?).await };
            self.told(listing.await)
        })
    }

    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let removal = async { removed(&self.folder().await?, key.as_str()).await };
            self.told(removal.await)
        })
    }

    fn room(&self) -> LocalFuture<'_, Room> {
        Box::pin(async move {
            let bytes = match self.room_bytes.get() {
                Some(bytes) => bytes,
                None => room_bytes().await,
            };
            self.room_bytes.set(Some(bytes));
            Room { bytes, lasts: true }
        })
    }
}
