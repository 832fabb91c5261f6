//! Reads docker-archives: the images listed in `manifest.json`, as written by Docker since 1.10, podman, skopeo,
//! kaniko and crane.
//!
//! Only the paths listed there count; other members of the archive are ignored.

use crate::message::Message;
use std::collections::BTreeMap;

use crate::bounds::Limits;
use crate::image::{self, Digest, SavedImage, escape, read_saved_images};
use crate::layer::{Notice, Warning};
use crate::source::{Annotations, Error, FoundImage, FoundLayer, Origin};

use super::opened::{Contents, OtherContent};
use super::store::{
    FoundBlob, FoundConfig, Store, assign_diff_ids, digest_of_place, is_cancelled, refuse, warn_of,
};

/// The member that marks an archive as a docker-archive.
pub(super) const MANIFEST: &str = "manifest.json";

/// Reads `manifest.json` and the configs that it names.
///
/// # Errors
/// When `manifest.json` itself cannot be read, or the person cancels. A bad element is listed as unavailable.
pub(super) async fn read(store: &Store<'_>) -> Result<Contents, Error> {
    let bytes = store.document_at(MANIFEST).await?;
    let (elements, oddities) = read_saved_images(&bytes, store.limits.documents.json_bytes)
        .map_err(|error| match error {
            image::Error::Shape { .. } if store.members.has("version") => dir_transport(),
            other => refuse(MANIFEST, other),
        })?;
    let mut contents = Contents::default();
    let warnings = oddities.iter().map(|oddity| warn_of(MANIFEST, oddity));
    contents.warnings.extend(warnings);
    if elements.len() > store.limits.documents.index_visits {
        return Err(Error::TooLarge {
            what: Message::verbatim(MANIFEST),
            limit: Message::limit_images(store.limits.documents.index_visits),
        });
    }
    for mut element in elements {
        if let Some(warning) = bound_names(&mut element.repo_tags, store.limits) {
            contents.warnings.push(warning);
        }
        let names = element.repo_tags.clone();
        match read_image(store, element).await {
            Ok(image) => contents.images.push(image),
            Err(error) if is_cancelled(&error) => return Err(error),
            Err(error) => contents
                .others
                .push(OtherContent::unavailable(names, error)),
        }
    }
    Ok(contents)
}

/// Drops names beyond the limits, and returns a warning if there were any.
fn bound_names(names: &mut Vec<String>, limits: &Limits) -> Option<Warning> {
    let n_names = names.len();
    names.retain(|name| name.len() <= limits.image.name_bytes);
    names.truncate(limits.image.names);
    (names.len() < n_names).then(|| {
        let notice = Notice::TooManyNames {
            n_names: n_names as u64,
            n_shown: names.len() as u64,
        };
        Warning::new(notice, MANIFEST.as_bytes())
    })
}

async fn read_image(store: &Store<'_>, element: SavedImage) -> Result<FoundImage, Error> {
    if element.layers.len() > store.limits.image.layers {
        return Err(Error::TooLarge {
            what: Message::layers_in_manifest_json(),
            limit: Message::limit_layers(store.limits.image.layers),
        });
    }
    let FoundConfig {
        config,
        image_id,
        mut warnings,
    } = config(store, &element.config).await?;
    let paths = element.layers.iter().enumerate();
    let mut layers: Vec<_> = paths.map(|(at, path)| layer(store, at, path)).collect();
    if let Ok(config) = &config {
        warnings.extend(assign_diff_ids(&mut layers, config));
    }
    for layer in &mut layers {
        add_source(layer, &element);
    }
    let platform = config.as_ref().ok().map(|c| c.config.platform.clone());
    Ok(FoundImage {
        names: element.repo_tags,
        origin: Origin::DockerArchive,
        image_id,
        manifest: None,
        index_digest: None,
        index: None,
        beside: None,
        platform: platform.filter(|platform| !platform.is_empty()),
        config: Some(config),
        layers,
        annotations: Annotations::default(),
        artifact_type: None,
        warnings,
    })
}

/// Returns the error for a folder of skopeo's `dir:` transport, whose `manifest.json` is a registry manifest.
fn dir_transport() -> Error {
    Error::Unsupported {
        what: Message::dir_transport(),
        reason: Message::dir_transport_advice(),
    }
}

/// Reads the config at `path`, whose name may claim the image ID (AF-16).
///
/// Fails only when the person cancels: an image without a config still shows its layers.
async fn config(store: &Store<'_>, path: &str) -> Result<FoundConfig, Error> {
    let read = match path {
        "" => Err(Error::Missing {
            what: Message::config_path(),
        }),
        path => store.document_at(path).await,
    };
    if let Err(error) = &read
        && is_cancelled(error)
    {
        return Err(error.clone());
    }
    let claimed = digest_of_config_name(path);
    Ok(store.parse_config(read, claimed.as_ref(), &escape(path.as_bytes())))
}

fn digest_of_config_name(path: &str) -> Option<Digest> {
    let path = path.trim_start_matches("./");
    let hex = path.strip_suffix(".json");
    hex.and_then(|hex| Digest::parse(&format!("sha256:{hex}")).ok())
        .or_else(|| digest_of_place(path.as_bytes()))
}

fn layer(store: &Store<'_>, at: usize, path: &str) -> FoundLayer {
    let member = match path {
        "" => Err(Error::Missing {
            what: Message::layer_path(at),
        }),
        path => store.members.member(path.as_bytes()),
    };
    // A link may lead to a blob whose path states its digest.
    let digest = member.as_ref().ok().and_then(|m| digest_of_place(&m.path));
    FoundLayer {
        media_type: None,
        digest,
        size_bytes: None,
        diff_id: None,
        annotations: BTreeMap::new(),
        blob: member.map(|m| FoundBlob::of_member(escape(path.as_bytes()), m).into_blob()),
    }
}

/// Copies the media type and size from `LayerSources` if its digest is that of these bytes. An entry with another
/// digest describes another encoding of the layer, and is ignored.
fn add_source(layer: &mut FoundLayer, element: &SavedImage) {
    let Some(diff_id) = &layer.diff_id else {
        return;
    };
    if let Some(source) = element.layer_sources.get(diff_id.0.as_str())
        && source.known_digest().is_some()
        && source.known_digest() == layer.digest.as_ref()
    {
        layer.media_type = (!source.media_type.is_empty()).then(|| source.media_type.clone());
        layer.size_bytes = source.size_bytes;
    }
}
