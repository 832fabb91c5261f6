//! The container layer of an open image, put on its union and replaced with every edit.
//!
//! `build::container` defines the edits; `commit` commits them.

use crate::message::Message;
use std::fmt;
use std::rc::Rc;

use crate::build::container::{
    Base, ContainerLayer, ContentSource, Contents, CopiedUp, Journal, Refusal, Refused, Step,
    Written,
};
use crate::image::{ImagePath, Timestamp};
use crate::layer::EntryKind;
use crate::overlay::{Change, EntryPlace, LayerIdx, NodeId, View};

use super::{FileContent, LayerStatus, OpenImage};

/// A container layer with the data needed to show it.
pub(super) struct Container {
    layer: ContainerLayer,
    /// Its entries as they are on the union; `None` while layers below are incomplete.
    written: Option<Written>,
    contents: Rc<dyn Contents>,
}

/// The holder of a file's content.
pub(super) enum Held {
    /// A layer of the image.
    InLayer(EntryPlace),
    /// An edit; no layer below has it.
    New(FileContent),
}

/// The reason why an image cannot have a container layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoContainer {
    /// It is an artifact, not a root file system.
    Artifact,
    /// A layer was not read to its end, so the paths that an edit hides cannot be known.
    Incomplete {
        /// The lowest such layer.
        layer: usize,
    },
    /// The image has the largest number of layers allowed.
    TooManyLayers {
        /// The largest number of layers.
        limit: usize,
    },
}

impl From<&NoContainer> for Message {
    fn from(why: &NoContainer) -> Message {
        match why {
            NoContainer::Artifact => Message::no_changeable_file_system(),
            NoContainer::Incomplete { layer } => Message::layer_incomplete(*layer),
            NoContainer::TooManyLayers { limit } => Message::layers_full(*limit),
        }
    }
}

impl fmt::Display for NoContainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for NoContainer {}

/// One line in the output of `docker diff` for the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPath {
    /// The node at the path.
    pub node: NodeId,
    /// The path as bytes, without a leading slash.
    pub path: Vec<u8>,
    /// The change: added, changed or deleted.
    pub change: Change,
    /// The type of the node; of a deleted path, the former type.
    pub kind: EntryKind,
    /// Present size of a file in bytes; 0 if deleted.
    pub size_bytes: u64,
    /// Size in bytes of the image's file at the path; 0 if it has none.
    pub below_bytes: u64,
}

impl OpenImage {
    /// Starts a container layer, replacing any previous one. `contents` has the bytes that edits bring.
    ///
    /// # Errors
    /// When the image has no file system, or is not completely read.
    pub fn start_container(
        &mut self,
        started: Timestamp,
        contents: Rc<dyn Contents>,
    ) -> Result<(), NoContainer> {
        self.restore_container(Journal::new(started), contents)
            .map(|_| ())
    }

    /// Starts a container layer with the steps of a stored one. Replay ends at the first step that can no longer
    /// be applied; the reason is returned.
    ///
    /// # Errors
    /// As [`OpenImage::start_container`].
    pub fn restore_container(
        &mut self,
        journal: Journal,
        contents: Rc<dyn Contents>,
    ) -> Result<Option<Refused>, NoContainer> {
        self.check_whole()?;
        self.drop_container();
        let (layer, refused) = ContainerLayer::replay(journal, self.base());
        self.container = Some(Container {
            layer,
            written: None,
            contents,
        });
        self.lay_container();
        Ok(refused)
    }

    /// Discards the container layer.
    pub fn drop_container(&mut self) {
        self.lift_container();
        self.container = None;
    }

    /// Returns the container layer, if one was started.
    pub fn container(&self) -> Option<&ContainerLayer> {
        self.container.as_ref().map(|container| &container.layer)
    }

    /// Returns the position of the container layer in the union: one above the image's layers.
    pub fn container_layer(&self) -> Option<LayerIdx> {
        self.container_entries()?;
        Some(LayerIdx::at(self.layers().len()))
    }

    /// Returns the entries that a commit of the container layer writes.
    pub fn container_entries(&self) -> Option<&Written> {
        self.container.as_ref()?.written.as_ref()
    }

    /// Applies a step of edits.
    ///
    /// # Errors
    /// When one of them cannot be applied; then none is.
    pub fn edit(&mut self, step: Step) -> Result<(), Refused> {
        let not_started = || Refused {
            edit: 0,
            path: ImagePath::root(),
            why: Refusal::NotStarted,
        };
        self.change_container(|layer, base| layer.edit(base, step))
            .unwrap_or_else(|| Err(not_started()))
    }

    /// Undoes the last step; false if there is none.
    pub fn undo(&mut self) -> bool {
        self.change_container(|layer, base| layer.undo(base))
            .unwrap_or(false)
    }

    /// Redoes the step that was undone last; false if there is none.
    pub fn redo(&mut self) -> bool {
        self.change_container(|layer, base| layer.redo(base))
            .unwrap_or(false)
    }

    /// Returns the origin of a path that was copied up; `None` if it is new, or still in its own layer.
    pub fn copied_from(&self, path: &ImagePath) -> Option<CopiedUp> {
        self.container()?.copied_from(self.base(), path)
    }

