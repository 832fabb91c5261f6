//! Reads archives that are both a docker-archive and an OCI layout, as Docker writes them since version 25.
//!
//! Both lists name the same images, which are merged by image ID. `manifest.json` gives the tags; `index.json`
//! gives digests, media types and annotations, and may hold further platforms.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{Digest, Platform};
use crate::layer::{Notice, Warning};
use crate::source::{FoundImage, FoundLayer, Origin};

use super::opened::Contents;

/// Merges both lists: the images of `manifest.json` first, then those that only `index.json` has.
pub(super) fn merge(docker: Contents, oci: Contents, limits: &Limits) -> Contents {
    let mut merged = docker;
    let mut taken = BTreeSet::new();
    let mut names_of_index: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
    for image in &mut merged.images {
        image.origin = Origin::Hybrid;
        let Some(first) = oci.images.iter().find(|other| is_same(image, other)) else {
            continue;
        };
        let twins = oci.images.iter().enumerate();
        let twins = twins.filter(|(_, other)| is_same(first, other) && has_manifest(other, first));
        taken.extend(twins.map(|(at, _)| at));
        complete(image, first);
        if let Some(index) = &first.index_digest {
            let names = names_of_index.entry(index.clone()).or_default();
            let room = limits.image.names.saturating_sub(names.len());
            names.extend(image.names.iter().take(room).cloned());
        }
    }
    // The other platforms of a tagged index share its tags.
    let rename = |index: &Option<Digest>, names: &mut Vec<String>| {
        if let Some(tags) = index.as_ref().and_then(|index| names_of_index.get(index))
            && !tags.is_empty()
        {
            names.clone_from(tags);
        }
    };
    for (at, mut image) in oci.images.into_iter().enumerate() {
        if !taken.contains(&at) {
            let twins = merged.images.iter_mut();
            let mut twins = twins.filter(|docker| has_name_of(docker, &image));
            if let Some(docker) = twins.next() {
                // One name stands for two images: an engine picks one depending on which list it reads.
                let name = image
                    .names
                    .first()
                    .map(String::as_bytes)
                    .unwrap_or_default();
                let warning = Warning::new(Notice::ManifestsDiffer, name);
                docker.warnings.insert(0, warning.clone());
                image.warnings.insert(0, warning);
            }
            rename(&image.index_digest, &mut image.names);
            merged.images.push(image);
        }
    }
    for mut other in oci.others {
        rename(&other.index_digest, &mut other.names);
        merged.others.push(other);
    }
    merged.warnings.extend(oci.warnings);
    merged
}

/// True if both images may be for the same platform and have a name in common.
fn has_name_of(image: &FoundImage, other: &FoundImage) -> bool {
    let platform = |image: &FoundImage| image.platform.as_ref().map(Platform::without_version);
    let same_platform = match (platform(image), platform(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let is_docker = image.origin == Origin::DockerArchive || image.origin == Origin::Hybrid;
    is_docker && same_platform && image.names.iter().any(|name| other.names.contains(name))
}

fn is_same(image: &FoundImage, other: &FoundImage) -> bool {
    image.image_id.is_some() && image.image_id == other.image_id
}

fn has_manifest(image: &FoundImage, other: &FoundImage) -> bool {
    let digest = |image: &FoundImage| image.manifest.as_ref().map(|m| m.digest.clone());
    digest(image) == digest(other)
}

/// Completes an image of `manifest.json` with the data of `index.json`.
fn complete(image: &mut FoundImage, oci: &FoundImage) {
    if image.names.is_empty() {
        image.names.clone_from(&oci.names);
    }
    if image.layers.len() != oci.layers.len() {
        return tell_difference(image, oci);
    }
    image.manifest.clone_from(&oci.manifest);
    image.index_digest.clone_from(&oci.index_digest);
    image.index.clone_from(&oci.index);
    image.annotations.clone_from(&oci.annotations);
    image.platform = oci.platform.clone().or(image.platform.take());
    for warning in &oci.warnings {
        // Each list calls the config by another name, so the subject cannot identify a repeated warning.
        let same = |w: &Warning| w.notice == warning.notice;
        // A layer count of the layout does not apply to this image if its own count differs.
        let is_of_other_layers = image.layers.len() != oci.layers.len()
            && matches!(warning.notice, Notice::LayerCount { .. });
        if !is_of_other_layers && !image.warnings.iter().any(same) {
            image.warnings.push(warning.clone());
        }
    }
    let layers = image.layers.iter_mut().zip(&oci.layers);
    layers.for_each(|(layer, other)| complete_layer(layer, other));
}

/// Warns that the two lists have different layers. The layers of `manifest.json` are shown; claims of the layout's
/// manifest, and warnings about it, are not applied to them.
fn tell_difference(image: &mut FoundImage, oci: &FoundImage) {
    let notice = Notice::ListsDiffer {
        n_docker: image.layers.len() as u64,
        n_oci: oci.layers.len() as u64,
    };
    image.warnings.push(Warning::new(notice, b""));
    image
        .warnings
        .insert(0, Warning::new(Notice::ManifestsDiffer, b""));
}

/// Takes the blob of the OCI layout, and all that its descriptor claims. If that blob is missing and other bytes
/// of the same layer are present, those are kept, without the descriptor's claims.
fn complete_layer(layer: &mut FoundLayer, oci: &FoundLayer) {
    layer.annotations.clone_from(&oci.annotations);
    let same_bytes = layer.digest.is_some() && layer.digest == oci.digest;
    if oci.blob.is_err() && layer.blob.is_ok() && !same_bytes {
        return;
    }
    layer.media_type.clone_from(&oci.media_type);
    layer.digest.clone_from(&oci.digest);
    layer.size_bytes = oci.size_bytes;
    if let Ok(blob) = &oci.blob {
        layer.blob = Ok(Rc::clone(blob));
    }
}
