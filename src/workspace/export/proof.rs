//! Streams the bytes of a blob and verifies them against its claims as they pass.

use crate::message::Message;
use std::rc::Rc;

use crate::image::{Algorithm, Digest, Hasher};
use crate::io::ByteStream;
use crate::source::{Blob, Error};

/// A stream that ends without an error only if its bytes match the claims.
pub struct ProvedStream {
    what: Message,
    stream: Box<dyn ByteStream>,
    proof: Option<(Digest, Hasher)>,
    claimed_bytes: Option<u64>,
    read_bytes: u64,
}

impl ProvedStream {
    /// Starts to read a blob. `what` names it in errors. A digest whose algorithm is not supported is not checked.
    ///
    /// # Errors
    /// When the source does not answer, or does not have the blob.
    pub async fn open(
        blob: &Rc<dyn Blob>,
        what: &Message,
        digest: Option<&Digest>,
        size_bytes: Option<u64>,
    ) -> Result<ProvedStream, Error> {
        let digest = digest.filter(|digest| digest.algorithm() != Algorithm::Other);
        Ok(ProvedStream {
            what: what.clone(),
            stream: blob.stream().await?,
            proof: digest.map(|digest| (digest.clone(), Hasher::new(digest.algorithm()))),
            claimed_bytes: size_bytes,
            read_bytes: 0,
        })
    }

    /// Returns the next piece; `None` at the end, once all bytes are verified.
    ///
    /// # Errors
    /// When the transfer breaks, or the bytes do not match the claims.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let piece = self.stream.next().await.map_err(|cause| Error::Io {
            what: self.what.clone(),
            cause,
        })?;
        let Some(piece) = piece else {
            self.finish()?;
            return Ok(None);
        };
        self.read_bytes = self.read_bytes.saturating_add(piece.len() as u64);
        if self
            .claimed_bytes
            .is_some_and(|most| self.read_bytes > most)
        {
            return Err(self.wrong_size());
        }
        if let Some((_, hasher)) = &mut self.proof {
            hasher.update(&piece);
        }
        Ok(Some(piece))
    }

    fn finish(&mut self) -> Result<(), Error> {
        if let Some((expected, hasher)) = self.proof.take()
            && let Some(actual) = hasher.finish()
            && actual != expected
        {
            return Err(Error::DigestMismatch {
                what: self.what.clone(),
                expected,
                actual,
            });
        }
        match self.claimed_bytes.take() {
            Some(claimed) if claimed != self.read_bytes => {
                self.claimed_bytes = Some(claimed);
                Err(self.wrong_size())
            }
            _ => Ok(()),
        }
    }

    fn wrong_size(&self) -> Error {
        Error::Malformed {
            what: self.what.clone(),
            reason: Message::claimed_and_came(
                self.claimed_bytes.unwrap_or_default(),
                self.read_bytes,
            ),
        }
    }
}
