//! The platforms that an image can be switched to, each called by what tells it apart.

use std::collections::BTreeMap;

use crate::image::{Digest, Platform};
use crate::protocol::{PlatformRow, count};
use crate::source::FoundImage;
use crate::source::archive::OpenedArchive;

/// The images of the same index, or of the same names, for other platforms.
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

/// The platform in words; empty where it is not told.
pub(super) fn told_platform(platform: Option<&Platform>) -> String {
    let told = platform.filter(|platform| !platform.is_empty());
    told.map(Platform::to_string).unwrap_or_default()
}

/// Rows of which each can be asked for by its platform: by its digest where it has none, or shares it.
pub(super) fn told_apart(mut rows: Vec<PlatformRow>) -> Vec<PlatformRow> {
    let mut n_of: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *n_of.entry(row.platform.clone()).or_default() += 1;
    }
    for row in &mut rows {
        let is_shared = n_of.get(&row.platform).is_some_and(|n| *n > 1);
        // What is empty, or holds signs that no platform has, cannot be asked for.
        if is_shared || row.platform.parse::<Platform>().is_err() {
            row.platform.clone_from(&row.digest);
        }
    }
    rows
}
