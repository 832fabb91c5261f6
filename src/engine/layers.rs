//! Reads an image's layers, several at once, and accepts each result into the image.
//!
//! `reading` reads the single layer.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::bounds::Bound;
use crate::image::Digest;
use crate::layer;
use crate::protocol::{
    Done, Event, Holder, ImageKey, ImageView, LayerProgress, OpenedAddress, Problem, count,
};
use crate::workspace::{Applied, LayerStatus, ReadLayer};

use super::cancel::Cancel;
use super::key_lock::KeyLock;
use super::session::Shown;
use super::{Session, World, view};

impl<W: World> Session<W> {
    pub(super) async fn read_layers(
        &self,
        key: ImageKey,
        cancel: &Cancel,
    ) -> Result<ImageView, Problem> {
        let shown = self.shown(key)?;
        if !std::mem::replace(&mut shown.borrow_mut().reading, true) {
            let _reading = Reading(Rc::clone(&shown));
            self.store.look_again();
            self.read_waiting(key, cancel).await?;
        }
        let shown = shown.borrow();
        Ok(view::image_view(key, &shown))
    }

    /// Looks up the layers of a newly opened image in the store, while the page still draws it. Reading the layers
    /// then continues from there.
    pub async fn look_ahead(&self, key: ImageKey) {
        if self.is_careful.get() {
            return;
        }
        let mut under_way = FuturesUnordered::new();
        let mut next = 0;
        loop {
            while under_way.len() <= self.slots.n_at_once() {
                let Some(layer) = self.next_waiting(key, next) else {
                    break;
                };
                next = layer + 1;
                under_way.push(Box::pin(self.look_for(key, layer)));
            }
            // A layer whose lookup fails is read.
            if under_way.next().await.is_none() {
                return;
            }
        }
    }

    fn next_waiting(&self, key: ImageKey, first: usize) -> Option<usize> {
        let shown = self.shown(key).ok()?;
        let shown = shown.borrow();
        shown.image.waiting().find(|layer| *layer >= first)
    }

    async fn look_for(&self, key: ImageKey, layer: usize) -> Result<(), Problem> {
        let _turn = self.lock(key, layer).await?;
        self.take_known(key, layer).await.map(drop)
    }

