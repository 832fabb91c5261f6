//! `lamina push`: sends an image from any source to a registry.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::rc::Rc;

use clap::Args;

use crate::bounds::Limits;
use crate::source::registry::{Credentials, Parcel, Push};
use crate::source::{self, FoundImage};
use crate::workspace::{
    Draft, OpenImage, Platforms, PushDestination, destinations, platforms_beside,
    platforms_to_push, ready_push,
};

use super::chosen::Chosen;
use super::error::Error;
use super::native::spool;
use super::one_image::one_image;
use super::upload::{report, tell_absent, tell_renamed};
use super::{Outcome, complain, console, place};

#[derive(Args, Debug)]
pub(super) struct PushArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// A further tag; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// Push the images of all platforms, under the index that names them: as without it, but an error where there is no
    /// index
    #[arg(long, conflicts_with = "platform")]
    pub(super) all_platforms: bool,
    /// Push the images of those platforms that are here, under a new index where some are not
    #[arg(long, conflicts_with_all = ["platform", "all_platforms"])]
    pub(super) present_platforms: bool,
    /// Where to: HOST[:PORT]/REPOSITORY[:TAG], with http:// before it for a registry without TLS
    #[arg(value_name = "TARGET", required = true)]
    pub(super) references: Vec<String>,
}

/// Pushes one image of a place.
pub(super) async fn run(arguments: &PushArguments) -> Result<Outcome, Error> {
    let to = destinations(&arguments.references, &arguments.tags)?;
    let platforms = |found: &FoundImage| {
        platforms_to_push(found, arguments.present_platforms, arguments.all_platforms)
    };
    push_to(&arguments.chosen, to, platforms).await
}

/// Sends the selected image to all destinations: with the platforms that `platforms` says, unless one is selected
/// by name.
pub(super) async fn push_to(
    chosen: &Chosen,
    destinations: Vec<PushDestination>,
    platforms: impl Fn(&FoundImage) -> Option<Platforms>,
) -> Result<Outcome, Error> {
    let given = chosen.connection.credentials(&chosen.place)?;
    let limits = chosen.limits();
    // The credentials are for the registry that is pushed to, and for the image's own only if that is the same.
    let is_there = |to: &PushDestination| place::is_at(&chosen.place, &to.host);
    let for_source = given.filter(|_| destinations.iter().any(is_there));
    let found = one_image(chosen, for_source, &limits).await?;
    let platforms = platforms(&found).filter(|_| chosen.platform.is_none());
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
    for to in destinations {
        send(chosen, &parcel, to, given, &limits).await?;
    }
    Ok(Outcome::Whole)
}

async fn parcel(
    found: FoundImage,
    platforms: Option<Platforms>,
    limits: &Limits,
) -> Result<Parcel, source::Error> {
    let draft = Draft::of(&OpenImage::new(found, *limits));
    let go_on = |_| ControlFlow::Continue(());
    let ready = ready_push(draft, platforms, &spool(limits), &go_on).await?;
    tell_renamed(&ready.renamed);
    tell_absent(&ready.absent, &ready.digest);
    Ok(ready.parcel)
}

async fn send(
    chosen: &Chosen,
    parcel: &Parcel,
    to: PushDestination,
    given: Option<&Credentials>,
    limits: &Limits,
) -> Result<(), Error> {
    let PushDestination { host, destination } = to;
    let (repository, tags) = (destination.repository.clone(), destination.tags.clone());
    let connection = &chosen.connection;
    let client = connection.client(host.clone(), &repository, given, limits);
    let push = Push::new(Rc::new(client), parcel.clone(), destination);
    let pushed = push.run(&report(parcel)).await?;
    let mut out = std::io::stdout().lock();
    for tag in tags {
        let line = format!("{host}/{repository}:{tag} {}", pushed.digest);
        writeln!(out, "{}", console::plain(&line))?;
    }
    Ok(out.flush()?)
}
