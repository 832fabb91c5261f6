//! Time as a conversation needs it: how late it is, and waiting before another attempt.

use std::cell::{Cell, RefCell};

use super::LocalFuture;

/// The clock of the world.
pub trait Clock {
    /// Milliseconds since 1970, for the expiry of tokens and for dates in answers.
    fn unix_millis(&self) -> i64;

    /// Waits; the page goes on meanwhile.
    fn pause(&self, millis: u64) -> LocalFuture<'_, ()>;
}

/// A clock that only moves when someone waits, and then at once.
#[derive(Debug, Default)]
pub struct MemoryClock {
    now: Cell<i64>,
    pauses: RefCell<Vec<u64>>,
}

impl MemoryClock {
    /// A clock that shows `unix_millis`.
    pub fn at(unix_millis: i64) -> MemoryClock {
        MemoryClock {
            now: Cell::new(unix_millis),
            pauses: RefCell::default(),
        }
    }

    /// The pauses so far, in order.
    pub fn pauses(&self) -> Vec<u64> {
        self.pauses.borrow().clone()
    }

    /// Lets time pass.
    pub fn advance(&self, millis: u64) {
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        self.now.set(self.now.get().saturating_add(millis));
    }
}

impl Clock for MemoryClock {
    fn unix_millis(&self) -> i64 {
        self.now.get()
    }

    fn pause(&self, millis: u64) -> LocalFuture<'_, ()> {
        self.advance(millis);
        self.pauses.borrow_mut().push(millis);
        Box::pin(std::future::ready(()))
    }
}
