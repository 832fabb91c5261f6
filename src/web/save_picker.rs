//! The browser's own dialog for saving a file, which only some browsers have.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, FileSystemFileHandle};

use super::handles::{FileHandle, call, new_key, store};

/// A file that the person chose to write to. Equality is identity.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveTarget(pub(crate) FileSystemFileHandle);

impl SaveTarget {
    /// Returns the file's name.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// Stores a handle to the file, so that it can be opened again. Returns its key, if the browser supports that.
    pub async fn keep(&self) -> Option<String> {
        let key = new_key();
        let handle = FileHandle::new(self.0.clone().into());
        store(&key, &handle).await.then_some(key)
    }
}

/// The outcome of the dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The person chose this file.
    File(SaveTarget),
    /// The person closed the dialog.
    Dismissed,
    /// This browser has no such dialog, or does not show it here.
    NoDialog,
}

/// Asks for the place to save a file under `name`. Must be called soon after a click.
pub async fn choose(name: &str) -> Choice {
    let Some(window) = web_sys::window() else {
        return Choice::NoDialog;
    };
    let options = Object::new();
    if Reflect::set(&options, &"suggestedName".into(), &name.into()).is_err() {
        return Choice::NoDialog;
    }
    let Some(asked) = call(&window, "showSaveFilePicker", &[&options]) else {
        return Choice::NoDialog;
    };
    match JsFuture::from(asked).await.and_then(JsCast::dyn_into) {
        Ok(handle) => Choice::File(SaveTarget(handle)),
        Err(error) if is_abort(&error) => Choice::Dismissed,
        // Not allowed in a frame, or too long after the click: the file is downloaded instead.
        Err(_) => Choice::NoDialog,
    }
}

fn is_abort(error: &JsValue) -> bool {
    let error = error.dyn_ref::<DomException>();
    error.is_some_and(|error| error.name() == "AbortError")
}
