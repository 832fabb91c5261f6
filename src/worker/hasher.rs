//! A hasher's end: hashes one layer at a time, with the bytes from its reader.

use std::cell::RefCell;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::layer::{Expected, HashSink, LayerHasher, pack_hashed};

use super::child::SIGN_MILLIS;
use super::envelope::Envelope;
use super::role::{HashOrder, HashReport, say};

/// Bytes copied into this worker's memory at once: they stay in a core's cache until they are hashed.
const PART_BYTES: u32 = 64 * 1024;

/// Starts to listen for orders.
pub(super) fn start(scope: DedicatedWorkerGlobalScope) {
    let ears = scope.clone();
    let hashing = RefCell::new(LayerHasher::new(&Expected::default()));
    EventListener::new(&scope, "message", move |event| {
        let envelope = event
            .dyn_ref::<MessageEvent>()
            .and_then(|event| Envelope::<HashOrder>::open(&event.data()).ok());
        // An unreadable message is of another build. It is not answered, and the sender notices.
        if let Some(envelope) = envelope {
            let buffer = envelope.buffers.into_iter().next();
            obey(&ears, &mut hashing.borrow_mut(), envelope.body, buffer);
        }
    })
    .forget();
    let alive = scope.clone();
    Interval::new(SIGN_MILLIS, move || say(&alive, HashReport::Alive, None)).forget();
    say(&scope, HashReport::Ready, None);
}

fn obey(
    scope: &DedicatedWorkerGlobalScope,
    hashing: &mut LayerHasher,
    order: HashOrder,
    buffer: Option<Uint8Array>,
) {
    match order {
        HashOrder::Begin(claims) => *hashing = LayerHasher::new(&claims.into()),
        HashOrder::Stored => {
            if let Some(buffer) = &buffer {
                in_parts(buffer, buffer.length(), |part| hashing.stored(part));
            }
            say(scope, HashReport::Stored, None);
        }
        HashOrder::Decoded(n_bytes) => {
            if let Some(buffer) = &buffer {
                in_parts(buffer, n_bytes, |part| hashing.decoded(part));
            }
            say(scope, HashReport::Decoded, buffer);
        }
        HashOrder::End => {
            let fresh = LayerHasher::new(&Expected::default());
            let hashed = std::mem::replace(hashing, fresh).finish();
            let packed = Uint8Array::from(pack_hashed(&hashed).as_slice());
            say(scope, HashReport::Hashed, Some(packed));
        }
    }
}

fn in_parts(buffer: &Uint8Array, n_bytes: u32, mut take: impl FnMut(&[u8])) {
    let mut part = vec![0; PART_BYTES as usize];
    let mut start = 0;
    while start < n_bytes {
        let end = n_bytes.min(start + PART_BYTES);
        if let Some(part) = part.get_mut(..(end - start) as usize) {
            buffer.subarray(start, end).copy_to(part);
            take(part);
        }
        start = end;
    }
}
