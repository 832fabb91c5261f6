//! Concurrency slots: the number of layers that are read at once, their order, and their shares of cores and windows.
//!
//! `reading` reads the layers.
//!
//! Readings wait in a queue, first come, first served. A reading that may not begin is overtaken by those that may,
//! with one exception: nothing overtakes a reading that has to be alone, since it would wait for ever.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::bounds::Limits;
use crate::protocol::ImageKey;

/// The maximum number of layers read at once, and the number of shares in the budget for windows.
const MOST_SLOTS: usize = 4;

/// Other layers count as small if they are together at most 1/`SMALL_RATIO` of this one.
const SMALL_RATIO: u64 = 4;

/// The slots of an engine.
pub(super) struct Slots {
    /// Number of layers of one image that are read at once: one for each core.
    n_cores: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Slots taken by each image.
    taken: BTreeMap<ImageKey, usize>,
    /// Second cores in use, by hashers.
    n_beside: usize,
    /// True while a reading runs that has to be alone.
    is_alone: bool,
    queue: Vec<Waiting>,
    next_number: u64,
}

struct Waiting {
    number: u64,
    image: ImageKey,
    wants: Wants,
    waker: Option<Waker>,
}

/// The share of the budget that a reading takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// One share, as most do.
    Share,
    /// The whole budget.
    All,
}

/// A taken slot; dropping it frees the slot.
pub(super) struct Slot<'a> {
    slots: &'a Slots,
    image: ImageKey,
    has_second_core: bool,
}

impl State {
    fn n_taken(&self) -> usize {
        self.taken.values().sum()
    }

    fn may_begin(&self, waiting: &Waiting, n_cores: usize) -> bool {
        let n_taken = self.n_taken();
        if self.is_alone || waiting.wants == Wants::All {
            return n_taken == 0;
        }
        // The first layer of an image does not wait for all layers of another image.
        match self.taken.contains_key(&waiting.image) {
            false => n_taken < MOST_SLOTS,
            true => n_taken < n_cores,
        }
    }

    /// Returns the number of the reading that may begin next.
    fn next(&self, n_cores: usize) -> Option<u64> {
        for waiting in &self.queue {
            if self.may_begin(waiting, n_cores) {
                return Some(waiting.number);
            }
            if waiting.wants == Wants::All {
                return None;
            }
        }
        None
    }

    /// Takes the wakers of the queue, to be woken once nothing is borrowed.
    fn wake_all(&mut self) -> Vec<Waker> {
        let queue = self.queue.iter_mut();
        queue.filter_map(|waiting| waiting.waker.take()).collect()
    }
}

impl Slots {
    /// Creates the slots of a machine with `n_cores` cores.
    pub(super) fn new(n_cores: usize) -> Slots {
        Slots {
            n_cores: n_cores.clamp(1, MOST_SLOTS),
            state: RefCell::default(),
        }
    }

    /// Returns the number of layers of one image that are worth beginning at once.
    pub(super) fn n_at_once(&self) -> usize {
        self.n_cores
    }

    /// Returns the bytes of names to count as held before a reading: those held now and the shares of other readings.
    pub(super) fn text_before(&self, held: u64, limits: &Limits) -> u64 {
        let room = limits.layer.image_text_bytes.saturating_sub(held);
        let own = match self.n_cores {
            1 => room,
            n => room / n as u64,
        };
        held.saturating_add(room - own)
    }

    /// Returns the share of a limit on windows that one of several readings may use.
    pub(super) fn share_of(&self, window_bytes: u64) -> u64 {
        match self.n_cores {
            1 => window_bytes,
            _ => window_bytes / MOST_SLOTS as u64,
        }
    }

