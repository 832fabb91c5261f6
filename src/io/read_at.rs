//! Random access to bytes, and byte streams.
//!
//! Everything is asynchronous because a browser reads files asynchronously. Over memory it is ready immediately.

use crate::message::Message;
use std::any::Any;
use std::rc::Rc;

use super::{Error, ErrorKind, LocalFuture};

/// Bytes in one piece of a stream: large enough to keep the number of reads small, small enough to cancel.
const PIECE_BYTES: usize = 1024 * 1024;

/// Bytes of known length with random access: a dropped file, a spool, a slice of either.
pub trait ReadAt {
    /// Returns the length in bytes.
    fn len_bytes(&self) -> u64;

    /// Returns the maximum number of bytes per read for callers with a choice. No result may depend on it.
    fn piece_bytes(&self) -> usize {
        PIECE_BYTES
    }

    /// Reads exactly `len` bytes at `offset`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] past the end, or an error of the medium.
    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>>;

    /// Returns a handle to the `len` bytes at `offset` for another thread. `None` if the medium has no such
    /// handles.
    fn handle(&self, _offset: u64, _len: u64) -> Option<Handle> {
        None
    }
}

/// Bytes that another thread can read by itself. Only the medium and the sender know the actual type: in a browser,
/// a Blob.
#[derive(Clone)]
pub struct Handle(pub Rc<dyn Any>);

impl PartialEq for Handle {
    fn eq(&self, other: &Handle) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Handle {}

/// Bytes that arrive in order, in pieces of the sender's choice.
pub trait ByteStream {
    /// Returns the next piece, never empty; `None` at the end.
    ///
    /// # Errors
    /// If the transfer breaks off. The stream has ended then.
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>>;

    /// Takes back a piece that nobody needs any more: a later one may lie in its memory.
    fn take_back(&mut self, piece: Vec<u8>) {
        drop(piece);
    }
}

/// Bytes held in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Rc<[u8]>);

impl Bytes {
    /// Creates a source from bytes.
    pub fn new(bytes: impl Into<Rc<[u8]>>) -> Bytes {
        Bytes(bytes.into())
    }
}

fn out_of_range(offset: u64, len: u64, end: u64) -> Error {
    Error::new(ErrorKind::OutOfRange, Message::past_end(len, offset, end))
}

impl ReadAt for Bytes {
    fn len_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        let piece = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.get(start..start.checked_add(len)?))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| out_of_range(offset, len as u64, self.len_bytes()));
        Box::pin(std::future::ready(piece))
    }
}

/// A part of other bytes, such as one member of an archive.
#[derive(Clone)]
pub struct Slice {
    inner: Rc<dyn ReadAt>,
    offset: u64,
    len: u64,
}

impl Slice {
    /// Creates a slice of the `len` bytes at `offset` of `inner`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if they are not within `inner`.
    pub fn new(inner: Rc<dyn ReadAt>, offset: u64, len: u64) -> Result<Slice, Error> {
        match offset.checked_add(len) {
            Some(end) if end <= inner.len_bytes() => Ok(Slice { inner, offset, len }),
            _ => Err(out_of_range(offset, len, inner.len_bytes())),
        }
    }
}

impl ReadAt for Slice {
    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn piece_bytes(&self) -> usize {
        self.inner.piece_bytes()
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        match offset.checked_add(len as u64) {
            Some(end) if end <= self.len => self.inner.read_at(self.offset + offset, len),
            _ => Box::pin(std::future::ready(Err(out_of_range(
                offset, len as u64, self.len,
            )))),
        }
    }

    fn handle(&self, offset: u64, len: u64) -> Option<Handle> {
        let is_within = offset.checked_add(len).is_some_and(|end| end <= self.len);
        let handle = || self.inner.handle(self.offset + offset, len);
        is_within.then(handle).flatten()
    }
}

/// A stream of pieces that are already there.
pub struct VecStream(std::vec::IntoIter<Vec<u8>>);

impl VecStream {
    /// Creates a stream of these pieces. Empty ones are omitted.
    pub fn new(pieces: Vec<Vec<u8>>) -> VecStream {
        let pieces: Vec<_> = pieces.into_iter().filter(|p| !p.is_empty()).collect();
        VecStream(pieces.into_iter())
    }
}

impl ByteStream for VecStream {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(std::future::ready(Ok(self.0.next())))
    }
}

/// Streams `source` from `offset` to its end, in pieces of its choice.
pub fn stream_of(source: Rc<dyn ReadAt>, offset: u64) -> Box<dyn ByteStream> {
    Box::new(InOrder { source, offset })
}

struct InOrder {
    source: Rc<dyn ReadAt>,
    offset: u64,
}

impl ByteStream for InOrder {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let left = self.source.len_bytes().saturating_sub(self.offset);
            let most = self.source.piece_bytes().max(1);
            let len = usize::try_from(left).map_or(most, |left| left.min(most));
            if len == 0 {
                return Ok(None);
            }
            let piece = self.source.read_at(self.offset, len).await?;
            self.offset += len as u64;
            Ok(Some(piece))
        })
    }
}
