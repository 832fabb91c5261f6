//! Events that the worker sends while a request runs. Amounts are absolute, never deltas.

use crate::message::Message;
use serde::{Deserialize, Serialize};

use super::{Answer, ImageKey, LayerRow, PushNews, PushedView, RequestId};

/// An event from the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one event is alive at a time")]
pub enum Event {
    /// The worker runs and speaks this version.
    Ready {
        /// The worker's version; must equal [`super::VERSION`].
        version: u32,
    },
    /// The worker opened a hidden image for the warm-up. The page renders the answers without showing them.
    Rehearsed {
        /// The image before and after its layers were read, then its tree.
        answers: Vec<Answer>,
    },
    /// A sign of life, about every five seconds.
    Alive,
    /// Progress of opening an archive or address.
    Opening {
        /// The request that opens it.
        request: RequestId,
        /// The current step.
        progress: OpenProgress,
    },
    /// Progress of a layer.
    Layer {
        /// The key of an open image.
        image: ImageKey,
        /// The layer's position, counted from 0 at the base.
        layer: u32,
        /// The current step.
        progress: LayerProgress,
        /// The worker or reader that reads the layer.
        holder: Holder,
    },
    /// The reader of a layer died over it, and the layer is left out. The worker lives.
    ReaderLost {
        /// The key of an open image.
        image: ImageKey,
        /// The layer's position, counted from 0 at the base.
        layer: u32,
        /// The browser's message, or that the reader kept silent.
        reason: Message,
    },
    /// Progress of a push.
    Push {
        /// The image that is pushed.
        image: ImageKey,
        /// The change since the last event.
        news: PushNews,
    },
    /// An image has been pushed, and its registry's lists are longer now.
    Pushed(PushedView),
    /// Progress towards a file's content, sent when many bytes precede it in the layer.
    Content {
        /// The key of an open image.
        image: ImageKey,
        /// The layer whose version of the file was asked for.
        layer: u32,
        /// Bytes decompressed so far.
        decoded_bytes: u64,
        /// Bytes to decompress in all, approximately.
        total_bytes: u64,
    },
    /// A layer is no longer being read and is not done, since its reading was ended.
    LayerLeft {
        /// The key of an open image.
        image: ImageKey,
        /// The layer's position, counted from 0 at the base.
        layer: u32,
    },
    /// A layer is done: read, refuted or failed. The union shows it from now on.
    LayerDone {
        /// The key of an open image.
        image: ImageKey,
        /// The layer in its present state.
        row: LayerRow,
        /// Compressed bytes of the layers that are done.
        stored_bytes: u64,
        /// Uncompressed bytes of the layers that are done.
        decoded_bytes: u64,
        /// Entries of the layers that are done.
        n_entries: u64,
        /// Number of layers, from the base, in the union.
        n_layers_ready: u32,
    },
    /// An image lost one of its names to another open image.
    Named {
        /// The key of an open image.
        image: ImageKey,
        /// The names that it has left.
        names: Vec<String>,
        /// The best single name.
        title: String,
    },
    /// Progress of an export to the disk.
    Saving {
        /// The key of an open image.
        image: ImageKey,
        /// The request that saves it.
        request: RequestId,
        /// Bytes written so far.
        written_bytes: u64,
        /// Bytes in all, as far as is known.
        total_bytes: u64,
    },
}

/// The thread that reads a layer, and may die of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// The worker that sends the event.
    Worker,
    /// A separate reader, whose death leaves everything else intact.
    Reader,
}

/// A step of opening an archive or address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenProgress {
    /// A host is being asked.
    Connecting {
        /// The URL being tried, without credentials.
        url: String,
    },
    /// A whole archive is being decompressed.
    Unpacking {
        /// Bytes of the file read so far.
        read_bytes: u64,
        /// Size of the file in bytes.
        total_bytes: u64,
        /// Bytes written so far.
        decoded_bytes: u64,
    },
    /// An archive's members are being listed.
    Scanning {
        /// Bytes passed so far.
        read_bytes: u64,
        /// Bytes in all.
        total_bytes: u64,
        /// Members found so far.
        n_members: u64,
    },
    /// Documents are being read: index, manifest, config.
    Documents,
}

/// A step of reading a layer, in the words of `docker pull`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerProgress {
    /// Bytes arrive and are decompressed as they arrive.
    Reading {
        /// Compressed bytes so far.
        stored_bytes: u64,
        /// Compressed bytes in all, where known.
        total_bytes: Option<u64>,
        /// Uncompressed bytes so far.
        decoded_bytes: u64,
        /// Entries so far.
        n_entries: u64,
        /// Compressed bytes per second, over the last moments.
        bytes_per_second: f64,
    },
    /// All bytes have arrived. The digests are being finished and the layer applied.
    Verifying,
}
