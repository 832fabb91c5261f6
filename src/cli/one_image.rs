//! Opens a place and selects the one image of it that a command uses.

use crate::bounds::Limits;
use crate::source::FoundImage;
use crate::source::registry::Credentials;

use super::chosen::Chosen;
use super::error::Error;
use super::{complain, place, select};

/// Returns the selected image of a place, with messages about what else was selected.
pub(super) async fn one_image(
    chosen: &Chosen,
    given: Option<&Credentials>,
    limits: &Limits,
) -> Result<FoundImage, Error> {
    let mut opened = place::open_as(chosen, given, limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let nothing = || Error::Choice(format!("{} holds no images", chosen.place));
    let at = select::only_one(&opened, &places).ok_or_else(nothing)?;
    let damage = select::damage_beside(&opened, chosen, at);
    damage.iter().for_each(|damage| complain(damage));
    match at < opened.images.len() {
        true => Ok(opened.images.swap_remove(at)),
        false => Err(nothing()),
    }
}
