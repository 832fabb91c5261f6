//! Reading one file back out of a layer without decoding what comes before it.
//!
//! The checkpoints are recorded by the codecs while the layer is first read; here is what they are, and the push
//! machine that starts from one of them. Where the stored bytes come from is `source`'s work.

mod checkpoint;
mod content;
mod runs;

pub use checkpoint::{AccessIndex, Checkpoint, Resume};
pub use content::{ContentReader, StoredRange};

pub(in crate::layer) use checkpoint::Recorder;
pub(in crate::layer) use runs::{Run, Runs};
