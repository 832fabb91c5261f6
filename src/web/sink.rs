//! The destination of an export: the file that the person chose, else a file of the private file system that the
//! browser then saves, else a blob.
//!
//! Only workers can use it. If it is dropped before the end, nothing of the export stays.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileSystemFileHandle, FileSystemWritableFileStream};

use super::blob::BlobWriter;
use super::spool::OpenFile;
use super::task::spawn;
use crate::io::{Error, ErrorKind};
use crate::message::Message;

/// A file that is being written.
pub struct FileSink(Place);

enum Place {
    Chosen(Stream),
    Private { file: OpenFile, len: u64 },
    Memory(BlobWriter),
}

/// A stream to the chosen file. The browser writes a temporary file, which replaces the chosen one on close.
struct Stream(Option<FileSystemWritableFileStream>);

impl FileSink {
    /// Starts to write the file that the person chose.
    ///
    /// # Errors
    /// When the browser does not allow it to be written.
    pub async fn chosen(handle: &FileSystemFileHandle) -> Result<FileSink, Error> {
        let opened = JsFuture::from(handle.create_writable()).await;
        let stream = opened.and_then(JsCast::dyn_into);
        let stream = stream.map_err(|error| failed(ErrorKind::Unreadable, &error))?;
        Ok(FileSink(Place::Chosen(Stream(Some(stream)))))
    }

    /// Starts a file of the private file system, or a blob if there is none.
    pub async fn private() -> FileSink {
        FileSink(match OpenFile::for_export().await {
            Ok(file) => Place::Private { file, len: 0 },
            Err(_) => Place::Memory(BlobWriter::default()),
        })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When the disk is full, or the browser stops writing.
    pub async fn push(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        match &mut self.0 {
            Place::Chosen(Stream(Some(stream))) => {
                // The bytes are copied, since this memory may move while the browser writes.
                let bytes = Uint8Array::from(bytes.as_slice());
                let written = stream.write_with_buffer_source(&bytes);
                let written = written.map_err(|error| failed(ErrorKind::StorageFull, &error))?;
                let written = JsFuture::from(written).await;
                written.map_err(|error| failed(ErrorKind::StorageFull, &error))?;
            }
            Place::Chosen(Stream(None)) => {}
            Place::Private { file, len } => {
                file.write(*len, &bytes)?;
                *len += bytes.len() as u64;
            }
            Place::Memory(blob) => blob.push(&bytes),
        }
        Ok(())
    }

    /// Finishes the file. Returns `None` if it is the file that the person chose.
    ///
    /// # Errors
    /// When the browser cannot put it there, or has no room for it.
    pub async fn finish(self, media_type: &str) -> Result<Option<Blob>, Error> {
        match self.0 {
            Place::Chosen(mut stream) => {
                if let Some(stream) = stream.0.take() {
                    let closed = JsFuture::from(stream.close()).await;
                    closed.map_err(|error| failed(ErrorKind::StorageFull, &error))?;
                }
                Ok(None)
            }
            Place::Private { file, .. } => {
                let file = file.keep().await;
                let typed = file.and_then(|file| {
                    file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), media_type)
                });
                let blob = typed.map_err(|error| failed(ErrorKind::Unreadable, &error))?;
                Ok(Some(blob))
            }
            Place::Memory(blob) => {
                let full = || Error::new(ErrorKind::StorageFull, Message::no_room_for_file());
                blob.finish(media_type).ok_or_else(full).map(Some)
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(stream) = self.0.take() {
            let aborted = stream.abort();
            spawn("give up an export", async move {
                // The browser's temporary file is removed with it.
                JsFuture::from(aborted).await.ok();
            });
        }
    }
}

fn failed(kind: ErrorKind, error: &JsValue) -> Error {
    Error::new(kind, Message::verbatim(super::describe(error)))
}
