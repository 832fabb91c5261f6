//! `lamina check`: applies rules about an image's space, for pipelines. Prints a line for each rule, and fails the
//! build with its status.
//!
//! `insight` defines the rules; here they are read from arguments and `.dive-ci` files, and the rulings printed.

mod arguments;
mod bound;
mod dive_ci;
mod rulings;

use std::io::{BufWriter, Write as _};

use crate::insight::Bounds;
use crate::layer::FileHashes;
use crate::workspace::{LayerCache, analysis_of, damage_of};

use super::console::plain;
use super::error::Error;
use super::inspect::secrets_of;
use super::load::{load, tell};
use super::output::write_json;
use super::{Outcome, complain, place, select};

pub(super) use arguments::CheckArguments;
use bound::{CountBound, PartBound, SizeBound};
use rulings::{CheckReport, Checked, integrity};

/// Checks all images of a place, or the selected ones.
pub(super) async fn run(arguments: &CheckArguments) -> Result<Outcome, Error> {
    let bounds = bounds(arguments)?;
    let limits = arguments.chosen.limits();
    let chosen = &arguments.chosen;
    let opened = place::open(chosen, &limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let damage = select::damage_asked_for(&opened, chosen);
    let mut cache = LayerCache::default();
    let mut checked: Vec<Checked> = Vec::new();
    for at in places {
        let image = opened.images.get(at);
        let Some(found) = image.filter(|image| image.artifact_type.is_none()).cloned() else {
            continue;
        };
        let n_layers = found.layers.len();
        let image = load(found, n_layers, FileHashes::Skip, &limits, &mut cache).await;
        let damage = damage_of(&image, n_layers);
        tell(&image, &damage);
        let mut result = Checked::new(&image, analysis_of(&image), damage, &bounds);
        if bounds.highest_secrets.is_some() {
            result.add_secrets(secrets_of(&image).await, &bounds);
        }
        checked.push(result);
    }
    if checked.is_empty() {
        let message = "{} holds artifacts only, and no file system that could be checked";
        return Err(Error::Choice(message.replace("{}", &opened.name)));
    }
    damage.iter().for_each(|damage| complain(damage));
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        write_json(&mut out, &CheckReport::new(&checked, &damage))?;
    } else {
        for checked in &checked {
            write!(out, "{checked}")?;
        }
        if !damage.is_empty() {
            writeln!(out, "{}", plain(&opened.name))?;
            writeln!(out, "{}", integrity(&damage))?;
        }
    }
    out.flush()?;
    let is_whole = damage.is_empty() && checked.iter().all(Checked::is_whole);
    Ok(match (is_whole, checked.iter().all(Checked::keeps_rules)) {
        (false, _) => Outcome::Damaged,
        (true, false) => Outcome::Broken,
        (true, true) => Outcome::Whole,
    })
}

/// Returns the bounds: those of the arguments first, then those of the file, then the defaults.
fn bounds(arguments: &CheckArguments) -> Result<Bounds, Error> {
    let mut bounds = Bounds::DEFAULT;
    if let Some(path) = &arguments.config {
        let told = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|cause| Error::File {
            path: told.clone(),
            cause: super::native::unreadable(&cause),
        })?;
        dive_ci::read(&text, &mut bounds)
            .map_err(|reason| Error::Choice(format!("{told}: {reason}")))?;
    }
    let given = |to: &mut Option<f64>, bound: &Option<PartBound>| {
        if let Some(bound) = bound {
            *to = bound.0;
        }
    };
    given(&mut bounds.lowest_efficiency, &arguments.lowest_efficiency);
    given(
        &mut bounds.highest_user_wasted_percent,
        &arguments.highest_user_wasted_percent,
    );
    let given = |to: &mut Option<u64>, bound: &Option<SizeBound>| {
        if let Some(bound) = bound {
            *to = bound.0;
        }
    };
    given(
        &mut bounds.highest_wasted_bytes,
        &arguments.highest_wasted_bytes,
    );
    given(
        &mut bounds.highest_dead_bytes,
        &arguments.highest_dead_bytes,
    );
    if let Some(bound) = &arguments.highest_secrets {
        bounds.highest_secrets = bound.0;
    }
    Ok(bounds)
}
