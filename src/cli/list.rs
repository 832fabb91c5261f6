//! `lamina list`: lists the content of a registry.

use crate::layer::Limits;
use crate::source::registry::Listed;
use crate::workspace::{Remote, Within};

use super::arguments::ListArguments;
use super::error::Error;
use super::{Outcome, complain, print_line};

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
