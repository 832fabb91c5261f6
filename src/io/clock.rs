//! The time, and pauses before another attempt.

use std::cell::{Cell, RefCell};

use super::LocalFuture;

/// A clock.
pub trait Clock {
    /// Returns milliseconds since 1970, for the expiry of tokens and for dates in responses.
    fn unix_millis(&self) -> i64;

    /// Waits without blocking the page.
    fn pause(&self, millis: u64) -> LocalFuture<'_, ()>;
}

/// A clock that moves only when a caller pauses, and then without waiting.
#[derive(Debug, Default)]
pub struct MemoryClock {
    now: Cell<i64>,
    pauses: RefCell<Vec<u64>>,
}

impl MemoryClock {
    /// Creates a clock that shows `unix_millis`.
    pub fn at(unix_millis: i64) -> MemoryClock {
        MemoryClock {
            now: Cell::new(unix_millis),
            pauses: RefCell::default(),
        }
    }

    /// Returns the pauses so far in milliseconds, in order.
    pub fn pauses(&self) -> Vec<u64> {
        self.pauses.borrow().clone()
    }

    /// Moves the clock forward.
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
