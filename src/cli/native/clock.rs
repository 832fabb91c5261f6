//! The system's clock; waiting for it stops the command, which has nothing else to do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::io::{Clock, LocalFuture};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn unix_millis(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    fn pause(&self, millis: u64) -> LocalFuture<'_, ()> {
        std::thread::sleep(Duration::from_millis(millis));
        Box::pin(std::future::ready(()))
    }
}
