//! `lamina commit`: applies edits and changed settings to an image, and writes the new image to an archive.

mod arguments;
mod edits;
mod files;

use std::ops::ControlFlow;
use std::rc::Rc;

pub(super) use arguments::CommitArguments;

use crate::build::commit::{NewCompression, apply_changes};
use crate::build::container::Step;
use crate::image::{Created, RuntimeConfig, Timestamp, escape};
use crate::io::Clock as _;
use crate::overlay::Change;
use crate::workspace::{CommitOrder, ExportNames, LayerCache, OpenImage, SaveKind, damage_of};

use super::chosen::Format;
use super::error::Error;
use super::export::{begin, names_of, refuse_terminal, save};
use super::load::{load_whole, tell};
use super::native::{SystemClock, spool};
use super::one_image::one_image;
use super::{Outcome, complain};

/// Commits on top of one image.
pub(super) async fn run(arguments: &CommitArguments) -> Result<Outcome, Error> {
    let chosen = &arguments.chosen;
    let limits = chosen.limits();
    let at = time_of(arguments)?;
    let names = names_of(&arguments.tags)?;
    let kind = kind_of(arguments)?;
    if !arguments.diff {
        refuse_terminal(&arguments.output)?;
    }
    let given = chosen.connection.credentials(&chosen.place)?;
    let found = one_image(chosen, given, &limits).await?;
    let n_layers = found.layers.len();
    let cache = &mut LayerCache::default();
    let mut image = load_whole(found, &limits, cache).await;
    let whole = tell(&image, &damage_of(&image, n_layers));
    let (edits, contents) = edits::edits_of(arguments, &limits).await?;
    image
        .start_container(at, Rc::new(contents))
        .map_err(|error| Error::Choice(error.to_string()))?;
    if !edits.is_empty() {
        let refused = image.edit(Step { at, edits });
        refused.map_err(|refused| Error::Choice(refused.to_string()))?;
    }
    if arguments.diff {
        tell_changes(&image);
        return Ok(whole);
    }
    let order = order_of(arguments, &image, at, &names)?;
    let task = image.commit_task().map_err(Error::from)?;
    let go_on = |_| ControlFlow::Continue(());
    let committed = task.run(&order, spool(&limits)(), &go_on).await?;
    let image_id = committed.image_id.clone();
    let image = OpenImage::new(committed, limits);
    let export = begin(&image, kind, names).await?;
    save(export, &image, &arguments.output).await?;
    if let Some(image_id) = image_id {
        // If the archive goes to standard output, nothing else is written there.
        match arguments.output.as_str() {
            "-" => complain(&format!("committed {image_id}")),
            _ => super::print_line(image_id.as_str())?,
        }
    }
    Ok(whole)
}

/// Returns the time of the commit: as given, else `SOURCE_DATE_EPOCH`, which reproducible builds set, else now.
fn time_of(arguments: &CommitArguments) -> Result<Timestamp, Error> {
    let wrong = |text: &str| {
        Error::Choice(format!(
            "{text:?} is no time: write it as 2024-02-29T12:00:00Z or as seconds since 1970"
        ))
    };
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
    match arguments.time.as_ref().or(epoch.as_ref()) {
        Some(text) => match text.parse() {
            Ok(seconds) => Ok(Timestamp::from_seconds(seconds)),
            Err(_) => Created::new(text.clone()).at.ok_or_else(|| wrong(text)),
        },
        None => Ok(Timestamp::from_seconds(
            SystemClock.unix_millis().div_euclid(1000),
        )),
    }
}

fn order_of(
    arguments: &CommitArguments,
    image: &OpenImage,
    created: Timestamp,
    names: &ExportNames,
) -> Result<CommitOrder, Error> {
    let changes = arguments.changes.join("\n");
    let config = image
        .config()
        .and_then(|config| config.config.config.clone());
    let mut settings: RuntimeConfig = config.unwrap_or_default();
    apply_changes(&mut settings, &changes).map_err(|error| Error::Choice(error.to_string()))?;
    let mut created_by = CommitOrder::CREATED_BY.to_owned();
    for change in &arguments.changes {
        created_by.push_str(&format!(" --change {change:?}"));
    }
    Ok(CommitOrder {
        author: arguments.author.clone(),
        message: arguments.message.clone(),
        created_by,
        created,
        settings: (!arguments.changes.is_empty()).then_some(settings),
        compression: match arguments.plain {
            true => NewCompression::Plain,
            false => NewCompression::Gzip,
        },
        names: names.tags.iter().map(ToString::to_string).collect(),
    })
}

/// Returns the kind of archive that the new image is written to.
fn kind_of(arguments: &CommitArguments) -> Result<SaveKind, Error> {
    let names = arguments.tags.clone();
    match arguments.format {
        Some(Format::OciArchive) => Ok(SaveKind::OciArchive {
            names,
            platforms: None,
        }),
        Some(Format::Rootfs) => {
            let reason = "lamina export writes root file systems; a commit makes an image";
            Err(Error::Choice(reason.to_owned()))
        }
        Some(Format::DockerArchive) | None => Ok(SaveKind::DockerArchive { names }),
    }
}

/// Prints the changes in the form of `docker diff`.
fn tell_changes(image: &OpenImage) {
    for changed in image.changes() {
        let letter = match changed.change {
            Change::Added => 'A',
            Change::Changed => 'C',
            Change::Deleted => 'D',
        };
        let line = format!("{letter} /{}", escape(&changed.path));
        // The reader of the lines may have closed the pipe.
        if super::print_line(&line).is_err() {
            return;
        }
    }
}
