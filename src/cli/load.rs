//! Reads the layers of an image, and reports damage and warnings on standard error.

use std::cmp::Reverse;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::layer::{Before, FileHashes, ReadOptions, Verdict, Warning, Weight};
use crate::source::FoundImage;
use crate::workspace::{LayerCache, LayerStatus, OpenImage, list_headers, read_layer};

use super::error::sign_in_hint;
use super::select::title;
use super::{Outcome, complain};

/// A way to read layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// All are read and verified, with these hashes of their files.
    Verified(FileHashes),
    /// Those that are not compressed, and lie in a file, are listed by their headers; the others are read and verified.
    Headers,
}

impl Reading {
    /// Returns the reading that the options ask for.
    pub(super) fn of(is_unverified: bool, hashes: FileHashes) -> Reading {
        match is_unverified {
            true => Reading::Headers,
            false => Reading::Verified(hashes),
        }
    }

    fn hashes(self) -> FileHashes {
        match self {
            Reading::Verified(hashes) => hashes,
            Reading::Headers => FileHashes::Skip,
        }
    }
}

/// Reads the lowest `n_layers` layers of an image. A layer that was read for another image is not read again.
pub(super) async fn load(
    found: FoundImage,
    n_layers: usize,
    reading: Reading,
    limits: &Limits,
    cache: &mut LayerCache,
) -> OpenImage {
    let mut image = OpenImage::new(found, *limits);
    let options = ReadOptions {
        limits: limits.layer,
        file_hashes: reading.hashes(),
    };
    // The blobs of an artifact need not be layers, whatever their media type says. They are listed, and not read.
    let n_layers = match image.found.artifact_type {
        Some(_) => 0,
        None => n_layers,
    };
    for layer in 0..n_layers.min(image.layers().len()) {
        let Some(task) = image.task(layer) else {
            continue;
        };
        if reading == Reading::Headers
            && let Some(status) = by_headers(&image, layer, task.before, limits).await
        {
            image.accept(layer, status);
            continue;
        }
        // Only the same bytes count as read in this run: another member may claim the same digest.
        let is_same = |(read, _): &(Rc<crate::workspace::ReadLayer>, Verdict)| {
            read.blob.place().is_some() && read.blob.place() == task.blob.place()
        };
        let status = match cache.find(&task.expected).filter(is_same) {
            Some((read, verdict)) => LayerStatus::Read(read, verdict),
            None => match read_layer(task, options, &|_| ControlFlow::Continue(())).await {
                Ok((read, verdict)) => {
                    let read = Rc::new(read);
                    cache.remember(&read, &verdict);
                    LayerStatus::Read(read, verdict)
                }
                Err(error) => LayerStatus::Failed(error),
            },
        };
        image.accept(layer, status);
    }
    image
}

/// Reads and verifies all layers of an image, without hashes of its files.
pub(super) async fn load_whole(
    found: FoundImage,
    limits: &Limits,
    cache: &mut LayerCache,
) -> OpenImage {
    let n_layers = found.layers.len();
    let reading = Reading::Verified(FileHashes::Skip);
    load(found, n_layers, reading, limits, cache).await
}

/// Lists a layer by its headers; `None` if it has to be read.
async fn by_headers(
    image: &OpenImage,
    layer: usize,
    before: Before,
    limits: &Limits,
) -> Option<LayerStatus> {
    match list_headers(image.found.layers.get(layer)?, before, limits).await {
        Ok(listed) => Some(LayerStatus::Listed(Rc::new(listed?))),
        Err(error) => Some(LayerStatus::Failed(error)),
    }
}

/// Reports the damage of an image, as returned by `damage_of`, and its warnings. Only damage changes the outcome.
pub(super) fn tell(image: &OpenImage, damage: &[String]) -> Outcome {
    let title = title(&image.found);
    for line in damage {
        complain(&format!("{title}: {line}"));
    }
    let of_engines = image.warnings().iter();
    let of_engines = of_engines.filter(|w| matches!(w.weight(), Weight::Refused | Weight::Differs));
    for line in first_lines(of_engines.collect(), 0) {
        complain(&format!("{title}: {line}"));
    }
    for layer in 0..image.layers().len() {
        for line in layer_lines(image, layer) {
            complain(&format!("{title}: {line}"));
        }
    }
    let is_listed = |status: &&LayerStatus| matches!(status, LayerStatus::Listed(_));
    match image.layers().iter().filter(is_listed).count() {
        0 => {}
        1 => complain(&format!(
            "{title}: 1 layer was listed by its headers alone, and is not verified"
        )),
        n => complain(&format!(
            "{title}: {n} layers were listed by their headers alone, and are not verified"
        )),
    }
    let wants_login = image.layers().iter().find_map(|status| match status {
        LayerStatus::Failed(error) => error.registry_to_sign_in(),
        _ => None,
    });
    if let Some(registry) = wants_login {
        complain(&sign_in_hint(registry));
    }
    match damage.is_empty() {
        true => Outcome::Whole,
        false => Outcome::Damaged,
    }
}

/// Largest number of warning lines about one layer, or about the documents.
const ODD_LINES: usize = 10;

/// Returns the warnings of a layer, with its number, most serious first.
pub(super) fn layer_lines(image: &OpenImage, layer: usize) -> Vec<String> {
    let applied = image.layer_warnings(layer);
    let own = image.read_layer(layer).map(|read| &read.warnings);
    let kept = own.map(|own| own.kept.iter()).into_iter().flatten();
    let kept = kept.chain(&applied.kept).collect();
    let n_dropped = own.map_or(0, |own| own.n_dropped) + applied.n_dropped;
    let lines = first_lines(kept, n_dropped).into_iter();
    lines.map(|line| format!("layer {layer}: {line}")).collect()
}

/// Returns the most serious warnings, and the number of others.
fn first_lines(mut warnings: Vec<&Warning>, n_dropped: u64) -> Vec<String> {
    warnings.sort_by_key(|warning| Reverse(warning.weight()));
    let n_more = warnings.len().saturating_sub(ODD_LINES) as u64 + n_dropped;
    warnings.truncate(ODD_LINES);
    let mut lines: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    match n_more {
        0 => {}
        1 => lines.push("1 more warning".to_owned()),
        n => lines.push(format!("{n} more warnings")),
    }
    lines
}
