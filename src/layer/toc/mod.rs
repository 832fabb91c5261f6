//! Tables of contents that some writers put into a layer: eStargz into a gzip layer, zstd:chunked into a zstd one.
//!
//! A table lets a tree be shown, and a single file be opened, without the rest of the layer. It is a claim: nothing
//! here proves that it tells what the layer holds, only that a file's bytes are those that the table means. Where the
//! bytes come from is `source`'s work, and when a table is good enough `workspace`'s.
//!
//! - eStargz: <https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md>
//! - zstd:chunked: <https://github.com/containers/storage/blob/main/docs/containers-storage-zstd-chunked.md>

mod builder;
mod content;
mod differ;
mod document;
mod entry;
mod error;
mod place;

pub use builder::Toc;
pub use content::{TocContents, TocReader};
pub use differ::{Difference, difference};
pub use document::read_toc;
pub use error::TocError;
pub use place::{TocForm, TocPlace, footer_range, place_in_annotations, place_in_footer};
