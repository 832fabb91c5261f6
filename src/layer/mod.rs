//! One blob's bytes in, one verified [`LayerIndex`] out.
//!
//! Push machines: bytes are pushed in, rows come out. No `Read`, no async, no I/O error inside; where the bytes
//! come from is `source`'s work, what the rows mean together is `overlay`'s.

mod entry;
mod index;
mod limits;
mod verdict;
mod warning;

pub use entry::{DataPlace, Device, Entry, EntryId, EntryKind, Extent, TarOffset, XattrRef};
pub use index::{IndexBuilder, LayerIndex};
pub use limits::Limits;
pub use verdict::{Check, Expected, Verdict};
pub use warning::{Warning, Warnings};
