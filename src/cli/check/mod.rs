//! `lamina check`: applies rules to an image, for pipelines. Prints a line for each rule, or the result in a form that
//! other programs read, and fails the build with its status.
//!
//! `insight` defines the rules; here they are read from arguments and files, and the rulings written.

mod allow;
mod arguments;
mod baseline;
mod bound;
mod budget;
mod checked;
mod dive_ci;
mod evidence;
mod examine;
mod github;
mod json;
mod judged;
mod junit;
mod markdown;
mod order;
mod pattern;
mod sarif;
mod structure;
mod text;
mod text_file;
mod yaml;

use std::io::{BufWriter, Write as _};

use crate::workspace::{LayerCache, damage_of};

use super::error::Error;
use super::load::{load_whole, tell};
use super::{Outcome, complain, place, select};

pub(super) use arguments::CheckArguments;

use arguments::CheckFormat;
use checked::{Checked, Results};
use examine::examine;
use order::Order;

/// Checks all images of a place, or the selected ones.
pub(super) async fn run(arguments: &CheckArguments) -> Result<Outcome, Error> {
    let order = Order::of(arguments).await?;
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
        let image = load_whole(found, &limits, &mut cache).await;
        let damage = damage_of(&image, n_layers);
        tell(&image, &damage);
        checked.push(examine(&image, &order, damage).await?);
    }
    if checked.is_empty() {
        let message = "{} holds artifacts only, and no file system that could be checked";
        return Err(Error::Choice(message.replace("{}", &opened.name)));
    }
    damage.iter().for_each(|damage| complain(damage));
    let results = Results {
        place: &opened.name,
        checked: &checked,
        damage: &damage,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let write = match arguments.form() {
        CheckFormat::Text => text::write,
        CheckFormat::Json => json::write,
        CheckFormat::Junit => junit::write,
        CheckFormat::Sarif => sarif::write,
        CheckFormat::Github => github::write,
        CheckFormat::Markdown => markdown::write,
    };
    write(&mut out, &results)?;
    out.flush()?;
    let is_whole = damage.is_empty() && checked.iter().all(Checked::is_whole);
    Ok(match (is_whole, checked.iter().all(Checked::keeps_rules)) {
        (false, _) => Outcome::Damaged,
        (true, false) => Outcome::Broken,
        (true, true) => Outcome::Whole,
    })
}
