//! A reader's end: reads one layer at a time, from a file or from pieces, and hashes it here or with a separate hasher.

use crate::message::Message;
use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use gloo::timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::bounds::{Bound, LayerLimits, Limits};
use crate::engine::Hashing;
use crate::io::{Error, ErrorKind};
use crate::layer::{
    Before, Expected, FileHashes, HashSink, Hashed, LayerHasher, LayerReader, LayerReading,
    Progress, ReadOptions, pack,
};
use crate::web::file::BlobPieces;
use crate::web::global::now_millis;
use crate::web::part;
use crate::web::task::spawn;

use super::child::SIGN_MILLIS;
use super::envelope::Envelope;
use super::inbox::Inbox;
use super::parts::wanted_by;
use super::ring::Ring;
use super::role::{Order, Report, say};

/// Compressed bytes pushed at once: few, since each may decode to a thousand or more.
const PART_BYTES: usize = 32 * 1024;
/// Interval between progress reports to the engine, in milliseconds.
const TELL_MILLIS: f64 = 200.0;
/// Longest computation without a break for messages, in milliseconds. Signs of life and pending messages are
/// handled in between, since one piece of a file may decode to gigabytes.
const BREATHE_MILLIS: f64 = 200.0;

/// Starts to listen for orders.
pub(super) fn start(scope: DedicatedWorkerGlobalScope) {
    let pieces = Rc::new(Inbox::new());
    let hasher = Rc::new(Cell::new(None));
    let ears = scope.clone();
    EventListener::new(&scope, "message", move |event| {
        if let Some(event) = event.dyn_ref::<MessageEvent>() {
            hear(&ears, &pieces, &hasher, event);
        }
    })
    .forget();
    let alive = scope.clone();
    Interval::new(SIGN_MILLIS, move || say(&alive, Report::Alive, None)).forget();
    say(&scope, Report::Ready, None);
}

fn hear(
    scope: &DedicatedWorkerGlobalScope,
    pieces: &Rc<Inbox<Option<Uint8Array>>>,
    hasher: &Rc<Cell<Option<Ring>>>,
    event: &MessageEvent,
) {
    // An unreadable message is of another build, and all later ones would be unreadable, too.
    let Ok(envelope) = Envelope::<Order>::open(&event.data()) else {
        return say(scope, Report::Lost(Message::order_unreadable()), None);
    };
    match envelope.body {
        // If this fails, the first large layer starts one, or reports the reason.
        Order::StandBy => hasher.set(Ring::start(&scope.location().href()).ok()),
        Order::Read {
            claims,
            bounds,
            window_bytes,
            before,
            hashing,
        } => {
            let raise = |limits: Limits, (bound, value): (Bound, u64)| limits.with(bound, value);
            let reading = Reading {
                scope: scope.clone(),
                source: match envelope.files.into_iter().next() {
                    Some(file) => Source::File(BlobPieces::new(file)),
                    None => Source::Pieces(Rc::clone(pieces)),
                },
                expected: claims.into(),
                limits: bounds.into_iter().fold(Limits::DEFAULT, raise).layer,
                window_bytes,
                before,
                told_millis: now_millis(),
                breathed_millis: now_millis(),
            };
            let (scope, hasher) = (scope.clone(), Rc::clone(hasher));
            spawn("read a layer", async move {
                match reading.read(hashing, &hasher).await {
                    Ok(reading) => {
                        let packed = Uint8Array::from(pack(&reading).as_slice());
                        let memory_bytes = memory_bytes();
                        say(&scope, Report::Done { memory_bytes }, Some(packed));
                    }
                    Err(report) => say(&scope, report, None),
                }
            });
        }
        Order::Piece => pieces.put(envelope.buffers.into_iter().next()),
        Order::End => pieces.put(None),
    }
}

/// Returns the size of this worker's own memory in bytes.
fn memory_bytes() -> u64 {
    let memory = wasm_bindgen::memory().dyn_into::<js_sys::WebAssembly::Memory>();
    let buffer = memory.map(|memory| memory.buffer().unchecked_into::<js_sys::ArrayBuffer>());
    buffer.map_or(0, |buffer| u64::from(buffer.byte_length()))
}

/// The source of the compressed bytes.
enum Source {
    File(BlobPieces),
    /// Pieces from the engine, which is told of each one that was taken.
    Pieces(Rc<Inbox<Option<Uint8Array>>>),
}

struct Reading {
    scope: DedicatedWorkerGlobalScope,
    source: Source,
    expected: Expected,
    limits: LayerLimits,
    window_bytes: u64,
    before: Before,
    told_millis: f64,
    breathed_millis: f64,
}

