//! Archives on their way from the page into an engine. The page brings each in pieces, and a thread of its own passes them
//! on, so that no more of it is held than a piece or two.

use std::collections::BTreeMap;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::bounds::Limits;
use crate::io::{EngineCause, EngineTrouble, LoadedImage};

use super::engine::{self, Over};

/// Threads with a load at once. Each ends when its load does.
const MOST_LOADS: usize = Limits::DEFAULT.engines.loads;
/// Loads that are remembered at most, with those that ended before the page asked.
const MOST_KNOWN: usize = 2 * MOST_LOADS;
/// Time between two signs that a load goes on.
const TICK: Duration = Duration::from_secs(1);
/// Time after which an engine that has its hands full is offered a piece again.
const PAUSE: Duration = Duration::from_millis(5);

type Outcome = Result<Vec<LoadedImage>, EngineTrouble>;

/// All loads.
#[derive(Default)]
pub(super) struct Loads {
    known: Mutex<Known>,
}

/// The loads by their numbers, and the threads that have not ended yet.
#[derive(Default)]
struct Known {
    next: u64,
    loads: BTreeMap<u64, Arc<Load>>,
    threads: Vec<Weak<()>>,
}

/// One load.
struct Load {
    pieces: SyncSender<Vec<u8>>,
    /// The rest in bytes, which the page has still to bring.
    left_bytes: Mutex<u64>,
    size_bytes: u64,
    outcome: Mutex<Receiver<Outcome>>,
    /// The switch that ends its thread, and with it the engine's work.
    over: Over,
    /// The token of its thread.
    thread: Weak<()>,
}

impl Loads {
    /// Begins to load an archive of this length; returns the load's number.
    pub(super) fn begin(&self, address: &str, size_bytes: u64) -> Result<u64, EngineTrouble> {
        let mut known = self.known();
        known.threads.retain(|thread| thread.strong_count() > 0);
        if known.threads.len() >= MOST_LOADS {
            return Err(failed(EngineCause::TooManyLoads));
        }
        let (pieces, coming) = sync_channel(1);
        let (tell, outcome) = channel();
        let address = address.to_owned();
        let over = Over::default();
        let token = Arc::new(());
        let thread = Arc::downgrade(&token);
        known.threads.push(Weak::clone(&thread));
        let load = Load {
            pieces,
            left_bytes: Mutex::new(size_bytes),
            size_bytes,
            outcome: Mutex::new(outcome),
            over: over.clone(),
            thread,
        };
        std::thread::spawn(move || {
            // A page that has gone hears nothing.
            let _ = tell.send(engine::load_into(&address, size_bytes, &coming, &over));
            drop(token);
        });
        let number = known.next;
        known.next += 1;
        known.loads.insert(number, Arc::new(load));
        if known.loads.len() > MOST_KNOWN {
            let mut ended = known.loads.iter();
            let ended = ended.find(|(_, load)| load.thread.strong_count() == 0);
            let ended = ended.map(|(number, _)| *number);
            ended.and_then(|number| known.loads.remove(&number));
        }
        Ok(number)
    }

    /// Passes on the next bytes of an archive; returns the number of bytes so far. `tick` is called while the engine
    /// takes its time, and may end it.
    pub(super) fn take(
        &self,
        number: u64,
        bytes: &[u8],
        mut tick: impl FnMut() -> std::io::Result<()>,
    ) -> Result<u64, EngineTrouble> {
        let load = self.find(number)?;
        let left = {
            let left = load.left_bytes.lock();
            let mut left = left.unwrap_or_else(PoisonError::into_inner);
            let rest = left.checked_sub(bytes.len() as u64);
            *left = rest.ok_or_else(|| failed(EngineCause::GivenUp))?;
            *left
        };
        let mut piece = bytes.to_vec();
        loop {
            piece = match load.pieces.try_send(piece) {
                Ok(()) => return Ok(load.size_bytes - left),
                Err(TrySendError::Full(piece)) => piece,
                // The engine has given up, and says why.
                Err(TrySendError::Disconnected(_)) => break,
            };
            if tick().is_err() {
                self.cancel(number);
                return Err(failed(EngineCause::GivenUp));
            }
            std::thread::sleep(PAUSE);
        }
        self.cancel(number);
        let outcome = load.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = outcome.recv().ok().and_then(Result::err);
        Err(outcome.unwrap_or_else(|| failed(EngineCause::GivenUp)))
    }

    /// Waits for the end of a load. `tick` is called each second, and may end it.
    pub(super) fn end(
        &self,
        number: u64,
        mut tick: impl FnMut() -> std::io::Result<()>,
    ) -> Outcome {
        let load = self.find(number)?;
        let outcome = load.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = loop {
            match outcome.recv_timeout(TICK) {
                Ok(outcome) => break outcome,
                Err(RecvTimeoutError::Timeout) if tick().is_ok() => {}
                Err(_) => break Err(failed(EngineCause::GivenUp)),
            }
        };
        self.cancel(number);
        ended
    }

    /// Gives up a load, whatever it is about.
    pub(super) fn cancel(&self, number: u64) {
        if let Some(load) = self.known().loads.remove(&number) {
            load.over.set();
        }
    }

    fn find(&self, number: u64) -> Result<Arc<Load>, EngineTrouble> {
        let load = self.known().loads.get(&number).cloned();
        load.ok_or_else(|| failed(EngineCause::GivenUp))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a failure that says everything by its cause.
fn failed(cause: EngineCause) -> EngineTrouble {
    EngineTrouble {
        cause,
        said: String::new(),
    }
}
