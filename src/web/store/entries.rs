//! Files of a store's folder: making and removing them, their names, and the errors of the file system.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
};

use crate::io::{Error, ErrorKind, Key};
use crate::message::Message;

/// The end of the name of an object that is being written.
pub(super) const UNFINISHED: &str = "part";

pub(super) async fn created(
    folder: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<FileSystemFileHandle, JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    JsFuture::from(folder.get_file_handle_with_options(name, &options))
        .await?
        .dyn_into()
}

pub(super) async fn removed(folder: &FileSystemDirectoryHandle, name: &str) -> Result<(), JsValue> {
    match JsFuture::from(folder.remove_entry(name)).await {
        Err(error) if !is_missing(&error) => Err(error),
        _ => Ok(()),
    }
}

fn exception(error: &JsValue) -> String {
    let exception = error.dyn_ref::<DomException>();
    exception.map(DomException::name).unwrap_or_default()
}

pub(super) fn is_missing(error: &JsValue) -> bool {
    exception(error) == "NotFoundError"
}

/// Classifies an error of the file system by its remedy.
pub(super) fn explained(error: JsValue) -> Error {
    let kind = match exception(&error).as_str() {
        "QuotaExceededError" => ErrorKind::StorageFull,
        _ => ErrorKind::Other,
    };
    Error::new(kind, Message::verbatim(crate::web::describe(&error)))
}

/// Records a use of an object. Older records are removed when the objects are listed.
pub(super) async fn note_use(folder: &FileSystemDirectoryHandle, key: &Key) -> Result<(), JsValue> {
    let name = format!("{key}.{}", js_sys::Date::now() as u64);
    created(folder, &name).await.map(drop)
}

pub(super) fn unfinished_name(key: &Key) -> String {
    format!("{key}.{UNFINISHED}")
}
