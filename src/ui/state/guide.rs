//! The guide to a private registry: what the reader typed, and what their registry answered.

use super::source::host_of;
use super::{AskedBy, Attached, Body, Effect, Route, State, TabId};
use crate::protocol::{
    Exchange, OpenedAddress, PlatformChoice, Problem, ProblemCode, RequestId, ask,
};

/// The guide in a tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guide {
    /// Host and port of the registry, as typed.
    pub host: String,
    /// Repository and tag of the image to push, as typed.
    pub image: String,
    /// The latest check of the registry.
    pub check: RegistryCheck,
}

/// A check of the reader's registry.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RegistryCheck {
    /// No check since the host was typed.
    #[default]
    Undone,
    /// The registry is being asked.
    Asking(RequestId),
    /// The registry answers.
    Answers {
        /// Repositories that it lists; `None` if it lists none to this page.
        n_repositories: Option<usize>,
        /// True if it has more than those.
        has_more: bool,
    },
    /// The registry answers, and asks for a login.
    AsksForLogin,
    /// The registry does not answer, or not so that this page may see it.
    Fails(Problem),
}

/// Something that happened in the guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuideAction {
    /// The reader typed the registry's host.
    Host(String),
    /// The reader typed the image's name.
    Image(String),
    /// The reader wants the registry at this address to be checked.
    Check(String),
}

impl Guide {
    /// Returns the guide of a route with what was typed into it; `None` for another route.
    pub(super) fn of_route(route: &Route) -> Option<Guide> {
        match route {
            Route::Guide { host, image } => Some(Guide {
                host: host.clone(),
                image: image.clone(),
                check: RegistryCheck::Undone,
            }),
            _ => None,
        }
    }

    /// Returns its route.
    pub(super) fn route(&self) -> Route {
        Route::Guide {
            host: self.host.clone(),
            image: self.image.clone(),
        }
    }

    /// Takes the names of a link, if it has any.
    pub(super) fn take_names(&mut self, named: Guide) {
        if named.host.is_empty() && named.image.is_empty() {
            return;
        }
        if named.host != self.host {
            self.check = RegistryCheck::Undone;
        }
        self.host = named.host;
        self.image = named.image;
    }

    /// Returns the number of the check in progress.
    pub(super) fn asking(&self) -> Option<RequestId> {
        match self.check {
            RegistryCheck::Asking(request) => Some(request),
            _ => None,
        }
    }
}

impl State {
    /// Applies an action of the guide in a tab.
    pub(super) fn act_on_guide(
        &mut self,
        id: TabId,
        action: GuideAction,
        effects: &mut Vec<Effect>,
    ) {
        let request = self.request_id();
        let Some(Body::Guide(guide)) = self.tab_mut(id).map(|tab| &mut tab.body) else {
            return;
        };
        match action {
            GuideAction::Host(host) => {
                guide.host = host;
                guide.check = RegistryCheck::Undone;
            }
            GuideAction::Image(image) => guide.image = image,
            GuideAction::Check(text) => {
                guide.check = RegistryCheck::Asking(request);
                self.known_hosts.insert(host_of(&text));
                let question = ask::OpenAddress {
                    text,
                    platform: PlatformChoice::Usual,
                    by_link: false,
                };
                effects.push(Effect::Ask {
                    asker: AskedBy::Tab(id),
                    id: request,
                    request: question.into(),
                    attached: Attached::Nothing,
                });
            }
        }
    }

    /// Applies the answer to a check. Returns false if `request` is no check of the tab's guide. An image that opened on
    /// the way is left to the caller.
    pub(super) fn guide_answered(
        &mut self,
        id: TabId,
        request: RequestId,
        exchange: &Exchange,
    ) -> bool {
        let Some(Body::Guide(guide)) = self.tab_mut(id).map(|tab| &mut tab.body) else {
            return false;
        };
        if guide.asking() != Some(request) {
            return false;
        }
        guide.check = match exchange {
            Exchange::OpenAddress(_, Ok(OpenedAddress::Registry(view))) => {
                let catalog = &view.catalog;
                if catalog.wants_sign_in {
                    guide.check = RegistryCheck::AsksForLogin;
                    return true;
                }
                RegistryCheck::Answers {
                    n_repositories: catalog.offered.then_some(catalog.repositories.len()),
                    has_more: catalog.cursor.is_some() || catalog.is_cut_off,
                }
            }
            // It is a repository or an image that was typed: its registry answers all the same.
            Exchange::OpenAddress(_, Ok(_)) => RegistryCheck::Answers {
                n_repositories: None,
                has_more: false,
            },
            exchange => match exchange.problem() {
                Some(problem) if problem.code == ProblemCode::LoginNeeded => {
                    RegistryCheck::AsksForLogin
                }
                Some(problem) => RegistryCheck::Fails(problem.clone()),
                None => RegistryCheck::Undone,
            },
        };
        true
    }
}
