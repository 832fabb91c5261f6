//! What the image's bytes are good for: asked for when it is looked at and every layer is done.

use crate::protocol::{ImageView, LayerState, Problem, SpaceAnswer, ask};
use crate::ui::state::Shared;

use super::Loadable;

/// The Space tab.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceState {
    /// What is known.
    pub answer: Loadable<Shared<SpaceAnswer>>,
}

impl SpaceState {
    pub(super) fn new() -> SpaceState {
        SpaceState {
            answer: Loadable::Idle,
        }
    }

    /// What to ask; nothing while a layer is still to come, since the figures need them all.
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

    /// The layers have changed, or the person asks again.
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
