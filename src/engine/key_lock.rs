//! Locks by key, so that only one task of a thread works on one thing at a time.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// The locked keys, each with the wakers of the tasks that wait for it.
#[derive(Default)]
pub(super) struct KeyLocks(RefCell<BTreeMap<String, Vec<Waker>>>);

/// A locked key; dropping it unlocks the key.
pub(super) struct KeyLock<'a> {
    locks: &'a KeyLocks,
    key: String,
}

impl KeyLocks {
    /// Waits until the key is free, and locks it.
    pub(super) async fn lock(&self, key: String) -> KeyLock<'_> {
        poll_fn(|context| {
            let mut locked = self.0.borrow_mut();
            match locked.get_mut(&key) {
                None => {
                    locked.insert(key.clone(), Vec::new());
                    Poll::Ready(())
                }
                Some(waiting) => {
                    waiting.push(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
        KeyLock { locks: self, key }
    }
}

impl Drop for KeyLock<'_> {
    fn drop(&mut self) {
        let waiting = self.locks.0.borrow_mut().remove(&self.key);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream::{FuturesUnordered, StreamExt};

    use super::*;

    #[test]
    fn one_key_has_one_lock_at_a_time_and_results_come_as_they_are_done() {
        let locks = KeyLocks::default();
        let log = RefCell::new(Vec::new());
        let work = async |name: &'static str, key: &str| {
            let _lock = locks.lock(key.to_owned()).await;
            log.borrow_mut().push(format!("{name} begins"));
            let mut n_polls = 0;
            poll_fn(|context| {
                n_polls += 1;
                context.waker().wake_by_ref();
                match n_polls {
                    3 => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })
            .await;
            name
        };
        let mut together = FuturesUnordered::new();
        together.push(work("first", "a"));
        together.push(work("second", "a"));
        together.push(work("third", "b"));
        let mut done = Vec::new();
        while let Some(name) = pollster::block_on(together.next()) {
            done.push(name);
        }
        assert_eq!(together.len(), 0);
        assert_eq!(
            *log.borrow(),
            ["first begins", "third begins", "second begins"]
        );
        assert_eq!(done, ["first", "third", "second"]);
        assert!(locks.0.borrow().is_empty());
    }
}
