//! Holds what the header of an image's page shows: a slice of the image's state.
//!
//! The header is not drawn again for anything else: the tree, the search, the panel.

use std::collections::BTreeMap;

use crate::protocol::{
    Compression, ExportKind, ImageView, LayerProgress, Origin, Problem, Strata, TreeView,
};
use crate::ui::state::Shared;

use super::layers::{LayerPhase, phase_of};
use super::{ImageState, PushPane, Reading, SavingState, WantedLogin};

/// The slice of an image's state that its header shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The image as the worker describes it.
    pub image: Shared<ImageView>,
    /// Progress of each layer that is being read.
    pub progress: Shared<BTreeMap<u32, LayerProgress>>,
    /// State of reading the layers.
    pub reading: Reading,
    /// View of the tree, which a listing has too.
    pub view: TreeView,
    /// State of the push dialog.
    pub push: Shared<PushPane>,
    /// Sign-in that work waits for.
    pub login: Option<WantedLogin>,
    /// True if there is a container layer.
    pub has_container: bool,
    /// True while the container layer changes.
    pub is_container_busy: bool,
    /// Reason why a download or an export failed.
    pub notice: Option<Problem>,
    /// Number of files that are being written to disk.
    pub n_saving: usize,
    /// The export form, and the export in progress.
    pub saving: SavingState,
    /// Bytes of the layers, once they are known.
    pub strata: Option<Strata>,
}

impl ImageState {
    /// Returns what the header shows.
    pub fn head(&self) -> Head {
        Head {
            image: self.image.clone(),
            progress: self.progress.clone(),
            reading: self.reading.clone(),
            view: self.tree.view,
            push: self.push.clone(),
            login: self.wanted_login(),
            has_container: self.container.is_open(),
            is_container_busy: self.container.is_busy,
            notice: self.notice.clone(),
            n_saving: self.n_saving,
            saving: self.saving.clone(),
            strata: self.analyses.strata().cloned(),
        }
    }
}

impl Head {
    /// True if the image is a root file system; other artifacts have no tree.
    pub fn has_tree(&self) -> bool {
        has_tree(&self.image)
    }

    /// True if a container can write to the image, because all its layers are available.
    pub fn can_have_container(&self) -> bool {
        can_have_container(&self.image, &self.reading)
    }

    /// Returns the listing of the current view, for the Export menu.
    pub fn listing(&self, full: bool) -> ExportKind {
        let view = self.view;
        ExportKind::Listing { view, full }
    }

    /// Returns the state of a layer.
    pub fn phase(&self, layer: u32) -> LayerPhase {
        phase_of(&self.image, &self.progress, layer)
    }

    /// Returns the other platforms of the index as a comma-separated list.
    pub fn other_platforms(&self) -> String {
        let rows = self.image.platforms.iter();
        let others = rows.filter(|row| !row.selected);
        let names: Vec<String> = others.map(|row| row.choice.to_string()).collect();
        names.join(", ")
    }

    /// Returns the numbers of the layers that a push recompresses, as a comma-separated list. A layer that has not
    /// been read is missing, because its compression is unknown.
    pub fn repacked_layers(&self) -> String {
        let image = &self.image;
        let layers = image.layers.iter().filter(|row| {
            let is_odd = matches!(row.compression, Some(Compression::Xz | Compression::Bzip2));
            image.manifest_digest.is_none() && is_odd
        });
        let numbers: Vec<String> = layers.map(|row| row.layer.to_string()).collect();
        numbers.join(", ")
    }
}

/// Returns the compressed bytes of an image's layers, which a download takes; `None` while unknown, and for a file whose
/// layers are not compressed.
pub fn download_bytes(image: &ImageView) -> Option<u64> {
    let is_plain = |compression: Option<Compression>| compression == Some(Compression::None);
    let mut layers = image.layers.iter();
    let is_download = image.origin == Origin::Registry
        || image.layers.is_empty()
        || layers.any(|row| row.compression.is_some() && !is_plain(row.compression));
    image.stored_bytes.filter(|_| is_download)
}

/// True if an image is a root file system; other artifacts have no tree.
pub(super) fn has_tree(image: &ImageView) -> bool {
    image.artifact_type.is_none()
}

/// True if a container can write to an image, because all its layers are available.
pub(super) fn can_have_container(image: &ImageView, reading: &Reading) -> bool {
    has_tree(image)
        && *reading == Reading::Still
        && image.n_layers_ready as usize == image.layers.len()
}
