//! Reading one file back out of a layer without decoding what comes before it.
//!
//! The checkpoints are recorded by the codecs while the layer is first read, and the states of its hash beside them;
//! here is what they are, and the push machine that starts from one checkpoint and proves what it is given by the
//! other. Where the stored bytes come from is `source`'s work.

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
