//! The tags that a person gives an image: read as `docker tag` reads them, for page and command alike.

use crate::image::Reference;
use crate::message::Message;

/// A name that Docker would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct UnfitName {
    /// The name as given.
    pub name: String,
    /// The rule that it breaks.
    pub reason: Message,
}

/// Parses `repository[:tag]`. A name without a tag gets `latest`.
///
/// # Errors
/// If Docker would refuse the name, or it has a digest, which no tag can have.
pub fn tagged(name: &str) -> Result<Reference, UnfitName> {
    let unfit = |reason: Message| UnfitName {
        name: name.to_owned(),
        reason,
    };
    let reference = Reference::parse(name).map_err(|error| unfit((&error).into()))?;
    if reference.digest().is_some() {
        return Err(unfit(Message::name_with_digest()));
    }
    let tag = reference.tag().unwrap_or("latest");
    let tagged = reference.repository().with_tag(tag);
    tagged.map_err(|error| unfit((&error).into()))
}

/// Returns the new names of an image in the form that a person writes, each once. Names that it had before stay as
/// they are written.
///
/// # Errors
/// The first new name that Docker would refuse.
pub fn tags(names: Vec<String>, old: &[String]) -> Result<Vec<String>, UnfitName> {
    let mut tags: Vec<String> = Vec::new();
    for name in names {
        let name = match old.contains(&name) {
            true => name,
            false => tagged(&name)?.familiar(),
        };
        if !tags.contains(&name) {
            tags.push(name);
        }
    }
    Ok(tags)
}
