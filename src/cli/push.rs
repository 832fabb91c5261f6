//! `lamina push` and `lamina copy`: from wherever an image lies to a registry, or to an archive.

use std::cell::Cell;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::io::Spool;
use crate::layer::Limits;
use crate::source::registry::{BlobState, Credentials, Destination, Parcel, Push, PushProgress};
use crate::source::{self, FoundImage};
use crate::workspace::{
    Draft, ManifestForm, OpenImage, PushTarget, compressed, parcel_of, publish,
    publish_all_platforms,
};

use super::arguments::{Chosen, CopyArguments, ExportArguments, Format, PushArguments};
use super::error::Error;
use super::native::FileSpool;
use super::place::{self, looks_like_a_file};
use super::{Outcome, complain, export, select, table};

/// Pushes one image of a place.
pub(super) async fn run(arguments: &PushArguments) -> Result<Outcome, Error> {
    let destinations = destinations(&arguments.references, &arguments.tags)?;
    let wants_all = |_: &FoundImage| arguments.all_platforms;
    push_to(&arguments.chosen, destinations, wants_all).await
}

/// Copies an image: all platforms of it, where it has several and none is asked for.
pub(super) async fn copy(arguments: CopyArguments) -> Result<Outcome, Error> {
    let CopyArguments {
        chosen,
        format,
        destination,
    } = arguments;
    if format.is_some() || looks_like_a_file(&destination) {
        let all_platforms = chosen.platform.is_none() && format == Some(Format::OciArchive);
        let given = chosen.connection.credentials(&chosen.place)?;
        let all_platforms = all_platforms
            && found(&chosen, given, &chosen.limits())
                .await?
                .index
                .is_some();
        let arguments = ExportArguments {
            chosen,
            format: format.or(Some(Format::DockerArchive)),
            tags: Vec::new(),
            all_platforms,
            path: None,
            layer: None,
            stored: false,
            output: destination,
        };
        return export::run(&arguments).await;
    }
    let destinations = destinations(&[destination], &[])?;
    let has_platform = chosen.platform.is_some();
    let wants_all = |found: &FoundImage| !has_platform && found.index.is_some();
    push_to(&chosen, destinations, wants_all).await
}

/// Sends the one image that is meant to all destinations, with all its platforms where `wants_all` says so of it.
async fn push_to(
    chosen: &Chosen,
    destinations: Vec<(PushTarget, Destination)>,
    wants_all: impl Fn(&FoundImage) -> bool,
) -> Result<Outcome, Error> {
    let given = chosen.connection.credentials(&chosen.place)?;
    let limits = chosen.limits();
    let for_source = given.filter(|_| read_there(chosen, &destinations));
    let found = found(chosen, for_source, &limits).await?;
    let all_platforms = wants_all(&found);
    let parcel = parcel(found, all_platforms, &limits).await?;
    for (target, destination) in destinations {
        send(chosen, &parcel, &target, destination, given, &limits).await?;
    }
    Ok(Outcome::Whole)
}

/// Where references lead: one push for each repository, with all its tags. Nothing is read before all are known to be
/// good.
fn destinations(
    references: &[String],
    tags: &[String],
) -> Result<Vec<(PushTarget, Destination)>, Error> {
    let mut destinations: Vec<(PushTarget, Destination)> = Vec::new();
    for reference in references {
        let target = PushTarget::parse(reference)?;
        let mut wanted = vec![target.tag.clone()];
        for tag in tags {
            wanted.push(target.checked(tag)?);
        }
        let same = destinations
            .iter_mut()
            .find(|(other, _)| other.host == target.host && other.repository == target.repository);
        let kept = match same {
            Some((_, destination)) => &mut destination.tags,
            None => {
                let destination = Destination {
                    repository: target.repository.clone(),
                    tags: Vec::new(),
                };
                destinations.push((target, destination));
                match destinations.last_mut() {
                    Some((_, destination)) => &mut destination.tags,
                    None => continue,
                }
            }
        };
        for tag in wanted {
            if !kept.contains(&tag) {
                kept.push(tag);
            }
        }
    }
    Ok(destinations)
}

/// Whether what is pushed comes from a registry that it goes to: then who signs in there reads there, too.
fn read_there(chosen: &Chosen, destinations: &[(PushTarget, Destination)]) -> bool {
    let mut hosts = destinations.iter().map(|(target, _)| &target.host);
    hosts.any(|host| place::is_at(&chosen.place, host))
}

