//! Selects among several images.

use crate::image::{Digest, Platform, Reference, default_platform, pick_platform};
use crate::source::FoundImage;

use super::chosen::Chosen;
use super::complain;
use super::error::Error;
use super::opened::{Opened, Unavailable};

/// Returns the positions of the selected images; all of them if nothing is selected.
pub(super) fn asked_for(opened: &Opened, chosen: &Chosen) -> Result<Vec<usize>, Error> {
    let n_images = opened.images.len();
    if n_images == 0 {
        let damage = opened.damage.first().map(|damaged| damaged.told.as_str());
        let reason = damage
            .or(opened.instead.as_deref())
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

/// Returns the damage of the selected images, one line each.
pub(super) fn damage_asked_for(opened: &Opened, chosen: &Chosen) -> Vec<String> {
    let damaged = opened.damage.iter();
    let asked_for = damaged.filter(|damaged| is_asked_for(opened, damaged, chosen));
    asked_for.map(|damaged| damaged.told.clone()).collect()
}

/// Like [`damage_asked_for`], if one of the selected images is used. Other platforms of that image do not count,
/// unless one of them would have been chosen instead.
pub(super) fn damage_beside(opened: &Opened, chosen: &Chosen, at: usize) -> Vec<String> {
    let counts = |damaged: &&Unavailable| {
        let (Some(taken), Some(platform)) = (opened.images.get(at), &damaged.platform) else {
            return true;
        };
        let candidates = [Some(platform.clone()), taken.platform.clone()];
        !is_sibling(taken, &damaged.names, damaged.index_digest.as_ref())
            || chosen.platform.is_some()
            || default_platform(&candidates) == Some(0)
    };
    let damaged = opened.damage.iter().filter(counts);
    let asked_for = damaged.filter(|damaged| is_asked_for(opened, damaged, chosen));
    asked_for.map(|damaged| damaged.told.clone()).collect()
}

fn is_asked_for(opened: &Opened, damaged: &Unavailable, chosen: &Chosen) -> bool {
    let is_named = match (chosen.image, &chosen.name) {
        (Some(_), _) => false,
        (None, Some(name)) => damaged.names.iter().any(|own| is_meant(own, name)),
        (None, None) => true,
    };
    let (Some(wanted), Some(platform)) = (&chosen.platform, &damaged.platform) else {
        return is_named;
    };
    // It counts if it fits, and no image of its name fits better.
    let siblings = opened.images.iter();
    let siblings =
        siblings.filter(|i| is_sibling(i, &damaged.names, damaged.index_digest.as_ref()));
    let siblings = siblings.map(|image| image.platform.clone());
    let candidates: Vec<_> = std::iter::once(Some(platform.clone()))
        .chain(siblings)
        .collect();
    is_named && pick_platform(&candidates, wanted) == Some(0)
}

/// Returns the one image to list: of images for several platforms the default one, else the first, with a message.
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

/// Reports other images with the same platform as the chosen one, and the option `choice` that selects them.
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

/// True if two images are one image for two platforms.
fn are_siblings(one: &FoundImage, other: &FoundImage) -> bool {
    is_sibling(one, &other.names, other.index_digest.as_ref()) || std::ptr::eq(one, other)
}

fn is_sibling(image: &FoundImage, names: &[String], index: Option<&Digest>) -> bool {
    let same_names = !names.is_empty() && image.names == names;
    same_names || (index.is_some() && image.index_digest.as_ref() == index)
}

/// Compares a name of an image with the requested one, as written or in full form.
fn is_meant(own: &str, name: &str) -> bool {
    let full = |name: &str| Reference::parse(name).map(|r| r.to_string()).ok();
    own == name || full(name).is_some_and(|wanted| full(own).as_ref() == Some(&wanted))
}

fn by_name(opened: &Opened, name: &str) -> Result<Vec<usize>, Error> {
    let images = opened.images.iter().enumerate();
    let is_meant = |own: &String| is_meant(own, name);
    let found = images.filter(|(_, image)| image.names.iter().any(is_meant));
    let found: Vec<usize> = found.map(|(at, _)| at).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut damaged = opened.damage.iter();
    if let Some(damaged) = damaged.find(|damaged| damaged.names.iter().any(is_meant)) {
        return Err(Error::Choice(format!(
            "{}: {name:?} cannot be had: {}",
            opened.name, damaged.told
        )));
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
    let fits = |own: &Platform| pick_platform(&[Some(own.clone())], wanted).is_some();
    let mut damaged = opened.damage.iter();
    if let Some(damaged) = damaged.find(|damaged| damaged.platform.as_ref().is_some_and(fits)) {
        return Err(Error::Choice(format!(
            "{}: the image for {wanted} cannot be had: {}",
            opened.name, damaged.told
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

/// Returns an image's name for messages.
pub(super) fn title(image: &FoundImage) -> String {
    let id = || image.image_id.as_ref().map(|id| id.short().to_owned());
    let name = image.names.first().cloned().or_else(id);
    name.unwrap_or_else(|| "without a name".to_owned())
}
