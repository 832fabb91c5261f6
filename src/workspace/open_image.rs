//! An open image: its documents, its layers as far as they are read, and the union of the ready ones.
//!
//! `read_layer` reads the layers, independently of this struct, so that the image can be browsed meanwhile.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bounds::{Bound, Limits};
use crate::image::{
    Algorithm, ChainId, ConfigDocument, DiffId, Digest, HistoryEntry, HistoryMatch, chain_ids,
    match_history,
};
use crate::layer::{
    Before, Difference, Expected, LayerIndex, LeftOut, Notice, Verdict, Warning, Warnings,
    difference,
};
use crate::overlay::{LayerIdx, Union};
use crate::source::{Error, FoundImage};

use super::container::Container;
use super::declared::{compression_note, no_layer};
use super::{LayerTask, ListedLayer, ReadLayer};

/// An image that is open.
pub struct OpenImage {
    /// The image as its source found it.
    pub found: FoundImage,
    layers: Vec<LayerStatus>,
    pub(super) union: Union,
    /// The writable layer. It is on the union once all other layers are.
    pub(super) container: Option<Container>,
    /// Number of layers in the union, from the base.
    n_applied: usize,
    history: HistoryMatch,
    warnings: Vec<Warning>,
    chain: Vec<Option<ChainId>>,
    limits: Limits,
    pub(super) n_built: u32,
    /// Warnings about the layers' tables of contents, found when the layers were read.
    tables: BTreeMap<usize, Warning>,
}

/// Returns the claimed digests of config and layers whose algorithm is not supported.
fn not_verifiable(found: &FoundImage) -> impl Iterator<Item = &Digest> {
    let of_layers = found.layers.iter().flat_map(|layer| {
        let diff_id = layer.diff_id.as_ref().map(|id| &id.0);
        [layer.digest.as_ref(), diff_id]
    });
    let claimed = std::iter::once(found.image_id.as_ref()).chain(of_layers);
    claimed
        .flatten()
        .filter(|digest| digest.algorithm() == Algorithm::Other)
}

/// The state of a layer.
#[derive(Clone)]
pub enum LayerStatus {
    /// Not read yet.
    Waiting,
    /// Known only from its own table of contents: nothing is verified.
    Listed(Rc<ListedLayer>),
    /// Read to its end.
    Read(Rc<ReadLayer>, Verdict),
    /// Its bytes cannot be read.
    Failed(Error),
    /// Not read on purpose: its last reading did not end well.
    LeftOut,
}

/// The effect of an accepted layer on the union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// None, or the union grew: every node keeps its number.
    OnTop,
    /// The union was rebuilt: nodes have other numbers.
    Anew,
}

/// Returns the warning for a layer whose table of contents differs from its entries.
fn differing(difference: Difference) -> Warning {
    let notice = Notice::TocDiffers {
        n_paths: difference.n_paths,
    };
    Warning::new(notice, &difference.path)
}

impl OpenImage {
    /// Opens an image. No layer is read yet; layers without bytes have already failed.
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
        let layers = found.layers.iter().map(|layer| {
            let missing = layer.blob.as_ref().err().cloned();
            let no_layer = layer.media_type.as_ref().and_then(no_layer);
            // The blobs of an artifact need not be layers, and are listed without being read.
            let no_layer = no_layer.filter(|_| found.artifact_type.is_none());
            match no_layer.or(missing) {
                None => LayerStatus::Waiting,
                Some(error) => LayerStatus::Failed(error),
            }
        });
        let mut warnings = found.warnings.clone();
        if let Some(config) = config {
            warnings.extend(history.oddity.as_ref().map(Warning::from));
            if let Err(error) = config.config.check_rootfs() {
                let reason = (&error).into();
                warnings.push(Warning::new(Notice::RootfsType { reason }, b"config"));
            }
        }
        for claimed in not_verifiable(&found) {
            let warning = Warning::new(Notice::NotVerifiable, claimed.as_str().as_bytes());
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        let mut image = OpenImage {
            warnings,
            layers: layers.collect(),
            union: Union::new(limits),
            container: None,
            n_applied: 0,
            history,
            chain: chain_ids(&diff_ids),
            limits,
            n_built: 1,
            tables: BTreeMap::new(),
            found,
        };
        image.apply_ready();
        image
    }

    /// Returns the limits under which the image was opened.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns the config, if it could be read.
    pub fn config(&self) -> Option<&ConfigDocument> {
        self.found.config.as_ref()?.as_ref().ok()
    }

    /// Returns the config's history, oldest first, each entry with the layer that it made.
    pub fn history(&self) -> impl Iterator<Item = (&HistoryEntry, Option<usize>)> {
        let entries = self
            .config()
            .map(|c| c.config.history.as_slice())
            .unwrap_or_default();
        let made = self.history.layer_of.iter().copied();
        entries.iter().zip(made.chain(std::iter::repeat(None)))
    }

