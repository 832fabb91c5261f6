//! Reads one file out of a layer without decompressing everything before it.
//!
//! While a layer is first read, the codecs record checkpoints and the hasher notes its states. This module has the
//! push machine that starts from a checkpoint and verifies its input against those states. Fetching the compressed
//! bytes is left to `source`.

mod access_index;
mod content;
mod proved;
mod runs;
mod spans;
mod stored_range;

pub use access_index::AccessIndex;
pub use content::ContentReader;
pub use spans::{SpanHasher, Spans};
pub use stored_range::StoredRange;

pub(in crate::layer) use runs::{Run, Runs};
pub(in crate::layer) use spans::SpanParts;
