//! The one envelope: the body by serde, files and transferred buffers beside it.
//!
//! Who answers what is decided by `link` and `engine`.

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
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
        let body = serde_wasm_bindgen::to_value(&self.body)?;
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
