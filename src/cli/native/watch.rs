//! Reports long waits on standard error, with the host that is waited for.

use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::image::visible_line;

/// Time before the first report of a wait, and between two reports.
const FIRST: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(10);
/// Interval at which the reporting thread checks for a wait.
const LOOK: Duration = Duration::from_millis(500);

/// Reports long waits. There is one at a time, since only the command's single thread waits.
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

/// A wait. Dropping it ends it.
pub(super) struct Wait<'a>(&'a Watch);

impl Watch {
    /// Starts to watch a wait for `host`.
    pub(super) fn over(&self, host: &Arc<str>) -> Wait<'_> {
        let since = Instant::now();
        self.set(Some(Waiting {
            host: Arc::clone(host),
            since,
            tell_at: since + FIRST,
        }));
        self.thread.get_or_init(|| {
            let wait = Arc::downgrade(&self.wait);
            // If no thread can be started, nothing is reported.
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

/// Reports long waits until the last owner of the wait is gone.
fn look_after(wait: &Weak<Mutex<Option<Waiting>>>) {
    while let Some(wait) = wait.upgrade() {
        if let Some(waiting) = &mut *wait.lock().unwrap_or_else(PoisonError::into_inner)
            && Instant::now() >= waiting.tell_at
        {
            waiting.tell_at += AGAIN;
            let seconds = waiting.since.elapsed().as_secs();
            let host = visible_line(&waiting.host);
            // A failing standard error cannot be reported anywhere.
            let _ = writeln!(
                std::io::stderr(),
                "lamina: waiting for {host} for {seconds} seconds"
            );
        }
        drop(wait);
        thread::sleep(LOOK);
    }
}
