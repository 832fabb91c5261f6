//! Futures that go on at once in one thread, and turns at things of which only one may be under way.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::io::LocalFuture;

/// Futures of one kind, whose results come in the order in which they are done.
pub(super) struct Together<'a, T>(Vec<LocalFuture<'a, T>>);

impl<'a, T> Together<'a, T> {
    /// None yet.
    pub(super) fn new() -> Together<'a, T> {
        Together(Vec::new())
    }

    /// How many are not done.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds one.
    pub(super) fn push(&mut self, future: LocalFuture<'a, T>) {
        self.0.push(future);
    }

    /// The next result; `None` when all are done.
    pub(super) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| {
            for at in 0..self.0.len() {
                let Some(future) = self.0.get_mut(at) else {
                    break;
                };
                if let Poll::Ready(done) = future.as_mut().poll(context) {
                    drop(self.0.remove(at));
                    return Poll::Ready(Some(done));
                }
            }
            match self.0.is_empty() {
                true => Poll::Ready(None),
                false => Poll::Pending,
            }
        })
        .await
    }
}

/// What is under way, each with those who wait for it to end.
#[derive(Default)]
pub(super) struct Turns(RefCell<BTreeMap<String, Vec<Waker>>>);

/// A turn, until it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    key: String,
}

impl Turns {
    /// Waits until nothing else is under way with this key.
    pub(super) async fn take(&self, key: String) -> Turn<'_> {
        poll_fn(|context| {
            let mut under_way = self.0.borrow_mut();
            match under_way.get_mut(&key) {
                None => {
                    under_way.insert(key.clone(), Vec::new());
                    Poll::Ready(())
                }
                Some(waiting) => {
                    waiting.push(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
        Turn { turns: self, key }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let waiting = self.turns.0.borrow_mut().remove(&self.key);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_has_one_turn_at_a_time_and_results_come_as_they_are_done() {
        let turns = Turns::default();
        let log = RefCell::new(Vec::new());
        let work = async |name: &'static str, key: &str| {
            let _turn = turns.take(key.to_owned()).await;
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
        let mut together = Together::new();
        together.push(Box::pin(work("first", "a")));
        together.push(Box::pin(work("second", "a")));
        together.push(Box::pin(work("third", "b")));
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
        assert!(turns.0.borrow().is_empty());
    }
}
