//! The push machine that reads one file's content by a layer's table of contents, and verifies each chunk before it
//! is returned.
//!
//! A chunk is verified by its digest in the table: the content is what the table means, and nothing more is known.

use std::collections::VecDeque;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::TocError;
use crate::bounds::LayerLimits;
use crate::image::hex;
use crate::layer::{Compression, DecodeStatus, Decoder, EntryId, StoredRange};

/// Maximum number of compressed bytes per request.
const PIECE_BYTES: u64 = 1024 * 1024;
/// Maximum number of zeros that one push returns.
const ZEROS_BYTES: u64 = 1024 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// The places of the entries' content according to a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocContents {
    compression: Compression,
    window_limit_bytes: u64,
    chunks: Vec<Chunk>,
    /// Each file that can be opened, with the index of its first chunk, ascending.
    firsts: Vec<(u32, u32)>,
}

/// A part of a file, and its place in the blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Compressed offset where its gzip member or zstd frame begins.
    pub(super) stored_offset: u64,
    /// Compressed offset where the bytes needed for it end, at the latest.
    pub(super) stored_end: u64,
    /// Uncompressed bytes between that beginning and the chunk.
    pub(super) inner_offset: u64,
    pub(super) file_offset: u64,
    pub(super) len: u64,
    pub(super) proof: Proof,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The chunk is a hole; nothing is stored.
    Zeros,
    /// SHA-256 of its bytes.
    Sha256([u8; 32]),
    /// The table has no digest of it.
    Absent,
}

impl TocContents {
    pub(super) fn new(
        compression: Compression,
        window_limit_bytes: u64,
        chunks: Vec<Chunk>,
        firsts: Vec<(u32, u32)>,
    ) -> TocContents {
        TocContents {
            compression,
            window_limit_bytes,
            chunks,
            firsts,
        }
    }

    /// Returns the number of bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk>()
            + self.firsts.capacity() * size_of::<(u32, u32)>()
    }

    /// Creates a reader of `len` bytes of a file from `offset`. `None` if the table does not say how to open the
    /// file, or has no digest to verify it.
    pub fn open(&self, entry: EntryId, offset: u64, len: u64) -> Option<TocReader> {
        let at = self.firsts.binary_search_by_key(&entry.0, |(id, _)| *id);
        let (_, first) = self.firsts.get(at.ok()?)?;
        let end = offset.saturating_add(len);
        let mut wanted = VecDeque::new();
        // A file's chunks are adjacent. The next file begins at 0 again.
        let chunks = self.chunks.get(*first as usize..).unwrap_or_default();
        for (at, chunk) in chunks.iter().enumerate() {
            if (at > 0 && chunk.file_offset == 0) || chunk.file_offset >= end {
                break;
            }
            let cut = offset.max(chunk.file_offset)..end.min(chunk.file_offset + chunk.len);
            if !cut.is_empty() {
                let within = cut.start - chunk.file_offset..cut.end - chunk.file_offset;
                wanted.push_back((chunk.clone(), within));
            }
        }
        Some(TocReader {
            compression: self.compression,
            window_limit_bytes: self.window_limit_bytes,
            wanted,
            decoding: None,
            decoded_bytes: 0,
        })
    }
}

/// Reads a part of a file, chunk by chunk. While [`TocReader::next_range`] returns a range, push those bytes.
pub struct TocReader {
    compression: Compression,
    window_limit_bytes: u64,
    /// The chunks to come, each with the wanted part of it.
    wanted: VecDeque<(Chunk, Range<u64>)>,
    /// Decompression of the first of them.
    decoding: Option<Decoding>,
    decoded_bytes: u64,
}

struct Decoding {
    decoder: Decoder,
    /// Uncompressed bytes to discard before the chunk.
    skip: u64,
    chunk: Vec<u8>,
    /// Compressed offset of the next byte.
    next: u64,
}

impl TocReader {
    /// Returns the number of bytes decompressed so far, including those before the content.
    pub fn decoded_bytes(&self) -> u64 {
        self.decoded_bytes
    }

    /// Returns the compressed bytes to push next; an empty range for a hole. `None` once everything is returned, or
    /// after an error.
    pub fn next_range(&self) -> Option<StoredRange> {
        let (chunk, _) = self.wanted.front()?;
        let offset = self
            .decoding
            .as_ref()
            .map_or(chunk.stored_offset, |d| d.next);
        let len = match chunk.proof {
            Proof::Zeros => 0,
            _ => chunk.stored_end.saturating_sub(offset).min(PIECE_BYTES),
        };
        Some(StoredRange { offset, len })
    }