    /// Returns the history entry that made a layer, if it is known.
    pub fn history_of(&self, layer: usize) -> Option<&HistoryEntry> {
        let entry = self.history.entry_of(layer)?;
        self.config()?.config.history.get(entry)
    }

    /// Returns the warnings about the image's documents.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns the state of each layer, base first.
    pub fn layers(&self) -> &[LayerStatus] {
        &self.layers
    }

    /// Returns a layer that was read.
    pub fn read_layer(&self, layer: usize) -> Option<&Rc<ReadLayer>> {
        match self.layers.get(layer)? {
            LayerStatus::Read(read, _) => Some(read),
            LayerStatus::Waiting
            | LayerStatus::Listed(_)
            | LayerStatus::Failed(_)
            | LayerStatus::LeftOut => None,
        }
    }

    /// Returns a layer that is known only from its table of contents.
    pub fn listed_layer(&self, layer: usize) -> Option<&Rc<ListedLayer>> {
        match self.layers.get(layer)? {
            LayerStatus::Listed(listed) => Some(listed),
            _ => None,
        }
    }

    /// Adds a warning about a layer's table of contents.
    pub fn note_table(&mut self, layer: usize, note: Warning) {
        self.tables.insert(layer, note);
    }

    /// Returns the chain ID up to a layer, as far as the diff_ids are claimed.
    pub fn chain_id(&self, layer: usize) -> Option<&ChainId> {
        self.chain.get(layer)?.as_ref()
    }

    /// Returns the union of the layers that are ready.
    pub fn union(&self) -> &Union {
        &self.union
    }

