//! A blob's bytes in slices, proved against its digest while they pass.
//!
//! Two slices are held at most: the one that is sent, and the one that is read ahead. Whoever goes back has the blob
//! streamed once more from its start: that happens after a lost connection only.

use std::cell::Cell;

use crate::image::{Digest, Hasher};
use crate::io::ByteStream;

use super::super::super::{Blob, Error};
use super::super::conversation::io_error;

/// Reads slices of one blob.
pub(super) struct SliceReader<'a> {
    blob: &'a dyn Blob,
    what: &'a str,
    size_bytes: u64,
    stream: Option<Box<dyn ByteStream>>,
    /// Bytes of the stream that have not been given up, and where they begin.
    held: Vec<u8>,
    held_from: u64,
    hasher: Hasher,
    /// How many bytes from the start have been hashed, each once.
    hashed_bytes: u64,
    is_proved: bool,
}

impl<'a> SliceReader<'a> {
    pub(super) fn new(
        blob: &'a dyn Blob,
        digest: &Digest,
        size_bytes: u64,
        what: &'a str,
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
            is_proved: false,
        }
    }

    /// Reads up to `end` for the proof alone, and on while `is_sending`: somebody else sends the bytes.
    ///
    /// # Errors
    /// When the blob cannot be read, or does not have as many bytes as it should.
    pub(super) async fn pass(&mut self, end: u64, is_sending: &Cell<bool>) -> Result<(), Error> {
        while self.hashed_bytes < end || (is_sending.get() && self.hashed_bytes < self.size_bytes) {
            self.begin(self.hashed_bytes).await?;
            self.held_from = self.held_from.saturating_add(self.held.len() as u64);
            self.held.clear();
            if !self.pull().await? {
                return Err(self.unfit("it ends before its size"));
            }
        }
        Ok(())
    }

    /// Streams anew where `offset` lies before what is held.
    async fn begin(&mut self, offset: u64) -> Result<(), Error> {
        if offset < self.held_from || self.stream.is_none() {
            self.stream = Some(self.blob.stream().await?);
            self.held.clear();
            self.held_from = 0;
        }
        Ok(())
    }

    /// Reads the `len` bytes from `offset` on, which are asked for next. A failure is told to whoever asks for them.
    pub(super) async fn read_ahead(&mut self, offset: u64, len: usize) {
        let end = offset.saturating_add(len as u64).min(self.size_bytes);
        while self.held_from.saturating_add(self.held.len() as u64) < end {
            match self.pull().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    // It is read anew from its start, and fails once more or does not.
                    self.stream = None;
                    return;
                }
            }
        }
    }

    /// The bytes from `offset` on, `len` of them, or fewer at the end.
    ///
    /// # Errors
    /// When the blob cannot be read, or does not have as many bytes as it should.
    pub(super) async fn slice(&mut self, offset: u64, len: usize) -> Result<&[u8], Error> {
        self.begin(offset).await?;
        let left = self.size_bytes.saturating_sub(offset);
        let len = usize::try_from(left).map_or(len, |left| left.min(len));
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
                return Err(self.unfit("it ends before its size"));
            }
        }
    }

    /// Proves the bytes, whose last slice has been read, once. An algorithm that nobody here can compute is left to the
    /// registry.
    ///
    /// # Errors
    /// When they are not what the digest says, or there are more of them than there should be.
    pub(super) async fn prove(&mut self, digest: &Digest) -> Result<(), Error> {
        if self.is_proved {
            return Ok(());
        }
        // Whatever comes now is too much.
        while self.pull().await? {}
        let hasher = std::mem::replace(&mut self.hasher, Hasher::new(digest.algorithm()));
        match hasher.finish() {
            Some(actual) if actual != *digest => Err(Error::DigestMismatch {
                what: self.what.to_owned(),
                expected: digest.clone(),
                actual,
            }),
            _ => {
                self.is_proved = true;
                Ok(())
            }
        }
    }

    /// Takes the stream's next piece; false at its end.
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
            return Err(self.unfit("it goes on after its size"));
        }
        if end > self.hashed_bytes {
            let known = usize::try_from(self.hashed_bytes.saturating_sub(from)).unwrap_or(0);
            self.hasher.update(piece.get(known..).unwrap_or_default());
            self.hashed_bytes = end;
        }
        self.held.extend_from_slice(&piece);
        Ok(true)
    }

    fn unfit(&self, how: &str) -> Error {
        Error::Malformed {
            what: self.what.to_owned(),
            reason: format!("{how} of {} bytes", self.size_bytes),
        }
    }
}
