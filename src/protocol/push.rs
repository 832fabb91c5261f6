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
    /// Layers that lie uncompressed are compressed first; so many bytes of them have been read.
    Preparing(u64),
    /// What is to be there in the end, configs and layers.
    Blobs(Vec<PushRow>),
    /// One of them, by its position.
    Blob(u32, PushState),
    /// All of them are there; the documents go.
    Documents,
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
    /// Bytes that were sent.
    pub sent_bytes: u64,
}
