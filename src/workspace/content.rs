//! One file's content: as one layer wrote it, read back from the stored bytes, or as an edit brought it.
//!
//! Where in a layer's bytes it lies is `layer`'s knowledge; here the ranges are fetched.

use std::rc::Rc;

use crate::build::container::{Contents, NewContent};
use crate::layer::{ContentReader, EntryId};
use crate::source::Error;

use super::ReadLayer;

/// Stored bytes asked for at a time: few requests to a registry, little memory.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// A file of a layer, ready to be read.
pub struct FileContent {
    size_bytes: u64,
    place: Place,
}

enum Place {
    Nowhere,
    Layer(InLayer),
    Kept {
        contents: Rc<dyn Contents>,
        content: NewContent,
    },
}

/// Where a layer's stored bytes have it.
struct InLayer {
    layer: Rc<ReadLayer>,
    entry: EntryId,
    size_bytes: u64,
}

impl FileContent {
    /// The content of an entry; `None` when there is no such entry.
    pub fn new(layer: Rc<ReadLayer>, entry: EntryId) -> Option<FileContent> {
        let size_bytes = layer.index.entry(entry)?.size_bytes;
        Some(FileContent {
            size_bytes,
            place: Place::Layer(InLayer {
                layer,
                entry,
                size_bytes,
            }),
        })
    }

    /// Content that an edit brought.
    pub fn kept(contents: Rc<dyn Contents>, content: NewContent) -> FileContent {
        FileContent {
            size_bytes: content.size_bytes,
            place: Place::Kept { contents, content },
        }
    }

    /// No bytes.
    pub fn empty() -> FileContent {
        FileContent {
            size_bytes: 0,
            place: Place::Nowhere,
        }
    }

    /// The file's logical size.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn is_incomplete(&self) -> bool {
        match &self.place {
            Place::Layer(InLayer { layer, entry, .. }) => {
                let entry = layer.index.entry(*entry);
                entry.is_some_and(|entry| entry.incomplete)
            }
            Place::Kept { .. } | Place::Nowhere => false,
        }
    }

    /// Reads `len` bytes from `offset`, fewer at the end of the file or of what a damaged layer has of it.
    ///
    /// # Errors
    /// When the stored bytes cannot be had or do not decode any more.
    pub async fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut take = |piece: &[u8]| bytes.extend_from_slice(piece);
        match self.pieces(offset, len, &mut take).await {
            // The reading of the layer has told of it already.
            Err(Error::Damaged { .. }) if self.is_incomplete() && !bytes.is_empty() => Ok(bytes),
            Err(error) => Err(error),
            Ok(()) => Ok(bytes),
        }
    }

    /// Gives `len` bytes from `offset` piece by piece.
    ///
    /// # Errors
    /// As [`FileContent::read`].
    pub async fn pieces(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        match &self.place {
            Place::Nowhere => Ok(()),
            Place::Layer(file) => file.pieces(offset, len, give).await,
            Place::Kept { contents, content } => {
                let kept = |cause| Error::Io {
                    what: "the new content of a file".to_owned(),
                    cause,
                };
                let bytes = contents.open(&content.digest).await.map_err(kept)?;
                let end = offset.saturating_add(len).min(content.size_bytes);
                let mut at = offset;
                while at < end {
                    let len = usize::try_from((end - at).min(PIECE_BYTES)).unwrap_or(usize::MAX);
                    give(&bytes.read_at(at, len).await.map_err(kept)?);
                    at = at.saturating_add(len as u64);
                }
                Ok(())
            }
        }
    }
}

impl InLayer {
    async fn pieces(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let mut given_bytes = 0;
        let mut count = |piece: &[u8]| {
            given_bytes += piece.len() as u64;
            give(piece);
        };
        let read = self.pieces_once(offset, len, &mut count).await;
        // Bytes that were kept may have been damaged since; where they came from they may be whole.
        if read.is_err() && self.layer.blob.drop_copy().await {
            let (offset, len) = (offset + given_bytes, len.saturating_sub(given_bytes));
            return self.pieces_once(offset, len, give).await;
        }
        read
    }

    async fn pieces_once(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let Some(entry) = self.layer.index.entry(self.entry) else {
            return Ok(());
        };
        let len = len.min(self.size_bytes.saturating_sub(offset));
        if len == 0 {
            return Ok(());
        }
        // Where more came than there is, something on the way changed the bytes: a range would be of others.
        let (came, claimed) = (self.layer.stored_bytes, self.layer.blob.size_bytes());
        if let Some(claimed) = claimed.filter(|&claimed| claimed < came) {
            let reason = format!(
                "{came} bytes came of it, and it has {claimed}; so no part of it can be asked for"
            );
            let what = "the layer".to_owned();
            return Err(Error::Malformed { what, reason });
        }
        let access = Rc::clone(&self.layer.access);
        let mut reader = ContentReader::part(access, &entry, offset, len);
        let mut out = Vec::new();
        while let Some(range) = reader.next_range() {
            let wanted = usize::try_from(range.len.min(PIECE_BYTES)).unwrap_or(usize::MAX);
            let stored = self.layer.blob.read_at(range.offset, wanted).await?;
            let pushed = reader.push(&stored, &mut out);
            if !out.is_empty() {
                give(&out);
                out.clear();
            }
            pushed.map_err(|reason| Error::Damaged {
                what: "the layer".to_owned(),
                reason: reason.to_string(),
            })?;
        }
        Ok(())
    }
}
