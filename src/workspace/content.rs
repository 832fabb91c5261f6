//! The content of one file: read back from a layer's compressed bytes, or from an edit.
//!
//! `layer` knows the file's position in the layer's bytes; the ranges are fetched here.

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;

use crate::build::container::{Contents, NewContent};
use crate::io::LocalFuture;
use crate::layer::{ContentReader, EntryId};
use crate::source::Error;

use super::{ListedLayer, ReadLayer};

/// Compressed bytes requested at a time: few requests to a registry, and little memory.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// If a file is preceded by at least this many bytes to decode, its reader is kept for the next piece. In a layer
/// with checkpoints, fewer bytes precede a file.
const FAR_BYTES: u64 = 8 * 1024 * 1024;

/// The content of a file, ready to be read.
pub struct FileContent {
    size_bytes: u64,
    place: Place,
}

/// The location of the bytes.
enum Place {
    Nowhere,
    Read(Box<InLayer>),
    Listed(Rc<ListedLayer>, EntryId),
    Kept {
        contents: Rc<dyn Contents>,
        content: NewContent,
    },
}

/// A file in a layer that was read.
struct InLayer {
    layer: Rc<ReadLayer>,
    entry: EntryId,
    size_bytes: u64,
    ahead: RefCell<Option<Ahead>>,
}

/// A reader positioned after the last returned bytes. It is kept if starting over is expensive.
struct Ahead {
    reader: ContentReader,
    /// The offset in the file of the next byte.
    at: u64,
    /// Bytes that were decoded and not returned yet, a few MiB.
    rest: Vec<u8>,
}

/// Callback that receives the number of decoded bytes after each piece, and may return other work to be awaited.
pub type Watch<'w> = &'w dyn Fn(u64) -> Option<LocalFuture<'w, ()>>;

impl FileContent {
    /// Returns the content of an entry; `None` if there is no such entry.
    pub fn new(layer: Rc<ReadLayer>, entry: EntryId) -> Option<FileContent> {
        let size_bytes = layer.index.entry(entry)?.size_bytes;
        Some(FileContent {
            size_bytes,
            place: Place::Read(Box::new(InLayer {
                layer,
                entry,
                size_bytes,
                ahead: RefCell::default(),
            })),
        })
    }

    /// Returns the content of an entry of a table of contents; `None` if there is no such entry.
    pub fn listed(layer: Rc<ListedLayer>, entry: EntryId) -> Option<FileContent> {
        let size_bytes = layer.index.entry(entry)?.size_bytes;
        Some(FileContent {
            size_bytes,
            place: Place::Listed(layer, entry),
        })
    }

    /// Returns content that an edit brought.
    pub fn kept(contents: Rc<dyn Contents>, content: NewContent) -> FileContent {
        FileContent {
            size_bytes: content.size_bytes,
            place: Place::Kept { contents, content },
        }
    }

    /// Returns empty content.
    pub fn empty() -> FileContent {
        FileContent {
            size_bytes: 0,
            place: Place::Nowhere,
        }
    }

    /// True if both are the same file of the same layer.
    pub fn is(&self, other: &FileContent) -> bool {
        match (&self.place, &other.place) {
            (Place::Read(one), Place::Read(other)) => {
                Rc::ptr_eq(&one.layer, &other.layer) && one.entry == other.entry
            }
            (Place::Listed(one, entry), Place::Listed(other, of_other)) => {
                Rc::ptr_eq(one, other) && entry == of_other
            }
            _ => false,
        }
    }

    /// Returns the number of bytes to decode before the file's own.
    pub fn passed_bytes(&self) -> u64 {
        match &self.place {
            Place::Read(file) => file.layer.passed_bytes(file.entry),
            Place::Listed(..) | Place::Kept { .. } | Place::Nowhere => 0,
        }
    }

