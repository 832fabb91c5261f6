//! A blob's bytes in order, held against what is claimed of them while they pass.

use std::rc::Rc;

use crate::image::{Algorithm, Digest, Hasher};
use crate::io::ByteStream;
use crate::source::{Blob, Error};

/// A stream that ends well only if its bytes are the claimed ones.
pub struct ProvedStream {
    what: String,
    stream: Box<dyn ByteStream>,
    proof: Option<(Digest, Hasher)>,
    claimed_bytes: Option<u64>,
    read_bytes: u64,
}

impl ProvedStream {
    /// Begins to read a blob; `what` names it in errors. A digest whose algorithm is unknown proves nothing.
    ///
    /// # Errors
    /// When the place does not answer, or does not have the blob.
    pub async fn open(
        blob: &Rc<dyn Blob>,
        what: &str,
        digest: Option<&Digest>,
        size_bytes: Option<u64>,
    ) -> Result<ProvedStream, Error> {
        let digest = digest.filter(|digest| digest.algorithm() != Algorithm::Other);
        Ok(ProvedStream {
            what: what.to_owned(),
            stream: blob.stream().await?,
            proof: digest.map(|digest| (digest.clone(), Hasher::new(digest.algorithm()))),
            claimed_bytes: size_bytes,
            read_bytes: 0,
        })
    }

    /// The next piece; `None` at the end of bytes that are proved.
    ///
    /// # Errors
    /// When the transfer breaks, or the bytes are not the claimed ones.
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
            reason: format!(
                "{} bytes are claimed of it, and {} came",
                self.claimed_bytes.unwrap_or_default(),
                self.read_bytes
            ),
        }
    }
}
