//! Unsaved images, as files of the browser's private file system. The worker writes them, the page reads them, and
//! they stay until they are removed.
//!
//! A file's name consists of a key and the image's name: `19a2f-31c_app_1.unsaved`.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions};

use super::file::PickedFile;
use super::files::{Dropped, DroppedContent};
use super::handles::new_key;
use super::save_picker::SaveTarget;
use super::spool::directory;

const DIRECTORY: &str = "lamina-unsaved";

/// Creates a file for an image of this name. Returns the file's name and the target to write through.
///
/// # Errors
/// When this page has no private file system, or it is full; in the browser's words.
pub async fn create(name: &str) -> Result<(String, SaveTarget), String> {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => c,
        _ => '_',
    };
    let name: String = name.chars().map(plain).collect();
    let file_name = format!("{}_{name}", new_key());
    let made = async {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let directory = directory(DIRECTORY).await?;
        let handle = JsFuture::from(directory.get_file_handle_with_options(&file_name, &options));
        handle.await?.dyn_into::<FileSystemFileHandle>()
    };
    match made.await {
        Ok(handle) => Ok((file_name, SaveTarget(handle))),
        Err(error) => Err(super::describe(&error)),
    }
}

/// Opens a file; `None` if it does not exist, or was never completed.
pub async fn open(file_name: &str) -> Option<Dropped> {
    let file = file_of(&directory(DIRECTORY).await.ok()?, file_name).await?;
    let name = name_of(file_name).to_owned();
    (file.size() > 0.0).then(|| Dropped {
        content: DroppedContent::File(PickedFile::new(file, name.clone())),
        name,
        handle: None,
    })
}

/// Removes a file.
pub async fn forget(file_name: &str) {
    if let Ok(directory) = directory(DIRECTORY).await {
        // If removal fails, the file no longer exists.
        JsFuture::from(directory.remove_entry(file_name)).await.ok();
    }
}

/// Returns all completed files: file name, image name, and size in bytes. `None` without a private file system.
pub async fn list() -> Option<Vec<(String, String, u64)>> {
    let directory = directory(DIRECTORY).await.ok()?;
    let keys = directory.keys();
    let mut found = Vec::new();
    loop {
        let step = JsFuture::from(keys.next().ok()?).await.ok()?;
        let Some(file_name) = Reflect::get(&step, &"value".into()).ok()?.as_string() else {
            return Some(found);
        };
        let size = match file_of(&directory, &file_name).await {
            Some(file) => file.size() as u64,
            None => 0,
        };
        if size > 0 {
            let name = name_of(&file_name).to_owned();
            found.push((file_name, name, size));
        }
    }
}

/// Returns the image's name, without the key.
fn name_of(file_name: &str) -> &str {
    file_name
        .split_once('_')
        .map_or(file_name, |(_, name)| name)
}

async fn file_of(directory: &FileSystemDirectoryHandle, file_name: &str) -> Option<File> {
    let handle = JsFuture::from(directory.get_file_handle(file_name));
    let handle: FileSystemFileHandle = handle.await.ok()?.dyn_into().ok()?;
    JsFuture::from(handle.get_file())
        .await
        .ok()?
        .dyn_into()
        .ok()
}
