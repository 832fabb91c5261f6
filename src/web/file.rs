//! Random access to files that a person chose.
//!
//! `files` and `handles` choose them (drop, button, stored handle).

use crate::message::Message;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, ReadableStreamByobReader};

use crate::io::{Error, ErrorKind, Handle, LocalFuture, ReadAt};

/// A chosen file: a handle, never its bytes. Equality is identity.
#[derive(Clone, Debug, PartialEq)]
pub struct PickedFile {
    file: File,
    /// The path below the chosen folder, or the file's name.
    path: String,
    size_bytes: f64,
}

impl PickedFile {
    /// Wraps a file with its path below the chosen folder.
    pub fn new(file: File, path: String) -> PickedFile {
        let size_bytes = file.size();
        PickedFile {
            file,
            path,
            size_bytes,
        }
    }

    /// Returns an empty file that stands for one which `lamina open` serves; `None` in a browser without files.
    pub fn served(number: usize, path: String, size_bytes: f64) -> Option<PickedFile> {
        let name = path.rsplit_once('/').map_or(&*path, |(_, name)| name);
        let options = js_sys::Object::new();
        let kind = super::relay::stand_in_type(number, size_bytes);
        Reflect::set(&options, &"type".into(), &kind.into()).ok()?;
        let class = Reflect::get(&js_sys::global(), &"File".into()).ok()?;
        let arguments = js_sys::Array::of3(&js_sys::Array::new(), &name.into(), &options);
        let class: js_sys::Function = class.dyn_into().ok()?;
        let file = Reflect::construct(&class, &arguments).ok()?;
        Some(PickedFile {
            file: file.dyn_into().ok()?,
            path,
            size_bytes,
        })
    }

    /// Returns the number of the file that this stands for; `None` for a file of a person.
    pub fn served_number(&self) -> Option<u64> {
        super::relay::number_of(&self.file.type_())
    }

    /// Returns the file's own name.
    pub fn name(&self) -> String {
        self.file.name()
    }

    /// Returns the path below the chosen folder, or the name.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns its size in bytes.
    pub fn size_bytes(&self) -> f64 {
        self.size_bytes
    }

    /// Returns the browser's object, to be sent to the worker.
    pub fn to_blob(&self) -> Blob {
        self.file.clone().unchecked_into()
    }
}

fn unreadable(error: &JsValue) -> Error {
    Error::new(
        ErrorKind::Unreadable,
        Message::verbatim(super::describe(error)),
    )
}

/// A blob's bytes, read by slices.
pub struct BlobBytes(Blob);

impl BlobBytes {
    /// Wraps `blob` for reading.
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
                    Message::past_end(len, offset, self.len_bytes()),
                ));
            }
            let slice = self
                .0
                .slice_with_f64_and_f64(offset as f64, end as f64)
                .map_err(|error| unreadable(&error))?;
            let buffer = JsFuture::from(slice.array_buffer())
                .await
                .map_err(|error| unreadable(&error))?;
            let bytes = Uint8Array::new(&buffer).to_vec();
            let part = super::part::before(&bytes).await;
            // Within a file they may be anything.
            part.or_else(|error| if offset == 0 { Err(error) } else { Ok(()) })?;
            Ok(bytes)
        })
    }

    fn handle(&self, offset: u64, len: u64) -> Option<Handle> {
        let (start, end) = (offset as f64, (offset + len) as f64);
        let slice = self.0.slice_with_f64_and_f64(start, end).ok()?;
        Some(Handle(Rc::new(slice)))
    }
}

/// Returns the blob behind a handle; `None` if the handle is of another kind.
pub fn blob_of(handle: &Handle) -> Option<Blob> {
    handle.0.downcast_ref::<Blob>().cloned()
}

/// Bytes of a blob read at once: few reads, little memory.
const PIECE_BYTES: f64 = 1024.0 * 1024.0;

/// A blob's bytes in order, outside of this thread's own memory. The browser reads ahead while a piece is used.
pub struct BlobPieces {
    blob: Blob,
    /// The offset of the next piece.
    at: f64,
    way: Way,
}

/// The method of reading.
enum Way {
    /// A stream into our own buffers. It costs the browser's process half as much as slices.
    Stream(ReadableStreamByobReader),
    /// Slice by slice, if the browser has no such streams. The next slice is already requested.
    Slices(Option<Result<JsFuture, Error>>),
}

impl BlobPieces {
    /// Starts to read a blob.
    pub fn new(blob: Blob) -> BlobPieces {
        // Some browsers have blobs without streams, or streams that cannot read into a buffer.
        let has_stream = Reflect::has(&blob, &"stream".into()).unwrap_or(false);
        let stream = has_stream.then(|| ReadableStreamByobReader::new(&blob.stream()));
        let way = match stream {
            Some(Ok(reader)) => Way::Stream(reader),
            Some(Err(_)) | None => Way::Slices(None),
        };
        let mut pieces = BlobPieces { blob, at: 0.0, way };
        pieces.begin();
        pieces
    }

    /// Returns the end of the piece that begins here; `None` at the blob's end.
    fn end_of_piece(&self) -> Option<f64> {
        let end = (self.at + PIECE_BYTES).min(self.blob.size());
        (self.at < end).then_some(end)
    }

    fn begin(&mut self) {
        let Some(end) = self.end_of_piece() else {
            return;
        };
        if let Way::Slices(coming) = &mut self.way {
            let slice = self.blob.slice_with_f64_and_f64(self.at, end);
            let slice = slice.map(|slice| JsFuture::from(slice.array_buffer()));
            *coming = Some(slice.map_err(|error| unreadable(&error)));
            self.at = end;
        }
    }

    /// Returns the next piece; `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] if the file has changed, or may no longer be read.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, Error> {
        let end = self.end_of_piece();
        match &mut self.way {
            Way::Stream(reader) => {
                let Some(end) = end else {
                    return Ok(None);
                };
                let piece = filled(reader, (end - self.at) as u32).await?;
                self.at = end;
                Ok(Some(piece))
            }
            Way::Slices(coming) => {
                let Some(coming) = coming.take() else {
                    return Ok(None);
                };
                let buffer = coming?.await.map_err(|error| unreadable(&error))?;
                self.begin();
                Ok(Some(Uint8Array::new(&buffer)))
            }
        }
    }
}

/// Reads exactly this many bytes of a stream. One read may return fewer, so several may be needed.
async fn filled(reader: &ReadableStreamByobReader, n_bytes: u32) -> Result<Uint8Array, Error> {
    let mut buffer = ArrayBuffer::new(n_bytes);
    let mut n_filled = 0;
    while n_filled < n_bytes {
        let room = Uint8Array::new_with_byte_offset(&buffer, n_filled);
        let read = JsFuture::from(reader.read_with_array_buffer_view(&room));
        let read = read.await.map_err(|error| unreadable(&error))?;
        let value = Reflect::get(&read, &"value".into()).unwrap_or_default();
        let value = value.dyn_into::<Uint8Array>().ok();
        let Some(value) = value.filter(|value| value.length() > 0) else {
            let detail = Message::ends_early_by(n_bytes - n_filled);
            return Err(Error::new(ErrorKind::Unreadable, detail));
        };
        n_filled += value.length();
        // The buffer was transferred to the browser and comes back as another object.
        buffer = value.buffer();
    }
    Ok(Uint8Array::new(&buffer))
}