    /// Returns the compressed offset up to which bytes are needed without a gap from the next range on, so that a
    /// file of many small chunks is fetched in few pieces.
    pub fn run_end(&self) -> u64 {
        let stored = self.wanted.iter().map(|(chunk, _)| chunk);
        let mut stored = stored.take_while(|chunk| chunk.proof != Proof::Zeros);
        let mut end = stored.next().map_or(0, |chunk| chunk.stored_end);
        for chunk in stored {
            if chunk.stored_offset != end {
                break;
            }
            end = chunk.stored_end;
        }
        end
    }

    /// Takes the bytes of the range and appends content to `out` once it is verified.
    ///
    /// # Errors
    /// If the bytes are damaged, end too early, or are not those that the table means.
    pub fn push(&mut self, stored: &[u8], out: &mut Vec<u8>) -> Result<(), TocError> {
        let pushed = self.push_inner(stored, out);
        if pushed.is_err() {
            self.wanted.clear();
        }
        pushed
    }

    fn push_inner(&mut self, stored: &[u8], out: &mut Vec<u8>) -> Result<(), TocError> {
        let Some((chunk, part)) = self.wanted.front_mut() else {
            return Ok(());
        };
        let Proof::Sha256(expected) = &chunk.proof else {
            let n = (part.end - part.start).min(ZEROS_BYTES);
            // At most one MiB, so it fits a `usize` on every platform.
            let len = out.len() + usize::try_from(n).unwrap_or_default();
            out.resize(len, 0);
            part.start += n;
            if part.is_empty() {
                self.wanted.pop_front();
            }
            return Ok(());
        };
        let decoding = self.decoding.get_or_insert_with(|| Decoding {
            decoder: Decoder::new(
                self.compression,
                &LayerLimits {
                    zstd_window_bytes: self.window_limit_bytes,
                    ..LayerLimits::DEFAULT
                },
            ),
            skip: chunk.inner_offset,
            chunk: Vec::new(),
            next: chunk.stored_offset,
        });
        decoding.next = decoding.next.saturating_add(stored.len() as u64);
        self.decoded_bytes += decoding.decode(stored, chunk.len)?;
        if (decoding.chunk.len() as u64) < chunk.len {
            if stored.is_empty() || decoding.next >= chunk.stored_end {
                let stored_offset = chunk.stored_offset;
                return Err(TocError::ContentEnds { stored_offset });
            }
            return Ok(());
        }
        let actual: [u8; 32] = Sha256::digest(&decoding.chunk).into();
        if actual != *expected {
            return Err(TocError::Content {
                stored_offset: chunk.stored_offset,
                expected: format!("sha256:{}", hex(expected)),
                actual: format!("sha256:{}", hex(&actual)),
            });
        }
        // The chunk is in memory, so its length fits a `usize`.
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let part = at(part.start)..at(part.end);
        out.extend_from_slice(decoding.chunk.get(part).unwrap_or_default());
        self.decoding = None;
        self.wanted.pop_front();
        Ok(())
    }
}

impl Decoding {
    /// Decompresses until the chunk is complete. Returns the number of bytes decompressed.
    fn decode(&mut self, mut stored: &[u8], len: u64) -> Result<u64, TocError> {
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut n_decoded = 0;
        loop {
            let step = self
                .decoder
                .decode(stored, &mut buffer)
                .map_err(TocError::Damaged)?;
            let mut piece = buffer.get(..step.written).unwrap_or_default();
            n_decoded += piece.len() as u64;
            let skip = self.skip.min(piece.len() as u64);
            self.skip -= skip;
            // At most the length of the piece.
            piece = piece
                .get(usize::try_from(skip).unwrap_or(usize::MAX)..)
                .unwrap_or_default();
            let room = len.saturating_sub(self.chunk.len() as u64);
            let n = usize::try_from(room).unwrap_or(usize::MAX).min(piece.len());
            self.chunk
                .extend_from_slice(piece.get(..n).unwrap_or_default());
            stored = stored.get(step.read..).unwrap_or_default();
            if self.chunk.len() as u64 >= len || step.status == DecodeStatus::NeedsInput {
                return Ok(n_decoded);
            }
        }
    }
}
