//! Reads the layers of an image, and says on standard error what is damaged.

use std::ops::ControlFlow;

use crate::image::escape;
use crate::layer::{
    Bound, Check, FileHashes, LeftOut, LeftOutPath, LeftOutWhy, Limits, ReadOptions, Verdict,
    Warning, Weight,
};
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
    // The blobs of an artifact need not be layers, whatever their media type says: they are listed, and not read.
    let n_layers = match image.found.artifact_type {
        Some(_) => 0,
        None => n_layers,
    };
    for layer in 0..n_layers.min(image.layers().len()) {
        let Some(task) = image.task(layer) else {
            continue;
        };
        // Only the very bytes that were read in this run are known: another member may claim the same digest.
        let is_same = |(read, _): &(std::rc::Rc<crate::workspace::ReadLayer>, Verdict)| {
            read.blob.place().is_some() && read.blob.place() == task.blob.place()
        };
        let status = match cache.find(&task.expected).filter(is_same) {
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
    for layer in 0..image.layers().len() {
        let left_out = image.left_out(layer);
        if !left_out.is_empty() {
            tell(format!("{title}: layer {layer}: {}", incomplete(&left_out)));
        }
    }
    tell_engines(image);
    outcome
}

/// The number of missing paths, and the first of them in full.
fn incomplete(left_out: &LeftOut) -> String {
    let of = |told: &LeftOutPath| {
        let cut = match told.path_bytes > told.path.len() as u64 {
            true => format!("… ({} bytes)", told.path_bytes),
            false => String::new(),
        };
        format!("/{}{cut} ({})", escape(&told.path), why(told.why))
    };
    let first: Vec<String> = left_out.first.iter().map(of).collect();
    let more = match left_out.n.saturating_sub(first.len() as u64) {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    format!(
        "incomplete, {} left out: {}{more}",
        left_out.n,
        first.join("; ")
    )
}

/// Why something is missing, and the option that brings it back.
fn why(why: LeftOutWhy) -> String {
    let bound = match why {
        LeftOutWhy::PathBytes => Bound::PathBytes,
        LeftOutWhy::PathDepth => Bound::PathDepth,
        LeftOutWhy::Attributes => Bound::XattrBytes,
        LeftOutWhy::Paths => Bound::Paths,
        LeftOutWhy::Links => Bound::FollowedLinkBytes,
        LeftOutWhy::Layers => Bound::Layers,
        LeftOutWhy::Name => return "a name that no file system holds".to_owned(),
        LeftOutWhy::Type => return "an unknown type".to_owned(),
        LeftOutWhy::Root => return "the root can only be a directory".to_owned(),
    };
    format!("more {bound} than --limit {}=VALUE allows", bound.name())
}

/// Lines at most about what engines make of one layer, or of the documents.
const ENGINE_LINES: usize = 10;

/// Says what engines refuse, or read otherwise than is shown. It is no damage, and changes no exit status.
fn tell_engines(image: &OpenImage) {
    let title = image.title();
    let tell = |name: &str, warnings: &mut dyn Iterator<Item = &Warning>| {
        let weighty: Vec<_> = warnings.filter(|w| w.weight() != Weight::Note).collect();
        for warning in weighty.iter().take(ENGINE_LINES) {
            complain(&format!("{title}: {name}{warning}"));
        }
        if weighty.len() > ENGINE_LINES {
            let n = weighty.len() - ENGINE_LINES;
            complain(&format!("{title}: {name}{n} more of this kind"));
        }
    };
    tell("", &mut image.warnings().iter());
    for layer in 0..image.layers().len() {
        let applied = image.layer_warnings(layer);
        let read = image.read_layer(layer);
        let own = read.map(|read| read.warnings.kept.iter());
        let mut all = own.into_iter().flatten().chain(&applied.kept);
        tell(&format!("layer {layer}: "), &mut all);
    }
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
