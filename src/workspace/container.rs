//! The container layer of an open image: laid on its union, laid anew with every edit.
//!
//! What edits mean is `build::container`'s knowledge; committing them is `commit`'s work.

use std::rc::Rc;

use crate::build::container::{
    Base, ContainerLayer, Contents, CopiedUp, Journal, Refusal, Refused, Source, Step, Written,
};
use crate::image::{ImagePath, Timestamp};
use crate::layer::EntryKind;
use crate::overlay::{Change, EntryPlace, LayerIdx, NodeId, View};

use super::{FileContent, LayerStatus, OpenImage};

/// A container layer with what it takes to show it.
pub(super) struct Container {
    layer: ContainerLayer,
    /// Its entries as they lie on the union; `None` while the layers below are not whole.
    written: Option<Written>,
    contents: Rc<dyn Contents>,
}

/// What holds the content of a file.
pub(super) enum Held {
    /// A layer of the image.
    InLayer(EntryPlace),
    /// Nothing below: an edit brought it.
    New(FileContent),
}

/// Why an image cannot have a container layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoContainer {
    /// It is no root file system.
    #[error("an artifact has no file system that could be changed")]
    Artifact,
    /// A layer is not read to its end: what an edit would hide cannot be known.
    #[error("layer {layer} is not read to its end")]
    Incomplete {
        /// The lowest such layer.
        layer: usize,
    },
    /// There are as many layers as may be.
    #[error("the image has {limit} layers, and can have no more")]
    TooManyLayers {
        /// How many there may be.
        limit: usize,
    },
}

/// One line of what `docker diff` would print of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPath {
    /// The path.
    pub node: NodeId,
    /// Its bytes, without a leading slash.
    pub path: Vec<u8>,
    /// Added, changed or deleted.
    pub change: Change,
    /// What it is; what it was, where it is deleted.
    pub kind: EntryKind,
    /// Bytes of a file's content now; 0 where it is deleted.
    pub size_bytes: u64,
    /// Bytes of the content of the file that the image has there; 0 where it has none.
    pub below_bytes: u64,
}

impl OpenImage {
    /// Starts a container layer, in place of any that was there. `contents` has the bytes that edits bring.
    ///
    /// # Errors
    /// When the image has no file system, or not all of it is read.
    pub fn start_container(
        &mut self,
        started: Timestamp,
        contents: Rc<dyn Contents>,
    ) -> Result<(), NoContainer> {
        self.restore_container(Journal::new(started), contents)
            .map(|_| ())
    }

    /// Starts a container layer with the steps of one that was kept. A step that cannot be done any more ends it; the
    /// reason is given.
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

    /// Throws the container layer away.
    pub fn drop_container(&mut self) {
        self.lift_container();
        self.container = None;
    }

    /// The container layer, where one was started.
    pub fn container(&self) -> Option<&ContainerLayer> {
        self.container.as_ref().map(|container| &container.layer)
    }

    /// The number of the container layer in the union: one above those of the image.
    pub fn container_layer(&self) -> Option<LayerIdx> {
        self.container_entries()?;
        Some(LayerIdx::at(self.layers().len()))
    }

    /// The entries that a commit of the container layer writes.
    pub fn container_entries(&self) -> Option<&Written> {
        self.container.as_ref()?.written.as_ref()
    }

    /// Does a step of edits.
    ///
    /// # Errors
    /// When one of them cannot be done; then none is.
    pub fn edit(&mut self, step: Step) -> Result<(), Refused> {
        let not_started = || Refused {
            edit: 0,
            path: ImagePath::root(),
            why: Refusal::NotStarted,
        };
        self.change_container(|layer, base| layer.edit(base, step))
            .unwrap_or_else(|| Err(not_started()))
    }

    /// Undoes the last step; false when there is none.
    pub fn undo(&mut self) -> bool {
        self.change_container(|layer, base| layer.undo(base))
            .unwrap_or(false)
    }

    /// Does the step again that was undone last; false when there is none.
    pub fn redo(&mut self) -> bool {
        self.change_container(|layer, base| layer.redo(base))
            .unwrap_or(false)
    }

    /// Where what is at a path was copied up from; `None` for what is new, and for what still is in its own layer.
    pub fn copied_from(&self, path: &ImagePath) -> Option<CopiedUp> {
        self.container()?.copied_from(self.base(), path)
    }

    /// What `docker diff` would print, sorted as it does; nothing without a container layer.
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

    /// The content of a file, by the place that the union names; in the container layer, too.
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

    /// What holds the content that the union names by a place.
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
            Source::Lower(below) => Some(Held::InLayer(*below)),
            Source::New(content) => Some(Held::New(FileContent::kept(
                Rc::clone(&container.contents),
                content.clone(),
            ))),
            Source::Empty => Some(Held::New(FileContent::empty())),
        }
    }

    /// Where the bytes are that edits brought.
    pub(super) fn contents(&self) -> Option<Rc<dyn Contents>> {
        let container = self.container.as_ref()?;
        Some(Rc::clone(&container.contents))
    }

    /// The image below the container layer.
    pub(super) fn base(&self) -> Base<'_> {
        Base::new(self.union(), self.layers().len(), self.limits())
    }

    /// Whether all layers are read to their ends.
    ///
    /// # Errors
    /// Otherwise.
    pub(super) fn check_whole(&self) -> Result<(), NoContainer> {
        self.check_readable()?;
        let limit = self.limits().layers;
        match self.layers().len() >= limit {
            true => Err(NoContainer::TooManyLayers { limit }),
            false => Ok(()),
        }
    }

    /// The same, whether or not there may be another layer.
    ///
    /// # Errors
    /// When a layer is not read to its end.
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

    /// Changes the container layer, and lays on what it comes to.
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

    /// Takes the container layer off the union, before that gets another layer.
    pub(super) fn lift_container(&mut self) {
        if let Some(container) = &mut self.container
            && container.written.take().is_some()
        {
            self.n_built = self.n_built.saturating_add(1);
            self.union.lift();
        }
    }

    /// Puts the container layer on the union, if all below it is there.
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

    /// Does the steps of the container layer anew, for the layers below it have other entries now.
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
