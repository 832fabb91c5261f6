//! Writes a layer's compressed bytes into the store while they pass to their reader.
//!
//! The store never blocks the reader: if it fails, the tee ends and the bytes pass on.

use std::cell::RefCell;
use std::rc::Rc;

use crate::image::Digest;
use crate::io::{ByteStream, Error, ErrorKind, LocalFuture, StoreWriter};
use crate::layer::{Check, Verdict};
use crate::message::Message;

use super::LayerStore;
use super::quota::{Promise, Quota};

/// A second destination for the bytes of a stream. It is created in the worker that the bytes pass through.
pub struct Tee(RefCell<Option<Writing>>);

struct Writing {
    writer: Box<dyn StoreWriter>,
    quota: Rc<Quota>,
    promise: Promise,
    size_bytes: u64,
    written_bytes: u64,
}

impl Tee {
    /// Creates a tee that writes nothing.
    pub fn nowhere() -> Tee {
        Tee(RefCell::new(None))
    }

    /// Creates a tee that writes the blob of `size_bytes` with this digest into the store. It writes nothing if
    /// the blob is there already, another writer is writing it, or there is no room.
    pub async fn into(store: &LayerStore, digest: &Digest, size_bytes: u64) -> Tee {
        let writing = store.begin_blob(digest, size_bytes).await;
        // A failing store does not stop the stream.
        let writing = writing.ok().flatten();
        Tee(RefCell::new(writing.map(|(writer, promise)| Writing {
            writer,
            quota: store.quota(),
            promise,
            size_bytes,
            written_bytes: 0,
        })))
    }

    /// True if the tee writes into the store.
    pub fn writes(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Returns the same bytes as a stream that is also written. Bytes that an earlier stream wrote are discarded.
    pub fn stream(self: &Rc<Self>, inner: Box<dyn ByteStream>) -> Box<dyn ByteStream> {
        if let Some(writing) = &mut *self.0.borrow_mut() {
            writing.writer.start_over();
            writing.written_bytes = 0;
        }
        let tee = Rc::clone(self);
        Box::new(TeeStream { inner, tee })
    }

    /// Writes the next bytes.
    pub async fn push(&self, piece: &[u8]) {
        let Some(mut writing) = self.0.take() else {
            return;
        };
        if writing.push(piece).await.is_ok() {
            self.0.replace(Some(writing));
        }
    }

    /// Commits the written bytes if they are the whole blob and its digest was verified; otherwise discards them.
    pub async fn finish(&self, verdict: &Verdict) {
        let Some(writing) = self.0.take() else {
            return;
        };
        let is_whole = writing.written_bytes == writing.size_bytes;
        if is_whole && verdict.digest == Check::Ok && writing.writer.commit().await.is_ok() {
            drop(writing.promise);
            writing.quota.count(writing.size_bytes);
        }
    }
}

impl Writing {
    async fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        let n = piece.len() as u64;
        let written = self.written_bytes.saturating_add(n);
        if written > self.size_bytes {
            let detail = Message::more_than_claimed();
            return Err(Error::new(ErrorKind::OutOfRange, detail));
        }
        self.quota.push(&mut *self.writer, piece).await?;
        self.written_bytes = written;
        Ok(())
    }
}

struct TeeStream {
    inner: Box<dyn ByteStream>,
    tee: Rc<Tee>,
}

impl ByteStream for TeeStream {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let next = self.inner.next().await?;
            if let Some(piece) = &next {
                self.tee.push(piece).await;
            }
            Ok(next)
        })
    }
}
