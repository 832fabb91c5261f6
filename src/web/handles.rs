//! Opens dropped files again after a reload, with File System Access handles that are kept in IndexedDB.
//!
//! Only some browsers have these handles. In others nothing is stored, and the page asks for the file.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemHandle, FileSystemHandleKind, IdbDatabase, IdbRequest, IdbTransactionMode,
};

pub use super::dropped::FileHandle;
use super::dropped::{Dropped, DroppedContent, Folder, MAX_DEPTH};
use super::file::PickedFile;

const DATABASE: &str = "lamina";
const STORE: &str = "handles";

impl FileHandle {
    pub(super) fn new(handle: FileSystemHandle) -> FileHandle {
        FileHandle(handle)
    }

    /// Opens the file or folder, after the browser has asked the person. Must be called from a click.
    ///
    /// `None` if permission is refused, or the file no longer exists.
    pub async fn open(&self) -> Option<Dropped> {
        if !self.permitted().await {
            return None;
        }
        let content = match self.0.kind() {
            FileSystemHandleKind::Directory => DroppedContent::Folder(walk(&self.0).await),
            _ => {
                let file = file_of(&self.0).await?;
                DroppedContent::File(PickedFile::new(file, self.0.name()))
            }
        };
        Some(Dropped {
            name: self.0.name(),
            content,
            handle: Some(self.clone()),
        })
    }

    async fn permitted(&self) -> bool {
        let options = Object::new();
        if Reflect::set(&options, &"mode".into(), &"read".into()).is_err() {
            return false;
        }
        for question in ["queryPermission", "requestPermission"] {
            // A browser that stores handles without asking has neither method.
            let answer = match call(&self.0, question, &[&options]) {
                Some(promise) => JsFuture::from(promise).await.ok(),
                None => return true,
            };
            if answer.and_then(|answer| answer.as_string()).as_deref() == Some("granted") {
                return true;
            }
        }
        false
    }
}

/// Returns a new unique key for a handle.
pub fn new_key() -> String {
    let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:x}-{random:x}", js_sys::Date::now() as u64)
}

/// Stores `handle` under `key`. Returns false if the browser cannot.
pub async fn store(key: &str, handle: &FileHandle) -> bool {
    let stored = async {
        let store = open_store(IdbTransactionMode::Readwrite).await?;
        finished(&store.put_with_key(&handle.0, &key.into())?).await
    };
    stored.await.is_ok()
}

/// Returns the handle stored under `key`.
pub async fn load(key: &str) -> Option<FileHandle> {
    let loaded = async {
        let store = open_store(IdbTransactionMode::Readonly).await?;
        finished(&store.get(&key.into())?).await
    };
    loaded.await.ok()?.dyn_into().ok().map(FileHandle)
}

/// Removes the handle stored under `key`.
pub async fn forget(key: &str) {
    let forgotten = async {
        let store = open_store(IdbTransactionMode::Readwrite).await?;
        finished(&store.delete(&key.into())?).await
    };
    // If removal fails, nothing was stored.
    forgotten.await.ok();
}

async fn open_store(mode: IdbTransactionMode) -> Result<web_sys::IdbObjectStore, JsValue> {
    let missing = || JsValue::from_str("this page has no database");
    let window = web_sys::window().ok_or_else(missing)?;
    let factory = window.indexed_db()?.ok_or_else(missing)?;
    let opening = factory.open_with_u32(DATABASE, 1)?;
    let request = opening.clone();
    let upgrade = Closure::once(move || {
        let database = request.result().and_then(JsCast::dyn_into::<IdbDatabase>);
        if let Ok(database) = database {
            database.create_object_store(STORE).ok();
        }
    });
    opening.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database: IdbDatabase = finished(&opening).await?.dyn_into()?;
    database
        .transaction_with_str_and_mode(STORE, mode)?
        .object_store(STORE)
}

async fn finished(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// Calls a method that not every browser has.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<Promise> {
    let function: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let arguments: Array = arguments.iter().copied().collect();
    function.apply(object, &arguments).ok()?.dyn_into().ok()
}

async fn file_of(handle: &JsValue) -> Option<File> {
    let got = call(handle, "getFile", &[])?;
    JsFuture::from(got).await.ok()?.dyn_into().ok()
}

async fn walk(root: &FileSystemHandle) -> Folder {
    let mut found = Folder::default();
    let mut folders: Vec<(JsValue, String, usize)> = vec![(root.into(), String::new(), 0)];
    while let Some((folder, path, depth)) = folders.pop() {
        let Some(values) = iterator(&folder) else {
            continue;
        };
        let mut is_empty = true;
        while let Some(handle) = next_of(&values).await {
            is_empty = false;
            let below = format!("{path}{}", handle.name());
            if handle.kind() == FileSystemHandleKind::Directory {
                if depth < MAX_DEPTH {
                    folders.push((handle.into(), format!("{below}/"), depth + 1));
                }
            } else if let Some(file) = file_of(&handle).await {
                found.files.push(PickedFile::new(file, below));
            }
            if found.is_full() {
                return found;
            }
        }
        if is_empty {
            found.add_empty_dir(path);
        }
    }
    found
}

fn iterator(folder: &JsValue) -> Option<JsValue> {
    let values: Function = Reflect::get(folder, &"values".into())
        .ok()?
        .dyn_into()
        .ok()?;
    values.call0(folder).ok()
}

async fn next_of(iterator: &JsValue) -> Option<FileSystemHandle> {
    let step = JsFuture::from(call(iterator, "next", &[])?).await.ok()?;
    Reflect::get(&step, &"value".into()).ok()?.dyn_into().ok()
}
