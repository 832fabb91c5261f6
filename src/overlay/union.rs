//! The union of an image's layers: one arena of paths, one log of each layer's changes to them.
//!
//! This module holds the parts together and counts layers. `apply` writes; everything else reads.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::apply::{Applying, NewNames};
use super::arena::Arena;
use super::cache::ViewCache;
use super::changes::LayerShape;
use super::lift::Mark;
use super::log::{Log, Place, Record, State};
use super::numbered::number;
use super::totals::TotalsTable;
use super::view::NameTable;
use super::{EntryPlace, LayerIdx, NodeId, View};
use crate::bounds::Limits;
use crate::layer::{Entry, EntryId, LayerIndex, LeftOut, LeftOutWhy, Warning, Warnings};

/// The layers of an image, applied one after the other from the base up.
///
/// ```
/// use std::rc::Rc;
/// use lamina::bounds::Limits;
/// use lamina::layer::IndexBuilder;
/// use lamina::overlay::{LayerIdx, NodeId, Union, View};
///
/// let mut union = Union::new(Limits::DEFAULT);
/// let base = union.apply(Rc::new(IndexBuilder::new().finish()));
/// assert_eq!(base, LayerIdx(0));
/// assert_eq!(union.children(NodeId::ROOT, View::UpTo(base)).count(), 0);
/// ```
#[derive(Debug)]
pub struct Union {
    pub(super) limits: Limits,
    pub(super) arena: Arena,
    pub(super) log: Log,
    pub(super) layers: Vec<Applied>,
    /// Nodes, components and entries visited while applying; see [`Union::n_steps`].
    pub(super) n_steps: u64,
    pub(super) totals: ViewCache<TotalsTable>,
    pub(super) shapes: ViewCache<LayerShape>,
    /// Visible names of each inode, by view.
    pub(super) names: ViewCache<NameTable>,
    /// Digest of an inode's attributes in the union up to a layer, if it has any.
    pub(super) attribute_digests: RefCell<HashMap<(u32, u16), [u8; 32]>>,
}

/// One layer in the union.
#[derive(Debug)]
pub(super) struct Applied {
    /// `None` for a layer that is missing or unreadable.
    pub(super) index: Option<Rc<LayerIndex>>,
    pub(super) warnings: Warnings,
    /// Entries that could not be applied.
    pub(super) left_out: LeftOut,
    /// Range of its records in the log.
    pub(super) records: Range<u32>,
    /// Range of the versions written to the log while it was applied.
    pub(super) versions: Range<u32>,
    /// Length of the log before it, for a layer that can be removed again.
    pub(super) mark: Option<Mark>,
}

impl Union {
    /// Creates an empty image.
    pub fn new(limits: Limits) -> Union {
        let mut arena = Arena::new(limits.image.paths);
        let mut log = Log::default();
        // The root always exists. An entry for it in the base layer overwrites this record.
        log.records.push(Record {
            node: NodeId::ROOT.0,
            below: super::numbered::NONE,
            entry: super::numbered::NONE,
            layer: 0,
            state: State::Implied,
            flags: 0,
        });
        arena.set_last_touch(NodeId::ROOT, 0);
        Union {
            limits,
            arena,
            log,
            layers: Vec::new(),
            n_steps: 0,
            totals: ViewCache::default(),
            shapes: ViewCache::default(),
            names: ViewCache::default(),
            attribute_digests: RefCell::default(),
        }
    }

    /// Applies a layer on top of the previous ones, and returns its number.
    pub fn apply(&mut self, index: Rc<LayerIndex>) -> LayerIdx {
        let layer = self.add_layer(Some(Rc::clone(&index)));
        self.arena.add_layer(Rc::clone(&index));
        self.write(layer, |union, number| {
            Applying::new(union, number, index, NewNames::OfEntries).run();
        });
        layer
    }

    /// Writes the log of an added layer, unless there are too many layers.
    pub(super) fn write(&mut self, layer: LayerIdx, write: impl FnOnce(&mut Union, u16)) {
        match u16::try_from(layer.0) {
            Ok(number) if self.layers.len() <= self.limits.image.layers => write(self, number),
            _ => self.leave_out(layer, b"", LeftOutWhy::Layers),
        }
        if let Some(applied) = self.layers.last_mut() {
            applied.records.end = self.log.records.next();
            applied.versions.end = self.log.versions.next();
        }
    }

    /// Adds a layer that is missing or unreadable. It changes nothing, but has a number.
    pub fn apply_missing(&mut self) -> LayerIdx {
        self.add_layer(None)
    }

    /// Frees memory reserved for growth. Worth a call after the last layer.
    pub fn shrink_to_fit(&mut self) {
        self.arena.shrink();
        self.log.shrink();
    }

    pub(super) fn add_layer(&mut self, index: Option<Rc<LayerIndex>>) -> LayerIdx {
        let layer = LayerIdx(number(self.layers.len()));
        let (records, versions) = (self.log.records.next(), self.log.versions.next());
        self.layers.push(Applied {
            index,
            warnings: Warnings::default(),
            left_out: LeftOut::default(),
            records: records..records,
            versions: versions..versions,
            mark: None,
        });
        self.forget_views();
        layer
    }

