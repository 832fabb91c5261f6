//! Streams a blob through `layer::LayerReader`: the only place where a layer is read as a whole.
//!
//! Damage in the bytes is part of the reading. Only bytes that cannot be read at all are an error.

use crate::message::Message;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::image::{Algorithm, DiffId, Digest};
use crate::io::{self, LocalFuture};
use crate::layer::{
    AccessIndex, Before, Check, Compression, EntryId, Expected, LayerIndex, LayerReader,
    LayerReading, LeftOut, Progress, ReadOptions, Verdict, Warnings,
};
use crate::source::{Blob, Error};

/// Compressed bytes pushed at a time: few, since each may decode to a thousand or more.
const PART_BYTES: usize = 16 * 1024;

/// A layer that was read to its end.
pub struct ReadLayer {
    /// The layer's entries.
    pub index: Rc<LayerIndex>,
    /// The checkpoints for reading single files.
    pub access: Rc<AccessIndex>,
    /// The source of the bytes.
    pub blob: Rc<dyn Blob>,
    /// The compression of the blob.
    pub compression: Compression,
    /// Compressed size in bytes.
    pub stored_bytes: u64,
    /// Uncompressed size in bytes.
    pub decoded_bytes: u64,
    /// The computed digest of the compressed bytes.
    pub digest: Digest,
    /// The computed digest of the uncompressed bytes.
    pub diff_id: DiffId,
    /// True if the codec's own checksums are present and valid.
    pub checksum_proved: bool,
    /// The place and kind of damage. The index has the entries before it.
    pub damage: Option<crate::layer::Error>,
    /// Warnings about the layer.
    pub warnings: Warnings,
    /// Paths that a limit or a rule left out.
    pub left_out: LeftOut,
    /// The error found when the bytes were read again and differed from the verified ones.
    changed: RefCell<Option<crate::layer::Error>>,
}

/// A layer that was just read.
pub struct Fresh {
    /// The result of reading it.
    pub layer: ReadLayer,
    /// The result of verifying it.
    pub verdict: Verdict,
    /// The packed reading, if another thread made it.
    pub packed: Option<Vec<u8>>,
}

impl From<(ReadLayer, Verdict)> for Fresh {
    /// Wraps a layer that was read in this thread.
    fn from((layer, verdict): (ReadLayer, Verdict)) -> Fresh {
        Fresh {
            layer,
            verdict,
            packed: None,
        }
    }
}

/// The input for reading a layer, independent of the image, so that images can be browsed meanwhile.
#[derive(Clone)]
pub struct LayerTask {
    /// The bytes to read.
    pub blob: Rc<dyn Blob>,
    /// The claims about them.
    pub expected: Expected,
    /// The totals of the layers of the image that were read before.
    pub before: Before,
}

impl ReadLayer {
    /// Returns the number of bytes to decode before the content of an entry.
    pub fn passed_bytes(&self, entry: EntryId) -> u64 {
        let entry = self.index.entry(entry);
        entry.map_or(0, |entry| self.access.passed_bytes(&entry))
    }

    /// Returns the result of reading `blob`, with its verdict.
    pub fn of(reading: LayerReading, blob: Rc<dyn Blob>) -> (ReadLayer, Verdict) {
        let layer = ReadLayer {
            index: Rc::new(reading.index),
            access: Rc::new(reading.access),
            blob,
            compression: reading.compression,
            stored_bytes: reading.stored_bytes,
            decoded_bytes: reading.decoded_bytes,
            digest: reading.digest,
            diff_id: reading.diff_id,
            checksum_proved: reading.verdict.checksum == Check::Ok,
            damage: reading.damage,
            warnings: reading.warnings,
            left_out: reading.left_out,
            changed: RefCell::default(),
        };
        (layer, reading.verdict)
    }

    /// Records that its bytes, read again, differ from the verified ones.
    pub fn note_change(&self, error: &crate::layer::Error) {
        self.changed.borrow_mut().get_or_insert(error.clone());
        self.blob.note_proved(None);
    }

    /// Returns the recorded difference between the present bytes and the verified ones.
    pub fn change(&self) -> Option<crate::layer::Error> {
        self.changed.borrow().clone()
    }

    /// Returns the layer without its verdict. Its entries stay visible and are marked as damaged.
    pub fn fallen(&self, damage: crate::layer::Error) -> (ReadLayer, Verdict) {
        let layer = ReadLayer {
            index: Rc::clone(&self.index),
            access: Rc::clone(&self.access),
            blob: Rc::clone(&self.blob),
            compression: self.compression,
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            digest: self.digest.clone(),
            diff_id: self.diff_id.clone(),
            checksum_proved: false,
            damage: Some(damage),
            warnings: self.warnings.clone(),
            left_out: self.left_out.clone(),
            changed: RefCell::default(),
        };
        let verdict = Verdict {
            digest: Check::Absent,
            size: Check::Absent,
            diff_id: Check::Absent,
            checksum: Check::Absent,
        };
        (layer, verdict)
    }

