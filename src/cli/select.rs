//! Which image of several is meant.

use crate::image::{Digest, Platform, Reference, default_platform, pick_platform};
use crate::source::FoundImage;

use super::arguments::Chosen;
use super::complain;
use super::error::Error;
use super::place::Opened;

/// The places of the images that the arguments ask for; all of them when nothing is asked for.
pub(super) fn asked_for(opened: &Opened, chosen: &Chosen) -> Result<Vec<usize>, Error> {
    let n_images = opened.images.len();
    if n_images == 0 {
        let reason = opened
            .damage
            .first()
            .map(String::as_str)
            .or(opened.instead)
            .unwrap_or("holds no images");
        return Err(Error::Choice(format!("{}: {reason}", opened.name)));
    }
    let mut places: Vec<usize> = match (chosen.image, &chosen.name) {
        (Some(at), _) if at < n_images => vec![at],
        (Some(at), _) => {
            return Err(Error::Choice(format!(
                "there is no image {at}: {} holds {n_images}, counted from 0",
                opened.name
            )));
        }
        (None, Some(name)) => by_name(opened, name)?,
        (None, None) => (0..n_images).collect(),
    };
    if let Some(wanted) = &chosen.platform {
        places = for_platform(opened, &places, wanted)?;
    }
    Ok(places)
}

/// The one image to list: of images for several platforms the usual one, else the first, which is said.
pub(super) fn only_one(opened: &Opened, places: &[usize]) -> Option<usize> {
    let image = |at: &usize| opened.images.get(*at);
    let systems: Vec<usize> = places
        .iter()
        .copied()
        .filter(|at| image(at).is_some_and(|image| image.artifact_type.is_none()))
        .collect();
    let places = if systems.is_empty() { places } else { &systems };
    let first = image(places.first()?)?;
    let siblings: Vec<usize> = places
        .iter()
        .copied()
        .filter(|at| image(at).is_some_and(|other| are_siblings(first, other)))
        .collect();
    let platforms: Vec<_> = siblings
        .iter()
        .map(|at| image(at)?.platform.clone())
        .collect();
    let at = default_platform(&platforms).and_then(|at| siblings.get(at));
    let at = *at.or(places.first())?;
    let candidates = siblings.iter().filter_map(image);
    let candidates = candidates.map(|image| {
        let digest = image.manifest.as_ref().map(|manifest| &manifest.digest);
        (image.platform.as_ref(), digest.or(image.image_id.as_ref()))
    });
    tell_others(
        image(&at).and_then(|image| image.platform.as_ref()),
        candidates,
        "--platform or --image",
    );
    if siblings.len() < places.len() {
        let title = opened.images.get(at).map(title).unwrap_or_default();
        complain(&format!(
            "{} holds {} images; this is image {at}, {title}: choose another by --image or --ref",
            opened.name,
            places.len()
        ));
    }
    Some(at)
}

/// Says so when the platform of an image does not tell it apart from others, and by what `choice` one of these is had.
pub(super) fn tell_others<'a>(
    chosen: Option<&Platform>,
    candidates: impl Iterator<Item = (Option<&'a Platform>, Option<&'a Digest>)>,
    choice: &str,
) {
    let plain = chosen.map(Platform::without_version);
    let same: Vec<String> = candidates
        .filter(|(platform, _)| platform.map(Platform::without_version) == plain)
        .map(|(platform, digest)| {
            let platform = platform.map(Platform::to_string);
            let digest = digest.map(ToString::to_string);
            let both = [platform, digest].into_iter().flatten();
            both.collect::<Vec<_>>().join(" ")
        })
        .collect();
    if same.len() > 1 {
        complain(&format!(
            "{} images are for {}: {}; this is the first that fits, choose another by {choice}",
            same.len(),
            plain.as_deref().unwrap_or("no platform that is told"),
            same.join(", ")
        ));
    }
}

/// Whether two images are one for two platforms.
fn are_siblings(one: &FoundImage, other: &FoundImage) -> bool {
    let same_names = !one.names.is_empty() && one.names == other.names;
    let same_index = one.index_digest.is_some() && one.index_digest == other.index_digest;
    same_names || same_index || std::ptr::eq(one, other)
}

fn by_name(opened: &Opened, name: &str) -> Result<Vec<usize>, Error> {
    let full = |name: &str| Reference::parse(name).map(|r| r.to_string()).ok();
    let wanted = full(name);
    let is_meant = |own: &String| own == name || (wanted.is_some() && full(own) == wanted);
    let with = |matches: &dyn Fn(&String) -> bool| -> Vec<usize> {
        let images = opened.images.iter().enumerate();
        let found = images.filter(|(_, image)| image.names.iter().any(matches));
        found.map(|(at, _)| at).collect()
    };
    let found = with(&is_meant);
    if !found.is_empty() {
        return Ok(found);
    }
    let mut names: Vec<&str> = opened
        .images
        .iter()
        .flat_map(|image| image.names.iter().map(String::as_str))
        .collect();
    names.dedup();
    names.truncate(20);
    let there_are = match names.is_empty() {
        true => "its images have no names".to_owned(),
        false => format!("there are {}", names.join(", ")),
    };
    Err(Error::Choice(format!(
        "{} holds no image {name:?}: {there_are}",
        opened.name
    )))
}

fn for_platform(opened: &Opened, places: &[usize], wanted: &Platform) -> Result<Vec<usize>, Error> {
    let platform = |at: &usize| opened.images.get(*at)?.platform.clone();
    let platforms: Vec<_> = places.iter().map(platform).collect();
    let closest = pick_platform(&platforms, wanted).and_then(|at| platforms.get(at).cloned());
    let fits = |at: &&usize| closest.is_some() && platform(at) == closest.clone().flatten();
    let found: Vec<usize> = places.iter().filter(fits).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let not_saved: Vec<_> = opened.not_saved.iter().cloned().map(Some).collect();
    if pick_platform(&not_saved, wanted).is_some() {
        return Err(Error::Choice(format!(
            "the index in {} names an image for {wanted}, which was not saved with the others: save it again where that platform was pulled",
            opened.name
        )));
    }
    let mut there: Vec<String> = platforms
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    there.dedup();
    Err(Error::Choice(format!(
        "{} holds no image for {wanted}: there are {}",
        opened.name,
        there.join(", ")
    )))
}

/// A name for messages.
pub(super) fn title(image: &FoundImage) -> String {
    let id = || image.image_id.as_ref().map(|id| id.short().to_owned());
    let name = image.names.first().cloned().or_else(id);
    name.unwrap_or_else(|| "without a name".to_owned())
}
