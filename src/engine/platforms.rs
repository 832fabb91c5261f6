//! The platforms that an image can be switched to, each with the choice that leads to it alone.

use std::collections::BTreeMap;

use crate::image::{Digest, Platform};
use crate::protocol::{PlatformRow, count};
use crate::source::FoundImage;
use crate::source::archive::OpenedArchive;
use crate::source::registry::PlatformChoice;

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
        .map(|(at, other)| {
            let (platform, row) = platform_row(other.platform.as_ref(), digest_of(other));
            let image = Some(count(at));
            (platform, PlatformRow { image, ..row })
        })
        .collect();
    if rows.len() > 1 {
        told_apart(rows)
    } else {
        Vec::new()
    }
}

/// Returns the digest of an image's manifest, or the image ID of one without.
pub(super) fn digest_of(image: &FoundImage) -> Option<&Digest> {
    let manifest = image.manifest.as_ref().map(|manifest| &manifest.digest);
    manifest.or(image.image_id.as_ref())
}

/// Returns the row of a platform. Only its own digest surely leads to it, so that is its choice until
/// [`told_apart`] finds a shorter one.
pub(super) fn platform_row(
    platform: Option<&Platform>,
    digest: Option<&Digest>,
) -> (Option<Platform>, PlatformRow) {
    // A platform that is empty, or contains characters that no platform has, cannot be requested.
    let platform = platform.and_then(|platform| platform.to_string().parse().ok());
    let row = PlatformRow {
        choice: digest.map_or(PlatformChoice::Usual, |digest| {
            PlatformChoice::Manifest(digest.clone())
        }),
        digest: digest.cloned(),
        image: None,
        selected: false,
    };
    (platform, row)
}

/// Chooses each row by its platform, if no other row has it.
pub(super) fn told_apart(rows: Vec<(Option<Platform>, PlatformRow)>) -> Vec<PlatformRow> {
    let mut n_of: BTreeMap<Platform, usize> = BTreeMap::new();
    for platform in rows.iter().filter_map(|(platform, _)| platform.clone()) {
        *n_of.entry(platform).or_default() += 1;
    }
    let own = |(platform, row): (Option<Platform>, PlatformRow)| match platform
        .filter(|platform| n_of.get(platform) == Some(&1))
    {
        Some(platform) => PlatformRow {
            choice: PlatformChoice::Wanted(platform),
            ..row
        },
        None => row,
    };
    rows.into_iter().map(own).collect()
}
