//! Helpers that the suites share: layers written as short text, and an executor for futures that never wait.

pub mod browser;
mod gzip;
pub(crate) mod random;
pub mod registry;
mod text;
pub(crate) mod toc;
mod tokens;
pub mod uploads;
pub(crate) mod zstd;

pub(crate) use gzip::{gzip_of, gzip_with};
pub use text::{index_of, tar_of};

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future that only works in memory. It never waits, natively or in the browser.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something outside of memory");
}