    /// Discards all data derived from views, because the layers have changed.
    pub(super) fn forget_views(&mut self) {
        self.totals.clear();
        self.shapes.clear();
        self.names.clear();
        self.attribute_digests.get_mut().clear();
    }

    pub(super) fn warn(&mut self, layer: LayerIdx, warning: Warning) {
        let limit = self.limits.layer.warnings;
        if let Some(applied) = self.layers.get_mut(layer.0 as usize) {
            applied.warnings.push(warning, limit);
        }
    }

    pub(super) fn leave_out(&mut self, layer: LayerIdx, path: &[u8], why: LeftOutWhy) {
        if let Some(applied) = self.layers.get_mut(layer.0 as usize) {
            applied.left_out.push(path, why);
        }
    }

    /// Returns the entries of a layer that could not be applied; empty for an unknown layer.
    pub fn left_out(&self, layer: LayerIdx) -> &LeftOut {
        static NOTHING: LeftOut = LeftOut {
            n: 0,
            first: Vec::new(),
        };
        self.layers
            .get(layer.0 as usize)
            .map_or(&NOTHING, |applied| &applied.left_out)
    }

    /// Returns the number of layers, including missing ones.
    pub fn n_layers(&self) -> usize {
        self.layers.len()
    }

    /// Returns the number of the topmost layer; `None` before the first one.
    pub fn last_layer(&self) -> Option<LayerIdx> {
        Some(LayerIdx(number(self.layers.len().checked_sub(1)?)))
    }

    /// Returns the table of a layer's entries; `None` for a missing layer.
    pub fn layer_index(&self, layer: LayerIdx) -> Option<&Rc<LayerIndex>> {
        self.layers.get(layer.0 as usize)?.index.as_ref()
    }

    /// Returns the oddities found while a layer was applied; none for an unknown layer.
    pub fn warnings(&self, layer: LayerIdx) -> &Warnings {
        static NO_WARNINGS: Warnings = Warnings::NONE;
        self.layers
            .get(layer.0 as usize)
            .map_or(&NO_WARNINGS, |applied| &applied.warnings)
    }

    /// Returns the number of paths in all layers. All `NodeId`s are below it.
    pub fn n_nodes(&self) -> usize {
        self.arena.len()
    }

    /// Iterates over all nodes, parents before their children.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        self.arena.ids()
    }

    /// Returns the number of nodes, components and entries visited while applying, plus name collisions: the cost
    /// of applying, without a clock.
    pub fn n_steps(&self) -> u64 {
        self.n_steps.saturating_add(self.arena.n_detours())
    }

    /// Returns the number of bytes held on the heap, without the layers' own tables.
    pub fn heap_bytes(&self) -> usize {
        self.arena.heap_bytes() + self.log.heap_bytes()
    }

    /// Returns the last component of a node's path; empty for the root.
    pub fn name(&self, id: NodeId) -> &[u8] {
        if self.arena.contains(id) {
            self.arena.name(id)
        } else {
            &[]
        }
    }

    /// Returns the directory of a node; `None` for the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (self.arena.contains(id) && id != NodeId::ROOT).then(|| self.arena.parent(id))
    }

    /// Returns the node of a name in a directory, if any layer ever had it there, visible or not.
    pub fn child(&self, dir: NodeId, name: &[u8]) -> Option<NodeId> {
        self.arena.find(dir, name)
    }

    /// Returns the path of a node, without a leading slash; empty for the root.
    pub fn path(&self, id: NodeId) -> Vec<u8> {
        let mut path = Vec::new();
        if self.arena.contains(id) {
            self.arena.append_path(id, &mut path);
        }
        path
    }

    pub(super) fn upto(&self, view: View) -> u16 {
        u16::try_from(view.layer().0).unwrap_or(u16::MAX)
    }

    /// Returns the entry at a place.
    pub fn entry(&self, place: EntryPlace) -> Option<Entry<'_>> {
        self.layer_index(place.layer)?.entry(place.entry_id())
    }

    pub(super) fn entry_at(&self, place: Place) -> Option<Entry<'_>> {
        let index = self.layers.get(usize::from(place.layer))?.index.as_ref()?;
        index.entry(EntryId(place.entry))
    }

    /// Returns the place of the entry with a record's content and type; `None` for implied and hidden paths.
    pub(super) fn content_place(&self, record: &Record) -> Option<Place> {
        match self.log.inode_of(record) {
            Some(inode) => Some(self.log.inodes.get(inode)?.content),
            None if record.state.is_present() && record.state != State::Implied => Some(Place {
                layer: record.layer,
                entry: record.entry,
            }),
            None => None,
        }
    }

    /// Returns the place of the entry with a record's metadata in the union up to a layer.
    pub(super) fn metadata_place(&self, record: &Record, upto: u16) -> Option<Place> {
        match self.log.inode_of(record) {
            Some(inode) => Some(self.log.version(inode, upto)?.metadata),
            None => self.content_place(record),
        }
    }

    pub(super) fn symlink_target(&self, record: &Record) -> Option<&[u8]> {
        if record.state != State::Symlink {
            return None;
        }
        Some(self.entry_at(self.content_place(record)?)?.link)
    }
}

impl From<Place> for EntryPlace {
    fn from(place: Place) -> EntryPlace {
        EntryPlace {
            layer: LayerIdx(u32::from(place.layer)),
            entry: place.entry,
        }
    }
}
