//! What becomes of the tabs when somebody signs in, or has pushed an image.

use super::source::host_of;
use super::{Body, Effect, ImagePlace, Opening, Source, State, TabId};
use crate::protocol::{PushedView, Request};

impl State {
    /// Asks to sign in; what the tab is to show is asked for again when that is done.
    pub(super) fn sign_in(&mut self, id: TabId, request: Request, effects: &mut Vec<Effect>) {
        let (source, place) = match self.tab(id).map(|tab| &tab.body) {
            Some(Body::Failed { source, place, .. }) => (source.clone(), place.clone()),
            Some(Body::Registry(registry)) => {
                (Source::address(registry.address()), ImagePlace::default())
            }
            _ => return,
        };
        self.ask_in(id, source, place, request, effects);
    }

    /// Shows that something is being opened, and asks what has to be asked before.
    pub(super) fn ask_in(
        &mut self,
        id: TabId,
        source: Source,
        place: ImagePlace,
        request: Request,
        effects: &mut Vec<Effect>,
    ) {
        let ticket = self.number();
        self.put(id, Body::Opening(Opening::of(source, place, ticket)));
        effects.push(Effect::Ask {
            tab: id,
            ticket,
            request,
            files: None,
        });
    }

    /// Adds what was pushed to the lists that are open; who named the registry there may open links to it.
    pub(super) fn list_pushed(&mut self, pushed: &PushedView) {
        self.known_hosts.insert(host_of(&pushed.registry));
        let bodies = self
            .tabs
            .iter_mut()
            .flat_map(|tab| std::iter::once(&mut tab.body).chain(&mut tab.past));
        for body in bodies {
            match body {
                Body::Registry(registry) if registry.url == pushed.registry => {
                    registry.repositories.insert(&pushed.repository);
                }
                Body::Repository(repository)
                    if repository.url == pushed.registry
                        && repository.repository == pushed.repository =>
                {
                    pushed
                        .tags
                        .iter()
                        .for_each(|tag| repository.tags.insert(tag));
                }
                _ => {}
            }
        }
    }
}
