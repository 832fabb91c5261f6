//! One blob, wherever it is stored: streamed once for reading, then read in ranges to open single files.

use std::cell::RefCell;
use std::rc::Rc;

use crate::image::Digest;
use crate::io::{ByteStream, Handle, LocalFuture, ReadAt, stream_of};
use crate::message::Message;

use super::Error;

/// The compressed bytes of a layer.
pub trait Blob {
    /// Returns the compressed size in bytes, if it is known before reading.
    fn size_bytes(&self) -> Option<u64>;

    /// Streams all bytes in order.
    ///
    /// # Errors
    /// When the source does not answer, or does not have the blob.
    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>>;

    /// Reads exactly `len` bytes at `offset`.
    ///
    /// # Errors
    /// When the source does not answer, or the range lies past the end.
    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>>;

    /// Returns the registry and repository of the blob, if it is in one. Another repository of that registry may
    /// mount it from there.
    fn repository(&self) -> Option<RepositoryPlace<'_>> {
        None
    }

    /// Sets whether the other hosts that the manifest names may be asked for the blob. They may by default.
    fn ask_elsewhere(&self, _may: bool) {}

    /// Returns a name that identifies the blob within its archive or repository; `None` if there is none.
    fn place(&self) -> Option<&str> {
        None
    }

    /// True if the bytes are in a local file of the person, where partial reads are cheap.
    fn is_at_hand(&self) -> bool {
        false
    }

    /// Returns a handle by which another thread can read all bytes itself; `None` if they must be streamed here.
    fn handle(&self) -> LocalFuture<'_, Option<Handle>> {
        Box::pin(std::future::ready(None))
    }

    /// Returns a handle to `len` bytes at `offset` that a transport can send itself; `None` if they must be read here.
    fn part(&self, _offset: u64, _len: u64) -> Option<Handle> {
        None
    }

    /// Records the digest that all bytes were just found to have; `None` once they were found to differ from it.
    fn note_proved(&self, _digest: Option<&Digest>) {}

    /// Returns the digest that all bytes were found to have, if the transport sends those very bytes or none: a handle
    /// to a file ends with an error once that file has been written to.
    fn proved(&self) -> Option<Digest> {
        None
    }

    /// Reads `len` bytes at `offset` if the source can send a part alone; `None` if it would have to send all
    /// bytes before the part, too.
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

    /// Reports that the bytes were wrong. Returns true if they came from a copy: the copy is dropped, and later
    /// reads go to the original source.
    fn drop_copy(&self) -> LocalFuture<'_, bool> {
        Box::pin(std::future::ready(false))
    }
}

/// A repository that holds blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepositoryPlace<'a> {
    /// `scheme://host[:port][/prefix]` of the registry.
    pub base: &'a str,
    /// The repository's name, such as `library/alpine`.
    pub name: &'a str,
}

/// A blob inside a file: an archive's member, or a file of a dropped folder.
pub struct SliceBlob {
    bytes: Rc<dyn ReadAt>,
    /// The blob's path in the archive or folder, for messages.
    name: String,
    /// The digest that all bytes were found to have.
    proved: RefCell<Option<Digest>>,
}

impl SliceBlob {
    /// Creates the blob that consists of all of `bytes`.
    pub fn new(bytes: Rc<dyn ReadAt>, name: impl Into<String>) -> SliceBlob {
        SliceBlob {
            bytes,
            name: name.into(),
            proved: RefCell::default(),
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
                    what: Message::verbatim(self.name.clone()),
                    cause,
                })
        })
    }

    fn part(&self, offset: u64, len: u64) -> Option<Handle> {
        self.bytes.handle(offset, len)
    }

    fn note_proved(&self, digest: Option<&Digest>) {
        self.proved.replace(digest.cloned());
    }

    fn proved(&self) -> Option<Digest> {
        self.part(0, 0)?;
        self.proved.borrow().clone()
    }

    fn handle(&self) -> LocalFuture<'_, Option<Handle>> {
        let handle = self.bytes.handle(0, self.bytes.len_bytes());
        Box::pin(std::future::ready(handle))
    }
}
