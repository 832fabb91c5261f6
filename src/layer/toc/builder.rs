//! Builds an index of entries and the places of their content from a table's rows. All bounds are enforced here.

use crate::message::{Code, Message};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::content::{Chunk, Proof, TocContents};
use super::entry::{Row, RowKind};
use super::error::malformed;
use super::place::STARGZ_INDEX;
use super::{TocError, TocForm, TocPlace};
use crate::bounds::LayerLimits;
use crate::image::{Digest, ImagePath};
use crate::layer::engines::notices_of;
use crate::layer::tar::path_of;
use crate::layer::{
    DataPlace, Device, Entry, EntryId, EntryKind, IndexBuilder, LayerIndex, LeftOut, Warning,
    Warnings, XattrRef,
};

/// A parsed table of contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Toc {
    /// The entries that the layer has according to the table.
    pub index: LayerIndex,
    /// The places of their content according to the table.
    pub contents: TocContents,
    /// Digest of the table's JSON.
    pub digest: Digest,
    /// Oddities of the table.
    pub warnings: Warnings,
    /// Entries that were omitted.
    pub left_out: LeftOut,
}

pub(super) struct Builder<'l> {
    limits: &'l LayerLimits,
    form: TocForm,
    /// Compressed offset where content ends and the table follows.
    stored_end: u64,
    digest: Digest,
    index: IndexBuilder,
    chunks: Vec<Chunk>,
    /// Each file with the index of its first chunk, ascending.
    firsts: Vec<(u32, u32)>,
    file: Option<File>,
    text_bytes: u64,
    xattr_bytes: u64,
    warnings: Warnings,
    left_out: LeftOut,
    refused: Option<TocError>,
}

/// The file whose chunks are being read.
struct File {
    /// Entry of the file; `None` if its name was omitted.
    id: Option<EntryId>,
    size_bytes: u64,
    /// Compressed offset where its bytes end, if the row says so.
    end_offset: Option<u64>,
    /// Bytes covered by the chunks so far.
    known_bytes: u64,
    first: usize,
}

