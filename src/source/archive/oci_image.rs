//! Turns one manifest of a layout into a found image: checks its config and locates its layers.
//!
//! `oci_layout` finds the manifest.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::image::{ArtifactKind, Descriptor, Digest, Document, Index, Manifest, MediaKind};
use crate::source::{Annotations, Error, FoundImage, Origin};

use super::store::{FoundConfig, Store, assign_diff_ids, is_cancelled};

/// The position of a descriptor in the layout.
pub(super) struct Place {
    pub(super) origin: Origin,
    /// The image's names according to `index.json`.
    pub(super) names: Vec<String>,
    /// The digest of the index blob that `index.json` names and that led here.
    pub(super) index_digest: Option<Digest>,
    /// The index blob that `index.json` names, with its bytes.
    pub(super) index: Option<Document>,
    /// Annotations of the index that holds the descriptor.
    pub(super) index_annotations: Rc<BTreeMap<String, String>>,
    /// Annotations of the descriptors on the way here; the innermost takes precedence.
    pub(super) inherited: Rc<BTreeMap<String, String>>,
}

impl Place {
    /// Returns the annotations of all descriptors that lead to `entry`, including its own.
    pub(super) fn annotations_of(&self, entry: &Descriptor) -> BTreeMap<String, String> {
        let mut annotations = (*self.inherited).clone();
        annotations.extend(entry.annotations.clone());
        annotations
    }
}

/// Returns the image, or artifact, that `manifest` describes. A missing config or layer is marked as such.
///
/// # Errors
/// When it has more layers than the limit, or the person cancels.
pub(super) async fn image_of(
    store: &Store<'_>,
    document: Document,
    manifest: Manifest,
    entry: &Descriptor,
    place: &Place,
) -> Result<FoundImage, Error> {
    if manifest.layers.len() > store.limits.image.layers {
        return Err(Error::TooLarge {
            what: Message::layers_in(document.digest.to_string()),
            limit: Message::limit_layers(store.limits.image.layers),
        });
    }
    let mut image = FoundImage {
        names: place.names.clone(),
        origin: place.origin,
        image_id: None,
        manifest: Some(document),
        index_digest: place.index_digest.clone(),
        index: place.index.clone(),
        beside: None,
        platform: entry.platform.clone(),
        config: None,
        layers: manifest.layers.iter().map(|l| store.layer(l)).collect(),
        annotations: Annotations {
            index: (*place.index_annotations).clone(),
            descriptor: place.annotations_of(entry),
            manifest: manifest.annotations.clone(),
        },
        artifact_type: artifact_type(&manifest, entry),
        warnings: Vec::new(),
    };
    if image.artifact_type.is_none() {
        add_config(store, &manifest, &mut image).await?;
    }
    Ok(image)
}

/// True for an index that names nothing that could be an image: a build cache, or an empty index.
pub(super) fn holds_no_image(index: &Index) -> bool {
    let mut kinds = index.manifests.iter().map(|entry| entry.media_type.kind());
    !kinds.any(|kind| matches!(kind, MediaKind::Manifest(_) | MediaKind::Unstated))
}

/// Returns an index without images as an artifact; its entries stand for blobs.
pub(super) fn index_as_artifact(
    store: &Store<'_>,
    document: Document,
    index: &Index,
    place: &Place,
) -> FoundImage {
    let entries = || index.manifests.iter().take(store.limits.image.layers);
    let mut types = entries().map(|entry| &entry.media_type);
    let known =
        types.find(|name| ArtifactKind::of_media_type(name) == Some(ArtifactKind::BuildCache));
    let told = known.unwrap_or(&document.media_type);
    FoundImage {
        names: place.names.clone(),
        origin: place.origin,
        image_id: None,
        manifest: None,
        index_digest: Some(document.digest.clone()),
        beside: None,
        platform: None,
        config: None,
        layers: entries().map(|entry| store.layer(entry)).collect(),
        annotations: Annotations {
            index: index.annotations.clone(),
            ..Annotations::default()
        },
        artifact_type: Some(told.as_str().to_owned()),
        index: Some(document),
        warnings: Vec::new(),
    }
}

/// Returns the artifact type; `None` for an image. The config of an artifact is never read as an image's (MT-06).
fn artifact_type(manifest: &Manifest, entry: &Descriptor) -> Option<String> {
    if manifest.is_image() || manifest.config.is_none() {
        return None;
    }
    let declared = manifest.artifact_type().or(entry.artifact_type.as_deref());
    Some(declared.unwrap_or_default().to_owned())
}

async fn add_config(
    store: &Store<'_>,
    manifest: &Manifest,
    image: &mut FoundImage,
) -> Result<(), Error> {
    let Some(descriptor) = &manifest.config else {
        image.config = Some(Err(Error::Missing {
            what: Message::config_in_manifest(),
        }));
        return Ok(());
    };
    let FoundConfig {
        config,
        image_id,
        warnings,
    } = store.config(descriptor).await;
    if let Err(error) = &config
        && is_cancelled(error)
    {
        return Err(error.clone());
    }
    image.image_id = image_id;
    image.warnings.extend(warnings);
    if let Ok(config) = &config {
        let warning = assign_diff_ids(&mut image.layers, config);
        image.warnings.extend(warning);
        let platform = &config.config.platform;
        if image.platform.is_none() && !platform.is_empty() {
            image.platform = Some(platform.clone());
        }
    }
    image.config = Some(config);
    Ok(())
}
