//! Reads one layer: with a reader in another thread if there is one, otherwise in this thread.
//!
//! `layers` chooses the layers to read and accepts the results.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::{Bound, Limits};
use crate::io::{self, ErrorKind};
use crate::layer::{FileHashes, Progress, ReadOptions, unpack};
use crate::protocol::{Event, Holder, ImageKey, LayerProgress, Problem, count};
use crate::source::Error;
use crate::workspace::{
    Fresh, LayerStatus, LayerTask, PackedIndex, ReadLayer, read_layer_breathing,
};

use super::cancel::Cancel;
use super::session::Shown;
use super::slots::Slot;
use super::{Hashing, ReadFailure, ReadOrder, Session, World};

/// Milliseconds between progress events of a layer: short enough to look alive.
const TELL_MILLIS: f64 = 200.0;

/// Milliseconds of decompression after which other requests are answered, approximately.
const BREATHE_MILLIS: f64 = 200.0;

/// Milliseconds that the storage waits after an image is completely shown.
const BEFORE_KEEPING_MILLIS: u64 = 100;

/// Compressed bytes from which a layer is worth a second thread. An idle one is ready if the machine has enough
/// cores, and a layer that compresses well may grow a hundredfold when it is decompressed.
const LARGE_BYTES: u64 = 512 * 1024;

fn io_error(kind: ErrorKind, detail: impl Into<Message>) -> Error {
    Error::Io {
        what: Message::the_layer(),
        cause: io::Error::new(kind, detail),
    }
}

impl<W: World> Session<W> {
    /// Reads a layer, or reads it again, and accepts the result into its image.
    pub(super) async fn read_one(
        &self,
        key: ImageKey,
        layer: usize,
        cancel: &Cancel,
    ) -> Result<(), Problem> {
        let task = self.shown(key)?.borrow().image.task(layer);
        let Some(task) = task else {
            return Ok(());
        };
        let raised = self.shown(key)?.borrow().raised.get(&layer).copied();
        let reading = Reading {
            session: self,
            image: key,
            layer,
            limits: raised.unwrap_or(self.limits),
            total_bytes: task.expected.size_bytes.or_else(|| task.blob.size_bytes()),
            rate: Rate::starting(self.world.now_millis()),
            cancel,
        };
        let read = async |task| reading.read(task).await;
        let status = match self.read_keeping(key, task, read).await {
            Ok((read, verdict, index)) => {
                let read = Rc::new(read);
                self.cache.borrow_mut().remember(&read, &verdict);
                // The layer is shown before it is stored, since storing takes as long as reading a small layer.
                self.accept(key, layer, LayerStatus::Read(read, verdict));
                if let Some(index) = index {
                    self.keep_index(key, index).await;
                }
                return Ok(());
            }
            Err(error) if cancel.check().is_break() => return Err(Problem::from(&error)),
            Err(Error::Io { cause, .. }) if cause.kind == ErrorKind::Lost => {
                self.world.tell(Event::ReaderLost {
                    image: key,
                    layer: count(layer),
                    reason: cause.detail,
                });
                LayerStatus::LeftOut
            }
            // The result of an earlier reading stays: its bytes were available then.
            Err(error) if self.is_read(key, layer) => return Err(Problem::from(&error)),
            Err(error) => LayerStatus::Failed(error),
        };
        self.accept(key, layer, status);
        Ok(())
    }

    async fn keep_index(&self, key: ImageKey, index: PackedIndex) {
        let is_last = |shown: Rc<RefCell<Shown>>| shown.borrow().image.waiting().next().is_none();
        if self.shown(key).is_ok_and(is_last) {
            // The page asks for the whole tree now, and is answered first.
            self.world.clock().pause(BEFORE_KEEPING_MILLIS).await;
        }
        self.store.keep(index).await;
    }

    fn is_read(&self, key: ImageKey, layer: usize) -> bool {
        self.shown(key).is_ok_and(|shown| {
            let image = &shown.borrow().image;
            image.read_layer(layer).is_some() || image.listed_layer(layer).is_some()
        })
    }

