//! Exports a single layer: its blob unchanged, or its uncompressed tar.

use crate::layer::Compression;
use crate::message::Message;
use crate::source::Error;

use super::super::publication::{Draft, Need, SettledLayer};
use super::decoded::DecodedStream;
use super::{Export, Machine, Progress, ProvedStream};

/// Exports a layer's blob unchanged.
///
/// # Errors
/// When there is no such layer, or its bytes cannot be read.
pub async fn layer_as_stored(
    draft: Draft,
    layer: usize,
    progress: Progress<'_>,
) -> Result<Export, Error> {
    let (layer, _) = settled(draft, layer, progress).await?;
    let (digest, size_bytes) = (Some(&layer.digest), Some(layer.size_bytes));
    let stream = ProvedStream::open(&layer.blob, &layer.what, digest, size_bytes).await?;
    Ok(Export {
        total_bytes: layer.size_bytes,
        machine: Machine::Stored(stream),
    })
}

/// Exports a layer uncompressed: the bytes that its diff_id identifies.
///
/// # Errors
/// When there is no such layer, or its bytes cannot be read.
pub async fn layer_as_tar(
    draft: Draft,
    layer: usize,
    progress: Progress<'_>,
) -> Result<Export, Error> {
    let (layer, limits) = settled(draft, layer, progress).await?;
    let compression = layer.compression.unwrap_or(Compression::None);
    let stream = DecodedStream::open(&layer, compression, &limits).await?;
    Ok(Export {
        // If it is not known, the compressed size serves as a lower bound.
        total_bytes: layer.decoded_bytes.unwrap_or(layer.size_bytes),
        machine: Machine::Decoded(stream),
    })
}

async fn settled(
    draft: Draft,
    layer: usize,
    progress: Progress<'_>,
) -> Result<(SettledLayer, crate::bounds::Limits), Error> {
    let settled = draft
        .only(layer)
        .settle(Need::Compression, progress)
        .await?;
    let found = settled.layers.into_iter().next();
    let found = found.ok_or_else(|| Error::NotHere {
        what: Message::layer(layer),
        reason: Message::no_such_layer(),
    })?;
    Ok((found, settled.limits))
}
