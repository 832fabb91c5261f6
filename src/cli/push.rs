//! `lamina push` and `lamina copy`: send an image from any source to a registry, or to an archive.

use std::cell::Cell;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::image::Digest;
use crate::io::Spool;
use crate::layer::{Compression, Limits};
use crate::source::registry::{BlobState, Credentials, Destination, Parcel, Push, PushProgress};
use crate::source::{self, FoundImage};
use crate::workspace::{
    Draft, ManifestForm, OpenImage, Platforms, Publication, PushTarget, Repack, platforms_beside,
    publish_platforms, ready_push, repacked,
};

use super::arguments::{Chosen, CopyArguments, ExportArguments, Format, PushArguments};
use super::error::Error;
use super::native::FileSpool;
use super::place::{self, looks_like_a_file};
use super::{Outcome, complain, export, select, table};

/// Pushes one image of a place.
pub(super) async fn run(arguments: &PushArguments) -> Result<Outcome, Error> {
    let destinations = destinations(&arguments.references, &arguments.tags)?;
    let choice = Choice {
        present: arguments.present_platforms,
        needs_index: arguments.all_platforms,
    };
    push_to(&arguments.chosen, destinations, choice).await
}

/// Copies an image. If it has several platforms and none is selected, all are copied.
pub(super) async fn copy(arguments: CopyArguments) -> Result<Outcome, Error> {
    let CopyArguments {
        chosen,
        format,
        present_platforms,
        destination,
    } = arguments;
    if format.is_some() || looks_like_a_file(&destination) {
        let all_platforms = chosen.platform.is_none() && format == Some(Format::OciArchive);
        let given = chosen.connection.credentials(&chosen.place)?;
        let has_index = all_platforms
            && found(&chosen, given, &chosen.limits())
                .await?
                .index
                .is_some();
        if present_platforms && !all_platforms {
            let reason = "only an OCI archive holds several platforms: --format oci-archive";
            return Err(Error::Choice(reason.to_owned()));
        }
        let arguments = ExportArguments {
            chosen,
            format: format.or(Some(Format::DockerArchive)),
            tags: Vec::new(),
            all_platforms: has_index && !present_platforms,
            present_platforms: has_index && present_platforms,
            path: None,
            layer: None,
            stored: false,
            output: destination,
        };
        return export::run(&arguments).await;
    }
    let destinations = destinations(&[destination], &[])?;
    let choice = Choice {
        present: present_platforms,
        needs_index: false,
    };
    push_to(&chosen, destinations, choice).await
}

/// The choice among an index's platforms if none is selected by name.
struct Choice {
    /// True if the available platforms are enough.
    present: bool,
    /// True if the lack of an index is an error.
    needs_index: bool,
}

/// Sends the selected image to all destinations. If it has an index and no platform is selected, the whole index
/// is sent: a tag that pointed to several platforms must not silently become one for a single platform.
async fn push_to(
    chosen: &Chosen,
    destinations: Vec<(PushTarget, Destination)>,
    choice: Choice,
) -> Result<Outcome, Error> {
    let given = chosen.connection.credentials(&chosen.place)?;
    let limits = chosen.limits();
    let for_source = given.filter(|_| read_there(chosen, &destinations));
    let found = found(chosen, for_source, &limits).await?;
    let has_index = found.index.is_some() || choice.needs_index;
    let platforms = match (chosen.platform.is_none() && has_index, choice.present) {
        (false, _) => None,
        (true, false) => Some(Platforms::All),
        (true, true) => Some(Platforms::Present),
    };
    let lost = platforms_beside(&found, &limits);
    if platforms.is_none()
        && let Some(platform) = &found.platform
        && !lost.is_empty()
    {
        complain(&format!(
            "only {platform} is sent: the tags will not lead to {}",
            lost.join(", ")
        ));
    }
    let parcel = parcel(found, platforms, &limits).await?;
    for (target, destination) in destinations {
        send(chosen, &parcel, &target, destination, given, &limits).await?;
    }
    Ok(Outcome::Whole)
}

/// Groups references by repository: one push for each, with all its tags. All references are checked before
/// anything is read.
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

/// True if the image comes from a registry that it is pushed to. The given credentials then apply to both.
fn read_there(chosen: &Chosen, destinations: &[(PushTarget, Destination)]) -> bool {
    let mut hosts = destinations.iter().map(|(target, _)| &target.host);
    hosts.any(|host| place::is_at(&chosen.place, host))
}

/// Returns the selected image.
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
    platforms: Option<Platforms>,
    limits: &Limits,
) -> Result<Parcel, source::Error> {
    let draft = Draft::of(&OpenImage::new(found, *limits));
    let spool = || -> Box<dyn Spool> { Box::new(FileSpool::new(limits.spool_bytes)) };
    let go_on = |_| ControlFlow::Continue(());
    let ready = ready_push(draft, platforms, &spool, &go_on).await?;
    tell_renamed(&ready.renamed);
    tell_absent(&ready.absent, &ready.digest);
    Ok(ready.parcel)
}

fn tell_renamed(renamed: &[(usize, Compression)]) {
    for (layer, compression) in renamed {
        complain(&format!(
            "layer {layer} is compressed anew by gzip: no manifest can name {compression}"
        ));
    }
}

fn tell_absent(absent: &[String], digest: &Digest) {
    if !absent.is_empty() {
        complain(&format!(
            "left out, since it is not here: {}; the new index has the digest {digest}",
            absent.join(", "),
        ));
    }
}

/// Recompresses layers for a manifest. Reports those whose compression it could not name.
pub(super) async fn repack(
    draft: Draft,
    form: ManifestForm,
    which: Repack,
    limits: &Limits,
) -> Result<Draft, source::Error> {
    let spool = || -> Box<dyn Spool> { Box::new(FileSpool::new(limits.spool_bytes)) };
    let go_on = |_| ControlFlow::Continue(());
    let repacked = repacked(draft, form, which, &spool, &go_on).await?;
    tell_renamed(&repacked.renamed);
    Ok(repacked.draft)
}

/// Returns the publication of an index's platforms. Reports those that are left out because they are absent.
pub(super) async fn published(
    draft: Draft,
    platforms: Platforms,
) -> Result<Publication, source::Error> {
    let go_on = |_| ControlFlow::Continue(());
    let published = publish_platforms(draft, platforms, &go_on).await?;
    tell_absent(&published.absent, &published.top.digest);
    Ok(published)
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

/// Returns the message about a blob's state: its end, and every tenth of a large upload.
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
    // A failing standard error cannot be reported anywhere.
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
