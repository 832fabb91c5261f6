//! `lamina dockerfile`: prints the Dockerfile of one image, rebuilt from its history.

use std::io::Write as _;

use clap::Args;

use crate::workspace::{LayerCache, damage_of, dockerfile_of};

use super::chosen::Chosen;
use super::console::plain;
use super::error::Error;
use super::load::{load_whole, tell};
use super::one_image::one_image;
use super::{Outcome, complain, select};

#[derive(Args, Debug)]
pub(super) struct DockerfileArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
}

/// Prints the Dockerfile. What the history does not hold is told on standard error.
pub(super) async fn run(arguments: &DockerfileArguments) -> Result<Outcome, Error> {
    let limits = arguments.chosen.limits();
    let found = one_image(&arguments.chosen, None, &limits).await?;
    let title = select::title(&found);
    let n_layers = found.layers.len();
    let mut cache = LayerCache::default();
    let image = load_whole(found, &limits, &mut cache).await;
    let dockerfile = dockerfile_of(&image).map_err(|why| Error::Choice(why.to_string()))?;
    if dockerfile.steps.is_empty() {
        return Err(Error::Choice(format!(
            "{title} has no history, so there is no Dockerfile"
        )));
    }
    let mut out = std::io::stdout().lock();
    for line in dockerfile.text().lines() {
        writeln!(out, "{}", plain(line))?;
    }
    out.flush()?;
    match &dockerfile.base {
        Some(base) => complain(&format!(
            "the history names the base image {base}; its own steps stand above as comments"
        )),
        None => complain(
            "the history does not tell where the base image ends: its steps are among these",
        ),
    }
    let gaps = |word: &str| {
        let steps = dockerfile.steps.iter();
        steps
            .filter(|step| step.gap.is_some_and(|gap| gap.word() == word))
            .count()
    };
    for (word, told) in [
        ("sources", "copies whose sources the history does not name"),
        ("here-document", "here-documents without their content"),
        (
            "words",
            "commands without a shell, whose words may be others",
        ),
        ("command", "steps without an instruction"),
    ] {
        if let n @ 1.. = gaps(word) {
            complain(&format!("{told}: {n}"));
        }
    }
    Ok(tell(&image, &damage_of(&image, n_layers)))
}
