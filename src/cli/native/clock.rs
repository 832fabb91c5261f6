//! The clock of the system. A pause blocks the command's thread, which has nothing else to do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::io::{Clock, LocalFuture};

use super::super::complain;

/// The shortest pause that is announced, so that the command does not seem to hang.
const LONG_MILLIS: u64 = 4_000;

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
        if millis >= LONG_MILLIS {
            let seconds = millis.div_ceil(1_000);
            complain(&format!(
                "a registry asks for a pause: going on in {seconds} s"
            ));
        }
        std::thread::sleep(Duration::from_millis(millis));
        Box::pin(std::future::ready(()))
    }
}
