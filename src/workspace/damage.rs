//! Describes damaged, refuted and incomplete parts of an image. The same lines appear in the report, in the
//! command's tables and on its standard error.

use crate::bounds::Bound;
use crate::image::escape;
use crate::layer::{Check, Claim, LeftOut, LeftOutPath, LeftOutWhy, Verdict, Weight};
use crate::message::Message;

use super::{LayerStatus, OpenImage};

/// Returns the damage of the documents and of the lowest `n_layers` layers, one line each. The exit status
/// reflects exactly these lines.
pub fn damage_of(image: &OpenImage, n_layers: usize) -> Vec<String> {
    let config = image.found.config.as_ref();
    let config = config.and_then(|config| config.as_ref().err());
    let mut lines: Vec<String> = config.iter().map(ToString::to_string).collect();
    let refuted = image.warnings().iter();
    let refuted = refuted.filter(|warning| warning.weight() == Weight::Damaged);
    lines.extend(refuted.map(ToString::to_string));
    for (layer, status) in image.layers().iter().enumerate().take(n_layers) {
        let claimed = image.found.layers.get(layer);
        let name = match claimed.and_then(|claimed| claimed.digest.as_ref()) {
            Some(digest) => Message::layer_with_digest(layer, digest.short().to_string()),
            None => Message::layer(layer),
        };
        let of_bytes = match status {
            LayerStatus::Waiting | LayerStatus::LeftOut => Vec::new(),
            LayerStatus::Listed(listed) => listed.damage.iter().map(ToString::to_string).collect(),
            LayerStatus::Failed(error) => vec![error.to_string()],
            LayerStatus::Read(read, verdict) => {
                let damage = read.damage.as_ref().map(|damage| {
                    let way_out = damage.reached().map_or_else(String::new, |reached| {
                        format!("; read on with --limit {}=VALUE", reached.bound.name())
                    });
                    format!("{damage}{way_out}")
                });
                damage.into_iter().chain(refuted_of(verdict)).collect()
            }
        };
        lines.extend(of_bytes.iter().map(|line| format!("{name}: {line}")));
        let left_out = image.left_out(layer);
        if !left_out.is_empty() {
            lines.push(format!("layer {layer}: {}", incomplete(&left_out)));
        }
    }
    lines
}

fn refuted_of(verdict: &Verdict) -> Vec<String> {
    let of = |(claim, check): (Claim, &Check)| match check {
        Check::Mismatch { expected, actual } => {
            let name = claim.word();
            Some(format!("the {name} is {actual}, and {expected} is claimed"))
        }
        Check::Ok | Check::Absent | Check::Known => None,
    };
    verdict.checks().into_iter().filter_map(of).collect()
}

/// Returns the number of missing paths, and the first of them in full.
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

/// Explains why a path is missing, and names the option that brings it back.
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
