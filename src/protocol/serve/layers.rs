//! Reading an image's layers one by one, telling the page how far each is.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::layer::{Bound, FileHashes, Progress, ReadOptions};
use crate::protocol::{Answer, Event, ImageKey, LayerProgress, Problem, ProblemCode, count};
use crate::workspace::{Applied, LayerStatus, read_layer_breathing};

use super::session::{Cancel, Shown};
use super::{Session, World, view};

/// The page hears of a layer's progress this often, in milliseconds: often enough to look alive.
const TELL_MILLIS: f64 = 100.0;

/// Other requests are answered after so many milliseconds of decoding at most, or little more.
const BREATHE_MILLIS: f64 = 200.0;

impl<W: World> Session<W> {
    pub(super) async fn read_layers(
        &self,
        key: ImageKey,
        cancel: &Cancel,
    ) -> Result<Answer, Problem> {
        let shown = self.shown(key)?;
        if !std::mem::replace(&mut shown.borrow_mut().reading, true) {
            let _reading = Reading(Rc::clone(&shown));
            self.store.look_again();
            self.read_waiting(key, cancel).await?;
        }
        let shown = shown.borrow();
        Ok(Answer::Image(view::image_view(key, &shown)))
    }

    async fn read_waiting(&self, key: ImageKey, cancel: &Cancel) -> Result<(), Problem> {
        loop {
            let shown = self.shown(key)?;
            let next = shown.borrow().image.next_waiting();
            let Some(layer) = next else {
                return Ok(());
            };
            if let Some((read, verdict)) = self.known(key, layer).await? {
                self.accept(key, layer, LayerStatus::Read(read, verdict));
            } else if let Some(listed) = self.listed(key, layer).await? {
                self.accept(key, layer, LayerStatus::Listed(listed));
            } else {
                self.read_one(key, layer, cancel).await?;
            }
            self.world.breathe().await;
        }
    }

    pub(super) async fn read_layer_again(
        &self,
        key: ImageKey,
        layer: u32,
        cancel: &Cancel,
    ) -> Result<Answer, Problem> {
        self.read_one(key, layer as usize, cancel).await?;
        let shown = self.shown(key)?;
        let shown = shown.borrow();
        Ok(Answer::Image(view::image_view(key, &shown)))
    }

    /// Raises a limit for one layer, from its next reading on.
    pub(super) fn raise(
        &self,
        key: ImageKey,
        layer: u32,
        bound: Bound,
        value: u64,
    ) -> Result<(), Problem> {
        let shown = self.shown(key)?;
        let shown = &mut *shown.borrow_mut();
        let limits = shown.raised.entry(layer as usize).or_insert(self.limits);
        let value = value.min(bound.ceiling());
        if bound == Bound::Entries {
            shown
                .image
                .make_room(value.saturating_sub(limits.of(bound)));
        }
        *limits = limits.with(bound, value);
        Ok(())
    }

    /// Leaves out those of these layers that are not read yet.
    pub(super) fn leave_out(&self, key: ImageKey, layers: &[u32]) -> Result<Answer, Problem> {
        for layer in layers.iter().map(|layer| *layer as usize) {
            let shown = self.shown(key)?;
            let status = shown.borrow().image.layers().get(layer).cloned();
            if let Some(LayerStatus::Waiting) = status {
                self.accept(key, layer, LayerStatus::LeftOut);
            }
        }
        Ok(Answer::Done)
    }

