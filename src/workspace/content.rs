//! One file's content as one layer wrote it, read back from the stored bytes.
//!
//! Where in the bytes it lies is `layer`'s knowledge; here the ranges are fetched.

use std::rc::Rc;

use crate::layer::{ContentReader, DataPlace, Entry, EntryId, TarOffset};
use crate::source::Error;

use super::ReadLayer;

/// Stored bytes asked for at a time: few requests to a registry, little memory.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// A file of a layer, ready to be read.
pub struct FileContent {
    layer: Rc<ReadLayer>,
    entry: EntryId,
    size_bytes: u64,
}

impl FileContent {
    /// The content of an entry; `None` when there is no such entry.
    pub fn new(layer: Rc<ReadLayer>, entry: EntryId) -> Option<FileContent> {
        let size_bytes = layer.index.entry(entry)?.size_bytes;
        Some(FileContent {
            layer,
            entry,
            size_bytes,
        })
    }

    /// The file's logical size.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Reads `len` bytes from `offset`, fewer at the end of the file or of a damaged layer.
    ///
    /// # Errors
    /// When the stored bytes cannot be had or do not decode any more.
    pub async fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.pieces(offset, len, &mut |piece| {
            bytes.extend_from_slice(piece);
        })
        .await?;
        Ok(bytes)
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
        let Some(entry) = self.layer.index.entry(self.entry) else {
            return Ok(());
        };
        let len = len.min(self.size_bytes.saturating_sub(offset));
        if len == 0 {
            return Ok(());
        }
        let (mut reader, mut skip) = self.reader(&entry, offset, len);
        let mut left = len;
        let mut out = Vec::new();
        while left > 0
            && let Some(range) = reader.next_range()
        {
            let wanted = usize::try_from(range.len.min(PIECE_BYTES)).unwrap_or(usize::MAX);
            let stored = self.layer.blob.read_at(range.offset, wanted).await?;
            reader
                .push(&stored, &mut out)
                .map_err(|reason| Error::Damaged {
                    what: "the layer".to_owned(),
                    reason: reason.to_string(),
                })?;
            let passed = skip.min(out.len() as u64);
            skip -= passed;
            let fresh = out.get(passed as usize..).unwrap_or_default();
            let kept = usize::try_from(left).map_or(fresh.len(), |left| left.min(fresh.len()));
            let fresh = fresh.get(..kept).unwrap_or_default();
            if !fresh.is_empty() {
                give(fresh);
                left -= fresh.len() as u64;
            }
            out.clear();
        }
        Ok(())
    }

    /// A reader, and how many of its first bytes are to be passed over.
    fn reader(&self, entry: &Entry<'_>, offset: u64, len: u64) -> (ContentReader, u64) {
        let access = Rc::clone(&self.layer.access);
        match entry.data {
            DataPlace::At(TarOffset(start)) => {
                let start = TarOffset(start + offset);
                (ContentReader::range(access, start, len), 0)
            }
            DataPlace::None | DataPlace::Sparse { .. } => {
                (ContentReader::file(access, entry), offset)
            }
        }
    }
}
