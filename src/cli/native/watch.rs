//! News of long waits on standard error: whoever waits wants to know for whom.

use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::image::visible_line;

/// Time before a wait is told, and between two tellings of it.
const FIRST: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(10);
/// How often the thread that tells looks.
const LOOK: Duration = Duration::from_millis(500);

/// Tells of waits that grow long; one at a time, as the command has one thread that waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    wait: Arc<Mutex<Option<Waiting>>>,
    thread: Arc<OnceLock<()>>,
}

#[derive(Debug)]
struct Waiting {
    host: Arc<str>,
    since: Instant,
    tell_at: Instant,
}

/// A wait; dropping it ends it.
pub(super) struct Wait<'a>(&'a Watch);

impl Watch {
    /// Watches over a wait for `host`.
    pub(super) fn over(&self, host: &Arc<str>) -> Wait<'_> {
        let since = Instant::now();
        self.set(Some(Waiting {
            host: Arc::clone(host),
            since,
            tell_at: since + FIRST,
        }));
        self.thread.get_or_init(|| {
            let wait = Arc::downgrade(&self.wait);
            // Without a thread to spare nothing is told.
            let _ = thread::Builder::new()
                .name("watch".to_owned())
                .spawn(move || look_after(&wait));
        });
        Wait(self)
    }

    fn set(&self, waiting: Option<Waiting>) {
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// Tells of what takes long, until nobody waits for anything any more.
fn look_after(wait: &Weak<Mutex<Option<Waiting>>>) {
    while let Some(wait) = wait.upgrade() {
        if let Some(waiting) = &mut *wait.lock().unwrap_or_else(PoisonError::into_inner)
            && Instant::now() >= waiting.tell_at
        {
            waiting.tell_at += AGAIN;
            let seconds = waiting.since.elapsed().as_secs();
            let host = visible_line(&waiting.host);
            // Without standard error there is nobody to tell.
            let _ = writeln!(
                std::io::stderr(),
                "lamina: waiting for {host} for {seconds} seconds"
            );
        }
        drop(wait);
        thread::sleep(LOOK);
    }
}
