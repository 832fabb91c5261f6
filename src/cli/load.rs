//! Reads the layers of an image, and says on standard error what is damaged.

use std::ops::ControlFlow;

use crate::layer::{Check, FileHashes, Limits, ReadOptions, Verdict};
use crate::source::FoundImage;
use crate::workspace::{LayerCache, LayerStatus, OpenImage, read_layer};

use super::{Outcome, complain};

/// Reads the lowest `n_layers` layers of an image; one that was read for another image is not read again.
pub(super) async fn load(
    found: FoundImage,
    n_layers: usize,
    hashes: FileHashes,
    limits: &Limits,
    cache: &mut LayerCache,
) -> OpenImage {
    let mut image = OpenImage::new(found, *limits);
    let options = ReadOptions {
        limits: *limits,
        file_hashes: hashes,
    };
    for layer in 0..n_layers.min(image.layers().len()) {
        let Some(task) = image.task(layer) else {
            continue;
        };
        let status = match cache.find(&task.expected) {
            Some((read, verdict)) => LayerStatus::Read(read, verdict),
            None => match read_layer(task, options, &|_| ControlFlow::Continue(())).await {
                Ok((read, verdict)) => {
                    let read = std::rc::Rc::new(read);
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

/// Says what is damaged in an image, each in a line.
pub(super) fn tell_damage(image: &OpenImage) -> Outcome {
    let mut outcome = Outcome::Whole;
    let mut tell = |message: String| {
        complain(&message);
        outcome = Outcome::Damaged;
    };
    let title = image.title();
    if let Some(Err(error)) = &image.found.config {
        tell(format!("{title}: {error}"));
    }
    for (layer, status) in image.layers().iter().enumerate() {
        let name = match image
            .found
            .layers
            .get(layer)
            .and_then(|l| l.digest.as_ref())
        {
            Some(digest) => format!("{title}: layer {layer} ({})", digest.short()),
            None => format!("{title}: layer {layer}"),
        };
        match status {
            LayerStatus::Waiting | LayerStatus::Listed(_) | LayerStatus::LeftOut => {}
            LayerStatus::Failed(error) => tell(format!("{name}: {error}")),
            LayerStatus::Read(read, verdict) => {
                if let Some(damage) = &read.damage {
                    let way_out = damage.reached().map_or_else(String::new, |reached| {
                        format!("; read on with --limit {}=VALUE", reached.bound.name())
                    });
                    tell(format!("{name}: {damage}{way_out}"));
                }
                for refuted in refuted(verdict) {
                    tell(format!("{name}: {refuted}"));
                }
            }
        }
    }
    outcome
}

fn refuted(verdict: &Verdict) -> Vec<String> {
    let checks = [
        ("digest", &verdict.digest),
        ("size", &verdict.size),
        ("diff_id", &verdict.diff_id),
        ("checksum", &verdict.checksum),
    ];
    let of = |(name, check): (&str, &Check)| match check {
        Check::Mismatch { expected, actual } => {
            Some(format!("the {name} is {actual}, and {expected} is claimed"))
        }
        Check::Ok | Check::Absent | Check::Known => None,
    };
    checks.into_iter().filter_map(of).collect()
}
