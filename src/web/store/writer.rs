//! Writes an object to a file with a temporary name, under a lock. The file gets its own name when it is complete.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemReadWriteOptions,
    FileSystemSyncAccessHandle,
};

use super::entries::{created, explained, note_use, removed, unfinished_name};
use super::lock::Held;
use crate::io::{Error, ErrorKind, Key, LocalFuture, StoreWriter};
use crate::message::Message;
use crate::web::handles::call;
use crate::web::task::spawn;

/// An object that is being written.
pub(super) struct Writing(Option<Unfinished>);

struct Unfinished {
    folder: FileSystemDirectoryHandle,
    key: Key,
    file: FileSystemFileHandle,
    handle: FileSystemSyncAccessHandle,
    written_bytes: u64,
    /// Held until the end, also while an abandoned file is removed.
    _lock: Held,
}

impl Writing {
    pub(super) async fn begin(
        folder: FileSystemDirectoryHandle,
        key: Key,
        lock: Held,
    ) -> Result<Writing, JsValue> {
        let file = created(&folder, &unfinished_name(&key)).await?;
        let handle: FileSystemSyncAccessHandle = JsFuture::from(file.create_sync_access_handle())
            .await?
            .dyn_into()?;
        let unfinished = Unfinished {
            folder,
            key,
            file,
            handle,
            written_bytes: 0,
            _lock: lock,
        };
        // A crash may have left content in the file.
        unfinished.handle.truncate_with_u32(0)?;
        Ok(Writing(Some(unfinished)))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl Unfinished {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(self.written_bytes as f64);
        let written = self
            .handle
            .write_with_u8_array_and_options(bytes, &options)
            .map_err(explained)?;
        if written as usize != bytes.len() {
            let detail = Message::storage_full();
            return Err(Error::new(ErrorKind::StorageFull, detail));
        }
        self.written_bytes += bytes.len() as u64;
        Ok(())
    }

    async fn commit(&self) -> Result<(), JsValue> {
        self.handle.flush()?;
        self.handle.close();
        let name = self.key.as_str().into();
        let moved = call(&self.file, "move", &[&self.folder, &name])
            .ok_or_else(|| JsValue::from_str("a file cannot be given another name"))?;
        JsFuture::from(moved).await?;
        // Without a record of use, the object is only the first to be evicted.
        note_use(&self.folder, &self.key).await.ok();
        Ok(())
    }

    /// Removes the unfinished file.
    async fn give_up(&self) {
        self.handle.close();
        // If removal fails now, the file is removed when the objects are listed.
        removed(&self.folder, &unfinished_name(&self.key))
            .await
            .ok();
    }
}

impl StoreWriter for Writing {
    fn push<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<(), Error>> {
        let pushed = match &mut self.0 {
            Some(unfinished) => unfinished.push(bytes),
            None => Ok(()),
        };
        Box::pin(std::future::ready(pushed))
    }

    fn start_over(&mut self) {
        if let Some(unfinished) = &mut self.0 {
            // If this fails, the file stays too long and is not committed.
            unfinished.handle.truncate_with_u32(0).unwrap_or_default();
            unfinished.written_bytes = 0;
        }
    }

    fn commit(mut self: Box<Self>) -> LocalFuture<'static, Result<(), Error>> {
        let unfinished = self.0.take();
        Box::pin(async move {
            let Some(unfinished) = unfinished else {
                return Ok(());
            };
            let committed = unfinished.commit().await.map_err(explained);
            if committed.is_err() {
                unfinished.give_up().await;
            }
            committed
        })
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(unfinished) = self.0.take() {
            spawn("remove an unfinished object", async move {
                unfinished.give_up().await;
            });
        }
    }
}