/// Hashing of a layer's bytes, along with its reading.
trait Hashes: HashSink {
    /// Takes a piece of compressed bytes that was read.
    async fn give(&mut self, piece: Uint8Array) -> Result<(), Message>;
    /// Waits until there is room for more.
    async fn settle(&mut self) -> Result<(), Message>;
    /// Returns the hashes of all bytes.
    async fn hashed(self) -> Result<Hashed, Message>;
}

impl Hashes for LayerHasher {
    async fn give(&mut self, _piece: Uint8Array) -> Result<(), Message> {
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Message> {
        Ok(())
    }

    async fn hashed(self) -> Result<Hashed, Message> {
        Ok(self.finish())
    }
}

impl Hashes for &mut Ring {
    async fn give(&mut self, piece: Uint8Array) -> Result<(), Message> {
        self.stored_piece(piece).await
    }

    async fn settle(&mut self) -> Result<(), Message> {
        self.flush().await
    }

    async fn hashed(self) -> Result<Hashed, Message> {
        self.end().await
    }
}

impl HashSink for &mut Ring {
    fn stored(&mut self, _bytes: &[u8]) {
        // They are sent as the pieces in which they arrived, without a copy.
    }

    fn decoded(&mut self, bytes: &[u8]) {
        self.fill(bytes);
    }
}

impl Reading {
    async fn read(
        mut self,
        hashing: Hashing,
        idle: &Cell<Option<Ring>>,
    ) -> Result<LayerReading, Report> {
        if hashing == Hashing::WithReading {
            let hasher = LayerHasher::new(&self.expected);
            return self.read_hashing_by(hasher).await;
        }
        let mut ring = match idle.take() {
            Some(ring) if !ring.is_lost() => ring,
            _ => Ring::start(&self.scope.location().href()).map_err(Report::Lost)?,
        };
        ring.begin(self.expected.clone()).map_err(Report::Lost)?;
        let reading = self.read_hashing_by(&mut ring).await?;
        idle.set(Some(ring));
        Ok(reading)
    }

    async fn read_hashing_by<H: Hashes>(&mut self, hashes: H) -> Result<LayerReading, Report> {
        let options = ReadOptions {
            limits: LayerLimits {
                zstd_window_bytes: self.window_bytes,
                ..self.limits
            },
            file_hashes: FileHashes::Skip,
        };
        let reader = LayerReader::hashing_by(hashes, self.expected.clone(), options);
        let mut reader = reader.after(self.before);
        let mut bytes = Vec::new();
        while let Some(piece) = self.next().await? {
            bytes.resize(piece.length() as usize, 0);
            piece.copy_to(&mut bytes);
            if let Some(name) = wanted_by(&bytes) {
                let failed =
                    |why: String| Report::Failed(ErrorKind::PartMissing, Message::verbatim(why));
                part::fetch(name).await.map_err(failed)?;
                say(&self.scope, Report::Rare, None);
            }
            reader.hashes().give(piece).await.map_err(Report::Lost)?;
            for part in bytes.chunks(PART_BYTES) {
                reader.push(part);
                reader.hashes().settle().await.map_err(Report::Lost)?;
                self.tell(reader.progress());
                self.breathe().await;
            }
            if reader.lacks_window() && self.window_bytes < self.limits.zstd_window_bytes {
                return Err(Report::LacksWindow);
            }
        }
        let (unproved, hashes) = reader.end();
        let mut reading = unproved.prove(hashes.hashed().await.map_err(Report::Lost)?);
        // A later reader of this layer has a window to itself.
        reading.access.window_limit_bytes = self.limits.zstd_window_bytes;
        Ok(reading)
    }

    async fn next(&mut self) -> Result<Option<Uint8Array>, Report> {
        let failed = |error: Error| Report::Failed(error.kind, error.detail);
        match &mut self.source {
            Source::File(pieces) => pieces.next().await.map_err(failed),
            Source::Pieces(inbox) => {
                let piece = inbox.next().await;
                let piece = piece.map_err(|reason| Report::Failed(ErrorKind::Other, reason))?;
                if piece.is_some() {
                    say(&self.scope, Report::Took, None);
                }
                Ok(piece)
            }
        }
    }

    async fn breathe(&mut self) {
        if now_millis() - self.breathed_millis >= BREATHE_MILLIS {
            TimeoutFuture::new(0).await;
            self.breathed_millis = now_millis();
        }
    }

    fn tell(&mut self, progress: Progress) {
        let now_millis = now_millis();
        if now_millis - self.told_millis < TELL_MILLIS {
            return;
        }
        self.told_millis = now_millis;
        let Progress {
            stored_bytes,
            decoded_bytes,
            n_entries,
        } = progress;
        let report = Report::Progress {
            stored_bytes,
            decoded_bytes,
            n_entries,
        };
        say(&self.scope, report, None);
    }
}