    /// Returns the compressed bytes of the image's other layers that are being read or wait for it.
    fn other_bytes(&self, key: ImageKey, layer: usize) -> u64 {
        let shown = self.shown(key);
        shown.map_or(0, |shown| {
            let shown = shown.borrow();
            let others = shown.image.waiting().filter(|other| *other != layer);
            let bytes = others.map(|other| {
                let found = shown.image.found.layers.get(other);
                // A layer of unknown size counts as a large one.
                found
                    .and_then(|found| found.claimed_bytes())
                    .unwrap_or(u64::MAX)
            });
            bytes.fold(0, u64::saturating_add)
        })
    }
}

/// The reading of one layer. When it ends, even if it is dropped half-way, the page is told that nobody reads the
/// layer any more. For a layer that is done, this is not news.
struct Reading<'a, W: World> {
    session: &'a Session<W>,
    image: ImageKey,
    layer: usize,
    limits: Limits,
    total_bytes: Option<u64>,
    rate: Rate,
    cancel: &'a Cancel,
}

impl<W: World> Reading<'_, W> {
    async fn read(&self, task: LayerTask) -> Result<Fresh, Error> {
        let slots = &self.session.slots;
        let full = self.limits.layer.zstd_window_bytes;
        let share = slots.share_of(full);
        let slot = slots.take(self.image).await;
        // Each of several readings gets a part of the room for names.
        let mut sharing = task.clone();
        sharing.before.text_bytes = slots.text_before(task.before.text_bytes, &self.limits);
        match self.read_with(slot, sharing, share).await {
            Ok(read) if lacks_text(&read.layer) && slots.n_at_once() > 1 => {
                drop(read);
                let slot = slots.take_all(self.image).await;
                // Other layers have been read by now.
                let shown = self.session.shown(self.image);
                let now = shown
                    .ok()
                    .and_then(|shown| shown.borrow().image.task(self.layer));
                let task = LayerTask {
                    before: now.map_or(task.before, |now| now.before),
                    ..task
                };
                let read = self.read_with(slot, task, full).await;
                read.map_err(failed)
            }
            Err(ReadFailure::LacksWindow) if share < full => {
                // The layer's window is larger than several readers may have at once, so the layer is read alone.
                let slot = slots.take_all(self.image).await;
                let read = self.read_with(slot, task, full).await;
                read.map_err(failed)
            }
            read => read.map_err(failed),
        }
    }

    async fn read_with(
        &self,
        mut slot: Slot<'_>,
        task: LayerTask,
        window_bytes: u64,
    ) -> Result<Fresh, ReadFailure> {
        if let Some(readers) = self.session.world.readers() {
            let own_bytes = self.total_bytes.unwrap_or(u64::MAX);
            let other_bytes = self.session.other_bytes(self.image, self.layer);
            let is_large = own_bytes >= LARGE_BYTES;
            let order = ReadOrder {
                blob: task.blob.clone(),
                expected: task.expected.clone(),
                limits: self.limits,
                window_bytes,
                before: task.before,
                hashing: match is_large && slot.take_second_core(own_bytes, other_bytes) {
                    true => Hashing::Beside,
                    false => Hashing::WithReading,
                },
            };
            self.begin(Holder::Reader)?;
            let tell = |progress| self.tell(progress, Holder::Reader);
            match readers.read(order, &tell).await {
                Err(ReadFailure::Absent) => {}
                read => {
                    // The next layer is read while this one is unpacked.
                    drop(slot);
                    return self.unpacked(read?, task);
                }
            }
        }
        self.begin(Holder::Worker)?;
        self.read_here(task).await.map_err(ReadFailure::Source)
    }

    fn begin(&self, holder: Holder) -> Result<(), ReadFailure> {
        match self.tell(Progress::default(), holder) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                let cancelled = io_error(ErrorKind::Cancelled, Message::cancelled());
                Err(ReadFailure::Source(cancelled))
            }
        }
    }

    fn unpacked(&self, packed: Vec<u8>, task: LayerTask) -> Result<Fresh, ReadFailure> {
        self.verifying();
        let reading = unpack(&packed, &self.limits.layer).map_err(|error| {
            ReadFailure::Source(Error::Malformed {
                what: Message::reader_gave(),
                reason: (&error).into(),
            })
        })?;
        let (layer, verdict) = ReadLayer::of(reading, task.blob);
        Ok(Fresh {
            layer,
            verdict,
            packed: Some(packed),
        })
    }

    async fn read_here(&self, task: LayerTask) -> Result<Fresh, Error> {
        let world = &self.session.world;
        let options = ReadOptions {
            limits: self.limits.layer,
            file_hashes: FileHashes::Skip,
        };
        let last_breath = Cell::new(world.now_millis());
        let breathe = || {
            let now = world.now_millis();
            (now - last_breath.get() >= BREATHE_MILLIS).then(|| {
                last_breath.set(now);
                world.breathe()
            })
        };
        let tell = |progress| self.tell(progress, Holder::Worker);
        let read = read_layer_breathing(task, options, &tell, &breathe).await?;
        self.verifying();
        Ok(Fresh::from(read))
    }

    fn verifying(&self) {
        let (session, progress) = (self.session, LayerProgress::Verifying);
        session.tell_layer(self.image, self.layer, progress, Holder::Worker);
    }

    fn tell(&self, progress: Progress, holder: Holder) -> ControlFlow<()> {
        let session = self.session;
        if !session.images.borrow().contains_key(&self.image) {
            return ControlFlow::Break(());
        }
        let now_millis = session.world.now_millis();
        if let Some(bytes_per_second) = self.rate.tick(now_millis, progress.stored_bytes) {
            let progress = LayerProgress::Reading {
                stored_bytes: progress.stored_bytes,
                total_bytes: self.total_bytes,
                decoded_bytes: progress.decoded_bytes,
                n_entries: progress.n_entries,
                bytes_per_second,
            };
            session.tell_layer(self.image, self.layer, progress, holder);
        }
        self.cancel.check()
    }
}

