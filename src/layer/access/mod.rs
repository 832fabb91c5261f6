//! Reads one file out of a layer without decompressing everything before it.
//!
//! While a layer is first read, the codecs record checkpoints and the hasher notes its states. This module defines
//! both, and the push machine that starts from a checkpoint and verifies its input against those states. Fetching
//! the compressed bytes is left to `source`.

mod checkpoint;
mod content;
mod proved;
mod runs;
mod spans;

pub use checkpoint::{AccessIndex, Checkpoint, Resume};
pub use content::{ContentReader, StoredRange};
pub use spans::{SpanHasher, Spans};

pub(in crate::layer) use checkpoint::Recorder;
pub(in crate::layer) use runs::{Run, Runs};
pub(in crate::layer) use spans::SpanParts;
