//! Commits an open image with its container layer as a new image that shares all layers below.
//!
//! `build` defines the form of layers and configs. Here the bytes pass from their source, through hashes and
//! compression, to a spool. Nothing of the image is borrowed meanwhile.

mod copying;
mod error;
mod squash;
mod writing;

pub use error::CommitError;
pub use squash::{SquashPlan, SquashTask};

use std::rc::Rc;

use super::publication::{Need, SettledLayer, config_of};
use super::{Draft, OpenImage};
use crate::build::Family;
use crate::build::commit::{
    CommitStep, Layers, NewCompression, NewLayer, check_settings, new_config,
};
use crate::build::container::{Contents, Written};
use crate::image::{ConfigDocument, Distribution, RuntimeConfig, Timestamp};
use crate::io::{ReadAt, Spool};
use crate::layer::Compression;
use crate::source::{Annotations, FoundImage, FoundLayer, Origin, SliceBlob};

use copying::Layer;
use writing::{Progress, write_layer};

/// The parameters of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitOrder {
    /// The author; may be empty.
    pub author: String,
    /// The commit message; may be empty.
    pub message: String,
    /// The command for `created_by`, as shown by `docker history`.
    pub created_by: String,
    /// The time of the commit.
    pub created: Timestamp,
    /// The settings of the new image; `None` leaves them unchanged.
    pub settings: Option<RuntimeConfig>,
    /// The compression of the new layer.
    pub compression: NewCompression,
    /// The names of the new image, `repository:tag`.
    pub names: Vec<String>,
}

impl CommitOrder {
    /// The usual `created_by` of a layer made here.
    pub const CREATED_BY: &str = "lamina commit";
}

/// A commit that can run while the image is browsed.
pub struct CommitTask {
    below: Below,
    written: Option<Written>,
    contents: Option<Rc<dyn Contents>>,
}

/// The parts of the image below that a commit needs.
struct Below {
    draft: Draft,
    layers: Vec<Option<Layer>>,
}

impl Below {
    fn of(image: &OpenImage) -> Below {
        let layers = 0..image.layers().len();
        Below {
            draft: Draft::of(image),
            layers: layers
                .map(|layer| image.read_layer(layer).map(Layer::of))
                .collect(),
        }
    }
}

/// The changes of a commit.
struct Change<'a> {
    /// The number of layers below that stay.
    n_kept: usize,
    layer: Option<(NewLayer, Rc<dyn ReadAt>)>,
    order: &'a CommitOrder,
}

impl OpenImage {
    /// Prepares a commit of the container layer. Without a container layer, or with an unchanged one, only the
    /// config is committed.
    ///
    /// # Errors
    /// When layers of the image cannot be read, or it is not a root file system.
    pub fn commit_task(&self) -> Result<CommitTask, CommitError> {
        self.check_whole()?;
        self.check_config()?;
        let written = self.container_entries();
        Ok(CommitTask {
            below: Below::of(self),
            written: written
                .filter(|written| !written.entries.is_empty())
                .cloned(),
            contents: self.contents(),
        })
    }
}

