//! A reader's connection to its hasher: a few buffers that go there full and come back empty.
//!
//! Nothing is shared between the threads: a buffer belongs to one of them at a time. The page therefore needs no
//! headers that isolate it. Bytes are copied once out of one memory and once into the other.

use crate::message::Message;
use std::collections::VecDeque;

use js_sys::Uint8Array;

use crate::layer::{Expected, Hashed, unpack_hashed};

use super::inbox::Heard;
use super::role::{HASHER, HashOrder, HashReport};

/// Size of a buffer in bytes.
const BUFFER_BYTES: u32 = 1024 * 1024;
/// Largest number of buffers, and of compressed pieces, in transit: about the bytes read while a hasher starts.
const MOST_AWAY: usize = 16;

/// A hasher with its circulating buffers.
pub(super) struct Ring {
    hasher: Heard<HashReport>,
    /// Messages queued until the hasher runs; `None` once it does.
    early: Option<VecDeque<(HashOrder, Option<Uint8Array>)>>,
    /// The buffer that is being filled, with the number of bytes in it.
    filling: Option<(Uint8Array, u32)>,
    /// Full buffers that are still to be sent, with the number of bytes in each.
    full: VecDeque<(Uint8Array, u32)>,
    empty: Vec<Uint8Array>,
    n_away: usize,
}

impl Ring {
    /// Starts a hasher. Messages are queued until it runs.
    pub(super) fn start(script_url: &str) -> Result<Ring, Message> {
        let hasher = Heard::start(script_url, HASHER);
        Ok(Ring {
            hasher: hasher.map_err(|error| Message::no_hasher(format!("{error:?}")))?,
            early: Some(VecDeque::new()),
            filling: None,
            full: VecDeque::new(),
            empty: Vec::new(),
            n_away: 0,
        })
    }

    /// True if the hasher died.
    pub(super) fn is_lost(&self) -> bool {
        self.hasher.is_lost()
    }

    /// Starts a layer.
    pub(super) fn begin(&mut self, expected: Expected) -> Result<(), Message> {
        self.tell(HashOrder::Begin(expected.into()), None)
    }

    fn tell(&mut self, order: HashOrder, buffer: Option<Uint8Array>) -> Result<(), Message> {
        match &mut self.early {
            Some(early) => {
                early.push_back((order, buffer));
                Ok(())
            }
            None => self.hasher.tell(order, None, buffer),
        }
    }

    /// Takes uncompressed bytes. The next [`Ring::flush`] sends them.
    pub(super) fn fill(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (buffer, filled) = self.filling.take().unwrap_or_else(|| {
                let empty = self.empty.pop();
                (
                    empty.unwrap_or_else(|| Uint8Array::new_with_length(BUFFER_BYTES)),
                    0,
                )
            });
            let room = (BUFFER_BYTES - filled) as usize;
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            let end = filled + now.len() as u32;
            buffer.subarray(filled, end).copy_from(now);
            bytes = later;
            match end {
                BUFFER_BYTES => self.full.push_back((buffer, end)),
                _ => self.filling = Some((buffer, end)),
            }
        }
    }

    /// Sends the full buffers, waiting while too many are in transit.
    pub(super) async fn flush(&mut self) -> Result<(), Message> {
        while let Some((buffer, filled)) = self.full.pop_front() {
            self.wait_for_room().await?;
            self.n_away += 1;
            self.tell(HashOrder::Decoded(filled), Some(buffer))?;
        }
        Ok(())
    }

    /// Sends compressed bytes as they arrived.
    pub(super) async fn stored_piece(&mut self, piece: Uint8Array) -> Result<(), Message> {
        self.wait_for_room().await?;
        self.n_away += 1;
        self.tell(HashOrder::Stored, Some(piece))
    }

    async fn wait_for_room(&mut self) -> Result<(), Message> {
        while let Some((report, buffer)) = self.hasher.try_next() {
            self.take_back(&report, buffer)?;
        }
        while self.n_away >= MOST_AWAY {
            let (report, buffer) = self.hasher.next().await?;
            self.take_back(&report, buffer)?;
        }
        Ok(())
    }

    fn take_back(
        &mut self,
        report: &HashReport,
        buffer: Option<Uint8Array>,
    ) -> Result<(), Message> {
        match report {
            HashReport::Ready => {
                for (order, buffer) in self.early.take().unwrap_or_default() {
                    self.hasher.tell(order, None, buffer)?;
                }
            }
            HashReport::Stored | HashReport::Decoded => self.n_away -= 1,
            HashReport::Alive | HashReport::Hashed => {}
        }
        // Bytes that expanded strongly may have needed more buffers, which are not all kept.
        self.empty
            .extend(buffer.filter(|_| self.empty.len() < MOST_AWAY));
        Ok(())
    }

    /// Sends the rest, and returns the hashes of all bytes.
    pub(super) async fn end(&mut self) -> Result<Hashed, Message> {
        self.full.extend(self.filling.take());
        self.flush().await?;
        self.tell(HashOrder::End, None)?;
        loop {
            match self.hasher.next().await? {
                (HashReport::Hashed, Some(packed)) => {
                    let hashed = unpack_hashed(&packed.to_vec());
                    return hashed.map_err(|error| (&error).into());
                }
                (report, buffer) => self.take_back(&report, buffer)?,
            }
        }
    }
}
