//! Receives files from a person: by drop, or by a button.
//!
//! `file` reads them; `handles` keeps dropped ones for the next visit.

use std::future::Future;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransferItem, DragEvent, File, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry, FileSystemHandle, HtmlInputElement,
};
use yew::prelude::TargetCast;

use super::dropped::FileHandle;
pub use super::dropped::{Dropped, DroppedContent, Folder};
use super::dropped::{MAX_DEPTH, MAX_FILES};
use super::file::PickedFile;
use super::relay::RelaySession;

/// Returns the file or folder that `lamina open` serves to this tab.
pub fn served(session: &RelaySession) -> Option<Dropped> {
    let files = session.files.iter().enumerate();
    let mut files: Vec<PickedFile> = files
        .filter_map(|(at, file)| PickedFile::served(at, file.path.clone(), file.size_bytes))
        .collect();
    let content = match session.is_folder {
        true => DroppedContent::Folder(Folder {
            files,
            empty_dirs: Vec::new(),
        }),
        false => DroppedContent::File(files.pop()?),
    };
    Some(Dropped {
        name: session.name.clone()?,
        content,
        handle: None,
    })
}

/// True if a drag carries files.
pub fn has_files(event: &DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Returns the dropped files and folders. The event is read before this returns, since it is empty afterwards; the
/// future walks the folders.
pub fn from_drop(event: &DragEvent) -> impl Future<Output = Vec<Dropped>> + 'static {
    let mut items = Vec::new();
    let mut plain = Vec::new();
    if let Some(data) = event.data_transfer() {
        let list = data.items();
        for position in 0..list.length() {
            if let Some(item) = list.get(position).filter(|item| item.kind() == "file") {
                items.push(DroppedItem::of(&item));
            }
        }
        if let Some(files) = data.files() {
            plain.extend((0..files.length()).filter_map(|position| files.get(position)));
        }
    }
    async move {
        let mut dropped = Vec::new();
        for item in items {
            dropped.extend(item.open().await);
        }
        if dropped.is_empty() {
            dropped.extend(plain.into_iter().map(single));
        }
        dropped
    }
}

/// Returns the files chosen in a file input. A folder input gives one folder.
pub fn from_input(event: &impl TargetCast) -> Vec<Dropped> {
    let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
        return Vec::new();
    };
    let files: Vec<File> = input
        .files()
        .map(|list| {
            (0..list.length())
                .filter_map(|position| list.get(position))
                .collect()
        })
        .unwrap_or_default();
    let chosen = if input.has_attribute("webkitdirectory") {
        folder_of(files).into_iter().collect()
    } else {
        files.into_iter().map(single).collect()
    };
    // Choosing the same file again then fires an event.
    input.set_value("");
    chosen
}

fn single(file: File) -> Dropped {
    let name = file.name();
    Dropped {
        content: DroppedContent::File(PickedFile::new(file, name.clone())),
        name,
        handle: None,
    }
}

fn folder_of(files: Vec<File>) -> Option<Dropped> {
    let mut name = String::new();
    let mut picked = Vec::new();
    for file in files.into_iter().take(MAX_FILES) {
        let path = Reflect::get(&file, &"webkitRelativePath".into())
            .ok()
            .and_then(|path| path.as_string())
            .unwrap_or_default();
        if let Some((folder, below)) = path.split_once('/') {
            folder.clone_into(&mut name);
            picked.push(PickedFile::new(file, below.to_owned()));
        }
    }
    (!picked.is_empty()).then_some(Dropped {
        name,
        content: DroppedContent::Folder(Folder {
            files: picked,
            empty_dirs: Vec::new(),
        }),
        handle: None,
    })
}

/// The parts of a dropped item that stay valid after the event.
struct DroppedItem {
    entry: Option<FileSystemEntry>,
    handle: Option<Promise>,
    file: Option<File>,
}

impl DroppedItem {
    fn of(item: &DataTransferItem) -> DroppedItem {
        DroppedItem {
            entry: item.webkit_get_as_entry().ok().flatten(),
            handle: handle_promise(item),
            file: item.get_as_file().ok().flatten(),
        }
    }

    async fn open(self) -> Option<Dropped> {
        let handle = match self.handle {
            Some(promise) => JsFuture::from(promise)
                .await
                .ok()
                .and_then(|handle| handle.dyn_into::<FileSystemHandle>().ok())
                .map(FileHandle::new),
            None => None,
        };
        if let Some(folder) = self.entry.and_then(directory_of) {
            return Some(Dropped {
                name: folder.name(),
                content: DroppedContent::Folder(walk(folder).await),
                handle,
            });
        }
        let mut dropped = single(self.file?);
        dropped.handle = handle;
        Some(dropped)
    }
}

/// Requests a file handle. The method is looked up by name, since not every browser has it.
fn handle_promise(item: &DataTransferItem) -> Option<Promise> {
    let function: Function = Reflect::get(item, &"getAsFileSystemHandle".into())
        .ok()?
        .dyn_into()
        .ok()?;
    function.call0(item).ok()?.dyn_into().ok()
}

async fn walk(root: FileSystemDirectoryEntry) -> Folder {
    let mut found = Folder::default();
    let mut folders = vec![(root, String::new(), 0)];
    while let Some((folder, path, depth)) = folders.pop() {
        let reader = folder.create_reader();
        let mut is_empty = true;
        loop {
            // Each read returns some entries, and none at the end.
            let read = Promise::new(&mut |resolve, reject| {
                if reader
                    .read_entries_with_callback_and_callback(&resolve, &reject)
                    .is_err()
                {
                    reject.call0(&JsValue::NULL).ok();
                }
            });
            let entries = JsFuture::from(read).await.map(|list| Array::from(&list));
            let Some(entries) = entries.ok().filter(|entries| entries.length() > 0) else {
                break;
            };
            is_empty = false;
            for entry in entries.iter() {
                let entry: FileSystemEntry = entry.unchecked_into();
                let below = format!("{path}{}", entry.name());
                if entry.is_file() {
                    found.files.extend(file_of(entry, below).await);
                } else if let Some(inner) = directory_of(entry).filter(|_| depth < MAX_DEPTH) {
                    folders.push((inner, format!("{below}/"), depth + 1));
                }
                if found.is_full() {
                    return found;
                }
            }
        }
        if is_empty {
            found.add_empty_dir(path);
        }
    }
    found
}

/// Returns the entry as a folder, if it is one. The entry itself is asked: not every browser has the class as a
/// global, and a checked cast would fail for all entries there.
fn directory_of(entry: FileSystemEntry) -> Option<FileSystemDirectoryEntry> {
    entry.is_directory().then(|| entry.unchecked_into())
}

async fn file_of(entry: FileSystemEntry, path: String) -> Option<PickedFile> {
    let entry: FileSystemFileEntry = entry.unchecked_into();
    let got = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    let file = JsFuture::from(got).await.ok()?.dyn_into().ok()?;
    Some(PickedFile::new(file, path))
}