    /// True if a blob may be the one that was read: it has the same size and, if the bytes are in a local file,
    /// the same sample bytes. This verifies nothing, but detects most differences early.
    pub async fn may_be(&self, blob: &dyn Blob) -> bool {
        if blob
            .size_bytes()
            .is_some_and(|size| size != self.stored_bytes)
        {
            return false;
        }
        if !blob.is_at_hand() {
            return true;
        }
        for range in self.access.sample() {
            let len = usize::try_from(range.len).unwrap_or(usize::MAX);
            let bytes = blob.read_at(range.offset, len).await;
            if !bytes.is_ok_and(|bytes| self.access.is_span(range.offset, &bytes)) {
                return false;
            }
        }
        true
    }

    /// Returns the parts that the layer was made of. Nothing is copied if they are not shared.
    pub(super) fn into_reading(self, verdict: Verdict) -> (LayerReading, Rc<dyn Blob>) {
        let reading = LayerReading {
            index: Rc::unwrap_or_clone(self.index),
            access: Rc::unwrap_or_clone(self.access),
            verdict,
            compression: self.compression,
            stored_bytes: self.stored_bytes,
            decoded_bytes: self.decoded_bytes,
            digest: self.digest,
            diff_id: self.diff_id,
            damage: self.damage,
            warnings: self.warnings,
            left_out: self.left_out,
        };
        (reading, self.blob)
    }
}

/// Reads a layer. Calls `progress` after each small piece; `Break` cancels.
///
/// # Errors
/// When the bytes cannot be read, or the reading was cancelled.
pub async fn read_layer(
    task: LayerTask,
    options: ReadOptions,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<(ReadLayer, Verdict), Error> {
    read_layer_breathing(task, options, progress, &|| None).await
}

/// Like [`read_layer`], but calls `breathe` after each piece, and awaits the other work that it may return.
///
/// # Errors
/// As [`read_layer`].
pub async fn read_layer_breathing<'a>(
    task: LayerTask,
    options: ReadOptions,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
    breathe: &dyn Fn() -> Option<LocalFuture<'a, ()>>,
) -> Result<(ReadLayer, Verdict), Error> {
    let mut reader = LayerReader::new(task.expected, options).after(task.before);
    let mut stream = task.blob.stream().await?;
    let failed = |cause| Error::Io {
        what: Message::the_layer(),
        cause,
    };
    while let Some(piece) = stream.next().await.map_err(failed)? {
        for part in piece.chunks(PART_BYTES) {
            reader.push(part);
            if progress(reader.progress()).is_break() {
                let kind = io::ErrorKind::Cancelled;
                return Err(failed(io::Error::new(kind, Message::cancelled())));
            }
            if let Some(due) = breathe() {
                due.await;
            }
        }
    }
    Ok(ReadLayer::of(reader.finish(), task.blob))
}

/// Compares claims with a layer that was read before. Nothing is verified again, but claims may be refuted.
///
/// `None` if a claim uses another algorithm than the computed digests: only reading the bytes again can tell.
pub(super) fn verdict_of_known(layer: &ReadLayer, expected: &Expected) -> Option<Verdict> {
    let diff_id = expected.diff_id.as_ref().map(|id| &id.0);
    Some(Verdict {
        digest: known_digest(expected.digest.as_ref(), &layer.digest)?,
        size: match expected.size_bytes {
            None => Check::Absent,
            Some(claimed) => known(claimed, layer.stored_bytes),
        },
        diff_id: known_digest(diff_id, &layer.diff_id.0)?,
        checksum: match layer.checksum_proved {
            true => Check::Known,
            false => Check::Absent,
        },
    })
}

fn known_digest(claimed: Option<&Digest>, computed: &Digest) -> Option<Check> {
    match claimed.map(|claimed| (claimed, claimed.algorithm())) {
        None | Some((_, Algorithm::Other)) => Some(Check::Absent),
        Some((claimed, algorithm)) if algorithm == computed.algorithm() => {
            Some(known(claimed, computed))
        }
        Some(_) => None,
    }
}

fn known<T: PartialEq + ToString>(claimed: T, computed: T) -> Check {
    if claimed == computed {
        return Check::Known;
    }
    Check::Mismatch {
        expected: claimed.to_string(),
        actual: computed.to_string(),
    }
}
