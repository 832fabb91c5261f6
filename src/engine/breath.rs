//! Pauses in the reading of files for an analysis, in which other messages are handled.

use std::cell::Cell;

use crate::io::LocalFuture;

use super::{Session, World};

/// Milliseconds of reading after which other messages are handled.
const BREATH_MILLIS: f64 = 50.0;

/// The time of the last pause.
pub(super) struct Breath<'s, W: World> {
    session: &'s Session<W>,
    last_millis: Cell<f64>,
}

impl<'s, W: World> Breath<'s, W> {
    pub(super) fn new(session: &'s Session<W>) -> Breath<'s, W> {
        Breath {
            last_millis: Cell::new(session.world.now_millis()),
            session,
        }
    }

    /// Returns a pause, if it is time for one.
    pub(super) fn due(&self) -> Option<LocalFuture<'s, ()>> {
        let now = self.session.world.now_millis();
        (now - self.last_millis.get() >= BREATH_MILLIS).then(|| {
            self.last_millis.set(now);
            self.session.world.breathe()
        })
    }
}