    /// Locks a layer. If it is being read for another image, the wait is short, and the layer is known afterwards.
    async fn lock(&self, key: ImageKey, layer: usize) -> Result<Option<KeyLock<'_>>, Problem> {
        let identity = self.shown(key)?.borrow().image.expected(layer).identity();
        Ok(match identity {
            Some(identity) => Some(self.locks.lock(identity).await),
            None => None,
        })
    }

    /// Accepts a layer that is known already; returns `false` if it has to be read. After a vain lookup, the store is
    /// not asked again until the layer is read.
    async fn take_known(&self, key: ImageKey, layer: usize) -> Result<bool, Problem> {
        if self.next_waiting(key, layer) != Some(layer) {
            return Ok(true);
        }
        let shown = self.shown(key)?;
        if shown.borrow().missed.contains(&layer) {
            return Ok(false);
        }
        let known = self.known(key, layer).await?;
        match known {
            Some((read, verdict)) => {
                self.accept(key, layer, LayerStatus::Read(read, verdict));
                Ok(true)
            }
            None => {
                shown.borrow_mut().missed.insert(layer);
                Ok(false)
            }
        }
    }

    async fn read_waiting(&self, key: ImageKey, cancel: &Cancel) -> Result<(), Problem> {
        let mut under_way = FuturesUnordered::new();
        let mut begun = BTreeSet::new();
        loop {
            // One layer more than the slots allow is begun: it is looked up in the store while it waits for its slot.
            while under_way.len() <= self.slots.n_at_once() {
                let shown = self.shown(key)?;
                let next = shown.borrow().image.waiting().find(|l| !begun.contains(l));
                let Some(layer) = next else {
                    break;
                };
                begun.insert(layer);
                under_way.push(Box::pin(self.read_waiting_one(key, layer, cancel)));
            }
            match under_way.next().await {
                Some(done) => done?,
                None => return Ok(()),
            }
            self.world.breathe().await;
        }
    }

    async fn read_waiting_one(
        &self,
        key: ImageKey,
        layer: usize,
        cancel: &Cancel,
    ) -> Result<(), Problem> {
        let _turn = self.lock(key, layer).await?;
        if self.take_known(key, layer).await? {
            return Ok(());
        }
        self.shown(key)?.borrow_mut().missed.remove(&layer);
        if let Some(listed) = self.listed(key, layer).await? {
            self.accept(key, layer, LayerStatus::Listed(listed));
        } else {
            self.read_one(key, layer, cancel).await?;
        }
        Ok(())
    }

    pub(super) async fn read_layer_again(
        &self,
        key: ImageKey,
        layer: u32,
        cancel: &Cancel,
    ) -> Result<ImageView, Problem> {
        // A request for one layer may ask any host that has it.
        if let Ok(Some(task)) = self
            .shown(key)
            .map(|shown| shown.borrow().image.task(layer as usize))
        {
            task.blob.ask_elsewhere(true);
        }
        self.read_one(key, layer as usize, cancel).await?;
        let shown = self.shown(key)?;
        let shown = shown.borrow();
        Ok(view::image_view(key, &shown))
    }

    /// Forbids requests to hosts that only the manifest of a newly opened image names.
    pub(super) fn ask_no_others(&self, opened: &OpenedAddress) {
        let OpenedAddress::Image(view) = opened else {
            return;
        };
        if let Ok(shown) = self.shown(view.key) {
            for layer in &shown.borrow().image.found.layers {
                if let Ok(blob) = &layer.blob {
                    blob.ask_elsewhere(false);
                }
            }
        }
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

    /// Leaves out the given layers, except those that are read already.
    pub(super) fn leave_out(&self, key: ImageKey, layers: &[u32]) -> Result<Done, Problem> {
        for layer in layers.iter().map(|layer| *layer as usize) {
            let shown = self.shown(key)?;
            let status = shown.borrow().image.layers().get(layer).cloned();
            if let Some(LayerStatus::Waiting) = status {
                self.accept(key, layer, LayerStatus::LeftOut);
            }
        }
        Ok(Done)
    }

    pub(super) fn accept(&self, key: ImageKey, layer: usize, status: LayerStatus) {
        // An image that was closed meanwhile needs no layer.
        let Ok(shown) = self.shown(key) else {
            return;
        };
        let event = {
            let mut shown = shown.borrow_mut();
            if shown.image.accept(layer, status) == Applied::Anew {
                // The node numbers of the old union mean nothing in the new one.
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

    /// Withdraws the verdict of every layer whose bytes turned out to differ from the proved ones, and removes the
    /// layer from the caches. `refuted` is a digest that no longer matches.
    pub(super) async fn let_fall(&self, refuted: Option<&Digest>) {
        let mut fallen: Vec<(ImageKey, usize, Rc<ReadLayer>, layer::Error)> = Vec::new();
        for (key, shown) in &*self.images.borrow() {
            let shown = shown.borrow();
            for at in 0..shown.image.layers().len() {
                let Some(read) = shown.image.read_layer(at) else {
                    continue;
                };
                let is_refuted = [&read.digest, &read.diff_id.0]
                    .into_iter()
                    .any(|digest| Some(digest) == refuted);
                let whole = layer::Error::Changed {
                    start: 0,
                    end: read.stored_bytes,
                };
                let change = read.change().or(is_refuted.then_some(whole));
                if let Some(error) = change.filter(|_| read.damage.is_none()) {
                    fallen.push((*key, at, Rc::clone(read), error));
                }
            }
        }
        for (key, at, read, error) in fallen {
            self.looked_at.replace(None);
            self.cache.borrow_mut().forget(&read);
            let (layer, verdict) = read.fallen(error);
            self.accept(key, at, LayerStatus::Read(Rc::new(layer), verdict));
            self.store.forget(&read.digest).await;
        }
    }

    pub(super) fn tell_layer(
        &self,
        image: ImageKey,
        layer: usize,
        progress: LayerProgress,
        holder: Holder,
    ) {
        self.world.tell(Event::Layer {
            image,
            layer: count(layer),
            progress,
            holder,
        });
    }
}

/// Resets `Shown::reading`, also when the work is dropped half-way.
struct Reading(Rc<RefCell<Shown>>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.borrow_mut().reading = false;
    }
}
