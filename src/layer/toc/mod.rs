//! Tables of contents that some writers put into a layer: eStargz into a gzip layer, zstd:chunked into a zstd one.
//!
//! With a table, a tree can be shown and a single file opened without the rest of the layer. The table is a claim.
//! Nothing here proves that it describes the layer, only that a file's bytes are those that the table means.
//! Fetching the bytes is left to `source`, deciding whether a table is good enough to `workspace`.
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