impl OpenImage {
    /// Refuses to build on a config that has no single meaning.
    fn check_config(&self) -> Result<(), CommitError> {
        match self.config().and_then(|config| config.ambiguous_field()) {
            Some(field) => Err(CommitError::Ambiguous {
                field: field.to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl CommitTask {
    /// Returns the number of file bytes that will be written.
    pub fn content_bytes(&self) -> u64 {
        self.written.as_ref().map_or(0, Written::content_bytes)
    }

    /// Makes the new image and writes its layer to `spool`. `progress` receives the file bytes written so far.
    ///
    /// # Errors
    /// When bytes cannot be read, the config is malformed, the settings are invalid, or the person cancelled.
    pub async fn run(
        self,
        order: &CommitOrder,
        spool: Box<dyn Spool>,
        progress: Progress<'_>,
    ) -> Result<FoundImage, CommitError> {
        check(order)?;
        let layer = match &self.written {
            None => None,
            Some(written) => {
                let source = copying::Copying::new(&self.below.layers, self.contents.as_deref());
                let made = write_layer(written, source, order.compression, spool, progress);
                Some(made.await?)
            }
        };
        let change = Change {
            n_kept: self.below.layers.len(),
            layer,
            order,
        };
        finish(self.below, change).await
    }
}

fn check(order: &CommitOrder) -> Result<(), CommitError> {
    let settings = order.settings.as_ref();
    let wrong = settings.map(check_settings).unwrap_or_default();
    wrong
        .into_iter()
        .next()
        .map_or(Ok(()), |error| Err(error.into()))
}

/// Assembles the new image from the one below and the changes.
async fn finish(below: Below, change: Change<'_>) -> Result<FoundImage, CommitError> {
    let limits = below.draft.limits;
    let nothing_to_tell = |_| std::ops::ControlFlow::Continue(());
    let settled = below.draft.settle(Need::Decoded, &nothing_to_tell).await?;
    let config = config_of(&settled)?;
    let before = ConfigDocument::parse(Rc::clone(&config.bytes), limits.documents.json_bytes)?;
    let run_before = before.config.config.clone().unwrap_or_default();
    let order = change.order;
    let n_layers = settled.layers.len();
    let layers = match &change.layer {
        None => Layers::Same,
        Some((new, _)) if change.n_kept == n_layers => Layers::Added(&new.diff_id),
        Some((new, _)) => Layers::Replaced {
            from: change.n_kept,
            by: &new.diff_id,
        },
    };
    let step = CommitStep {
        created: order.created,
        author: &order.author,
        created_by: &order.created_by,
        comment: &order.message,
        layers,
        settings: order.settings.as_ref().map(|after| (&run_before, after)),
    };
    let bytes = new_config(&config.bytes, n_layers, &step)?;
    let document = ConfigDocument::parse(bytes, limits.documents.json_bytes)?;
    let family = family_of(&settled.found);
    let mut layers: Vec<FoundLayer> = settled.layers.into_iter().map(found_layer).collect();
    layers.truncate(change.n_kept);
    layers.extend(
        change
            .layer
            .map(|(new, bytes)| new_layer(&new, bytes, family)),
    );
    Ok(FoundImage {
        names: order.names.clone(),
        origin: Origin::Committed,
        image_id: Some(document.digest.clone()),
        manifest: None,
        index_digest: None,
        index: None,
        beside: None,
        platform: settled.found.platform,
        config: Some(Ok(document)),
        layers,
        annotations: Annotations::default(),
        artifact_type: None,
        warnings: Vec::new(),
    })
}

/// Returns the family of the media types in the image below; `None` if an archive states none.
fn family_of(found: &FoundImage) -> Option<Family> {
    let manifest = found.manifest.as_ref().map(|manifest| &manifest.media_type);
    let layers = found
        .layers
        .iter()
        .filter_map(|layer| layer.media_type.as_ref());
    manifest.into_iter().chain(layers).find_map(Family::of)
}

fn found_layer(layer: SettledLayer) -> FoundLayer {
    FoundLayer {
        media_type: layer.media_type,
        digest: Some(layer.digest),
        size_bytes: Some(layer.size_bytes),
        diff_id: layer.diff_id,
        annotations: layer.annotations,
        blob: Ok(layer.blob),
    }
}

fn new_layer(new: &NewLayer, bytes: Rc<dyn ReadAt>, family: Option<Family>) -> FoundLayer {
    let compression = match new.compression {
        NewCompression::Gzip => Compression::Gzip,
        NewCompression::Plain => Compression::None,
    };
    let media_type =
        family.and_then(|family| family.layer_type(compression, Distribution::Distributable));
    FoundLayer {
        media_type,
        digest: Some(new.digest.clone()),
        size_bytes: Some(new.size_bytes),
        diff_id: Some(new.diff_id.clone()),
        annotations: Default::default(),
        blob: Ok(Rc::new(SliceBlob::new(bytes, "the new layer"))),
    }
}
