//! The baseline of a comparison: another image, or a saved report of one.

use std::path::Path;

use serde::Deserialize;

use crate::cli::chosen::Chosen;
use crate::cli::error::Error;
use crate::cli::load::load_whole;
use crate::cli::place;
use crate::cli::select;
use crate::image::Platform;
use crate::source::FoundImage;
use crate::workspace::{LayerCache, analysis_of};

/// Bytes of a report. Reports of real images have some megabytes.
const MOST_REPORT_BYTES: u64 = 1024 * 1024 * 1024;

/// The figures to compare with.
pub(super) struct Baseline {
    /// The place, without a password.
    pub(super) name: String,
    images: Vec<BaselineImage>,
}

/// One image of a baseline.
struct BaselineImage {
    platform: Option<String>,
    visible_bytes: Option<u64>,
}

/// A report of `lamina inspect --json` or `lamina check --json`, as far as it is compared with.
#[derive(Deserialize)]
struct SavedReport {
    images: Vec<SavedImage>,
}

#[derive(Deserialize)]
struct SavedImage {
    platform: Option<String>,
    /// Of `inspect`.
    analysis: Option<SavedAnalysis>,
    /// Of `check`.
    figures: Option<SavedFigures>,
}

#[derive(Deserialize)]
struct SavedAnalysis {
    live_bytes: u64,
}

#[derive(Deserialize)]
struct SavedFigures {
    visible_bytes: u64,
}

impl Baseline {
    /// Reads a report, or the image of a place. `chosen` says how registries are asked.
    pub(super) async fn open(place: &str, chosen: &Chosen) -> Result<Baseline, Error> {
        let name = crate::workspace::shown_address(place);
        let images = match saved(place)? {
            Some(images) => images,
            None => read(place, chosen).await?,
        };
        Ok(Baseline { name, images })
    }

    /// Returns the visible bytes of the image that another one is compared with: the only one, or the one of the same
    /// platform.
    pub(super) fn visible_bytes(&self, found: &FoundImage) -> Result<u64, String> {
        let platform = platform_of(found);
        let image = match self.images.as_slice() {
            [only] => Some(only),
            several => {
                let mut fitting = several.iter().filter(|image| image.platform == platform);
                fitting.next().filter(|_| fitting.next().is_none())
            }
        };
        let image = image.ok_or_else(|| {
            let platform = platform.unwrap_or_else(|| "of an unknown platform".to_owned());
            format!("{} has not exactly one image for {platform}", self.name)
        })?;
        image
            .visible_bytes
            .ok_or_else(|| format!("the visible bytes of {} are not known", self.name))
    }
}

fn platform_of(found: &FoundImage) -> Option<String> {
    found.platform.as_ref().map(Platform::without_version)
}

/// Reads a file that is JSON; `None` for any other place.
fn saved(place: &str) -> Result<Option<Vec<BaselineImage>>, Error> {
    let path = Path::new(place);
    let is_report = |metadata: std::fs::Metadata| metadata.is_file();
    if !place.ends_with(".json") || !std::fs::metadata(path).is_ok_and(is_report) {
        return Ok(None);
    }
    let text = super::text_file::text_of(path, MOST_REPORT_BYTES)?;
    let report: SavedReport = serde_json::from_str(&text)
        .map_err(|error| Error::Choice(format!("{place}: no report of this program: {error}")))?;
    let image = |saved: SavedImage| BaselineImage {
        platform: saved.platform,
        visible_bytes: saved
            .analysis
            .map(|analysis| analysis.live_bytes)
            .or(saved.figures.map(|figures| figures.visible_bytes)),
    };
    Ok(Some(report.images.into_iter().map(image).collect()))
}

async fn read(place: &str, chosen: &Chosen) -> Result<Vec<BaselineImage>, Error> {
    let limits = chosen.limits();
    // A password that was given for one registry goes to no other.
    let given = match place::is_same_registry(place, &chosen.place) {
        true => chosen.connection.credentials(&chosen.place)?,
        false => None,
    };
    let other = Chosen {
        image: None,
        name: None,
        platform: chosen.platform.clone(),
        raised: chosen.raised.clone(),
        connection: chosen.connection.clone(),
        place: place.to_owned(),
    };
    let opened = place::open_as(&other, given, &limits).await?;
    let places = select::asked_for(&opened, &other)?;
    let mut cache = LayerCache::default();
    let mut images = Vec::new();
    for at in places {
        let image = opened.images.get(at);
        let Some(found) = image.filter(|image| image.artifact_type.is_none()).cloned() else {
            continue;
        };
        let platform = platform_of(&found);
        let image = load_whole(found, &limits, &mut cache).await;
        let visible_bytes = analysis_of(&image)
            .ok()
            .map(|analysis| analysis.live_bytes());
        images.push(BaselineImage {
            platform,
            visible_bytes,
        });
    }
    Ok(images)
}
