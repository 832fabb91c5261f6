//! The list of all engines on this machine, told one by one: those that answer do not wait for those that hang.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::bounds::{EngineLimits, Limits};
use crate::io::{EngineContainers, EngineTrouble, LocalEngine};

use super::address::{self, Address, Named};
use super::container;
use super::containerd::{self, Containerd};
use super::list;
use super::watch::{Over, Until};

const LIMITS: EngineLimits = Limits::DEFAULT.engines;
/// Time after which who waits is told that no engine answered.
const TICK: Duration = Duration::from_millis(500);

/// Lists that are being made.
static LISTS: AtomicUsize = AtomicUsize::new(0);

/// A list's turn. Dropping it lets another one begin.
struct Turn;

impl Turn {
    fn take() -> Option<Turn> {
        let next = |n: usize| (n < LIMITS.lists).then_some(n + 1);
        let taken = LISTS.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        taken.is_ok().then_some(Turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        LISTS.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A place to ask.
enum Place {
    Engine(Named),
    /// A containerd; true if there is no other engine.
    Containerd(Containerd, bool),
}

/// Tells each engine of this machine as it answers. `hear` is called with nothing while none does, and its error ends
/// it all.
pub(in crate::cli::serve) fn tell_engines(
    hear: &mut dyn FnMut(Option<LocalEngine>) -> io::Result<()>,
) -> io::Result<()> {
    let _turn = loop {
        match Turn::take() {
            Some(turn) => break turn,
            None => {
                std::thread::sleep(TICK);
                hear(None)?;
            }
        }
    };
    let found = address::found().engines;
    let is_alone = found.is_empty();
    let all = containerd::all().into_iter();
    let all = all.map(|containerd| Place::Containerd(containerd, is_alone));
    let places: Vec<Place> = found.into_iter().map(Place::Engine).chain(all).collect();
    let n_askers = places.len().min(LIMITS.asked_at_once);
    let places = Mutex::new(places.into_iter());
    let over = Over::default();
    std::thread::scope(|scope| {
        let (tell, told) = channel();
        for _ in 0..n_askers {
            let (tell, places, over) = (tell.clone(), &places, &over);
            scope.spawn(move || {
                let next = || places.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some(place) = next() {
                    ask(place, &tell, over);
                }
            });
        }
        drop(tell);
        let heard = loop {
            let heard = match told.recv_timeout(TICK) {
                Ok(engine) => hear(Some(engine)),
                Err(RecvTimeoutError::Timeout) => hear(None),
                Err(RecvTimeoutError::Disconnected) => break Ok(()),
            };
            if heard.is_err() {
                break heard;
            }
        };
        over.set();
        heard
    })
}

fn ask(place: Place, tell: &Sender<LocalEngine>, over: &Over) {
    // Who waited may have gone.
    let tell = |engine| drop(tell.send(engine));
    let until = Until::list(over, &LIMITS);
    match place {
        Place::Engine(Named { name, address }) => tell(match address {
            Ok(address) => engine(&address, name, &until),
            Err(trouble) => failed(name, trouble),
        }),
        Place::Containerd(containerd, is_alone) => {
            match containerd.namespaces(&LIMITS, &until) {
                Ok(namespaces) => namespaces.into_iter().for_each(|namespace| {
                    let address = Address::Containerd(namespace);
                    let name = address.to_string();
                    tell(engine(&address, name, &until));
                }),
                // Docker brings a containerd of its own, which nobody else may ask.
                Err(trouble) if is_alone => tell(failed(containerd.to_string(), trouble)),
                Err(_) => {}
            }
        }
    }
}

fn engine(address: &Address, name: String, until: &Until) -> LocalEngine {
    let listed = list::images(address, &LIMITS, until);
    LocalEngine {
        kind: match (&listed, address) {
            (Ok(_), Address::Socket(_) | Address::Tcp(_)) => list::kind(address, &LIMITS, until),
            // One that does not list its images is not asked who it is.
            _ => list::kind_of(&name),
        },
        address: name,
        containers: match &listed {
            Ok(_) => container::containers(address, &LIMITS, until),
            Err(_) => Ok(EngineContainers::default()),
        },
        listed,
    }
}

fn failed(name: String, trouble: EngineTrouble) -> LocalEngine {
    LocalEngine {
        kind: list::kind_of(&name),
        address: name,
        listed: Err(trouble),
        containers: Ok(EngineContainers::default()),
    }
}
