//! The manifest and config of one image: the existing ones, or else new ones.

use crate::message::Message;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::build::{
    Family, NewDescriptor, config_of_rootfs, config_of_version_1, descriptor_of, distribution_of,
    new_manifest,
};
use crate::image::{
    ArtifactKind, CompressionHint, Descriptor, DiffId, Digest, Distribution, Document, Json,
    Manifest, MediaType,
};
use crate::layer::Compression;
use crate::source::{Beside, Blob, Error, FoundImage, Origin};

use super::{
    Draft, ManifestForm, Need, Platforms, Progress, Publication, PublishedBlob, Settled,
    SettledLayer, blob_of,
};

/// Finds the documents and blobs of one image.
///
/// `progress` receives the bytes read of layers without a claimed digest, and may cancel the work.
///
/// # Errors
/// When a layer or the config is missing or damaged, when no manifest can name a layer's compression, or when a
/// document violates its specification. The error names the part.
pub async fn publish(
    draft: Draft,
    form: ManifestForm,
    progress: &dyn Fn(u64) -> std::ops::ControlFlow<()>,
) -> Result<Publication, Error> {
    let found = &draft.found;
    if found.manifest.is_none() && found.index.is_some() && found.artifact_type.is_some() {
        // An index without images is the whole artifact.
        return super::publish_platforms(draft, Platforms::All, progress).await;
    }
    if let Some(publication) = existing(&draft, form)? {
        return Ok(publication);
    }
    made(draft, form, progress).await
}

/// True if the image is published under its existing manifest.
pub(in super::super) fn has_manifest(draft: &Draft, form: ManifestForm) -> Result<bool, Error> {
    Ok(read_existing(draft, form)?.is_some())
}

/// Returns the publication under the image's existing manifest, if that is requested.
fn existing(draft: &Draft, form: ManifestForm) -> Result<Option<Publication>, Error> {
    let found = &draft.found;
    let Some((document, manifest)) = read_existing(draft, form)? else {
        return Ok(None);
    };
    let mut publication = Publication::new(found.names.clone(), document);
    let image = Some(found);
    blobs_of(&manifest, image, found.beside.as_ref(), &mut publication)?;
    Ok(Some(publication))
}

fn read_existing(draft: &Draft, form: ManifestForm) -> Result<Option<(Document, Manifest)>, Error> {
    let found = &draft.found;
    let Some(document) = &found.manifest else {
        return Ok(None);
    };
    if found
        .artifact()
        .is_some_and(|artifact| artifact.kind == ArtifactKind::Unknown)
    {
        return Err(Error::Unsupported {
            what: Message::copying_document(document.digest.to_string()),
            reason: Message::blobs_not_known(),
        });
    }
    let (document, manifest) = read_manifest(document, &draft.limits)?;
    let is_wanted = match form {
        ManifestForm::AsItIs => true,
        ManifestForm::Of(family) => Family::of(&document.media_type) == Some(family),
    };
    // Only its own manifest says what an artifact is.
    let is_kept = is_wanted || found.artifact_type.is_some();
    Ok(is_kept.then_some((document, manifest)))
}

/// Parses a manifest, with the media type that applies to it.
pub(super) fn read_manifest(
    document: &Document,
    limits: &Limits,
) -> Result<(Document, Manifest), Error> {
    let malformed = |error: crate::image::Error| Error::Malformed {
        what: Message::the_manifest(document.digest.to_string()),
        reason: (&error).into(),
    };
    let reading = document
        .read(limits.documents.json_bytes)
        .map_err(malformed)?;
    let document = Document {
        media_type: reading.media_type.clone(),
        ..document.clone()
    };
    let manifest = reading.into_manifest().map_err(malformed)?;
    Ok((document, manifest))
}

