//! One blob, wherever it lies: streamed once for reading, then read in ranges to open single files.

use std::rc::Rc;

use crate::io::{ByteStream, Handle, LocalFuture, ReadAt, stream_of};

use super::Error;

/// Stored bytes of a layer.
pub trait Blob {
    /// The number of stored bytes, where it is known before reading.
    fn size_bytes(&self) -> Option<u64>;

    /// All bytes in order.
    ///
    /// # Errors
    /// When the place does not answer, or does not have the blob.
    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>>;

    /// Exactly `len` bytes at `offset`.
    ///
    /// # Errors
    /// When the place does not answer, or the range lies past the end.
    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>>;

    /// The registry and repository that it lies in, where it does: another repository of that registry may take it from
    /// there.
    fn repository(&self) -> Option<RepositoryPlace<'_>> {
        None
    }

    /// Says whether other hosts may be asked for it that its manifest names; they may, unless this was called.
    fn ask_elsewhere(&self, _may: bool) {}

    /// What tells it from the other blobs of its archive or repository; `None` where nothing does.
    fn place(&self) -> Option<&str> {
        None
    }

    /// Whether its bytes lie in a file of the person, where reading some of them costs next to nothing.
    fn is_at_hand(&self) -> bool {
        false
    }

    /// All bytes as another thread can read them by itself; `None` where they have to be streamed here.
    fn handle(&self) -> LocalFuture<'_, Option<Handle>> {
        Box::pin(std::future::ready(None))
    }

    /// `len` bytes at `offset`, as a transport can send them by itself; `None` where they have to be read here.
    fn part(&self, _offset: u64, _len: u64) -> Option<Handle> {
        None
    }

    /// The same, if the place gives a part alone; `None` where it would have to send all bytes before the part, too.
    ///
    /// # Errors
    /// As [`Blob::read_at`].
    fn read_part(
        &self,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move { self.read_at(offset, len).await.map(Some) })
    }

    /// Says that the bytes it gave are not what they should be. True when they were a copy's, which is dropped: from
    /// then on the bytes come from where the copy was made.
    fn drop_copy(&self) -> LocalFuture<'_, bool> {
        Box::pin(std::future::ready(false))
    }
}

/// A repository as a place of blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepositoryPlace<'a> {
    /// `scheme://host[:port][/prefix]` of its registry.
    pub base: &'a str,
    /// Its name there.
    pub name: &'a str,
}

/// A blob inside a file: an archive's member, or a file of a dropped folder.
pub struct SliceBlob {
    bytes: Rc<dyn ReadAt>,
    /// What it is called where it lies, for messages.
    name: String,
}

impl SliceBlob {
    /// The blob that consists of all of `bytes`.
    pub fn new(bytes: Rc<dyn ReadAt>, name: impl Into<String>) -> SliceBlob {
        SliceBlob {
            bytes,
            name: name.into(),
        }
    }
}

impl Blob for SliceBlob {
    fn size_bytes(&self) -> Option<u64> {
        Some(self.bytes.len_bytes())
    }

    fn place(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn is_at_hand(&self) -> bool {
        true
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        let stream = stream_of(Rc::clone(&self.bytes), 0);
        Box::pin(std::future::ready(Ok(stream)))
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            self.bytes
                .read_at(offset, len)
                .await
                .map_err(|cause| Error::Io {
                    what: self.name.clone(),
                    cause,
                })
        })
    }

    fn part(&self, offset: u64, len: u64) -> Option<Handle> {
        self.bytes.handle(offset, len)
    }

    fn handle(&self) -> LocalFuture<'_, Option<Handle>> {
        let handle = self.bytes.handle(0, self.bytes.len_bytes());
        Box::pin(std::future::ready(handle))
    }
}
