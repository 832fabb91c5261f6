//! Decompresses a whole archive once, into the caller's spool.
//!
//! Layers inside the archive keep their own compression; `layer` decompresses those.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{self, ReadAt, Spool, stream_of};
use crate::layer::{Checksum, Compression, DecodeStatus, Decoder, Error as LayerError};
use crate::source::Error;

use super::progress::{ArchiveProgress, Progress, cancelled};

/// Bytes written to the spool at a time.
const PIECE_BYTES: usize = 1024 * 1024;

/// Compressed bytes decoded at a time, whatever the size of the reads. Which limit is met first then depends on
/// the bytes alone.
const BLOCK_BYTES: usize = 16 * 1024;

/// A decompressed archive.
pub(super) struct Unpacked {
    pub(super) bytes: Rc<dyn ReadAt>,
    /// The damage in the compressed bytes, if any. The bytes decompressed before it are kept.
    pub(super) damage: Option<Message>,
}

/// Decompresses `stored` into `spool`. Damage is not an error: the list of images may precede it.
///
/// # Errors
/// When a limit is exceeded, the file or the spool fails, or `progress` breaks.
pub(super) async fn unpack(
    name: &str,
    stored: &Rc<dyn ReadAt>,
    compression: Compression,
    spool: Box<dyn Spool>,
    limits: &Limits,
    progress: Progress<'_>,
) -> Result<Unpacked, Error> {
    let mut unpacking = Unpacking {
        name,
        limits,
        progress,
        spool,
        pending: Vec::new(),
        n_pending: 0,
        stored_bytes: 0,
        stored_total_bytes: stored.len_bytes(),
        decoded_bytes: 0,
    };
    let mut decoder = Decoder::new(compression, &limits.layer);
    let mut stream = stream_of(Rc::clone(stored), 0);
    let mut rest = Vec::new();
    let damage = 'stored: loop {
        let piece = stream.next().await.map_err(|c| unpacking.io(c))?;
        let is_last = piece.is_none();
        rest.extend(piece.unwrap_or_default());
        let n_ready = match is_last {
            true => rest.len(),
            false => rest.len() - rest.len() % BLOCK_BYTES,
        };
        for block in rest.get(..n_ready).unwrap_or_default().chunks(BLOCK_BYTES) {
            unpacking.stored_bytes += block.len() as u64;
            if let Some(error) = unpacking.decode(&mut decoder, block).await? {
                break 'stored Some(error);
            }
        }
        rest.drain(..n_ready);
        if is_last {
            break match decoder.finish() {
                Ok(ended) => match ended.checksum {
                    Checksum::Refuted(error) => Some(error),
                    Checksum::Absent | Checksum::Proved => None,
                },
                Err(error) => Some(error),
            };
        }
    };
    if damage.is_some() {
        unpacking.salvage(&mut decoder).await?;
    }
    unpacking.flush().await?;
    let bytes = unpacking.spool.finish().await.map_err(|cause| Error::Io {
        what: Message::verbatim(name),
        cause,
    })?;
    Ok(Unpacked {
        bytes,
        damage: damage.as_ref().map(Message::from),
    })
}

struct Unpacking<'a> {
    name: &'a str,
    limits: &'a Limits,
    progress: Progress<'a>,
    spool: Box<dyn Spool>,
    /// A buffer for one piece; its first `n_pending` bytes are decompressed and not in the spool yet.
    pending: Vec<u8>,
    n_pending: usize,
    stored_bytes: u64,
    stored_total_bytes: u64,
    decoded_bytes: u64,
}

impl Unpacking<'_> {
    /// Decompresses one piece. Returns the damage that ends the stream, if any.
    async fn decode(
        &mut self,
        decoder: &mut Decoder,
        piece: &[u8],
    ) -> Result<Option<LayerError>, Error> {
        let mut rest = piece;
        loop {
            let step = match decoder.decode(rest, self.room()) {
                Ok(step) => step,
                Err(error) => return Ok(Some(error)),
            };
            self.took(step.written).await?;
            rest = rest.get(step.read..).unwrap_or_default();
            let stuck = step.read == 0 && step.written == 0;
            if stuck || (step.status == DecodeStatus::NeedsInput && rest.is_empty()) {
                return self.report().map(|()| None);
            }
        }
    }

    /// Takes the bytes that the decoder still held when it failed.
    async fn salvage(&mut self, decoder: &mut Decoder) -> Result<(), Error> {
        loop {
            let written = decoder.salvage(self.room());
            self.took(written).await?;
            if written == 0 {
                return Ok(());
            }
        }
    }

    /// Returns the buffer for the next decompressed bytes; never empty.
    fn room(&mut self) -> &mut [u8] {
        self.pending.resize(PIECE_BYTES, 0);
        self.pending.get_mut(self.n_pending..).unwrap_or_default()
    }

    async fn took(&mut self, written: usize) -> Result<(), Error> {
        self.n_pending += written;
        self.decoded_bytes += written as u64;
        self.check_limits()?;
        if self.n_pending >= PIECE_BYTES {
            self.flush().await?;
            self.report()?;
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), Error> {
        let refuse = |limit: Message| Error::TooLarge {
            what: Message::verbatim(self.name),
            limit,
        };
        if self.decoded_bytes > self.limits.archive.spool_bytes {
            let limit = self.limits.archive.spool_bytes;
            return Err(refuse(Message::limit_decompressed(limit)));
        }
        let most = self
            .stored_bytes
            .saturating_mul(self.limits.layer.expansion);
        if self.decoded_bytes > self.limits.layer.decoded_floor_bytes.max(most) {
            let limit = self.limits.layer.expansion;
            return Err(refuse(Message::limit_expansion(limit)));
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.n_pending == 0 {
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.pending);
        bytes.truncate(std::mem::take(&mut self.n_pending));
        self.spool.append(bytes).await.map_err(|cause| Error::Io {
            what: Message::decompressed(Message::verbatim(self.name)),
            cause,
        })
    }

    fn report(&self) -> Result<(), Error> {
        let progress = ArchiveProgress::Decoding {
            stored_bytes: self.stored_bytes,
            stored_total_bytes: self.stored_total_bytes,
            decoded_bytes: self.decoded_bytes,
        };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(cancelled(self.name)),
        }
    }

    fn io(&self, cause: io::Error) -> Error {
        Error::Io {
            what: Message::verbatim(self.name),
            cause,
        }
    }
}
