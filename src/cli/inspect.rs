//! `lamina inspect`: describes images, as one JSON document or as tables.

use std::io::{BufWriter, Write as _};

use clap::Args;

use crate::insight::packages::PackageList;
use crate::insight::secrets::SecretList;
use crate::insight::system::System;
use crate::layer::FileHashes;
use crate::workspace::{
    FileFindings, LayerCache, NoAnalysis, OpenImage, Report, damage_of, packages_task, report_of,
    secrets_task, system_task,
};

use super::chosen::Chosen;
use super::error::Error;
use super::load::{load, tell};
use super::output::write_json;
use super::{
    Outcome, complain, console, packages_table, place, secrets_table, select, system_line, table,
};

#[derive(Args, Debug)]
pub(super) struct InspectArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(super) json: bool,
    /// List the packages of each image after its layers
    #[arg(long, conflicts_with = "json")]
    pub(super) packages: bool,
    /// Search the files of all layers, and the config, for keys, tokens and passwords; in JSON they are a member
    #[arg(long)]
    pub(super) secrets: bool,
}

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
    let mut found = Vec::new();
    for image in &images {
        let secrets = match arguments.secrets {
            true => Some(secrets_of(image).await),
            false => None,
        };
        found.push((system_of(image).await, packages_of(image).await, secrets));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        let images = images
            .iter()
            .zip(&found)
            .map(|(image, (system, packages, secrets))| {
                let found = FileFindings {
                    system: system.as_ref(),
                    packages: packages.as_ref(),
                    secrets: secrets.as_ref().map(Result::as_ref),
                };
                report_of(image, found)
            });
        let images = images.collect();
        let report = Report::new(images, damage.clone(), opened.warnings);
        write_json(&mut out, &report)?;
    } else {
        let told = images.iter().zip(&found).zip(&damage_of_images);
        for (at, ((image, (system, packages, secrets)), damage)) in told.enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            let lines = table::FoundLines {
                system: system_line::of(system.as_ref()),
                packages: packages_table::line(packages.as_ref()),
                secrets: secrets_table::line(secrets.as_ref().map(Result::as_ref)),
                masked: secrets.as_ref().and_then(|secrets| secrets.as_ref().ok()),
            };
            write!(out, "{separator}{}", table::about(image, lines, damage))?;
            if let Some(packages) = packages.as_ref().ok().filter(|_| arguments.packages) {
                write!(out, "\n{}", packages_table::rows(packages, image))?;
            }
            if let Some(Ok(secrets)) = secrets {
                write!(out, "{}", secrets_table::lines(secrets))?;
            }
        }
        for damage in &damage {
            writeln!(out, "Damage: {}", console::plain(damage))?;
        }
        for warning in &opened.warnings {
            writeln!(out, "Warning: {}", console::plain(warning))?;
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

/// Reads the databases that say which packages an image has.
async fn packages_of(image: &OpenImage) -> Result<PackageList, NoAnalysis> {
    let read = packages_task(image)?.read(&|_| None).await;
    Ok(read.finish(image))
}

/// Searches the files of all layers for secrets.
pub(super) async fn secrets_of(image: &OpenImage) -> Result<SecretList, NoAnalysis> {
    let searched = secrets_task(image)?.search(&|_| None).await;
    Ok(searched.finish(image))
}
