//! The platforms that an image can be switched to, each with a text that distinguishes it.

use std::collections::BTreeMap;

use crate::image::{Digest, Platform};
use crate::protocol::{PlatformRow, count};
use crate::source::FoundImage;
use crate::source::archive::OpenedArchive;

/// Returns the images with the same index or a common name, one row per platform.
pub(super) fn siblings(opened: &OpenedArchive, found: &FoundImage) -> Vec<PlatformRow> {
    let same = |other: &FoundImage| {
        let index = found.index_digest.is_some() && other.index_digest == found.index_digest;
        let name = other.names.iter().any(|name| found.names.contains(name));
        (index || name) && other.artifact_type.is_none()
    };
    let rows: Vec<_> = opened
        .images
        .iter()
        .enumerate()
        .filter(|(_, other)| same(other))
        .map(|(at, other)| PlatformRow {
            platform: told_platform(other.platform.as_ref()),
            digest: other
                .manifest
                .as_ref()
                .map(|m| m.digest.to_string())
                .or_else(|| other.image_id.as_ref().map(Digest::to_string))
                .unwrap_or_default(),
            image: Some(count(at)),
            selected: false,
        })
        .collect();
    if rows.len() > 1 {
        told_apart(rows)
    } else {
        Vec::new()
    }
}

/// Returns the platform as text; empty if it is not declared.
pub(super) fn told_platform(platform: Option<&Platform>) -> String {
    let told = platform.filter(|platform| !platform.is_empty());
    told.map(Platform::to_string).unwrap_or_default()
}

/// Gives each row a text by which it can be requested: its platform, or its digest if it has no platform or shares
/// it.
pub(super) fn told_apart(mut rows: Vec<PlatformRow>) -> Vec<PlatformRow> {
    let mut n_of: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *n_of.entry(row.platform.clone()).or_default() += 1;
    }
    for row in &mut rows {
        let is_shared = n_of.get(&row.platform).is_some_and(|n| *n > 1);
        // A text that is empty, or contains characters that no platform has, cannot be requested.
        if is_shared || row.platform.parse::<Platform>().is_err() {
            row.platform.clone_from(&row.digest);
        }
    }
    rows
}