    /// Returns the warnings about a layer in this image: its media type and, once it is applied, its entries.
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
        if let Some(listed) = self.listed_layer(layer) {
            warnings.n_dropped += listed.warnings.n_dropped;
            warnings
                .kept
                .splice(0..0, listed.warnings.kept.iter().cloned());
        }
        let note = self.tables.get(&layer).cloned();
        warnings.kept.splice(0..0, note);
        warnings
    }

    /// Returns the paths of a layer that are not shown because of a limit or a rule.
    pub fn left_out(&self, layer: usize) -> LeftOut {
        let mut left_out = match self.layers.get(layer) {
            Some(LayerStatus::Read(read, _)) => read.left_out.clone(),
            Some(LayerStatus::Listed(listed)) => listed.left_out.clone(),
            _ => LeftOut::default(),
        };
        if layer < self.n_applied {
            left_out.append(self.union.left_out(LayerIdx::at(layer)));
        }
        left_out
    }

    /// Returns the number of times the union was rebuilt. In between, nodes keep their numbers.
    pub fn n_built(&self) -> u32 {
        self.n_built
    }

    /// Returns the number of layers in the union, from the base.
    pub fn n_applied(&self) -> usize {
        self.n_applied
    }

    /// Returns the claims about a layer.
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

    /// Returns the layers that are still to be read, lowest first.
    pub fn waiting(&self) -> impl Iterator<Item = usize> {
        let waiting = move |layer: &usize| {
            let status = self.layers.get(*layer);
            matches!(status, Some(LayerStatus::Waiting)) && self.task(*layer).is_some()
        };
        (0..self.layers.len()).filter(waiting)
    }

    /// Returns the lowest layer that is still to be read.
    pub fn next_waiting(&self) -> Option<usize> {
        self.waiting().next()
    }

    /// Returns the input for reading a layer; `None` if it has no bytes, or its blob is not a layer.
    pub fn task(&self, layer: usize) -> Option<LayerTask> {
        let found = self.found.layers.get(layer)?;
        let blob = found.blob.as_ref().ok()?;
        if found.media_type.as_ref().is_some_and(|m| !m.may_be_layer()) {
            return None;
        }
        Some(LayerTask {
            blob: Rc::clone(blob),
            expected: self.expected(layer),
            before: self.before(layer),
        })
    }

    /// Returns the totals of the other layers, since limits on the whole image include them.
    fn before(&self, layer: usize) -> Before {
        let others = (0..self.layers.len()).filter(|other| *other != layer);
        let others = others.filter_map(|other| self.layers.get(other));
        others.fold(Before::default(), |before, status| {
            let (stored_bytes, decoded_bytes, text_bytes) = match status {
                LayerStatus::Read(read, _) => (
                    read.stored_bytes,
                    read.decoded_bytes,
                    read.index.text_bytes(),
                ),
                LayerStatus::Listed(listed) => (0, 0, listed.index.text_bytes()),
                LayerStatus::Waiting | LayerStatus::Failed(_) | LayerStatus::LeftOut => (0, 0, 0),
            };
            Before {
                stored_bytes: before.stored_bytes.saturating_add(stored_bytes),
                decoded_bytes: before.decoded_bytes.saturating_add(decoded_bytes),
                text_bytes: before.text_bytes.saturating_add(text_bytes),
            }
        })
    }

    /// Accepts the result of reading a layer, and applies it to the union once all layers below are ready.
    ///
    /// A layer that is read again replaces its earlier reading. The union is rebuilt if its entries differ.
    pub fn accept(&mut self, layer: usize, status: LayerStatus) -> Applied {
        if let (Some(listed), LayerStatus::Read(read, _)) = (self.listed_layer(layer), &status)
            && read.damage.is_none()
        {
            let differs = difference(&listed.index, &read.index).map(differing);
            self.tables.extend(differs.map(|note| (layer, note)));
        }
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
        self.refuse_beyond_limit(layer);
        let anew = layer < self.n_applied && !same_entries;
        if anew {
            self.lift_container();
            self.union = Union::new(self.limits);
            self.n_applied = 0;
            self.n_built = self.n_built.saturating_add(1);
        }
        self.apply_ready();
        if anew {
            self.replay_container();
        }
        if anew { Applied::Anew } else { Applied::OnTop }
    }

    /// Raises the image's limits by this many entries and paths.
    pub fn make_room(&mut self, n_entries: u64) {
        let raise = |bound: Bound, limits: Limits| {
            limits.with(bound, limits.of(bound).saturating_add(n_entries))
        };
        self.limits = raise(Bound::Paths, raise(Bound::ImageEntries, self.limits));
    }

    /// Fails a layer with which the image would exceed the limit on entries.
    fn refuse_beyond_limit(&mut self, layer: usize) {
        let limit = self.limits.image.image_entries;
        if self.n_entries() > limit
            && let Some(slot) = self.layers.get_mut(layer)
        {
            *slot = LayerStatus::Failed(Error::TooLarge {
                what: Message::layer_with_before(layer),
                limit: Message::limit_entries(limit),
            });
        }
    }

    fn apply_ready(&mut self) {
        while let Some(status) = self.layers.get(self.n_applied) {
            match status {
                LayerStatus::Waiting => return,
                LayerStatus::Read(read, _) => {
                    let index: Rc<LayerIndex> = Rc::clone(&read.index);
                    self.union.apply(index);
                }
                LayerStatus::Listed(listed) => {
                    self.union.apply(Rc::clone(&listed.index));
                }
                LayerStatus::Failed(_) | LayerStatus::LeftOut => {
                    self.union.apply_missing();
                }
            }
            self.n_applied += 1;
        }
    }

    /// Returns the compressed size of all layers in bytes: as read, or else as claimed. `None` while one is
    /// unknown, or if the sum overflows.
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

    /// Returns the uncompressed size of the layers read, in bytes.
    pub fn decoded_bytes(&self) -> u64 {
        self.read_layers().map(|read| read.decoded_bytes).sum()
    }

    /// Returns the number of entries of the layers that are read or listed.
    pub fn n_entries(&self) -> u64 {
        let indexes = self.layers.iter().filter_map(|status| match status {
            LayerStatus::Read(read, _) => Some(&read.index),
            LayerStatus::Listed(listed) => Some(&listed.index),
            LayerStatus::Waiting | LayerStatus::Failed(_) | LayerStatus::LeftOut => None,
        });
        indexes.map(|index| index.n_entries() as u64).sum()
    }

    fn read_layers(&self) -> impl Iterator<Item = &Rc<ReadLayer>> {
        (0..self.layers.len()).filter_map(|layer| self.read_layer(layer))
    }

    /// Returns the claimed or computed digest of a layer.
    pub fn layer_digest(&self, layer: usize) -> Option<&Digest> {
        let claimed = self
            .found
            .layers
            .get(layer)
            .and_then(|found| found.digest.as_ref());
        claimed.or_else(|| self.read_layer(layer).map(|read| &read.digest))
    }

    /// Returns the claimed or computed diff_id of a layer.
    pub fn diff_id(&self, layer: usize) -> Option<&DiffId> {
        let claimed = self.found.layers.get(layer)?.diff_id.as_ref();
        claimed.or_else(|| self.read_layer(layer).map(|read| &read.diff_id))
    }

    /// Returns the best single name: a tag, or else the short image ID, or else an empty text.
    pub fn title(&self) -> String {
        let name = self.found.names.first().cloned();
        let id = || self.found.image_id.as_ref().map(|id| id.short().to_owned());
        name.or_else(id).unwrap_or_default()
    }
}
