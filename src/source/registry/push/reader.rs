//! Reads a blob's bytes in slices, and verifies them against its digest along the way.
//!
//! At most two slices are in memory: the one being sent, and the one read ahead. Going back streams the blob again
//! from its start, which happens only after a lost connection.

use crate::message::Message;
use std::cell::Cell;

use crate::image::{Digest, Hasher};
use crate::io::ByteStream;

use super::super::super::{Blob, Error};
use super::super::conversation::io_error;

/// Reads slices of one blob.
pub(super) struct SliceReader<'a> {
    blob: &'a dyn Blob,
    what: &'a Message,
    size_bytes: u64,
    stream: Option<Box<dyn ByteStream>>,
    /// Bytes of the stream that are kept, and their offset.
    held: Vec<u8>,
    held_from: u64,
    hasher: Hasher,
    /// Bytes hashed from the start, each once.
    hashed_bytes: u64,
    /// True once all bytes were verified, here or before the push.
    is_proved: bool,
}

impl<'a> SliceReader<'a> {
    pub(super) fn new(
        blob: &'a dyn Blob,
        digest: &Digest,
        size_bytes: u64,
        what: &'a Message,
    ) -> SliceReader<'a> {
        SliceReader {
            blob,
            what,
            size_bytes,
            stream: None,
            held: Vec::new(),
            held_from: 0,
            hasher: Hasher::new(digest.algorithm()),
            hashed_bytes: 0,
            is_proved: blob.size_bytes() == Some(size_bytes)
                && blob.proved().as_ref() == Some(digest),
        }
    }

    /// Reads up to `end` only to hash the bytes, and continues while `is_sending`: the transport sends them itself.
    /// Bytes that are proved already are not read.
    ///
    /// # Errors
    /// When the blob cannot be read, or has the wrong length.
    pub(super) async fn pass(&mut self, end: u64, is_sending: &Cell<bool>) -> Result<(), Error> {
        if self.is_proved {
            return Ok(());
        }
        while self.hashed_bytes < end || (is_sending.get() && self.hashed_bytes < self.size_bytes) {
            self.begin(self.hashed_bytes).await?;
            self.held_from = self.held_from.saturating_add(self.held.len() as u64);
            self.held.clear();
            if !self.pull().await? {
                return Err(self.unfit(Message::ends_before_size(self.size_bytes)));
            }
        }
        Ok(())
    }

    /// Reads the byte at `offset` of a local file. One that changed fails here; a transport that reads it itself
    /// reports a lost connection.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub(super) async fn look(&self, offset: u64) -> Result<(), Error> {
        if offset >= self.size_bytes || !self.blob.is_at_hand() {
            return Ok(());
        }
        self.blob.read_at(offset, 1).await.map(drop)
    }

    /// Restarts the stream if `offset` is before the kept bytes.
    async fn begin(&mut self, offset: u64) -> Result<(), Error> {
        if offset < self.held_from || self.stream.is_none() {
            self.stream = Some(self.blob.stream().await?);
            self.held.clear();
            self.held_from = 0;
        }
        Ok(())
    }

    /// Reads ahead the `len` bytes from `offset` on. A failure is reported by the next [`SliceReader::slice`].
    pub(super) async fn read_ahead(&mut self, offset: u64, len: usize) {
        let end = offset.saturating_add(len as u64).min(self.size_bytes);
        while self.held_from.saturating_add(self.held.len() as u64) < end {
            match self.pull().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    // The next read restarts the stream, and may fail again.
                    self.stream = None;
                    return;
                }
            }
        }
    }

    /// Returns `len` bytes from `offset` on, or fewer at the end.
    ///
    /// # Errors
    /// When the blob cannot be read, or has the wrong length.
    pub(super) async fn slice(&mut self, offset: u64, len: usize) -> Result<&[u8], Error> {
        let left = self.size_bytes.saturating_sub(offset);
        let len = usize::try_from(left).map_or(len, |left| left.min(len));
        // The request that completes an upload has no bytes.
        if len == 0 {
            return Ok(&[]);
        }
        self.begin(offset).await?;
        loop {
            let skipped = offset.saturating_sub(self.held_from);
            let skipped =
                usize::try_from(skipped).map_or(self.held.len(), |n| n.min(self.held.len()));
            self.held.drain(..skipped);
            self.held_from = self.held_from.saturating_add(skipped as u64);
            if self.held_from == offset && self.held.len() >= len {
                return Ok(self.held.get(..len).unwrap_or_default());
            }
            if !self.pull().await? {
                return Err(self.unfit(Message::ends_before_size(self.size_bytes)));
            }
        }
    }

    /// Verifies the bytes after the last slice was read, once. If the algorithm is not supported, verification is
    /// left to the registry.
    ///
    /// # Errors
    /// When the bytes do not match the digest, or there are more of them than there should be.
    pub(super) async fn prove(&mut self, digest: &Digest) -> Result<(), Error> {
        if self.is_proved {
            return Ok(());
        }
        // Any further bytes are too many.
        while self.pull().await? {}
        let hasher = std::mem::replace(&mut self.hasher, Hasher::new(digest.algorithm()));
        match hasher.finish() {
            Some(actual) if actual != *digest => Err(Error::DigestMismatch {
                what: self.what.clone(),
                expected: digest.clone(),
                actual,
            }),
            _ => {
                self.is_proved = true;
                Ok(())
            }
        }
    }

    /// Reads the stream's next piece; false at its end.
    async fn pull(&mut self) -> Result<bool, Error> {
        let Some(stream) = &mut self.stream else {
            return Ok(false);
        };
        let piece = stream
            .next()
            .await
            .map_err(|cause| io_error(self.what, cause))?;
        let Some(piece) = piece else {
            return Ok(false);
        };
        let from = self.held_from.saturating_add(self.held.len() as u64);
        let end = from.saturating_add(piece.len() as u64);
        if end > self.size_bytes {
            return Err(self.unfit(Message::goes_on_after_size(self.size_bytes)));
        }
        if end > self.hashed_bytes {
            let known = usize::try_from(self.hashed_bytes.saturating_sub(from)).unwrap_or(0);
            self.hasher.update(piece.get(known..).unwrap_or_default());
            self.hashed_bytes = end;
        }
        self.held.extend_from_slice(&piece);
        Ok(true)
    }

    fn unfit(&self, how: Message) -> Error {
        Error::Malformed {
            what: self.what.clone(),
            reason: how,
        }
    }
}
