//! `lamina inspect`: what images are made of, as one JSON document or as tables.

use std::io::{BufWriter, Write as _};

use crate::layer::FileHashes;
use crate::workspace::{LayerCache, OpenImage, Report, report_of};

use super::arguments::InspectArguments;
use super::error::Error;
use super::load::{load, tell_damage};
use super::output::write_json;
use super::{Outcome, complain, place, select, table};

/// Tells about all images of a place, or about those that are asked for.
pub(super) async fn run(arguments: &InspectArguments) -> Result<Outcome, Error> {
    let limits = arguments.chosen.limits();
    let chosen = &arguments.chosen;
    let opened = place::open(chosen, &limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let mut cache = LayerCache::default();
    let mut images: Vec<OpenImage> = Vec::new();
    for at in places {
        if let Some(found) = opened.images.get(at).cloned() {
            let n_layers = found.layers.len();
            images.push(load(found, n_layers, FileHashes::Skip, &limits, &mut cache).await);
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        let report = Report {
            images: images.iter().map(report_of).collect(),
            warnings: opened.warnings,
        };
        write_json(&mut out, &report)?;
    } else {
        for (at, image) in images.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(out, "{separator}{}", table::about(image))?;
        }
        for warning in &opened.warnings {
            writeln!(out, "Warning: {}", table::plain(warning))?;
        }
    }
    out.flush()?;
    opened.damage.iter().for_each(|damage| complain(damage));
    let mut outcome = match opened.damage.is_empty() {
        true => Outcome::Whole,
        false => Outcome::Damaged,
    };
    for image in &images {
        if tell_damage(image) == Outcome::Damaged {
            outcome = Outcome::Damaged;
        }
    }
    Ok(outcome)
}
