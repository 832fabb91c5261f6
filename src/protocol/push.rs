//! A push as the page shows it.

use serde::{Deserialize, Serialize};

/// Which images of the index that an image was opened from are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushScope {
    /// The open image alone, under its own manifest.
    One,
    /// Those of all platforms, under the index as it is; refused where one is not here.
    All,
    /// Those that are here, under an index without the others.
    Present,
}

/// What a push tells while it is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushNews {
    /// Uncompressed layers are compressed first: their bytes that have been read, and since when.
    Preparing(Pace),
    /// What is to be there in the end, configs and layers.
    Blobs(Vec<PushRow>),
    /// The state of one of them.
    Blob {
        /// Its position among [`PushNews::Blobs`].
        at: u32,
        /// Its state.
        state: PushState,
        /// Milliseconds since the first of them was asked for.
        millis: u64,
    },
    /// All of them are there; the documents go.
    Documents,
}

/// Bytes, and the time that they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The bytes.
    pub bytes: u64,
    /// Milliseconds.
    pub millis: u64,
}

impl Pace {
    /// Bytes per second; 0 as long as the time is too short to tell.
    pub fn bytes_per_second(self) -> f64 {
        /// A rate of less time says more of the clock than of the work.
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
    /// `layer 3`, `the config`.
    pub what: String,
    /// Its digest.
    pub digest: String,
    /// Its bytes.
    pub size_bytes: u64,
    /// How far it is.
    pub state: PushState,
}

/// How far a blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushState {
    /// Nothing has been done for it.
    Waiting,
    /// The registry is being asked whether it has it.
    Asking,
    /// So many bytes have arrived.
    Sending(u64),
    /// It was there.
    Exists,
    /// It was taken from another repository.
    Mounted,
    /// It was sent.
    Sent,
}

/// An image that was pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedView {
    /// The registry's base URL, as [`super::RegistryView::url`] gives it.
    pub registry: String,
    /// The repository.
    pub repository: String,
    /// The tags that point to it now.
    pub tags: Vec<String>,
    /// What they point to.
    pub digest: String,
    /// Blobs that were sent.
    pub n_sent: u32,
    /// Blobs that were there, or were taken from another repository.
    pub n_spared: u32,
    /// Bytes that were sent, in the time from the first question about a blob to the last tag.
    pub sent: Pace,
    /// Bytes of layers that were compressed for this push; `None` if none had to be.
    pub compressed: Option<Pace>,
}
