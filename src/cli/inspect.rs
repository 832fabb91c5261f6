//! `lamina inspect`: describes images, as one JSON document or as tables.

use std::io::{BufWriter, Write as _};

use crate::insight::system::System;
use crate::layer::FileHashes;
use crate::workspace::{
    LayerCache, NoAnalysis, OpenImage, Report, damage_of, report_of, system_task,
};

use super::arguments::InspectArguments;
use super::error::Error;
use super::load::{load, tell};
use super::output::write_json;
use super::{Outcome, complain, place, select, system_line, table};

/// Describes all images of a place, or the selected ones.
pub(super) async fn run(arguments: &InspectArguments) -> Result<Outcome, Error> {
    let limits = arguments.chosen.limits();
    let chosen = &arguments.chosen;
    let opened = place::open(chosen, &limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let damage = select::damage_asked_for(&opened, chosen);
    let mut cache = LayerCache::default();
    let mut images: Vec<OpenImage> = Vec::new();
    for at in places {
        if let Some(found) = opened.images.get(at).cloned() {
            let n_layers = found.layers.len();
            images.push(load(found, n_layers, FileHashes::Skip, &limits, &mut cache).await);
        }
    }
    let damage_of_images: Vec<Vec<String>> = images
        .iter()
        .map(|image| damage_of(image, image.layers().len()))
        .collect();
    let mut systems = Vec::new();
    for image in &images {
        systems.push(system_of(image).await);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        let images = images.iter().zip(&systems);
        let images = images.map(|(image, system)| report_of(image, system.as_ref()));
        let images = images.collect();
        let report = Report::new(images, damage.clone(), opened.warnings);
        write_json(&mut out, &report)?;
    } else {
        let told = images.iter().zip(&systems).zip(&damage_of_images);
        for (at, ((image, system), damage)) in told.enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            let system = system_line::of(system.as_ref());
            write!(out, "{separator}{}", table::about(image, system, damage))?;
        }
        for damage in &damage {
            writeln!(out, "Damage: {}", table::plain(damage))?;
        }
        for warning in &opened.warnings {
            writeln!(out, "Warning: {}", table::plain(warning))?;
        }
    }
    out.flush()?;
    damage.iter().for_each(|damage| complain(damage));
    let mut outcome = match damage.is_empty() {
        true => Outcome::Whole,
        false => Outcome::Damaged,
    };
    for (image, damage) in images.iter().zip(&damage_of_images) {
        if tell(image, damage) == Outcome::Damaged {
            outcome = Outcome::Damaged;
        }
    }
    Ok(outcome)
}

/// Reads the files that say which system an image holds.
async fn system_of(image: &OpenImage) -> Result<System, NoAnalysis> {
    Ok(system_task(image)?.run(&|_| None).await)
}