impl<W: World> Drop for Reading<'_, W> {
    fn drop(&mut self) {
        self.session.world.tell(Event::LayerLeft {
            image: self.image,
            layer: count(self.layer),
        });
    }
}

/// True if reading ended because the image has more text than the limit allows.
fn lacks_text(layer: &ReadLayer) -> bool {
    let is_text = |bound| bound == Bound::ImageTextBytes;
    let reached = layer.damage.as_ref().and_then(|damage| damage.reached());
    reached.is_some_and(|reached| is_text(reached.bound))
}

fn failed(failure: ReadFailure) -> Error {
    match failure {
        ReadFailure::Source(error) => error,
        ReadFailure::Lost(reason) => io_error(ErrorKind::Lost, reason),
        ReadFailure::LacksWindow => io_error(ErrorKind::Other, Message::window_does_not_fit()),
        ReadFailure::Absent => io_error(ErrorKind::Other, Message::no_reader()),
    }
}

/// Bytes per second, smoothed over the last moments, and the time of the last report.
struct Rate {
    told_millis: Cell<f64>,
    told_bytes: Cell<u64>,
    bytes_per_second: Cell<Option<f64>>,
}

impl Rate {
    fn starting(now_millis: f64) -> Rate {
        Rate {
            told_millis: Cell::new(now_millis),
            told_bytes: Cell::new(0),
            bytes_per_second: Cell::new(None),
        }
    }

    /// Returns the rate when it is time to report it again.
    fn tick(&self, now_millis: f64, bytes: u64) -> Option<f64> {
        let elapsed = now_millis - self.told_millis.get();
        if bytes == 0 {
            return Some(0.0);
        }
        if elapsed < TELL_MILLIS {
            return None;
        }
        let fresh = bytes.saturating_sub(self.told_bytes.get()) as f64 * 1000.0 / elapsed;
        let smooth = match self.bytes_per_second.get() {
            Some(before) => before * 0.7 + fresh * 0.3,
            None => fresh,
        };
        self.told_millis.set(now_millis);
        self.told_bytes.set(bytes);
        self.bytes_per_second.set(Some(smooth));
        Some(smooth)
    }
}
