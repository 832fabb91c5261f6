//! Reads one blob's bytes and returns one verified [`LayerIndex`].
//!
//! The readers are push machines: bytes go in, entries come out. There is no `Read`, no async and no I/O error
//! inside. Fetching the bytes is left to `source`, combining the entries of several layers to `overlay`.
//!
//! Identifiers call the blob's own bytes, compressed or not, `stored`, and the bytes of its tar `decoded`.

mod compression;
mod engines;
mod entry;
mod entry_path;
mod error;
mod index;
mod left_out;
mod notice;
mod verdict;
mod warning;

mod codec;
mod sniff;
pub mod tar;
mod tar_checksum;

mod access;
mod hashes;
mod headers;
mod packed;
mod prove;
mod reader;
mod reading;
mod rows;
mod toc;

pub use access::{AccessIndex, ContentReader, SpanHasher, Spans, StoredRange};
pub use codec::{
    Checkpoint, Checksum, DecodeStatus, DecodeStep, Decoder, Ended, MakeRare, RareDecoder, Resume,
    make_rare_by,
};
pub use compression::Compression;
pub use entry::{DataPlace, Device, Entry, EntryId, EntryKind, Extent, TarOffset, XattrRef};
pub use entry_path::EntryPath;
pub use error::Error;
pub use hashes::{HashSink, Hashed, LayerHasher};
pub use headers::{HeaderListing, HeaderReader, ListedBy, StoredPart, stored_parts};
pub use index::{IndexBuilder, LayerIndex};
pub use left_out::{LeftOut, LeftOutPath, LeftOutWhy};
pub use notice::{EngineRefusal, Notice, OverlayEffect, Weight};
pub use packed::{PackedError, pack, pack_hashed, unpack, unpack_hashed};
pub use prove::Unproved;
pub use reader::LayerReader;
pub use reading::{Before, FileHashes, LayerReading, Progress, ReadOptions};
pub use sniff::{SNIFF_BYTES, Sniffed, sniff};
pub use toc::{
    Difference, Toc, TocContents, TocError, TocForm, TocPlace, TocReader, difference, footer_range,
    place_in_annotations, place_in_footer, read_toc,
};
pub use verdict::{Check, Claim, Expected, Verdict};
pub use warning::{Warning, Warnings};