    /// Returns the file's logical size in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn is_incomplete(&self) -> bool {
        match &self.place {
            Place::Read(file) => {
                let entry = file.layer.index.entry(file.entry);
                entry.is_some_and(|entry| entry.incomplete)
            }
            Place::Listed(..) | Place::Kept { .. } | Place::Nowhere => false,
        }
    }

    /// Reads `len` bytes from `offset`, or fewer at the end of the file or of its undamaged part.
    ///
    /// # Errors
    /// When the compressed bytes cannot be read, or no longer decode.
    pub async fn read(&self, offset: u64, len: u64, watch: Watch<'_>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut take = |piece: &[u8]| bytes.extend_from_slice(piece);
        match self.pieces(offset, len, &mut take, watch).await {
            // The damage was reported when the layer was read.
            Err(Error::Damaged { .. }) if self.is_incomplete() && !bytes.is_empty() => Ok(bytes),
            Err(error) => Err(error),
            Ok(()) => Ok(bytes),
        }
    }

    /// Passes `len` bytes from `offset` to `give`, piece by piece.
    ///
    /// # Errors
    /// As [`FileContent::read`].
    pub async fn pieces(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
        watch: Watch<'_>,
    ) -> Result<(), Error> {
        let len = len.min(self.size_bytes.saturating_sub(offset));
        match &self.place {
            Place::Nowhere => Ok(()),
            Place::Read(file) => file.pieces(offset, len, give, watch).await,
            Place::Listed(layer, entry) => layer.pieces(*entry, offset, len, give).await,
            Place::Kept { contents, content } => {
                let kept = |cause| Error::Io {
                    what: Message::new_content(),
                    cause,
                };
                let bytes = contents.open(&content.digest).await.map_err(kept)?;
                let (mut at, end) = (offset, offset.saturating_add(len));
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

/// The reason why bytes cannot be returned.
enum Failure {
    Source(Error),
    /// The bytes have changed since they were verified.
    Bytes(crate::layer::Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Source(error) => error,
            Failure::Bytes(reason @ crate::layer::Error::NoDecoder { .. }) => Error::Io {
                what: Message::the_layer(),
                cause: crate::io::Error::new(crate::io::ErrorKind::PartMissing, &reason),
            },
            Failure::Bytes(reason) => Error::Damaged {
                what: Message::the_layer(),
                reason: (&reason).into(),
            },
        }
    }
}

impl InLayer {
    async fn pieces(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
        watch: Watch<'_>,
    ) -> Result<(), Error> {
        let mut given_bytes = 0;
        let mut count = |piece: &[u8]| {
            given_bytes += piece.len() as u64;
            give(piece);
        };
        let mut read = self.pieces_once(offset, len, &mut count, watch).await;
        let lacks_decoder = |read: &Result<(), Failure>| {
            let error = read.as_ref().err();
            matches!(
                error,
                Some(Failure::Bytes(crate::layer::Error::NoDecoder { .. }))
            )
        };
        // Reading has fetched the part with the decoder meanwhile. The bytes are not to blame, nor is a stored copy.
        if lacks_decoder(&read) {
            read = self.pieces_once(offset, len, give, watch).await;
        } else if read.is_err() && self.layer.blob.drop_copy().await {
            // A stored copy may have been damaged since; the original source may be intact.
            let (offset, len) = (offset + given_bytes, len.saturating_sub(given_bytes));
            read = self.pieces_once(offset, len, give, watch).await;
        }
        let is_damage = !lacks_decoder(&read);
        read.map_err(|failure| {
            if let Failure::Bytes(error) = &failure
                && is_damage
            {
                self.layer.note_change(error);
            }
            Error::from(failure)
        })
    }

    async fn pieces_once(
        &self,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
        watch: Watch<'_>,
    ) -> Result<(), Failure> {
        let layer = &self.layer;
        let Some(entry) = layer.index.entry(self.entry) else {
            return Ok(());
        };
        let mut left = len.min(self.size_bytes.saturating_sub(offset));
        if left == 0 {
            return Ok(());
        }
        // If more bytes arrived than the blob has, something on the way changed them: a range would be wrong.
        let (came, claimed) = (layer.stored_bytes, layer.blob.size_bytes());
        if let Some(claimed) = claimed.filter(|&claimed| claimed < came) {
            let reason = Message::content_short(came, claimed);
            let what = Message::the_layer();
            return Err(Failure::Source(Error::Malformed { what, reason }));
        }
        let is_far = layer.access.passed_bytes(&entry) >= FAR_BYTES;
        let ahead = self.ahead.take().filter(|ahead| ahead.at == offset);
        let mut ahead = ahead.unwrap_or_else(|| {
            let len = if is_far { u64::MAX } else { left };
            Ahead {
                reader: ContentReader::part(Rc::clone(&layer.access), &entry, offset, len),
                at: offset,
                rest: Vec::new(),
            }
        });
        loop {
            left -= ahead.give(left, give);
            let Some(range) = ahead.reader.next_range().filter(|_| left > 0) else {
                break;
            };
            let wanted = usize::try_from(range.len.min(PIECE_BYTES)).unwrap_or(usize::MAX);
            let stored = layer.blob.read_at(range.offset, wanted).await;
            let stored = stored.map_err(Failure::Source)?;
            let pushed = ahead.reader.push(&stored, &mut ahead.rest);
            if let Err(reason) = pushed {
                ahead.give(left, give);
                return Err(Failure::Bytes(reason));
            }
            if let Some(due) = watch(ahead.reader.decoded_bytes()) {
                due.await;
            }
        }
        if is_far {
            self.ahead.replace(Some(ahead));
        }
        Ok(())
    }
}

impl Ahead {
    /// Returns up to `most` decoded bytes, and their number.
    fn give(&mut self, most: u64, give: &mut dyn FnMut(&[u8])) -> u64 {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let rest = self.rest.split_off(most.min(self.rest.len()));
        let now = std::mem::replace(&mut self.rest, rest);
        if !now.is_empty() {
            give(&now);
        }
        self.at += now.len() as u64;
        now.len() as u64
    }
}
