//! Delays events that come in quick succession, so that a page is not drawn for each.

use gloo::timers::callback::Timeout;

use crate::protocol::Event;

/// Maximum delay of an event, in milliseconds.
const PAUSE_MILLIS: u32 = 250;

/// The events that wait for the end of a pause. The first one passes at once and begins a pause, later ones are applied
/// together at its end.
#[derive(Default)]
pub(super) struct Pause {
    waiting: Vec<Event>,
    /// Runs from the last batch on.
    timer: Option<Timeout>,
}

impl Pause {
    /// Returns an event that is to be applied at once; `None` if it waits. `ended` is called at the end of the pause.
    pub(super) fn take(&mut self, event: Event, ended: impl FnOnce() + 'static) -> Option<Event> {
        if self.timer.is_some() {
            self.waiting.push(event);
            return None;
        }
        self.timer = Some(Timeout::new(PAUSE_MILLIS, ended));
        Some(event)
    }

    /// Ends the pause. Returns the events that waited; if there are any, they begin another pause.
    pub(super) fn end(&mut self, ended: impl FnOnce() + 'static) -> Vec<Event> {
        let is_next = !self.waiting.is_empty();
        self.timer = is_next.then(|| Timeout::new(PAUSE_MILLIS, ended));
        self.flush()
    }

    /// Returns the events that wait, to be applied before anything else.
    pub(super) fn flush(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.waiting)
    }
}