/// Adds the blobs that a manifest names, from the open image if it has them, or else from its source.
pub(super) fn blobs_of(
    manifest: &Manifest,
    image: Option<&FoundImage>,
    beside: Option<&Rc<dyn Beside>>,
    publication: &mut Publication,
) -> Result<(), Error> {
    let config = manifest.config.iter().map(|config| {
        let read = image.and_then(|image| image.config.as_ref()?.as_ref().ok());
        let blob = read.map(|config| blob_of(Rc::clone(&config.bytes), "the config"));
        (Message::the_config(), config, blob.map(Ok))
    });
    let layers = manifest.layers.iter().enumerate().map(|(at, layer)| {
        let found = image.and_then(|image| image.layers.get(at));
        let same = found.filter(|found| found.digest.as_ref() == layer.known_digest());
        let blob = same.map(|found| found.blob.clone());
        (Message::layer(at), layer, blob)
    });
    for (what, descriptor, blob) in config.chain(layers) {
        let blob = blob.unwrap_or_else(|| match beside {
            Some(beside) => beside.blob(descriptor),
            None => Err(Error::Missing { what: what.clone() }),
        });
        publication.add(published(what, descriptor, blob)?);
    }
    Ok(())
}

/// Returns a blob with its descriptor's data.
pub(super) fn published(
    what: Message,
    descriptor: &Descriptor,
    blob: Result<Rc<dyn Blob>, Error>,
) -> Result<PublishedBlob, Error> {
    let malformed = |reason: Message| Error::Malformed {
        what: Message::descriptor_of(what.clone()),
        reason,
    };
    let digest = descriptor.digest.clone();
    let digest = digest.map_err(|error| malformed((&error).into()))?;
    let distribution = distribution_of(Some(&descriptor.media_type));
    let blob = match (blob, distribution) {
        (Ok(blob), _) => blob,
        (Err(error), Distribution::Nondistributable) => super::draft::absent(error),
        (Err(error), Distribution::Distributable) => return Err(error),
    };
    let size_bytes = descriptor.size_bytes.or_else(|| blob.size_bytes());
    Ok(PublishedBlob {
        size_bytes: size_bytes.ok_or_else(|| malformed(Message::no_size()))?,
        what,
        media_type: descriptor.media_type.clone(),
        digest,
        distribution,
        blob,
    })
}

/// Returns the publication under a new manifest.
async fn made(
    draft: Draft,
    form: ManifestForm,
    progress: Progress<'_>,
) -> Result<Publication, Error> {
    let need = match makes_config(&draft.found) {
        true => Need::Decoded,
        false => Need::Compression,
    };
    let settled = draft.settle(need, progress).await?;
    let config = config_of(&settled)?;
    let family = match form {
        ManifestForm::Of(family) => family,
        ManifestForm::AsItIs => usual_family(&settled),
    };
    let mut layers = Vec::new();
    let mut blobs = vec![PublishedBlob {
        what: Message::the_config(),
        media_type: family.config_type(),
        digest: config.digest,
        size_bytes: config.bytes.len() as u64,
        distribution: Distribution::Distributable,
        blob: blob_of(config.bytes, "the config"),
    }];
    for layer in &settled.layers {
        // An absent layer was not inspected; its declared compression is kept.
        let compression = layer.compression.or_else(|| declared_compression(layer));
        let media_type = compression.and_then(|c| family.layer_type(c, layer.distribution));
        let media_type = media_type.ok_or_else(|| no_media_type(&layer.what, compression))?;
        layers.push(NewDescriptor {
            media_type: media_type.clone(),
            digest: layer.digest.clone(),
            size: layer.size_bytes,
            platform: None,
            annotations: layer.annotations.clone(),
        });
        blobs.push(PublishedBlob {
            what: layer.what.clone(),
            media_type,
            digest: layer.digest.clone(),
            size_bytes: layer.size_bytes,
            distribution: layer.distribution,
            blob: Rc::clone(&layer.blob),
        });
    }
    let found = settled.found;
    let described = blobs.first().map(|config| NewDescriptor {
        media_type: config.media_type.clone(),
        digest: config.digest.clone(),
        size: config.size_bytes,
        ..descriptor_of(&MediaType::default(), b"")
    });
    let described = described.unwrap_or_else(|| descriptor_of(&family.config_type(), b""));
    let annotations = &found.annotations.manifest;
    let top = new_manifest(family, &described, &layers, annotations);
    let mut publication = Publication::new(found.names, top);
    blobs.into_iter().for_each(|blob| publication.add(blob));
    Ok(publication)
}