/// The one image that is meant.
async fn found(
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

async fn parcel(
    found: FoundImage,
    all_platforms: bool,
    limits: &Limits,
) -> Result<Parcel, source::Error> {
    let go_on = |_| ControlFlow::Continue(());
    let draft = Draft::of(&OpenImage::new(found, *limits));
    let publication = match all_platforms {
        true => publish_all_platforms(draft, &go_on).await?,
        false => {
            let spool = || -> Box<dyn Spool> { Box::new(FileSpool::new(limits.spool_bytes)) };
            let draft = compressed(draft, &spool, &go_on).await?;
            publish(draft, ManifestForm::AsItIs, &go_on).await?
        }
    };
    Ok(parcel_of(&publication))
}

async fn send(
    chosen: &Chosen,
    parcel: &Parcel,
    target: &PushTarget,
    destination: Destination,
    given: Option<&Credentials>,
    limits: &Limits,
) -> Result<(), Error> {
    let host = target.host.clone();
    let client = chosen
        .connection
        .client(host, &target.repository, given, limits);
    let push = Push::new(Rc::new(client), parcel.clone(), destination);
    let told_tenths = Cell::new(0);
    let progress = |progress| match progress {
        PushProgress::Blob(at, state) => {
            if let Some(blob) = parcel.blobs.get(at)
                && let Some(word) = word(state, blob.size_bytes, &told_tenths)
            {
                tell(&format!("{} ({}): {word}", blob.what, blob.digest.short()));
            }
        }
        PushProgress::Documents => tell("writing the manifest"),
    };
    let pushed = push.run(&progress).await?;
    let mut out = std::io::stdout().lock();
    let Destination { repository, tags } = push.destination();
    for tag in tags {
        let line = format!("{}/{repository}:{tag} {}", target.host, pushed.digest);
        writeln!(out, "{}", table::plain(&line))?;
    }
    Ok(out.flush()?)
}

/// What is told of a blob: how it ended, and every tenth of a long way.
fn word(state: BlobState, size_bytes: u64, told_tenths: &Cell<u64>) -> Option<String> {
    match state {
        BlobState::Asking => {
            told_tenths.set(0);
            None
        }
        BlobState::Sending(bytes) => {
            let tenths = bytes.saturating_mul(10).checked_div(size_bytes)?;
            let is_new = tenths > told_tenths.replace(tenths) && tenths < 10;
            is_new.then(|| format!("{} %", tenths * 10))
        }
        BlobState::Exists => Some("layer already exists".to_owned()),
        BlobState::Mounted => Some("mounted from another repository".to_owned()),
        BlobState::Sent => Some("pushed".to_owned()),
    }
}

fn tell(line: &str) {
    // Without standard error there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{}", table::plain(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(references: &[&str], tags: &[&str], expected: &str) {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let got = match destinations(&owned(references), &owned(tags)) {
            Ok(all) => {
                let shown = all.iter().map(|(target, destination)| {
                    format!(
                        "{} {} {}",
                        target.host,
                        destination.repository,
                        destination.tags.join(",")
                    )
                });
                shown.collect::<Vec<_>>().join(" | ")
            }
            Err(error) => format!("error: {error}"),
        };
        assert!(got.starts_with(expected), "{references:?} {tags:?}: {got}");
    }

    #[test]
    fn references_of_one_repository_are_one_push() {
        check(
            &["r.example:5000/team/app"],
            &[],
            "r.example:5000 team/app latest",
        );
        check(
            &[
                "r.example/app:1",
                "r.example/app:2",
                "https://s.example/app:1",
            ],
            &["x", "1"],
            "r.example app 1,x,2 | https://s.example app 1,x",
        );
        check(&["alpine:3"], &[], "docker.io library/alpine 3");
    }

    #[test]
    fn rp_01_what_is_no_name_for_an_image_is_refused_before_anything_is_asked() {
        for (reference, tag, expected) in [
            (
                "r.example/App:1",
                None,
                "error: the target \"r.example/App:1\" is malformed",
            ),
            ("r.example/app:-1", None, "error: the target"),
            (
                "r.example/app:1",
                Some("a b"),
                "error: the tag \"a b\" is malformed",
            ),
            ("http://r.example/app:a b", None, "error: "),
            (
                "registry.example.com:5000",
                None,
                "error: the target \"registry.example.com:5000\" is malformed: it names a registry",
            ),
            (
                "http://r.example",
                None,
                "error: the target \"http://r.example\" is malformed",
            ),
            (
                "r.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
                None,
                "error: the target",
            ),
            (
                "me:secret@r.example/app:1",
                None,
                "error: the target \"r.example/app:1\" is malformed",
            ),
        ] {
            let tags: Vec<&str> = tag.into_iter().collect();
            check(&[reference], &tags, expected);
        }
    }
}
