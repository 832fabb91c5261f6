//! One open image: its documents, its layers as far as they are read, and the union of the ready ones.
//!
//! Reading is `read_layer`'s work and happens outside, so that the image can be browsed meanwhile.

use std::rc::Rc;

use crate::image::{
    ChainId, ConfigDocument, DiffId, HistoryEntry, HistoryMatch, chain_ids, match_history,
};
use crate::layer::{Expected, LayerIndex, Limits, Verdict, Warning, Warnings};
use crate::overlay::{LayerIdx, Union};
use crate::source::{Error, FoundImage};

use super::declared::compression_note;
use super::{LayerTask, ReadLayer};

/// An image that is open.
pub struct OpenImage {
    /// What its source said of it.
    pub found: FoundImage,
    layers: Vec<LayerStatus>,
    union: Union,
    /// How many layers, from the base, the union consists of.
    n_applied: usize,
    history: HistoryMatch,
    warnings: Vec<Warning>,
    chain: Vec<Option<ChainId>>,
    limits: Limits,
}

/// How far a layer is.
#[derive(Clone)]
pub enum LayerStatus {
    /// Not read yet.
    Waiting,
    /// Read to its end.
    Read(Rc<ReadLayer>, Verdict),
    /// Its bytes cannot be had.
    Failed(Error),
    /// Not read on purpose: its last reading did not end well.
    LeftOut,
}

/// What accepting a layer did to the union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing, or it grew: every node is what it was.
    OnTop,
    /// It was built anew: nodes have other numbers.
    Anew,
}

impl OpenImage {
    /// Opens an image; no layer is read yet, and those without bytes have failed already.
    pub fn new(found: FoundImage, limits: Limits) -> OpenImage {
        let config = found
            .config
            .as_ref()
            .and_then(|config| config.as_ref().ok());
        let entries = config
            .map(|config| config.config.history.as_slice())
            .unwrap_or_default();
        let history = match_history(entries, found.layers.len());
        let diff_ids: Vec<_> = found
            .layers
            .iter()
            .map(|layer| layer.diff_id.clone())
            .collect();
        let layers = found.layers.iter().map(|layer| match &layer.blob {
            Ok(_) => LayerStatus::Waiting,
            Err(error) => LayerStatus::Failed(error.clone()),
        });
        let mut warnings = found.warnings.clone();
        if config.is_some() {
            warnings.extend(history.oddity.as_ref().map(Warning::from));
        }
        let mut image = OpenImage {
            warnings,
            layers: layers.collect(),
            union: Union::new(limits),
            n_applied: 0,
            history,
            chain: chain_ids(&diff_ids),
            limits,
            found,
        };
        image.apply_ready();
        image
    }

    /// The config, where it could be read.
    pub fn config(&self) -> Option<&ConfigDocument> {
        self.found.config.as_ref()?.as_ref().ok()
    }

    /// The config's history, oldest first, each entry with the layer that it made.
    pub fn history(&self) -> impl Iterator<Item = (&HistoryEntry, Option<usize>)> {
        let entries = self
            .config()
            .map(|c| c.config.history.as_slice())
            .unwrap_or_default();
        let made = self.history.layer_of.iter().copied();
        entries.iter().zip(made.chain(std::iter::repeat(None)))
    }

    /// The history entry that made a layer, where that is known.
    pub fn history_of(&self, layer: usize) -> Option<&HistoryEntry> {
        let entry = self.history.entry_of(layer)?;
        self.config()?.config.history.get(entry)
    }

    /// What is odd about the image's documents.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The layers' status, base first.
    pub fn layers(&self) -> &[LayerStatus] {
        &self.layers
    }

    /// A layer that was read.
    pub fn read_layer(&self, layer: usize) -> Option<&Rc<ReadLayer>> {
        match self.layers.get(layer)? {
            LayerStatus::Read(read, _) => Some(read),
            LayerStatus::Waiting | LayerStatus::Failed(_) | LayerStatus::LeftOut => None,
        }
    }

    /// The chain ID up to a layer, as far as the diff_ids are claimed.
    pub fn chain_id(&self, layer: usize) -> Option<&ChainId> {
        self.chain.get(layer)?.as_ref()
    }

    /// The union of the layers that are ready.
    pub fn union(&self) -> &Union {
        &self.union
    }

