//! Analyses of an image: each is requested when its tab is shown, and again when the layers have changed.

use crate::protocol::{
    Exchange, ImageView, LayerState, Problem, Request, SpaceAnswer, System, ask,
};
use crate::ui::state::Shared;

use super::{Loadable, Tab};

/// The analyses of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyses {
    /// Live and dead bytes.
    pub space: Loadable<Shared<SpaceAnswer>>,
    /// The system in the image.
    pub system: Loadable<Shared<System>>,
}

impl Analyses {
    pub(super) fn new() -> Analyses {
        Analyses {
            space: Loadable::Idle,
            system: Loadable::Idle,
        }
    }

    /// Returns the question of a tab that shows an analysis; `None` if it has been asked, or a layer is still to come.
    pub(super) fn next_question(
        &mut self,
        tab: Tab,
        image: &ImageView,
        is_reading: bool,
    ) -> Option<Request> {
        let waits = |state: &LayerState| *state == LayerState::Waiting;
        if is_reading || image.layers.iter().any(|row| waits(&row.state)) {
            return None;
        }
        let image = image.key;
        match tab {
            Tab::Space => begun(&mut self.space, ask::Space { image }),
            Tab::System => begun(&mut self.system, ask::System { image }),
            _ => None,
        }
    }

    /// Forgets the answers, because the layers have changed.
    pub(super) fn out_of_date(&mut self) {
        *self = Analyses::new();
    }

    /// Forgets the answer that a tab shows, so that it is requested again.
    pub(super) fn retry(&mut self, tab: Tab) {
        match tab {
            Tab::Space => self.space = Loadable::Idle,
            Tab::System => self.system = Loadable::Idle,
            _ => {}
        }
    }

    /// Takes in the answer to one of them.
    pub(super) fn take(&mut self, exchange: Exchange) {
        match exchange {
            Exchange::Space(_, outcome) => self.space = ended(outcome),
            Exchange::System(_, outcome) => self.system = ended(outcome),
            _ => {}
        }
    }
}

/// True for the question of an analysis.
pub(super) fn is_analysis(question: &Request) -> bool {
    matches!(question, Request::Space(_) | Request::System(_))
}

fn begun<T>(answer: &mut Loadable<T>, question: impl Into<Request>) -> Option<Request> {
    if !matches!(answer, Loadable::Idle) {
        return None;
    }
    *answer = Loadable::Loading;
    Some(question.into())
}

fn ended<T>(outcome: Result<T, Problem>) -> Loadable<Shared<T>> {
    match outcome {
        Ok(answer) => Loadable::Ready(Shared::new(answer)),
        Err(problem) => Loadable::Failed(problem),
    }
}