impl<'l> Builder<'l> {
    pub(super) fn new(place: &TocPlace, digest: Digest, limits: &'l LayerLimits) -> Builder<'l> {
        Builder {
            limits,
            form: place.form,
            stored_end: place.range.offset,
            digest,
            index: IndexBuilder::new(),
            chunks: Vec::new(),
            firsts: Vec::new(),
            file: None,
            text_bytes: 0,
            xattr_bytes: 0,
            warnings: Warnings::default(),
            left_out: LeftOut::default(),
            refused: None,
        }
    }

    /// Fails with the reason why a row was refused, if one was.
    pub(super) fn refused(&mut self) -> Result<(), TocError> {
        self.refused.take().map_or(Ok(()), Err)
    }

    /// Adds a row. False if the table is unusable.
    pub(super) fn push(&mut self, row: &Row<'_>) -> bool {
        let taken = self.take(row);
        self.refused = taken.err();
        self.refused.is_none()
    }

    fn take(&mut self, row: &Row<'_>) -> Result<(), TocError> {
        match row.row_kind() {
            Some(RowKind::Entry(kind)) => {
                self.end_file();
                self.entry(row, kind)
            }
            Some(RowKind::Chunk) if self.file.is_some() => self.chunk(row, None),
            Some(RowKind::Chunk) => Err(malformed(Code::TocChunkAlone)),
            None => Err(malformed(Code::TocEntryType)),
        }
    }

    fn entry(&mut self, row: &Row<'_>, kind: EntryKind) -> Result<(), TocError> {
        let n_entries = self.index.n_entries() as u64;
        self.within(Code::TocEntries, n_entries + 1, self.limits.entries.into())?;
        let link = match kind {
            EntryKind::Symlink | EntryKind::Hardlink => row.link_name.as_bytes(),
            _ => &[],
        };
        let size_bytes = if kind == EntryKind::File { row.size } else { 0 };
        let path = match path_of(row.name.as_bytes(), link, kind, self.limits) {
            Ok(path) if path.as_bytes() == STARGZ_INDEX => None,
            Ok(path) => Some(path),
            Err(why) => {
                self.left_out.push(row.name.as_bytes(), why);
                None
            }
        };
        let id = match path {
            Some(path) => Some(self.index_row(row, kind, &path, link, size_bytes)?),
            None => None,
        };
        if kind == EntryKind::File {
            self.file = Some(File {
                id,
                size_bytes,
                end_offset: Some(row.end_offset).filter(|end| *end > row.offset),
                known_bytes: 0,
                first: self.chunks.len(),
            });
            if size_bytes > 0 {
                self.chunk(row, Some(size_bytes))?;
            }
        }
        Ok(())
    }

    fn index_row(
        &mut self,
        row: &Row<'_>,
        kind: EntryKind,
        path: &ImagePath,
        link: &[u8],
        size_bytes: u64,
    ) -> Result<EntryId, TocError> {
        let xattrs = row.decoded_xattrs();
        let xattrs = xattrs.ok_or_else(|| malformed(Code::TocAttribute))?;
        let of_xattrs: usize = xattrs.iter().map(|(n, v)| n.len() + v.len()).sum();
        self.xattr_bytes += of_xattrs as u64;
        self.within(
            Code::TocAttributeBytes,
            self.xattr_bytes,
            self.limits.xattr_bytes,
        )?;
        self.text_bytes += (path.as_bytes().len() + link.len() + of_xattrs) as u64;
        // The index stores text by 32-bit offsets.
        let text_limit = self.limits.text_bytes.min(u64::from(u32::MAX));
        self.within(Code::TocNameBytes, self.text_bytes, text_limit)?;
        let number = |number: i64, what: Code| {
            u32::try_from(number).map_err(|_| malformed(Message::toc_out_of_range(what)))
        };
        // For engines an attribute with an empty value does not exist.
        let xattrs: Vec<_> = xattrs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let xattrs: Vec<_> = xattrs
            .iter()
            .map(|(name, value)| XattrRef {
                name: name.as_bytes(),
                value,
            })
            .collect();
        let is_device = matches!(kind, EntryKind::Char | EntryKind::Block);
        let entry = Entry {
            id: EntryId(0),
            path: path.as_bytes().into(),
            kind,
            mode: match kind {
                EntryKind::Symlink => 0o777,
                _ => u16::try_from(row.mode & 0o7777).unwrap_or_default(),
            },
            uid: number(row.uid, Code::TocUser)?,
            gid: number(row.gid, Code::TocGroup)?,
            size_bytes,
            mtime: row.mtime(),
            link,
            device: is_device.then_some(Device {
                major: row.dev_major,
                minor: row.dev_minor,
            }),
            data: DataPlace::None,
            fingerprint: self.fingerprint(row, path, size_bytes),
            sha256: None,
            incomplete: false,
        };
        let attributes = xattrs.iter().map(|attribute| attribute.name);
        for notice in notices_of(row.name.as_bytes(), &entry, attributes) {
            let warning = Warning::new(notice, path.as_bytes());
            self.warnings.push(warning, self.limits.warnings);
        }
        Ok(self.index.push(&entry, &xattrs))
    }

    /// Returns a substitute for the fingerprint of unseen content: equal for files of the same digest, and for no
    /// others.
    fn fingerprint(&self, row: &Row<'_>, path: &ImagePath, size_bytes: u64) -> u64 {
        match row.sha256() {
            _ if size_bytes == 0 => xxh3_64(b""),
            Some(sha256) => xxh3_64(&sha256),
            None => xxh3_64_with_seed(path.as_bytes(), xxh3_64(self.digest.as_str().as_bytes())),
        }
    }

    /// Adds a chunk of the file. `whole` is the file's size if the row is the file's own.
    fn chunk(&mut self, row: &Row<'_>, whole: Option<u64>) -> Result<(), TocError> {
        let n_chunks = self.chunks.len() as u64;
        self.within(
            Code::TocChunkCount,
            n_chunks + 1,
            self.limits.toc_chunks as u64,
        )?;
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let left = file.size_bytes.saturating_sub(file.known_bytes);
        let len = match row.chunk_size {
            0 => left,
            len => len,
        };
        if row.chunk_offset != file.known_bytes || len > left || len == 0 {
            return Err(malformed(Code::TocChunks));
        }
        let proof = match (&*row.chunk_type, row.chunk_sha256(whole == Some(len))) {
            ("zeros", _) => Proof::Zeros,
            ("", Some(sha256)) => Proof::Sha256(sha256),
            ("", None) => Proof::Absent,
            _ => return Err(malformed(Code::TocChunkType)),
        };
        if proof != Proof::Zeros && row.offset >= self.stored_end {
            return Err(malformed(Code::TocChunkPlace));
        }
        self.chunks.push(Chunk {
            stored_offset: row.offset,
            stored_end: file.end_offset.unwrap_or(self.stored_end),
            inner_offset: row.inner_offset,
            file_offset: file.known_bytes,
            len,
            proof,
        });
        file.known_bytes += len;
        Ok(())
    }

    /// Keeps the file's chunks if they cover all of it and each can be verified without holding too much.
    fn end_file(&mut self) {
        let Some(file) = self.file.take() else {
            return;
        };
        let most = self.limits.toc_chunk_bytes;
        let opens = |chunk: &Chunk| match chunk.proof {
            Proof::Zeros => true,
            Proof::Absent => false,
            Proof::Sha256(_) => chunk.len <= most && chunk.inner_offset <= most,
        };
        let chunks = self.chunks.get(file.first..).unwrap_or_default();
        let is_whole = file.known_bytes == file.size_bytes && chunks.iter().all(opens);
        match file.id {
            Some(id) if is_whole && file.size_bytes > 0 => {
                let first = u32::try_from(file.first).unwrap_or(u32::MAX);
                self.firsts.push((id.0, first));
            }
            _ => self.chunks.truncate(file.first),
        }
    }

    fn within(&self, what: Code, n: u64, limit: u64) -> Result<(), TocError> {
        if n > limit {
            return Err(TocError::TooMany { what, limit });
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Toc, TocError> {
        self.end_file();
        let mut starts: Vec<u64> = self.chunks.iter().map(|c| c.stored_offset).collect();
        starts.sort_unstable();
        starts.dedup();
        for chunk in &mut self.chunks {
            let after = starts.partition_point(|start| *start <= chunk.stored_offset);
            let next = starts.get(after).copied().unwrap_or(self.stored_end);
            chunk.stored_end = chunk.stored_end.min(next).min(self.stored_end);
        }
        self.chunks.shrink_to_fit();
        self.firsts.shrink_to_fit();
        Ok(Toc {
            index: self.index.finish(),
            contents: TocContents::new(
                self.form.compression(),
                self.limits.zstd_window_bytes,
                self.chunks,
                self.firsts,
            ),
            digest: self.digest,
            warnings: self.warnings,
            left_out: self.left_out,
        })
    }
}
