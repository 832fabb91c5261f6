//! One file's content by a layer's table of contents: the push machine that proves each chunk before it gives it.
//!
//! What proves it is the table's own digest of the chunk: the content is what the table means, and no more is known.

use std::collections::VecDeque;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::TocError;
use crate::image::hex;
use crate::layer::{Compression, Decoder, EntryId, Limits, Status, StoredRange};

/// Stored bytes asked for at once, at most.
const PIECE_BYTES: u64 = 1024 * 1024;
/// Zeros given by one push, at most.
const ZEROS_BYTES: u64 = 1024 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// Where a table says that the content of its entries lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocContents {
    compression: Compression,
    window_limit_bytes: u64,
    chunks: Vec<Chunk>,
    /// Each file that can be opened with its first chunk, ascending.
    firsts: Vec<(u32, u32)>,
}

/// A stretch of a file, and where it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Where its gzip member or zstd frame begins.
    pub(super) stored_offset: u64,
    /// Where what is needed for it ends, at the latest.
    pub(super) stored_end: u64,
    /// Decoded bytes before it.
    pub(super) inner_offset: u64,
    pub(super) file_offset: u64,
    pub(super) len: u64,
    pub(super) proof: Proof,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is a hole, and nothing is stored.
    Zeros,
    /// Of its bytes.
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

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk>()
            + self.firsts.capacity() * size_of::<(u32, u32)>()
    }

    /// A reader of `len` bytes of a file from `offset`; `None` when the table does not tell how to open it, or has no
    /// digest to prove it by.
    pub fn open(&self, entry: EntryId, offset: u64, len: u64) -> Option<TocReader> {
        let at = self.firsts.binary_search_by_key(&entry.0, |(id, _)| *id);
        let (_, first) = self.firsts.get(at.ok()?)?;
        let end = offset.saturating_add(len);
        let mut wanted = VecDeque::new();
        // A file's chunks follow each other; the next file's first one begins at 0 again.
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

/// Reads a stretch of a file, chunk by chunk. While [`TocReader::next_range`] gives a range, push those bytes.
pub struct TocReader {
    compression: Compression,
    window_limit_bytes: u64,
    /// The chunks to come, each with the part of it that is wanted.
    wanted: VecDeque<(Chunk, Range<u64>)>,
    /// The first of them, on its way.
    decoding: Option<Decoding>,
    decoded_bytes: u64,
}

struct Decoding {
    decoder: Decoder,
    /// Decoded bytes before the chunk that are still to pass.
    skip: u64,
    chunk: Vec<u8>,
    /// The next stored byte.
    next: u64,
}

impl TocReader {
    /// How many bytes were decoded so far, those before the content with them.
    pub fn decoded_bytes(&self) -> u64 {
        self.decoded_bytes
    }

    /// Which stored bytes to push next, none of them for a hole; `None` when everything was given, or after an error.
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

    /// Where the stored bytes end that are wanted without a gap from the next range on: a file of many small chunks is
    /// fetched in few pieces.
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

    /// Takes the bytes of the range, and adds content to `out` once it is proved.
    ///
    /// # Errors
    /// When the bytes are damaged, end too early, or are not those that the table means.
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
            // At most a MiB, which every platform can count.
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
                &Limits {
                    zstd_window_bytes: self.window_limit_bytes,
                    ..Limits::DEFAULT
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
        // A chunk is held in memory, and so its length can be counted.
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let part = at(part.start)..at(part.end);
        out.extend_from_slice(decoding.chunk.get(part).unwrap_or_default());
        self.decoding = None;
        self.wanted.pop_front();
        Ok(())
    }
}

impl Decoding {
    /// Decodes until the chunk is all there, and says how many bytes that were.
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
            // No more than the piece has.
            piece = piece
                .get(usize::try_from(skip).unwrap_or(usize::MAX)..)
                .unwrap_or_default();
            let room = len.saturating_sub(self.chunk.len() as u64);
            let n = usize::try_from(room).unwrap_or(usize::MAX).min(piece.len());
            self.chunk
                .extend_from_slice(piece.get(..n).unwrap_or_default());
            stored = stored.get(step.read..).unwrap_or_default();
            if self.chunk.len() as u64 >= len || step.status == Status::NeedsInput {
                return Ok(n_decoded);
            }
        }
    }
}