    async fn read_one(&self, key: ImageKey, layer: usize, cancel: &Cancel) -> Result<(), Problem> {
        let task = self.shown(key)?.borrow().image.task(layer);
        let Some(task) = task else {
            return Ok(());
        };
        let total_bytes = task.expected.size_bytes.or_else(|| task.blob.size_bytes());
        let raised = self.shown(key)?.borrow().raised.get(&layer).copied();
        let options = ReadOptions {
            limits: raised.unwrap_or(self.limits),
            file_hashes: FileHashes::Skip,
        };
        let last_breath = Cell::new(self.world.now_millis());
        let breathe = || {
            let now = self.world.now_millis();
            (now - last_breath.get() >= BREATHE_MILLIS).then(|| {
                last_breath.set(now);
                self.world.breathe()
            })
        };
        let _left = Left {
            session: self,
            image: key,
            layer,
        };
        let rate = Rate::starting(self.world.now_millis());
        let tell = |progress: Progress| -> ControlFlow<()> {
            if !self.images.borrow().contains_key(&key) {
                return ControlFlow::Break(());
            }
            if let Some(bytes_per_second) =
                rate.tick(self.world.now_millis(), progress.stored_bytes)
            {
                let progress = LayerProgress::Reading {
                    stored_bytes: progress.stored_bytes,
                    total_bytes,
                    decoded_bytes: progress.decoded_bytes,
                    n_entries: progress.n_entries,
                    bytes_per_second,
                };
                self.tell_layer(key, layer, progress);
            }
            cancel.check()
        };
        if tell(Progress::default()).is_break() {
            return Err(Problem::new(ProblemCode::Cancelled, "layer", "cancelled"));
        }
        let read = async |task| read_layer_breathing(task, options, &tell, &breathe).await;
        let status = match self.read_keeping(key, task, read).await {
            Ok((read, verdict)) => {
                self.tell_layer(key, layer, LayerProgress::Verifying);
                let read = Rc::new(read);
                self.cache.borrow_mut().remember(&read, &verdict);
                LayerStatus::Read(read, verdict)
            }
            Err(error) if cancel.check().is_break() => return Err(Problem::from(&error)),
            // What was read before stays: its bytes could be had then.
            Err(error) if self.is_read(key, layer) => return Err(Problem::from(&error)),
            Err(error) => LayerStatus::Failed(error),
        };
        self.accept(key, layer, status);
        Ok(())
    }

    fn is_read(&self, key: ImageKey, layer: usize) -> bool {
        self.shown(key).is_ok_and(|shown| {
            let image = &shown.borrow().image;
            image.read_layer(layer).is_some() || image.listed_layer(layer).is_some()
        })
    }

    fn accept(&self, key: ImageKey, layer: usize, status: LayerStatus) {
        // An image that was closed meanwhile needs no layer.
        let Ok(shown) = self.shown(key) else {
            return;
        };
        let event = {
            let mut shown = shown.borrow_mut();
            if shown.image.accept(layer, status) == Applied::Anew {
                // The numbers of the old union's paths mean nothing in the new one.
                shown.tree.collapse_all();
            }
            Event::LayerDone {
                image: key,
                row: view::layer_row(&shown.image, layer),
                stored_bytes: view::stored_bytes_read(&shown.image),
                decoded_bytes: shown.image.decoded_bytes(),
                n_entries: shown.image.n_entries(),
                n_layers_ready: count(shown.image.n_applied()),
            }
        };
        self.world.tell(event);
    }

    pub(super) fn tell_layer(&self, image: ImageKey, layer: usize, progress: LayerProgress) {
        self.world.tell(Event::Layer {
            image,
            layer: count(layer),
            progress,
        });
    }
}

/// Says that an image's layers are no longer read, also when the work is given up half-way.
struct Reading(Rc<RefCell<Shown>>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.borrow_mut().reading = false;
    }
}

/// Says that a layer is no longer being read, also when the work is given up half-way. After a layer that is done
/// it says nothing new.
struct Left<'a, W: World> {
    session: &'a Session<W>,
    image: ImageKey,
    layer: usize,
}

impl<W: World> Drop for Left<'_, W> {
    fn drop(&mut self) {
        self.session.world.tell(Event::LayerLeft {
            image: self.image,
            layer: count(self.layer),
        });
    }
}

/// Bytes in a second, smoothed over the last moments, and when to tell.
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

    /// The rate, when it is time to tell it again.
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