fn declared_compression(layer: &SettledLayer) -> Option<Compression> {
    let declared = layer.media_type.as_ref()?.layer()?.compression;
    Some(match declared {
        CompressionHint::None => Compression::None,
        CompressionHint::Gzip => Compression::Gzip,
        CompressionHint::Zstd => Compression::Zstd,
    })
}

fn no_media_type(what: &Message, compression: Option<Compression>) -> Error {
    let how = compression.map_or("in an unknown way", Compression::word);
    Error::Unsupported {
        what: what.clone(),
        reason: Message::no_media_type(how.to_string()),
    }
}

/// Returns OCI if a layer is zstd, for which Docker has no media type; or else the family that the layers declare,
/// or else Docker's.
fn usual_family(settled: &Settled) -> Family {
    let declared = settled.layers.iter();
    let declared = declared.filter_map(|layer| Family::of(layer.media_type.as_ref()?));
    let is_zstd = |compression: Option<Compression>| compression == Some(Compression::Zstd);
    if settled
        .layers
        .iter()
        .any(|layer| is_zstd(layer.compression))
    {
        return Family::Oci;
    }
    declared.max().unwrap_or(Family::Docker)
}

/// True if the image has no config yet.
pub(in super::super) fn makes_config(found: &FoundImage) -> bool {
    matches!(found.origin, Origin::DockerLegacy | Origin::FlatRootfs)
}

/// The bytes of a config, with its digest.
pub(in super::super) struct ConfigBytes {
    pub(in super::super) bytes: Rc<[u8]>,
    pub(in super::super) digest: Digest,
}

/// Returns the config byte for byte. Without one, returns the config that Docker would derive from the layers.
pub(in super::super) fn config_of(settled: &Settled) -> Result<ConfigBytes, Error> {
    let what = Message::the_config();
    let missing = || Error::Missing { what: what.clone() };
    let made = |bytes: Vec<u8>| ConfigBytes {
        digest: Digest::sha256_of(&bytes),
        bytes: bytes.into(),
    };
    let diff_ids = || -> Option<Vec<DiffId>> {
        let mut layers = settled.layers.iter();
        layers.try_fold(Vec::new(), |mut ids, layer| {
            ids.push(layer.diff_id.clone()?);
            Some(ids)
        })
    };
    let found = &settled.found;
    match (&found.config, found.origin) {
        (Some(Err(error)), _) => Err(error.clone()),
        (Some(Ok(config)), Origin::DockerLegacy) => {
            let json = Json::parse(&config.bytes, settled.limits.documents.json_bytes);
            let json = json.map_err(|error| Error::Malformed {
                what: what.clone(),
                reason: (&error).into(),
            })?;
            let version_1 = json.value.as_object().ok_or_else(missing)?;
            let diff_ids = diff_ids().ok_or_else(missing)?;
            let history = &config.config.history;
            Ok(made(config_of_version_1(version_1, &diff_ids, history)))
        }
        (Some(Ok(config)), _) => Ok(ConfigBytes {
            bytes: Rc::clone(&config.bytes),
            digest: config.digest.clone(),
        }),
        (None, Origin::FlatRootfs) => {
            let diff_ids = diff_ids().ok_or_else(missing)?;
            Ok(made(config_of_rootfs(&diff_ids)))
        }
        (None, _) => Err(missing()),
    }
}