    /// Returns the lines of `docker diff`, in its order; empty without a container layer.
    pub fn changes(&self) -> Vec<ChangedPath> {
        let Some(layer) = self.container_layer() else {
            return Vec::new();
        };
        let union = self.union();
        let below = layer.0.checked_sub(1).map(LayerIdx);
        let size_below = |node| {
            let info = union.node(node, View::UpTo(below?))?;
            Some(info.size_bytes)
        };
        let listing = union.listing(View::Layer(layer));
        let changed = listing.filter_map(|listed| {
            let change = listed.change?;
            Some(ChangedPath {
                node: listed.id,
                path: listed.path,
                change,
                kind: listed.info.kind,
                size_bytes: match change {
                    Change::Deleted => 0,
                    Change::Added | Change::Changed => listed.info.size_bytes,
                },
                below_bytes: size_below(listed.id).unwrap_or(0),
            })
        });
        changed.collect()
    }

    /// Returns the content of a file by its place in the union, which may be in the container layer.
    pub fn file_content(&self, place: EntryPlace) -> Option<FileContent> {
        match self.held(place)? {
            Held::InLayer(place) => {
                let layer = place.layer.0 as usize;
                match self.listed_layer(layer) {
                    Some(listed) => FileContent::listed(Rc::clone(listed), place.entry_id()),
                    None => FileContent::new(Rc::clone(self.read_layer(layer)?), place.entry_id()),
                }
            }
            Held::New(content) => Some(content),
        }
    }

    /// Returns the holder of the content at a place in the union.
    pub(super) fn held(&self, place: EntryPlace) -> Option<Held> {
        let layer = place.layer.0 as usize;
        if self.read_layer(layer).is_some() || self.listed_layer(layer).is_some() {
            return Some(Held::InLayer(place));
        }
        let container = self.container.as_ref()?;
        if Some(place.layer) != self.container_layer() {
            return None;
        }
        let written = container.written.as_ref()?;
        match &written.entries.get(place.entry as usize)?.source {
            ContentSource::Lower(below) => Some(Held::InLayer(*below)),
            ContentSource::New(content) => Some(Held::New(FileContent::kept(
                Rc::clone(&container.contents),
                content.clone(),
            ))),
            ContentSource::Empty => Some(Held::New(FileContent::empty())),
        }
    }

    /// Returns the store of the bytes that edits brought.
    pub(super) fn contents(&self) -> Option<Rc<dyn Contents>> {
        let container = self.container.as_ref()?;
        Some(Rc::clone(&container.contents))
    }

    /// Returns the image below the container layer.
    pub(super) fn base(&self) -> Base<'_> {
        Base::new(self.union(), self.layers().len(), self.limits())
    }

    /// Checks that all layers were read to their ends, and that there is room for another one.
    ///
    /// # Errors
    /// When one was not, the image is an artifact, or it has no room for another layer.
    pub(super) fn check_whole(&self) -> Result<(), NoContainer> {
        self.check_readable()?;
        let limit = self.limits().image.layers;
        match self.layers().len() >= limit {
            true => Err(NoContainer::TooManyLayers { limit }),
            false => Ok(()),
        }
    }

    /// Like [`Self::check_whole`], regardless of room for another layer.
    ///
    /// # Errors
    /// When a layer was not read to its end.
    pub(super) fn check_readable(&self) -> Result<(), NoContainer> {
        if self.found.artifact_type.is_some() {
            return Err(NoContainer::Artifact);
        }
        let is_whole = |status: &LayerStatus| match status {
            LayerStatus::Read(read, _) => read.damage.is_none(),
            LayerStatus::Waiting
            | LayerStatus::Listed(_)
            | LayerStatus::Failed(_)
            | LayerStatus::LeftOut => false,
        };
        match self.layers().iter().position(|status| !is_whole(status)) {
            Some(layer) => Err(NoContainer::Incomplete { layer }),
            None => Ok(()),
        }
    }

    /// Changes the container layer, and puts the result on the union.
    fn change_container<T>(
        &mut self,
        change: impl FnOnce(&mut ContainerLayer, Base<'_>) -> T,
    ) -> Option<T> {
        let mut container = self.container.take()?;
        let changed = container
            .written
            .is_some()
            .then(|| change(&mut container.layer, self.base()));
        self.container = Some(container);
        if changed.is_some() {
            self.lift_container();
            self.lay_container();
        }
        changed
    }

    /// Takes the container layer off the union, before the union gets another layer.
    pub(super) fn lift_container(&mut self) {
        if let Some(container) = &mut self.container
            && container.written.take().is_some()
        {
            self.n_built = self.n_built.saturating_add(1);
            self.union.lift();
        }
    }

    /// Puts the container layer on the union, if all layers below are complete.
    fn lay_container(&mut self) {
        if self.check_whole().is_err() {
            return;
        }
        let Some(mut container) = self.container.take() else {
            return;
        };
        if container.written.is_none() {
            let written = container.layer.written(self.base());
            self.n_built = self.n_built.saturating_add(1);
            self.union.lay_on(Rc::clone(&written.index));
            container.written = Some(written);
        }
        self.container = Some(container);
    }

    /// Replays the steps of the container layer, since the layers below have other entries now.
    pub(super) fn replay_container(&mut self) {
        if self.check_whole().is_ok()
            && let Some(mut container) = self.container.take()
        {
            let journal = container.layer.journal().clone();
            (container.layer, _) = ContainerLayer::replay(journal, self.base());
            self.container = Some(container);
            self.lay_container();
        }
    }
}
