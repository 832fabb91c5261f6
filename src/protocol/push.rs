//! A push as the page shows it.

use serde::{Deserialize, Serialize};

use crate::image::Digest;

/// A progress report of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushNews {
    /// Uncompressed layers are compressed first: bytes read so far and the time since the start.
    Preparing(Throughput),
    /// The configs and layers that the registry has to have in the end.
    Blobs(Vec<PushRow>),
    /// The state of one of them.
    Blob {
        /// Its position in [`PushNews::Blobs`].
        at: u32,
        /// Its new state.
        state: PushState,
        /// Milliseconds since the first blob was asked for.
        millis: u64,
    },
    /// All blobs are there, and the documents are being sent.
    Documents,
}

/// A number of bytes and the time that they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throughput {
    /// Number of bytes.
    pub bytes: u64,
    /// Elapsed milliseconds.
    pub millis: u64,
}

impl Throughput {
    /// Returns the bytes per second, or 0 while the time is too short to tell.
    pub fn bytes_per_second(self) -> f64 {
        /// The shortest time in which the rate depends more on the work than on the clock.
        const LEAST_MILLIS: u64 = 100;
        if self.millis < LEAST_MILLIS {
            return 0.0;
        }
        self.bytes as f64 * 1_000.0 / self.millis as f64
    }
}

/// A blob of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRow {
    /// The digest of the bytes that are sent.
    pub digest: Digest,
    /// The blob's size in bytes.
    pub size_bytes: u64,
    /// The blob's progress.
    pub state: PushState,
}

/// The progress of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushState {
    /// Nothing has been done for it.
    Waiting,
    /// The registry is being asked if it has the blob.
    Asking,
    /// The blob is being sent; the number of bytes that have arrived.
    Sending(u64),
    /// The registry already had it.
    Exists,
    /// The registry took it from another repository.
    Mounted,
    /// It was sent.
    Sent,
}

/// An image that was pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedView {
    /// The registry's base URL, as in [`super::RegistryView::url`].
    pub registry: String,
    /// The repository's name in the registry.
    pub repository: String,
    /// The tags that point to it now.
    pub tags: Vec<String>,
    /// The digest that the tags point to.
    pub digest: Digest,
    /// Number of blobs that were sent.
    pub n_sent: u32,
    /// Number of blobs that the registry had, or took from another repository.
    pub n_spared: u32,
    /// Bytes that were sent, in the time from the first question about a blob to the last tag.
    pub sent: Throughput,
    /// Bytes of layers that were compressed for this push; `None` if none had to be.
    pub compressed: Option<Throughput>,
}
