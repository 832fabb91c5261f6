//! Writes a layer's stored bytes into the store while they pass to whoever reads them.
//!
//! The store is never in the reader's way: where it fails, the tee ends and the bytes pass on.

use std::cell::RefCell;
use std::rc::Rc;

use crate::image::Digest;
use crate::io::{ByteStream, Error, ErrorKind, LocalFuture, StoreWriter};
use crate::layer::{Check, Verdict};

use super::LayerStore;
use super::quota::{Promise, Quota};

/// Where a stream's bytes go beside their reader. Made in whichever worker the bytes pass through.
pub struct Tee(RefCell<Option<Writing>>);

struct Writing {
    writer: Box<dyn StoreWriter>,
    quota: Rc<Quota>,
    promise: Promise,
    size_bytes: u64,
    written_bytes: u64,
}

impl Tee {
    /// A tee that writes nothing.
    pub fn nowhere() -> Tee {
        Tee(RefCell::new(None))
    }

    /// A tee that writes the blob of `size_bytes` with this digest into the store; one that writes nothing where the
    /// blob is there already, another writer is at it, or there is no room.
    pub async fn into(store: &LayerStore, digest: &Digest, size_bytes: u64) -> Tee {
        let writing = store.begin_blob(digest, size_bytes).await;
        // Without the store it goes on as well.
        let writing = writing.ok().flatten();
        Tee(RefCell::new(writing.map(|(writer, promise)| Writing {
            writer,
            quota: store.quota(),
            promise,
            size_bytes,
            written_bytes: 0,
        })))
    }

    /// Whether anything is written.
    pub fn writes(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// The same bytes, which are written while they are read; from their start, however far an earlier stream came.
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

    /// Keeps what was written, if it is all of the blob and its digest was proved; otherwise nothing of it stays.
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
            let detail = "there are more bytes than were claimed";
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
