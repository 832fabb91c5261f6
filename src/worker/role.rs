//! What a worker is started for: its name says so, and one script serves all.

use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use web_sys::DedicatedWorkerGlobalScope;

use crate::image::{DiffId, Digest};
use crate::io::ErrorKind;
use crate::layer::{Before, Bound, Expected};
use crate::protocol::serve::Hashing;

use super::envelope::Envelope;

/// Owns what is open and answers the page.
pub(super) const ENGINE: &str = "engine";
/// Reads one layer at a time for an engine.
pub(super) const READER: &str = "reader";
/// Hashes one layer at a time for a reader.
pub(super) const HASHER: &str = "hasher";

/// What is claimed of a layer, on its way.
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

/// What an engine says to a reader.
#[derive(Serialize, Deserialize)]
pub(super) enum Order {
    /// Get a hasher ready, for a large layer that may come.
    StandBy,
    /// Read a layer: that of the one file beside this, else pieces follow.
    Read {
        /// What is claimed of it.
        claims: Claims,
        /// The bounds that a person may have raised.
        bounds: Vec<(Bound, u64)>,
        /// Bytes of a window that may be used now.
        window_bytes: u64,
        /// What was read of the image before.
        before: Before,
        /// Where it is hashed.
        hashing: Hashing,
    },
    /// The piece beside this.
    Piece,
    /// No more pieces.
    End,
}

/// What a reader says.
#[derive(Serialize, Deserialize)]
pub(super) enum Report {
    /// It runs.
    Ready,
    /// A sign of life.
    Alive,
    /// A piece was taken, and another may come.
    Took,
    /// How far it is.
    Progress {
        /// Stored bytes.
        stored_bytes: u64,
        /// Decoded bytes.
        decoded_bytes: u64,
        /// Entries.
        n_entries: u64,
    },
    /// The packed reading is beside this.
    Done {
        /// Bytes of its own memory, which never shrinks.
        memory_bytes: u64,
    },
    /// The layer is compressed as few are: who reads in it later needs the part for that.
    Rare,
    /// The layer wants a larger window.
    LacksWindow,
    /// The bytes cannot be had.
    Failed(ErrorKind, String),
    /// Its hasher died.
    Lost(String),
}

/// What a reader says to its hasher.
#[derive(Serialize, Deserialize)]
pub(super) enum HashOrder {
    /// Hash a layer.
    Begin(Claims),
    /// The next stored bytes are beside this.
    Stored,
    /// So many decoded bytes are at the start of what is beside this.
    Decoded(u32),
    /// That was all.
    End,
}

/// What a hasher says.
#[derive(Serialize, Deserialize)]
pub(super) enum HashReport {
    /// It runs.
    Ready,
    /// A sign of life.
    Alive,
    /// Stored bytes were hashed.
    Stored,
    /// Decoded bytes were hashed, and their buffer comes back.
    Decoded,
    /// The packed hashes are beside this.
    Hashed,
}

/// Says something to whoever started this worker, with at most one buffer. It hears of what cannot be sent by this
/// worker's error event.
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
