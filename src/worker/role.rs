//! The roles of workers, given by their names: one script serves all. Also the messages between readers and hashers.

use crate::message::Message;
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use web_sys::DedicatedWorkerGlobalScope;

use crate::bounds::Bound;
use crate::engine::Hashing;
use crate::image::{DiffId, Digest};
use crate::io::ErrorKind;
use crate::layer::{Before, Expected};

use super::envelope::Envelope;

/// Owns the open images and answers the page.
pub(super) const ENGINE: &str = "engine";
/// Reads one layer at a time for an engine.
pub(super) const READER: &str = "reader";
/// Hashes one layer at a time for a reader.
pub(super) const HASHER: &str = "hasher";

/// The claims about a layer, in the form of a message.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    digest: Option<Digest>,
    size_bytes: Option<u64>,
    diff_id: Option<DiffId>,
}

impl From<Expected> for Claims {
    fn from(expected: Expected) -> Claims {
        let Expected {
            digest,
            size_bytes,
            diff_id,
        } = expected;
        Claims {
            digest,
            size_bytes,
            diff_id,
        }
    }
}

impl From<Claims> for Expected {
    fn from(claims: Claims) -> Expected {
        let Claims {
            digest,
            size_bytes,
            diff_id,
        } = claims;
        Expected {
            digest,
            size_bytes,
            diff_id,
        }
    }
}

/// A message from an engine to a reader.
#[derive(Serialize, Deserialize)]
pub(super) enum Order {
    /// Start a hasher, for a large layer that may come.
    StandBy,
    /// Read a layer: that of the file sent along, or else of the pieces that follow.
    Read {
        /// The claims about the layer.
        claims: Claims,
        /// The limits, which a person may have raised.
        bounds: Vec<(Bound, u64)>,
        /// Bytes of a window that may be used now.
        window_bytes: u64,
        /// The totals of the image's layers that were read before.
        before: Before,
        /// The place where the layer is hashed.
        hashing: Hashing,
    },
    /// A piece, in the buffer sent along.
    Piece,
    /// No more pieces.
    End,
}

/// A message from a reader.
#[derive(Serialize, Deserialize)]
pub(super) enum Report {
    /// The reader runs.
    Ready,
    /// A sign of life.
    Alive,
    /// A piece was taken, and another may come.
    Took,
    /// The progress of reading.
    Progress {
        /// Compressed bytes read so far.
        stored_bytes: u64,
        /// Uncompressed bytes so far.
        decoded_bytes: u64,
        /// Entries found so far.
        n_entries: u64,
    },
    /// The layer was read; the packed reading is in the buffer.
    Done {
        /// Bytes of the reader's own memory, which never shrinks.
        memory_bytes: u64,
    },
    /// The layer is compressed by bzip2 or xz: reading a file of it later needs the part with those decoders.
    Rare,
    /// The layer needs a larger window.
    LacksWindow,
    /// The bytes cannot be read.
    Failed(ErrorKind, Message),
    /// The reader's hasher died, or an order was unreadable.
    Lost(Message),
}

/// A message from a reader to its hasher.
#[derive(Serialize, Deserialize)]
pub(super) enum HashOrder {
    /// Hash a layer with these claims.
    Begin(Claims),
    /// The next compressed bytes are in the buffer.
    Stored,
    /// The buffer begins with this number of uncompressed bytes.
    Decoded(u32),
    /// No more bytes.
    End,
}

/// A message from a hasher.
#[derive(Serialize, Deserialize)]
pub(super) enum HashReport {
    /// The hasher runs.
    Ready,
    /// A sign of life.
    Alive,
    /// Compressed bytes were hashed.
    Stored,
    /// Uncompressed bytes were hashed, and their buffer comes back.
    Decoded,
    /// The packed hashes are in the buffer.
    Hashed,
}

/// Sends a message to the thread that started this worker, with at most one buffer. A message that cannot be sent
/// is reported to it by this worker's error event.
pub(super) fn say<T: Serialize>(
    scope: &DedicatedWorkerGlobalScope,
    body: T,
    buffer: Option<Uint8Array>,
) {
    let envelope = Envelope {
        id: 0,
        body,
        files: Vec::new(),
        buffers: buffer.into_iter().collect(),
        target: None,
    };
    let sent = envelope.seal().and_then(|(message, transfer): (_, Array)| {
        scope.post_message_with_transfer(&message, &transfer)
    });
    if let Err(error) = sent {
        wasm_bindgen::throw_val(error);
    }
}
