//! Files that a person chose, as random access bytes.
//!
//! How they were chosen (drop, button, stored handle) is `files`' and `handles`' work.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use crate::io::{Error, ErrorKind, LocalFuture, ReadAt};

/// A chosen file: a handle, never its bytes. Equality is identity.
#[derive(Clone, Debug, PartialEq)]
pub struct PickedFile {
    file: File,
    /// The path below the chosen folder, or the file's name.
    path: String,
}

impl PickedFile {
    /// A file with its path below what was chosen.
    pub fn new(file: File, path: String) -> PickedFile {
        PickedFile { file, path }
    }

    /// The file's own name.
    pub fn name(&self) -> String {
        self.file.name()
    }

    /// The path below the chosen folder, or the name.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its size in bytes.
    pub fn size_bytes(&self) -> f64 {
        self.file.size()
    }

    /// The browser's object, to send to the worker.
    pub fn to_blob(&self) -> Blob {
        self.file.clone().unchecked_into()
    }
}

/// A blob's bytes, read by slices.
pub struct BlobBytes(Blob);

impl BlobBytes {
    /// Reads `blob`.
    pub fn new(blob: Blob) -> BlobBytes {
        BlobBytes(blob)
    }
}

impl ReadAt for BlobBytes {
    fn len_bytes(&self) -> u64 {
        self.0.size() as u64
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let end = offset + len as u64;
            if end > self.len_bytes() {
                return Err(Error::new(
                    ErrorKind::OutOfRange,
                    format!(
                        "{len} bytes at {offset} lie past the end at {}",
                        self.len_bytes()
                    ),
                ));
            }
            let unreadable = |error: wasm_bindgen::JsValue| {
                Error::new(ErrorKind::Unreadable, super::describe(&error))
            };
            let slice = self
                .0
                .slice_with_f64_and_f64(offset as f64, end as f64)
                .map_err(unreadable)?;
            let buffer = JsFuture::from(slice.array_buffer())
                .await
                .map_err(unreadable)?;
            Ok(Uint8Array::new(&buffer).to_vec())
        })
    }
}
