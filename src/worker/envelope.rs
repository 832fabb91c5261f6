//! The one envelope: the body by serde, files and transferred buffers beside it.
//!
//! Who answers what is decided by `link` and `engine`.

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::protocol::{Answer, Event, Problem, ProblemCode};

/// What the worker sends.
#[derive(Debug, Serialize, serde::Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one message is alive at a time")]
pub(super) enum Told {
    /// The answer to the request whose id stands on the envelope.
    Reply(Result<Answer, Problem>),
    /// News.
    Event(Event),
}

/// A message on its way.
pub(super) struct Envelope<T> {
    /// The request that it is or answers; 0 for news.
    pub(super) id: u32,
    /// What it says.
    pub(super) body: T,
    /// Files or blobs that go with it: handles, never bytes.
    pub(super) files: Vec<Blob>,
    /// Bytes that go with it; they are moved, not copied.
    pub(super) buffers: Vec<Uint8Array>,
}

impl<T: Serialize> Envelope<T> {
    /// The JavaScript object to post, and the list of what it moves.
    pub(super) fn seal(&self) -> Result<(Object, Array), JsValue> {
        let message = Object::new();
        let transfer = Array::new();
        // An image may claim any size and any time; a plain JavaScript number cannot hold all of them.
        let exact = Serializer::new().serialize_large_number_types_as_bigints(true);
        let body = self.body.serialize(&exact)?;
        Reflect::set(&message, &"id".into(), &self.id.into())?;
        Reflect::set(&message, &"body".into(), &body)?;
        let files: Array = self.files.iter().collect();
        Reflect::set(&message, &"files".into(), &files)?;
        let buffers = Array::new();
        for bytes in &self.buffers {
            let buffer = bytes.buffer();
            transfer.push(&buffer);
            buffers.push(&buffer);
        }
        Reflect::set(&message, &"buffers".into(), &buffers)?;
        Ok((message, transfer))
    }
}

impl<T: DeserializeOwned> Envelope<T> {
    /// Reads a posted object.
    ///
    /// # Errors
    /// When it is no envelope, which means that page and worker are of different builds.
    pub(super) fn open(message: &JsValue) -> Result<Envelope<T>, Problem> {
        let foreign = |what: &str| {
            Problem::new(
                ProblemCode::WorkerLost,
                "worker",
                format!("page and worker do not understand each other: {what}"),
            )
        };
        let field = |name: &str| Reflect::get(message, &name.into()).map_err(|_| foreign(name));
        let id = field("id")?.as_f64().ok_or_else(|| foreign("id"))? as u32;
        let body =
            serde_wasm_bindgen::from_value(field("body")?).map_err(|e| foreign(&e.to_string()))?;
        let files = Array::from(&field("files")?);
        let files = files.iter().filter_map(|file| file.dyn_into().ok());
        let buffers = Array::from(&field("buffers")?);
        let buffers = buffers.iter().filter_map(|buffer| {
            let buffer: ArrayBuffer = buffer.dyn_into().ok()?;
            Some(Uint8Array::new(&buffer))
        });
        Ok(Envelope {
            id,
            body,
            files: files.collect(),
            buffers: buffers.collect(),
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
