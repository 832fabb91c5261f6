//! What the worker tells while a request is under way. Amounts are absolute, never deltas.

use serde::{Deserialize, Serialize};

use super::{Answer, ImageKey, LayerRow, PushNews, PushedView, RequestId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one event is alive at a time")]
pub enum Event {
    /// The worker runs and speaks this version.
    Ready {
        /// Must equal [`super::VERSION`].
        version: u32,
    },
    /// The worker opened an image that nobody sees, and this is what came of it, for the page to draw unseen.
    Rehearsed {
        /// The image before its layers were read and after it, then its tree.
        answers: Vec<Answer>,
    },
    /// A sign of life, about every five seconds.
    Alive,
    /// How far opening an archive or address has come.
    Opening {
        /// Which request.
        request: RequestId,
        /// How far.
        progress: OpenProgress,
    },
    /// How far a layer has come.
    Layer {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
        /// How far.
        progress: LayerProgress,
        /// Who has it in hand.
        holder: Holder,
    },
    /// The reader of a layer died over it, and the layer is left out. The worker lives.
    ReaderLost {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
        /// What the browser says, or that the reader kept silent.
        reason: String,
    },
    /// How far a push of an image has come.
    Push {
        /// The image.
        image: ImageKey,
        /// What is new.
        news: PushNews,
    },
    /// An image has been pushed: its registry's lists are longer now.
    Pushed(PushedView),
    /// How far a file's content has come, where much has to be decoded before it.
    Content {
        /// The image.
        image: ImageKey,
        /// The layer whose version was asked for.
        layer: u32,
        /// Bytes decoded so far.
        decoded_bytes: u64,
        /// Bytes to decode in all, about.
        total_bytes: u64,
    },
    /// A layer is not being read any more, and is not done: its reading was ended.
    LayerLeft {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
    },
    /// A layer is done: read, refuted or failed. The union shows it from now on.
    LayerDone {
        /// The image.
        image: ImageKey,
        /// The layer as it stands now.
        row: LayerRow,
        /// Stored bytes of the layers that are done.
        stored_bytes: u64,
        /// Decoded bytes of the layers that are done.
        decoded_bytes: u64,
        /// Entries of the layers that are done.
        n_entries: u64,
        /// How many layers, from the base, the union consists of.
        n_layers_ready: u32,
    },
    /// An image is called otherwise: another open image took one of its names.
    Named {
        /// The image.
        image: ImageKey,
        /// Its names from now on.
        names: Vec<String>,
        /// The best single name.
        title: String,
    },
    /// How far saving an export has come.
    Saving {
        /// The image.
        image: ImageKey,
        /// Which request.
        request: RequestId,
        /// Bytes written.
        written_bytes: u64,
        /// Bytes in all, as far as it can be told.
        total_bytes: u64,
    },
}

impl Event {
    /// True when the shell has something to draw for it; the others are for the page of one image, and there are many.
    pub fn concerns_shell(&self) -> bool {
        match self {
            Event::Alive
            | Event::Layer { .. }
            | Event::Push { .. }
            | Event::Content { .. }
            | Event::LayerLeft { .. }
            | Event::LayerDone { .. }
            | Event::Saving { .. }
            | Event::Rehearsed { .. } => false,
            Event::Ready { .. }
            | Event::Opening { .. }
            | Event::Pushed(_)
            | Event::Named { .. }
            | Event::ReaderLost { .. } => true,
        }
    }
}

/// Who has a layer in hand, and may die of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// The worker that tells of it.
    Worker,
    /// A reader beside it: its death leaves all else as it is.
    Reader,
}

/// How far opening has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenProgress {
    /// Asking a host.
    Connecting {
        /// The URL being tried, without credentials.
        url: String,
    },
    /// Decompressing a whole archive.
    Unpacking {
        /// Bytes of the file read.
        read_bytes: u64,
        /// Bytes of the file.
        total_bytes: u64,
        /// Bytes written so far.
        decoded_bytes: u64,
    },
    /// Looking through an archive's members.
    Scanning {
        /// Bytes passed.
        read_bytes: u64,
        /// Bytes in all.
        total_bytes: u64,
        /// Members found.
        n_members: u64,
    },
    /// Reading documents: index, manifest, config.
    Documents,
}

/// How far a layer has come, in the words of `docker pull`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerProgress {
    /// Bytes come in and are decoded as they come.
    Reading {
        /// Stored bytes so far.
        stored_bytes: u64,
        /// Stored bytes in all, where known.
        total_bytes: Option<u64>,
        /// Decoded bytes so far.
        decoded_bytes: u64,
        /// Entries so far.
        n_entries: u64,
        /// Stored bytes in a second, over the last moments.
        bytes_per_second: f64,
    },
    /// All bytes are there; the digests are being finished and the layer applied.
    Verifying,
}