    /// What is odd about a layer in this image: about its media type, and about its entries once it is applied.
    pub fn layer_warnings(&self, layer: usize) -> Warnings {
        let mut warnings = match layer < self.n_applied {
            true => self.union.warnings(LayerIdx::at(layer)).clone(),
            false => Warnings::default(),
        };
        let media_type = self.found.layers.get(layer).map(|l| l.media_type.as_ref());
        if let (Some(media_type), Some(read)) = (media_type.flatten(), self.read_layer(layer)) {
            let note = compression_note(media_type, read.compression);
            warnings.kept.splice(0..0, note);
        }
        warnings
    }

    /// How many layers, from the base, the union consists of.
    pub fn n_applied(&self) -> usize {
        self.n_applied
    }

    /// What is claimed of a layer.
    pub fn expected(&self, layer: usize) -> Expected {
        let Some(found) = self.found.layers.get(layer) else {
            return Expected::default();
        };
        Expected {
            digest: found.digest.clone(),
            size_bytes: found.size_bytes,
            diff_id: found.diff_id.clone(),
        }
    }

    /// The lowest layer that is still to be read.
    pub fn next_waiting(&self) -> Option<usize> {
        let waiting = |status: &LayerStatus| matches!(status, LayerStatus::Waiting);
        self.layers.iter().position(waiting)
    }

    /// What is needed to read a layer; `None` when it has no bytes.
    pub fn task(&self, layer: usize) -> Option<LayerTask> {
        let blob = self.found.layers.get(layer)?.blob.as_ref().ok()?;
        Some(LayerTask {
            blob: Rc::clone(blob),
            expected: self.expected(layer),
        })
    }

    /// Takes what came of a layer, and applies it to the union when all below it are there.
    ///
    /// A layer that is read again replaces its earlier reading; the union is built anew if its entries differ.
    pub fn accept(&mut self, layer: usize, status: LayerStatus) -> Applied {
        let Some(slot) = self.layers.get_mut(layer) else {
            return Applied::OnTop;
        };
        let same_entries = match (&*slot, &status) {
            (LayerStatus::Read(old, _), LayerStatus::Read(new, _)) => old.index == new.index,
            (
                LayerStatus::Failed(_) | LayerStatus::LeftOut,
                LayerStatus::Failed(_) | LayerStatus::LeftOut,
            ) => true,
            _ => false,
        };
        *slot = status;
        let anew = layer < self.n_applied && !same_entries;
        if anew {
            self.union = Union::new(self.limits);
            self.n_applied = 0;
        }
        self.apply_ready();
        if anew { Applied::Anew } else { Applied::OnTop }
    }

    fn apply_ready(&mut self) {
        while let Some(status) = self.layers.get(self.n_applied) {
            match status {
                LayerStatus::Waiting => return,
                LayerStatus::Read(read, _) => {
                    let index: Rc<LayerIndex> = Rc::clone(&read.index);
                    self.union.apply(index);
                }
                LayerStatus::Failed(_) | LayerStatus::LeftOut => {
                    self.union.apply_missing();
                }
            }
            self.n_applied += 1;
        }
    }

    /// Stored bytes of all layers: as read, else as claimed; `None` while one is unknown, or when the claims add
    /// up to more than can be counted.
    pub fn stored_bytes(&self) -> Option<u64> {
        let mut layers = self.layers.iter().zip(&self.found.layers);
        layers.try_fold(0u64, |sum, (status, found)| {
            let stored_bytes = match status {
                LayerStatus::Read(read, _) => read.stored_bytes,
                _ => found.claimed_bytes()?,
            };
            sum.checked_add(stored_bytes)
        })
    }

    /// Decoded bytes of the layers read.
    pub fn decoded_bytes(&self) -> u64 {
        self.read_layers().map(|read| read.decoded_bytes).sum()
    }

    /// Entries of the layers read.
    pub fn n_entries(&self) -> u64 {
        self.read_layers()
            .map(|read| read.index.n_entries() as u64)
            .sum()
    }

    fn read_layers(&self) -> impl Iterator<Item = &Rc<ReadLayer>> {
        (0..self.layers.len()).filter_map(|layer| self.read_layer(layer))
    }

    /// The claimed or computed diff_id of a layer.
    pub fn diff_id(&self, layer: usize) -> Option<&DiffId> {
        let claimed = self.found.layers.get(layer)?.diff_id.as_ref();
        claimed.or_else(|| self.read_layer(layer).map(|read| &read.diff_id))
    }

    /// The best single name: a tag, else the short image ID, else nothing.
    pub fn title(&self) -> String {
        let name = self.found.names.first().cloned();
        let id = || self.found.image_id.as_ref().map(|id| id.short().to_owned());
        name.or_else(id).unwrap_or_default()
    }
}
