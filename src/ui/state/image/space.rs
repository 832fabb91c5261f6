//! Holds the use of the image's bytes, requested when the tab is shown and every layer is done.

use crate::protocol::{ImageView, LayerState, Problem, SpaceAnswer, ask};
use crate::ui::state::Shared;

use super::Loadable;

/// State of the Space tab.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceState {
    /// Answer of the worker; `Idle` until it is requested.
    pub answer: Loadable<Shared<SpaceAnswer>>,
}

impl SpaceState {
    pub(super) fn new() -> SpaceState {
        SpaceState {
            answer: Loadable::Idle,
        }
    }

    /// Returns the request; `None` while a layer is missing, because the figures need all layers.
    pub(super) fn next_question(
        &mut self,
        image: &ImageView,
        is_reading: bool,
    ) -> Option<ask::Space> {
        let waits = |state: &LayerState| *state == LayerState::Waiting;
        let is_due = !is_reading && !image.layers.iter().any(|row| waits(&row.state));
        if !is_due || self.answer != Loadable::Idle {
            return None;
        }
        self.answer = Loadable::Loading;
        Some(ask::Space { image: image.key })
    }

    /// Discards the answer, because the layers have changed or the user asks again.
    pub(super) fn out_of_date(&mut self) {
        self.answer = Loadable::Idle;
    }

    pub(super) fn take(&mut self, outcome: Result<SpaceAnswer, Problem>) {
        self.answer = match outcome {
            Ok(answer) => Loadable::Ready(Shared::new(answer)),
            Err(problem) => Loadable::Failed(problem),
        };
    }
}
