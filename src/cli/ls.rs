//! `lamina ls`: prints the file system of one image as JSON lines.

use std::io::{BufWriter, Write as _};

use clap::Args;

use crate::layer::FileHashes;
use crate::overlay::{LayerIdx, View};
use crate::workspace::{Detail, LayerCache, damage_of, listing_line};

use super::chosen::Chosen;
use super::error::Error;
use super::load::{Reading, load, tell};
use super::output::Bounded;
use super::{Outcome, complain, place, select, table};

#[derive(Args, Debug)]
pub(super) struct LsArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// List the union of the layers up to this one, the base being 0
    #[arg(long, value_name = "N", conflicts_with = "layer")]
    pub(super) upto: Option<u32>,
    /// List what this layer alone adds, changes and deletes
    #[arg(long, value_name = "N")]
    pub(super) layer: Option<u32>,
    /// Also tell times, hashes, other names, extended attributes and device numbers
    #[arg(long)]
    pub(super) full: bool,
    /// List layers that are not compressed by their headers alone, at once and unverified
    #[arg(long, conflicts_with = "full")]
    pub(super) unverified: bool,
}

/// Lists one image.
pub(super) async fn run(arguments: &LsArguments) -> Result<Outcome, Error> {
    let limits = arguments.chosen.limits();
    let chosen = &arguments.chosen;
    let mut opened = place::open(chosen, &limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let nothing = || Error::Choice(format!("{} holds no images", chosen.place));
    let at = select::only_one(&opened, &places).ok_or_else(nothing)?;
    if at >= opened.images.len() {
        return Err(nothing());
    }
    let damage = select::damage_beside(&opened, chosen, at);
    let found = opened.images.swap_remove(at);
    if let Some(artifact) = found.artifact() {
        return Err(Error::Choice(format!(
            "{} is {}, and no file system; lamina inspect tells about it: {}",
            select::title(&found),
            table::kind(&artifact),
            found.artifact_type.as_deref().unwrap_or_default()
        )));
    }
    let n_layers = found.layers.len();
    let top = arguments.upto.or(arguments.layer);
    if let Some(layer) = top.filter(|&layer| layer as usize >= n_layers) {
        return Err(Error::Choice(format!(
            "there is no layer {layer}: {} has {n_layers}, counted from 0",
            select::title(&found)
        )));
    }
    let n_read = top.map_or(n_layers, |layer| layer as usize + 1);
    let (detail, hashes) = match arguments.full {
        true => (Detail::Full, FileHashes::Sha256),
        false => (Detail::Plain, FileHashes::Skip),
    };
    let reading = Reading::of(arguments.unverified, hashes);
    let image = load(found, n_read, reading, &limits, &mut LayerCache::default()).await;
    let view = match (arguments.layer, n_read.checked_sub(1)) {
        (Some(layer), _) => Some(View::Layer(LayerIdx(layer))),
        (None, last) => last
            .and_then(|last| u32::try_from(last).ok())
            .map(|last| View::UpTo(LayerIdx(last))),
    };
    // An image without layers has an empty file system.
    if let Some(view) = view {
        let stored_bytes = image.stored_bytes().unwrap_or(0);
        let out = Bounded::new(std::io::stdout().lock(), stored_bytes, &limits);
        let mut out = BufWriter::new(out);
        for listed in image.union().listing(view) {
            writeln!(
                out,
                "{}",
                listing_line(image.union(), view, &listed, detail)
            )?;
        }
        out.flush()?;
    }
    damage.iter().for_each(|damage| complain(damage));
    let of_image = damage_of(&image, n_read);
    Ok(match (tell(&image, &of_image), damage.is_empty()) {
        (Outcome::Whole, true) => Outcome::Whole,
        _ => Outcome::Damaged,
    })
}
