//! Progress of what an engine sends, for those who wait, and the end of their patience.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::bounds::EngineLimits;

/// The receiver of an answer's progress.
pub(in crate::cli::serve) trait Watch {
    /// Hears the number of bytes that have come so far, at least each second. An error ends the answer.
    fn hear(&mut self, n_bytes: u64) -> io::Result<()>;
}

/// A switch that ends what is watched by [`Until`].
#[derive(Clone, Default)]
pub(in crate::cli::serve) struct Over(Arc<AtomicBool>);

impl Over {
    /// Ends it all.
    pub(in crate::cli::serve) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True after the end.
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A watch that ends an answer when nobody waits for it any more, or when its time is up.
#[derive(Clone)]
pub(super) struct Until {
    over: Over,
    deadline: Option<Instant>,
}

impl Until {
    /// Creates a watch without a deadline.
    pub(super) fn over(over: &Over) -> Until {
        Until {
            over: over.clone(),
            deadline: None,
        }
    }

    /// Creates a watch over an engine's list.
    pub(super) fn list(over: &Over, limits: &EngineLimits) -> Until {
        Until::within(over, Duration::from_secs(limits.list_seconds))
    }

    /// Creates a watch whose time is up after this long, however often something comes.
    pub(super) fn within(over: &Over, time: Duration) -> Until {
        Until {
            over: over.clone(),
            deadline: Instant::now().checked_add(time),
        }
    }
}

impl Watch for Until {
    fn hear(&mut self, _n_bytes: u64) -> io::Result<()> {
        let is_late = |deadline| Instant::now() >= deadline;
        match self.deadline {
            _ if self.over.is_set() => Err(io::Error::other("nobody waits for it")),
            Some(deadline) if is_late(deadline) => Err(ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}