    /// Waits for a slot.
    pub(super) async fn take(&self, image: ImageKey) -> Slot<'_> {
        self.wait(image, Wants::Share).await
    }

    /// Waits until nothing else is read. No other reading begins before the slot is dropped.
    pub(super) async fn take_all(&self, image: ImageKey) -> Slot<'_> {
        self.wait(image, Wants::All).await
    }

    async fn wait(&self, image: ImageKey, wants: Wants) -> Slot<'_> {
        let number = {
            let state = &mut *self.state.borrow_mut();
            state.next_number += 1;
            state.queue.push(Waiting {
                number: state.next_number,
                image,
                wants,
                waker: None,
            });
            state.next_number
        };
        let in_queue = InQueue {
            slots: self,
            number,
        };
        poll_fn(|context| {
            let state = &mut *self.state.borrow_mut();
            if state.next(self.n_cores) == Some(number) {
                *state.taken.entry(image).or_default() += 1;
                state.is_alone = wants == Wants::All;
                return Poll::Ready(());
            }
            let own = state.queue.iter_mut().find(|w| w.number == number);
            if let Some(own) = own {
                own.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
        // Leaving the queue wakes the others: the next one may be able to begin, too.
        drop(in_queue);
        Slot {
            slots: self,
            image,
            has_second_core: false,
        }
    }

    fn wake(&self) {
        let wakers = self.state.borrow_mut().wake_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// A place in the queue; dropping it gives up the place.
struct InQueue<'a> {
    slots: &'a Slots,
    number: u64,
}

impl Drop for InQueue<'_> {
    fn drop(&mut self) {
        let number = self.number;
        self.slots
            .state
            .borrow_mut()
            .queue
            .retain(|waiting| waiting.number != number);
        self.slots.wake();
    }
}

impl Slot<'_> {
    /// Takes a second core for a layer of `own_bytes`, if one is free. Returns `true` if the slot has one now. The
    /// other layers of the image, with `other_bytes` in all, must be small, since they return their cores soon.
    pub(super) fn take_second_core(&mut self, own_bytes: u64, other_bytes: u64) -> bool {
        let state = &mut *self.slots.state.borrow_mut();
        let of_image = state.taken.get(&self.image).copied().unwrap_or_default();
        let used = 1 + (state.n_taken() - of_image) + state.n_beside;
        let is_left = other_bytes <= own_bytes / SMALL_RATIO;
        if !self.has_second_core && is_left && used < self.slots.n_cores {
            state.n_beside += 1;
            self.has_second_core = true;
        }
        self.has_second_core
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        {
            let state = &mut *self.slots.state.borrow_mut();
            if let Some(n) = state.taken.get_mut(&self.image) {
                *n = n.saturating_sub(1);
            }
            state.taken.retain(|_, n| *n > 0);
            state.n_beside -= usize::from(self.has_second_core);
            state.is_alone = false;
        }
        self.slots.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use super::*;
    use crate::io::LocalFuture;

    /// Futures that wait for slots, each with a name.
    struct Room<'a> {
        slots: &'a Slots,
        waiting: Vec<(char, LocalFuture<'a, Slot<'a>>)>,
        reading: Vec<(char, Slot<'a>)>,
    }

    impl<'a> Room<'a> {
        fn new(slots: &'a Slots) -> Room<'a> {
            Room {
                slots,
                waiting: Vec::new(),
                reading: Vec::new(),
            }
        }

        /// Makes a step and returns the names that read afterwards. `1a`: a of image 1 comes; `1A`: it wants all;
        /// `-a`: a goes, reading or waiting.
        fn step(&mut self, step: &str) -> String {
            let [what, name] = step.chars().collect::<Vec<_>>()[..] else {
                panic!("{step}")
            };
            if what == '-' {
                self.reading.retain(|(n, _)| *n != name);
                self.waiting.retain(|(n, _)| *n != name);
            } else {
                let image = ImageKey(what.to_digit(10).expect("an image's number"));
                let slots = self.slots;
                self.waiting.push(match name.is_uppercase() {
                    true => (name, Box::pin(slots.take_all(image))),
                    false => (name, Box::pin(slots.take(image))),
                });
            }
            let mut context = Context::from_waker(Waker::noop());
            loop {
                let n_before = self.waiting.len();
                let waiting = std::mem::take(&mut self.waiting);
                for (name, mut future) in waiting {
                    match future.as_mut().poll(&mut context) {
                        Poll::Ready(slot) => self.reading.push((name, slot)),
                        Poll::Pending => self.waiting.push((name, future)),
                    }
                }
                if self.waiting.len() == n_before {
                    break;
                }
            }
            let mut names: Vec<char> = self.reading.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            names.into_iter().collect()
        }
    }

    /// Checks the names that read after each step.
    fn check(n_cores: usize, steps: &[(&str, &str)]) {
        let slots = Slots::new(n_cores);
        let mut room = Room::new(&slots);
        for (step, reading) in steps {
            assert_eq!(room.step(step), *reading, "after {step} of {steps:?}");
        }
    }

    #[test]
    fn layers_of_an_image_have_a_slot_for_each_core() {
        check(
            2,
            &[
                ("1a", "a"),
                ("1b", "ab"),
                ("1c", "ab"),
                ("-a", "bc"),
                ("-b", "c"),
            ],
        );
        check(1, &[("1a", "a"), ("1b", "a"), ("-a", "b")]);
        check(
            64,
            &[
                ("1a", "a"),
                ("1b", "ab"),
                ("1c", "abc"),
                ("1d", "abcd"),
                ("1e", "abcd"),
            ],
        );
    }

    #[test]
    fn an_image_does_not_wait_for_all_of_another() {
        check(
            2,
            &[
                ("1a", "a"),
                ("1b", "ab"),
                ("1c", "ab"),
                ("2d", "abd"),
                ("2e", "abd"),
                ("3f", "abdf"),
                ("4g", "abdf"),
                // A freed slot goes to the next image that has none.
                ("-a", "bdfg"),
                ("-b", "cdfg"),
                ("-d", "cefg"),
                ("-f", "ceg"),
            ],
        );
    }

    #[test]
    fn who_wants_all_waits_for_all_and_nobody_passes() {
        check(
            2,
            &[
                ("1a", "a"),
                ("1B", "a"),
                ("1c", "a"),
                ("2d", "a"),
                ("-a", "B"),
                ("-B", "cd"),
            ],
        );
        // When the waiting one gives up, the others may begin.
        check(2, &[("1a", "a"), ("1B", "a"), ("1c", "a"), ("-B", "ac")]);
    }

    #[test]
    fn a_free_core_is_given_away_once() {
        let slots = Slots::new(2);
        let mut room = Room::new(&slots);
        assert_eq!(room.step("1a"), "a");
        let second = |room: &mut Room<'_>, at: usize, other_bytes| {
            let (_, slot) = &mut room.reading[at];
            slot.take_second_core(100, other_bytes)
        };
        assert!(!second(&mut room, 0, 26), "another layer will want it");
        assert!(second(&mut room, 0, 25));
        assert_eq!(room.step("1b"), "ab", "it is in nobody's way");
        assert!(!second(&mut room, 1, 0));
        assert_eq!(room.step("-a"), "b");
        assert_eq!(room.step("2c"), "bc");
        assert!(!second(&mut room, 0, 0), "another image has it");
        assert_eq!(room.step("-c"), "b");
        assert!(second(&mut room, 0, 0));
        room.step("-b");
        assert_eq!(slots.state.borrow().n_beside, 0);
        let one = Slots::new(1);
        let mut room = Room::new(&one);
        room.step("1a");
        assert!(!second(&mut room, 0, 0));
    }

    #[test]
    fn windows_share_one_budget() {
        for n_cores in [2, 3, 4, 9] {
            let slots = Slots::new(n_cores);
            assert!(slots.share_of(1 << 27) * MOST_SLOTS as u64 <= 1 << 27);
        }
        assert_eq!(Slots::new(1).share_of(1 << 27), 1 << 27);
    }
}
