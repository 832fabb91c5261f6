//! A spool in the browser's private file system (OPFS), for archives that are compressed as a whole.
//!
//! Without a private file system (no secure context, private windows), the spool is in memory with a limit. Only
//! workers can use it.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
};

use super::task::spawn;
use crate::io::{Error, ErrorKind, LocalFuture, MemorySpool, ReadAt, Spool};

/// The directory of spools. Leftovers of a crash are removed by the next start.
const DIRECTORY: &str = "lamina-spool";
/// The directory of exports, from which the browser saves them.
const EXPORTS: &str = "lamina-exports";
/// Milliseconds for which an export is kept. The browser does not report when it has saved it.
const EXPORT_MILLIS: f64 = 3_600_000.0;

/// A spool whose storage is created by the first write.
pub struct BrowserSpool {
    state: State,
    memory_limit_bytes: u64,
}

enum State {
    Empty,
    File { file: Rc<OpenFile>, len: u64 },
    Memory(Box<MemorySpool>),
}

impl BrowserSpool {
    /// Creates an empty spool. `memory_limit_bytes` applies if there is no private file system.
    pub fn new(memory_limit_bytes: u64) -> BrowserSpool {
        BrowserSpool {
            state: State::Empty,
            memory_limit_bytes,
        }
    }

    async fn begin(&mut self) {
        self.state = match OpenFile::create(DIRECTORY).await {
            Ok(file) => State::File {
                file: Rc::new(file),
                len: 0,
            },
            Err(_) => State::Memory(Box::new(MemorySpool::new(self.memory_limit_bytes))),
        };
    }
}

impl Spool for BrowserSpool {
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            if matches!(self.state, State::Empty) {
                self.begin().await;
            }
            match &mut self.state {
                State::File { file, len } => {
                    file.write(*len, &bytes)?;
                    *len += bytes.len() as u64;
                    Ok(())
                }
                State::Memory(memory) => memory.append(bytes).await,
                State::Empty => Ok(()),
            }
        })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, Error>> {
        match self.state {
            State::File { file, len } => {
                let spooled: Rc<dyn ReadAt> = Rc::new(Spooled { file, len });
                Box::pin(std::future::ready(Ok(spooled)))
            }
            State::Memory(memory) => memory.finish(),
            State::Empty => Box::new(MemorySpool::new(0)).finish(),
        }
    }
}

/// A file of the private file system while it is written. It is removed when dropped, unless it is kept.
pub(super) struct OpenFile {
    directory: FileSystemDirectoryHandle,
    name: String,
    file: FileSystemFileHandle,
    handle: FileSystemSyncAccessHandle,
    is_kept: Cell<bool>,
}

thread_local! {
    static NEXT: RefCell<u32> = const { RefCell::new(0) };
}

impl OpenFile {
    /// Creates a file for an export.
    pub(super) async fn for_export() -> Result<OpenFile, JsValue> {
        OpenFile::create(EXPORTS).await
    }

    async fn create(directory_name: &str) -> Result<OpenFile, JsValue> {
        let directory = directory(directory_name).await?;
        let number = NEXT.with_borrow_mut(|next| {
            *next += 1;
            *next
        });
        let name = format!("{}-{number}", js_sys::Date::now());
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file: FileSystemFileHandle =
            JsFuture::from(directory.get_file_handle_with_options(&name, &options))
                .await?
                .dyn_into()?;
        let handle = JsFuture::from(file.create_sync_access_handle())
            .await?
            .dyn_into()?;
        Ok(OpenFile {
            directory,
            name,
            file,
            handle,
            is_kept: Cell::new(false),
        })
    }

    /// Ends writing. Returns the file, which stays for a while.
    pub(super) async fn keep(&self) -> Result<File, JsValue> {
        self.handle.close();
        let file = JsFuture::from(self.file.get_file()).await?.dyn_into()?;
        self.is_kept.set(true);
        Ok(file)
    }

    pub(super) fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(offset as f64);
        let written = self
            .handle
            .write_with_u8_array_and_options(bytes, &options)
            .map_err(|error| {
                Error::new(
                    ErrorKind::StorageFull,
                    Message::verbatim(super::describe(&error)),
                )
            })?;
        if written as usize == bytes.len() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::StorageFull, Message::storage_full()))
        }
    }

    fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(offset as f64);
        let mut bytes = vec![0; len];
        let read = self
            .handle
            .read_with_u8_array_and_options(&mut bytes, &options)
            .map_err(|error| {
                Error::new(
                    ErrorKind::Unreadable,
                    Message::verbatim(super::describe(&error)),
                )
            })?;
        if read as usize == len {
            Ok(bytes)
        } else {
            Err(Error::new(ErrorKind::Unreadable, Message::storage_lost()))
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.handle.close();
        if self.is_kept.get() {
            return;
        }
        let removal = self.directory.remove_entry(&self.name);
        spawn("remove a spool", async move {
            // If removal fails now, the next start removes the file.
            JsFuture::from(removal).await.ok();
        });
    }
}

struct Spooled {
    file: Rc<OpenFile>,
    len: u64,
}

impl ReadAt for Spooled {
    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        let within = offset
            .checked_add(len as u64)
            .is_some_and(|end| end <= self.len);
        let bytes = if within {
            self.file.read(offset, len)
        } else {
            Err(Error::new(
                ErrorKind::OutOfRange,
                Message::past_end(len, offset, self.len),
            ))
        };
        Box::pin(std::future::ready(bytes))
    }
}

/// Returns a directory of the private file system, creating it if it is missing.
pub(super) async fn directory(name: &str) -> Result<FileSystemDirectoryHandle, JsValue> {
    let storage = super::global::storage()
        .ok_or_else(|| JsValue::from_str("this page has no private file system"))?;
    let root: FileSystemDirectoryHandle =
        JsFuture::from(storage.get_directory()).await?.dyn_into()?;
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    JsFuture::from(root.get_directory_handle_with_options(name, &options))
        .await?
        .dyn_into()
}

/// Removes the leftovers of earlier pages. A file that another tab has open stays, since it is locked, and so does
/// an export that the browser may still be saving.
pub async fn remove_leftovers() {
    remove(DIRECTORY, |_| true).await;
    let made_millis = |name: &str| name.split('-').next().and_then(|n| n.parse::<u64>().ok());
    let now = js_sys::Date::now();
    let is_old =
        |name: &str| made_millis(name).is_none_or(|made| now - made as f64 > EXPORT_MILLIS);
    remove(EXPORTS, is_old).await;
}

async fn remove(directory_name: &str, is_left: impl Fn(&str) -> bool) {
    let Ok(directory) = directory(directory_name).await else {
        return;
    };
    let keys = directory.keys();
    while let Ok(promise) = keys.next() {
        let Ok(step) = JsFuture::from(promise).await else {
            return;
        };
        let done = js_sys::Reflect::get(&step, &"done".into()).is_ok_and(|done| done.is_truthy());
        let name = js_sys::Reflect::get(&step, &"value".into())
            .ok()
            .and_then(|v| v.as_string());
        let (false, Some(name)) = (done, name) else {
            return;
        };
        if is_left(&name) {
            JsFuture::from(directory.remove_entry(&name)).await.ok();
        }
    }
}
