//! One row of a table's JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::image::{Created, Timestamp, bytes_of_hex};
use crate::layer::EntryKind;

/// A row: an entry of the tar, or a further chunk of the file before it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) link_name: Cow<'a, str>,
    pub(super) mode: i64,
    pub(super) size: u64,
    pub(super) uid: i64,
    pub(super) gid: i64,
    /// RFC 3339; absent if zero or unknown.
    #[serde(borrow)]
    pub(super) modtime: Option<Cow<'a, str>>,
    pub(super) dev_major: u32,
    pub(super) dev_minor: u32,
    /// Values in base64.
    pub(super) xattrs: Option<BTreeMap<String, String>>,
    /// Digest of a file's whole content.
    #[serde(borrow)]
    pub(super) digest: Cow<'a, str>,
    /// Compressed offset where the first chunk's gzip member or zstd frame begins.
    pub(super) offset: u64,
    /// Compressed offset where its last frame ends; zstd:chunked only.
    pub(super) end_offset: u64,
    /// Uncompressed bytes between `offset` and the chunk; only in eStargz with several small files per member.
    pub(super) inner_offset: u64,
    pub(super) chunk_offset: u64,
    /// 0 for the rest of the file.
    pub(super) chunk_size: u64,
    #[serde(borrow)]
    pub(super) chunk_digest: Cow<'a, str>,
    /// `zeros` for a hole, which is not stored.
    #[serde(borrow)]
    pub(super) chunk_type: Cow<'a, str>,
}

/// The kind of a row.
pub(super) enum RowKind {
    Entry(EntryKind),
    /// A further chunk of the file before it.
    Chunk,
}

impl Row<'_> {
    /// Returns the kind of the row, or `None` for an unknown word.
    pub(super) fn row_kind(&self) -> Option<RowKind> {
        Some(RowKind::Entry(match &*self.kind {
            "reg" => EntryKind::File,
            "dir" => EntryKind::Dir,
            "symlink" => EntryKind::Symlink,
            "hardlink" => EntryKind::Hardlink,
            "char" => EntryKind::Char,
            "block" => EntryKind::Block,
            "fifo" => EntryKind::Fifo,
            "chunk" => return Some(RowKind::Chunk),
            _ => return None,
        }))
    }

    pub(super) fn mtime(&self) -> Timestamp {
        let time = self.modtime.as_deref().map(Created::new);
        time.and_then(|time| time.at).unwrap_or_default()
    }

    /// Returns names and values of the attributes. `None` if a value is not base64.
    pub(super) fn decoded_xattrs(&self) -> Option<Vec<(&str, Vec<u8>)>> {
        let xattrs = self.xattrs.iter().flatten();
        let decoded =
            xattrs.map(|(name, value)| Some((name.as_str(), STANDARD.decode(value).ok()?)));
        decoded.collect()
    }

    /// Returns the digest that verifies the row's chunk: its own, or the file's if the chunk is the whole file.
    pub(super) fn chunk_sha256(&self, is_whole: bool) -> Option<[u8; 32]> {
        let own = sha256(&self.chunk_digest);
        own.or_else(|| sha256(&self.digest).filter(|_| is_whole))
    }

    pub(super) fn sha256(&self) -> Option<[u8; 32]> {
        sha256(&self.digest)
    }
}

fn sha256(digest: &str) -> Option<[u8; 32]> {
    let bytes = bytes_of_hex(digest.strip_prefix("sha256:")?)?;
    bytes.try_into().ok()
}
