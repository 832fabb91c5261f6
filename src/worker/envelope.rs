//! The envelope of all messages: a body serialized by serde, with files and transferred buffers.
//!
//! `link` and `engine` decide who answers what.

use crate::message::Message;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::preserve;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileSystemFileHandle};

use crate::protocol::{Answer, Event, Problem, ProblemCode};

/// A message from the worker.
#[derive(Debug, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one message is alive at a time")]
pub(super) enum Told {
    /// The answer to the request whose id is on the envelope.
    Reply(Result<Answer, Problem>),
    /// An event.
    Event(Event),
}

/// A message with its attachments.
pub(super) struct Envelope<T> {
    /// The id of the request that it is or answers; 0 for events.
    pub(super) id: u32,
    /// The message itself.
    pub(super) body: T,
    /// Files or blobs sent along: handles, never bytes.
    pub(super) files: Vec<Blob>,
    /// Bytes sent along; they are moved, not copied.
    pub(super) buffers: Vec<Uint8Array>,
    /// The file on the disk that a request is to write.
    pub(super) target: Option<FileSystemFileHandle>,
}

/// The JavaScript object that is posted: Rust values as bytes, browser objects unchanged.
#[derive(Serialize, Deserialize)]
struct Posted {
    id: u32,
    #[serde(with = "preserve")]
    body: Uint8Array,
    #[serde(with = "preserve")]
    files: Array,
    #[serde(with = "preserve")]
    buffers: Array,
    #[serde(with = "preserve")]
    target: JsValue,
}

impl<T: Serialize> Envelope<T> {
    /// Returns the JavaScript object to post, and the list of objects that it transfers.
    pub(super) fn seal(&self) -> Result<(JsValue, Array), JsValue> {
        let body = postcard::to_allocvec(&self.body).map_err(|error| error.to_string())?;
        let body = Uint8Array::from(body.as_slice());
        let transfer = Array::of1(&body.buffer());
        let buffers = Array::new();
        for bytes in &self.buffers {
            let buffer = bytes.buffer();
            transfer.push(&buffer);
            buffers.push(&buffer);
        }
        let posted = Posted {
            id: self.id,
            body,
            files: self.files.iter().collect(),
            buffers,
            target: self.target.clone().map_or(JsValue::NULL, JsValue::from),
        };
        Ok((serde_wasm_bindgen::to_value(&posted)?, transfer))
    }
}

impl<T: DeserializeOwned> Envelope<T> {
    /// Parses a posted object.
    ///
    /// # Errors
    /// When it is not an envelope, which means that page and worker are of different builds.
    pub(super) fn open(message: &JsValue) -> Result<Envelope<T>, Problem> {
        let foreign = |what: &str| {
            Problem::new(
                ProblemCode::WorkerLost,
                Message::none(),
                Message::worker_misunderstood(what.to_string()),
            )
        };
        let posted: Posted =
            serde_wasm_bindgen::from_value(message.clone()).map_err(|e| foreign(&e.to_string()))?;
        let body =
            postcard::from_bytes(&posted.body.to_vec()).map_err(|e| foreign(&e.to_string()))?;
        let files = posted.files.iter().filter_map(|file| file.dyn_into().ok());
        let buffers = posted.buffers.iter().filter_map(|buffer| {
            let buffer: ArrayBuffer = buffer.dyn_into().ok()?;
            Some(Uint8Array::new(&buffer))
        });
        Ok(Envelope {
            id: posted.id,
            body,
            files: files.collect(),
            buffers: buffers.collect(),
            target: posted.target.dyn_into().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn check(body: (u64, i64, Option<u64>, u32)) {
        let envelope = Envelope {
            id: 7,
            body,
            files: Vec::new(),
            buffers: Vec::new(),
            target: None,
        };
        let (message, _) = envelope.seal().expect("every number can be sent");
        let opened = Envelope::<(u64, i64, Option<u64>, u32)>::open(&message);
        assert_eq!(opened.expect("it is an envelope").body, body);
    }

    #[wasm_bindgen_test]
    fn cf_16_numbers_of_any_size_travel_exactly() {
        check((0, -1, None, 5));
        check((1 << 53, -(1 << 60), Some((1 << 53) + 1), u32::MAX));
        check((u64::MAX, i64::MIN, Some(u64::MAX), 0));
    }
}
