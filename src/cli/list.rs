//! `lamina list`: lists the content of a registry.

use clap::Args;

use crate::bounds::Limits;
use crate::source::registry::Listed;
use crate::workspace::{Remote, Within};

use super::connection::ConnectionArguments;
use super::error::Error;
use super::{Outcome, complain, print_line};

#[derive(Args, Debug)]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// A registry such as registry.example.com:5000, or a repository such as registry.example.com/app; http:// before it
    /// for a registry without TLS
    #[arg(value_name = "REGISTRY|REPOSITORY")]
    pub(super) place: String,
}

/// Lists repositories or tags, one per line.
pub(super) async fn run(arguments: &ListArguments) -> Result<Outcome, Error> {
    let place = &arguments.place;
    let remote = Remote::locate(place)?.remote;
    let connection = &arguments.connection;
    let given = connection.credentials(place)?;
    let repository = match &remote.within {
        Within::Repository(repository) => repository.as_str(),
        Within::Catalog | Within::Image(..) => "",
    };
    let limits = Limits::DEFAULT;
    let client = connection.client(remote.host, repository, given, &limits);
    let page = match remote.within {
        Within::Catalog => match client.all_repositories().await? {
            Listed::Offered(page) => page,
            Listed::NotOffered(error) => return Err(error.into()),
        },
        Within::Repository(repository) => client.all_tags(&repository).await?,
        Within::Image(..) => {
            return Err(Error::Choice(format!(
                "{place} is an image: name a registry or a repository"
            )));
        }
    };
    for name in &page.items {
        print_line(name)?;
    }
    match page.next {
        None if page.is_cut_off => {
            complain(
                "the list may be cut off: asked for what follows, the registry gives the same names again",
            );
            Ok(Outcome::Damaged)
        }
        None => Ok(Outcome::Whole),
        Some(_) => {
            complain("there are more than are listed here");
            Ok(Outcome::Damaged)
        }
    }
}
