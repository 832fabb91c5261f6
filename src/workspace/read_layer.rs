//! Streams one blob through `layer::LayerReader`: the only place where a layer's bytes pass.
//!
//! What is damaged in the bytes is in the reading; only bytes that cannot be had at all are an error.

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

/// Stored bytes pushed at once: few, since each may decode to a thousand and more.
const PART_BYTES: usize = 16 * 1024;

/// A layer that was read to its end.
pub struct ReadLayer {
    /// Its entries.
    pub index: Rc<LayerIndex>,
    /// The way back to each file's bytes.
    pub access: Rc<AccessIndex>,
    /// Where the bytes are.
    pub blob: Rc<dyn Blob>,
    /// How they are compressed.
    pub compression: Compression,
    /// How many there are.
    pub stored_bytes: u64,
    /// How many they decode to.
    pub decoded_bytes: u64,
    /// The digest of the stored bytes, computed.
    pub digest: Digest,
    /// The digest of the decoded bytes, computed.
    pub diff_id: DiffId,
    /// Whether the codec's own checksums were there, and hold.
    pub checksum_proved: bool,
    /// Where and how the bytes are damaged; what came before is in the index.
    pub damage: Option<crate::layer::Error>,
    /// What is odd.
    pub warnings: Warnings,
    /// What a bound or a rule left out.
    pub left_out: LeftOut,
    /// What was found when its bytes were read again and were others than were proved.
    changed: RefCell<Option<crate::layer::Error>>,
}

/// A layer that was just read.
pub struct Fresh {
    /// What was read.
    pub layer: ReadLayer,
    /// What was proved.
    pub verdict: Verdict,
    /// The reading as bytes, where another thread made it so.
    pub packed: Option<Vec<u8>>,
}

impl From<(ReadLayer, Verdict)> for Fresh {
    /// A layer that was read in this thread.
    fn from((layer, verdict): (ReadLayer, Verdict)) -> Fresh {
        Fresh {
            layer,
            verdict,
            packed: None,
        }
    }
}

/// What is to be read, apart from the image, so that images can be looked at meanwhile.
#[derive(Clone)]
pub struct LayerTask {
    /// The bytes.
    pub blob: Rc<dyn Blob>,
    /// What is claimed of them.
    pub expected: Expected,
    /// What was read of the image before.
    pub before: Before,
}

impl ReadLayer {
    /// Decoded bytes that pass before the content of an entry comes.
    pub fn passed_bytes(&self, entry: EntryId) -> u64 {
        let entry = self.index.entry(entry);
        entry.map_or(0, |entry| self.access.passed_bytes(&entry))
    }

    /// What was read of `blob`, with the verdict on it.
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

    /// Notes that its bytes, read again, are not those that were proved.
    pub fn note_change(&self, error: &crate::layer::Error) {
        self.changed.borrow_mut().get_or_insert(error.clone());
    }

    /// What was found of its bytes since, where that is not what was proved.
    pub fn change(&self) -> Option<crate::layer::Error> {
        self.changed.borrow().clone()
    }

    /// The layer without its verdict: what is shown of it stays, and is marked as damaged.
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

    /// Whether a blob may be taken for the one that was read: it has as many bytes, and where they are at hand, those
    /// of a sample are the same. Nothing is proved by it; what differs is noticed early.
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

    /// What it was made of. Nothing is copied while nobody else has it.
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

/// Reads a layer, telling `progress` after each small piece; `Break` cancels.
///
/// # Errors
/// When the bytes cannot be had, or the reading was cancelled.
pub async fn read_layer(
    task: LayerTask,
    options: ReadOptions,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<(ReadLayer, Verdict), Error> {
    read_layer_breathing(task, options, progress, &|| None).await
}

/// The same, asking `breathe` after each piece whether other work is due, and awaiting it.
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
        what: "the layer".to_owned(),
        cause,
    };
    while let Some(piece) = stream.next().await.map_err(failed)? {
        for part in piece.chunks(PART_BYTES) {
            reader.push(part);
            if progress(reader.progress()).is_break() {
                let kind = io::ErrorKind::Cancelled;
                return Err(failed(io::Error::new(kind, "cancelled")));
            }
            if let Some(due) = breathe() {
                due.await;
            }
        }
    }
    Ok(ReadLayer::of(reader.finish(), task.blob))
}

/// Holds claims against a layer that was read before: nothing is proved anew, but much may be refuted.
///
/// `None` when a claim is by another algorithm than was computed then: only reading the bytes again can tell.
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
