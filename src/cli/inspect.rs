//! `lamina inspect`: describes images, as one JSON document or as tables.

use std::io::{BufWriter, Write as _};

use clap::Args;

use crate::insight::packages::PackageList;
use crate::insight::safety::SafetyList;
use crate::insight::secrets::SecretList;
use crate::insight::system::System;
use crate::layer::FileHashes;
use crate::workspace::{
    FileFindings, LayerCache, NoAnalysis, OpenImage, Report, damage_of, packages_task, report_of,
    safety_task, secrets_task, system_task,
};

use super::chosen::Chosen;
use super::error::Error;
use super::load::{Reading, load, tell};
use super::output::write_json;
use super::{
    Outcome, complain, console, packages_table, place, safety_table, secrets_table, select,
    system_line, table,
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
    /// List what makes each image less safe to run after its layers; in JSON it is always a member
    #[arg(long, conflicts_with = "json")]
    pub(super) safety: bool,
    /// List layers that are not compressed by their headers alone, at once and unverified
    #[arg(long)]
    pub(super) unverified: bool,
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
    let reading = Reading::of(arguments.unverified, FileHashes::Skip);
    for at in places {
        if let Some(found) = opened.images.get(at).cloned() {
            let n_layers = found.layers.len();
            images.push(load(found, n_layers, reading, &limits, &mut cache).await);
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
        found.push(FoundInFiles {
            system: system_of(image).await,
            packages: packages_of(image).await,
            secrets,
            safety: safety_of(image).await,
        });
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        let images = images.iter().zip(&found).map(|(image, found)| {
            let found = FileFindings {
                system: found.system.as_ref(),
                packages: found.packages.as_ref(),
                secrets: found.secrets.as_ref().map(Result::as_ref),
                safety: found.safety.as_ref(),
            };
            report_of(image, found)
        });
        let images = images.collect();
        let report = Report::new(images, damage.clone(), opened.warnings);
        write_json(&mut out, &report)?;
    } else {
        let told = images.iter().zip(&found).zip(&damage_of_images);
        for (at, ((image, found), damage)) in told.enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            let lines = table::FoundLines {
                system: system_line::of(found.system.as_ref()),
                packages: packages_table::line(found.packages.as_ref()),
                secrets: secrets_table::line(found.secrets.as_ref().map(Result::as_ref)),
                safety: safety_table::line(found.safety.as_ref()),
                masked: found
                    .secrets
                    .as_ref()
                    .and_then(|secrets| secrets.as_ref().ok()),
            };
            write!(out, "{separator}{}", table::about(image, lines, damage))?;
            let packages = found.packages.as_ref().ok();
            if let Some(packages) = packages.filter(|_| arguments.packages) {
                write!(out, "\n{}", packages_table::rows(packages, image))?;
            }
            if let Some(Ok(secrets)) = &found.secrets {
                write!(out, "{}", secrets_table::lines(secrets))?;
            }
            let safety = found.safety.as_ref().ok();
            if let Some(safety) = safety.filter(|_| arguments.safety) {
                write!(out, "\n{}", safety_table::rows(safety))?;
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

/// The findings of the analyses that read files.
struct FoundInFiles {
    system: Result<System, NoAnalysis>,
    packages: Result<PackageList, NoAnalysis>,
    /// `None` if nobody asked for them.
    secrets: Option<Result<SecretList, NoAnalysis>>,
    safety: Result<SafetyList, NoAnalysis>,
}

/// Reads the files that say which system an image holds.
pub(super) async fn system_of(image: &OpenImage) -> Result<System, NoAnalysis> {
    Ok(system_task(image)?.run(&|_| None).await)
}

/// Reads the databases that say which packages an image has.
pub(super) async fn packages_of(image: &OpenImage) -> Result<PackageList, NoAnalysis> {
    let read = packages_task(image)?.read(&|_| None).await;
    Ok(read.finish(image))
}

/// Looks for what makes an image less safe to run.
pub(super) async fn safety_of(image: &OpenImage) -> Result<SafetyList, NoAnalysis> {
    let read = safety_task(image)?.read(&|_| None).await;
    Ok(read.finish(image))
}

/// Searches the files of all layers for secrets.
pub(super) async fn secrets_of(image: &OpenImage) -> Result<SecretList, NoAnalysis> {
    let searched = secrets_task(image)?.search(&|_| None).await;
    Ok(searched.finish(image))
}
