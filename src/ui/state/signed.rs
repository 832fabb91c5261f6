//! Updates the tabs after a sign-in and after a push.

use super::source::host_of;
use super::{AskedBy, Attached, Body, Effect, ImagePlace, Opening, State, TabId, TabSource};
use crate::protocol::{PushedView, Request};

impl State {
    /// Sends a sign-in request; the tab's own view is requested again once that succeeds.
    pub(super) fn sign_in(&mut self, id: TabId, request: Request, effects: &mut Vec<Effect>) {
        let (source, place) = match self.tab(id).map(|tab| &tab.body) {
            Some(Body::Failed { source, place, .. }) => (source.clone(), place.clone()),
            Some(Body::Registry(registry)) => (
                TabSource::address(registry.address()),
                ImagePlace::default(),
            ),
            _ => return,
        };
        self.ask_in(id, source, place, request, effects);
    }

    /// Shows an opening in the tab and sends the request that has to precede it.
    pub(super) fn ask_in(
        &mut self,
        id: TabId,
        source: TabSource,
        place: ImagePlace,
        request: Request,
        effects: &mut Vec<Effect>,
    ) {
        let number = self.request_id();
        self.put(id, Body::Opening(Opening::of(source, place, number)));
        effects.push(Effect::Ask {
            asker: AskedBy::Tab(id),
            id: number,
            request,
            attached: Attached::Nothing,
        });
    }

    /// Adds a pushed image to the open lists. Links to its registry need no question from then on, because the user
    /// named the registry for the push.
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
