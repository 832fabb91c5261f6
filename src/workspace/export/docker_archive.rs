//! Writes docker-archives that every Docker since 1.10 can load, and so can podman, containerd and skopeo.
//!
//! Plain and gzip layers are written unchanged; others are decompressed, because Docker 20.10 does not read zstd.
//! For Docker before 1.10, the archive also has folders by version 1 ids, with links to the layers, like skopeo's.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::build::{repositories, saved_image, version_1};
use crate::image::{DiffId, Distribution, Json};
use crate::layer::Compression;
use crate::source::Error;

use super::super::publication::{Draft, Need, Settled, SettledLayer, config_of, makes_config};
use super::archive::{ArchiveExport, Content, Member, Stored};
use super::decoded::decoded_bytes_of;
use super::{Export, ExportNames, Machine, Progress};

/// Exports an image as a docker-archive under the given names. Only names of the form `repository:tag` are used.
///
/// `progress` receives the bytes read before the first piece, of layers without enough metadata, and may cancel.
///
/// # Errors
/// When the image is an artifact, a part of it is missing or damaged, or its config does not match its layers: no
/// engine would load it.
pub async fn docker_archive(
    draft: Draft,
    names: &ExportNames,
    progress: Progress<'_>,
) -> Result<Export, Error> {
    if let Some(artifact) = &draft.found.artifact_type {
        return Err(Error::Unsupported {
            what: Message::docker_archive_of_artifact(artifact.to_string()),
            reason: Message::only_images_load(),
        });
    }
    let need = match makes_config(&draft.found) {
        true => Need::Decoded,
        false => Need::Compression,
    };
    let settled = draft.settle(need, progress).await?;
    let config = config_of(&settled)?;
    let diff_ids = diff_ids_of(&settled)?;
    let mut members = Vec::new();
    let mut paths: Vec<String> = Vec::new();
    // Each diff_id is one member, however many layers share it.
    let mut known: BTreeMap<&DiffId, String> = BTreeMap::new();
    for (layer, diff_id) in settled.layers.iter().zip(&diff_ids) {
        if let Some(path) = known.get(diff_id) {
            paths.push(path.clone());
            continue;
        }
        let member = member_of(layer, diff_id, &settled, progress).await?;
        known.insert(diff_id, member.path.clone());
        paths.push(member.path.clone());
        members.push(member);
    }
    let json = Json::parse(&config.bytes, settled.limits.documents.json_bytes);
    let json = json.map_err(|error| Error::Malformed {
        what: Message::the_config(),
        reason: (&error).into(),
    })?;
    let empty = serde_json::Map::new();
    let chain = version_1(json.value.as_object().unwrap_or(&empty), &diff_ids);
    for (layer, path) in chain.iter().zip(&paths) {
        let inside = |name: &str| format!("{}/{name}", layer.id);
        members.push(Member {
            path: layer.id.clone(),
            content: Content::Folder,
        });
        members.push(Member::bytes(inside("VERSION"), *b"1.0"));
        members.push(Member::bytes(inside("json"), layer.json.clone()));
        members.push(Member {
            path: inside("layer.tar"),
            content: Content::Link(format!("../{path}")),
        });
    }
    let config_path = format!("{}.json", config.digest.encoded());
    members.push(Member::bytes(config_path.clone(), config.bytes));
    if let Some(top) = chain.last()
        && !names.tags.is_empty()
    {
        let bytes = repositories(&names.tags, &top.id);
        members.push(Member::bytes("repositories", bytes));
    }
    let list = saved_image(&config_path, &names.tags, &paths);
    members.push(Member::bytes("manifest.json", list));
    let archive = ArchiveExport::new(members, settled.limits);
    Ok(Export {
        total_bytes: archive.total_bytes(),
        machine: Machine::Archive(Box::new(archive)),
    })
}

/// Returns the diff_ids, one for each layer.
fn diff_ids_of(settled: &Settled) -> Result<Vec<DiffId>, Error> {
    let n_layers = settled.layers.len();
    if let Some(Ok(config)) = &settled.found.config
        && !makes_config(&settled.found)
        && config.config.diff_ids.len() != n_layers
    {
        return Err(Error::Malformed {
            what: Message::the_config(),
            reason: Message::diff_ids_differ(config.config.diff_ids.len(), n_layers),
        });
    }
    let layers = settled.layers.iter();
    let diff_id = |layer: &SettledLayer| {
        layer.diff_id.clone().ok_or_else(|| Error::Missing {
            what: Message::diff_id_of(layer.what.clone()),
        })
    };
    layers.map(diff_id).collect()
}

async fn member_of(
    layer: &SettledLayer,
    diff_id: &DiffId,
    settled: &Settled,
    progress: Progress<'_>,
) -> Result<Member, Error> {
    let hex = diff_id.0.encoded();
    let compression = match layer.compression {
        Some(compression) => compression,
        // The blob was not available for inspection; reading it gives the reason.
        None => match layer.blob.stream().await {
            Err(error) => return Err(error),
            Ok(_) => Compression::Gzip,
        },
    };
    Ok(match compression {
        Compression::None | Compression::Gzip => Member {
            path: match compression {
                Compression::Gzip => format!("{hex}.tar.gz"),
                _ => format!("{hex}.tar"),
            },
            content: Content::Stored(Stored {
                what: layer.what.clone(),
                digest: layer.digest.clone(),
                size_bytes: layer.size_bytes,
                // No engine loads an image with a missing layer.
                distribution: Distribution::Distributable,
                blob: Rc::clone(&layer.blob),
            }),
        },
        Compression::Zstd | Compression::Bzip2 | Compression::Xz => {
            let limits = &settled.limits;
            let decoded_bytes = decoded_bytes_of(layer, compression, limits, progress).await?;
            Member {
                path: format!("{hex}.tar"),
                content: Content::Decoded(Rc::new(layer.clone()), compression, decoded_bytes),
            }
        }
    })
}
