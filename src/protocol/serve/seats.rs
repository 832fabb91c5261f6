//! How many layers are read at once, which goes next, and how the cores and the windows are shared out.
//!
//! Who does the reading is `world`'s to say.
//!
//! Advice for hackers: who waits stands in line in the order of coming. One that may not begin is passed by those
//! that may, but for one who waits to be alone: nobody begins before it does, or it would wait for ever.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::layer::Limits;
use crate::protocol::ImageKey;

/// Layers that are read at once, at most, and parts into which the room for windows is cut.
const MOST_SEATS: usize = 4;

/// Bytes are few beside so many times as many.
const FEW: u64 = 4;

/// The seats of those who read layers.
pub(super) struct Seats {
    /// Layers of one image that are read at once: as many as there are cores for it.
    n_cores: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Seats taken by each image.
    taken: BTreeMap<ImageKey, usize>,
    /// Cores that are used beside the seats.
    n_beside: usize,
    /// Whether who sits there wants to be alone.
    is_alone: bool,
    line: Vec<Waiting>,
    next_number: u64,
}

struct Waiting {
    number: u64,
    image: ImageKey,
    wants: Wants,
    waker: Option<Waker>,
}

/// How much of the room a reading takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// One part of it, as all do.
    Share,
    /// All of it.
    All,
}

/// A seat, until it is dropped.
pub(super) struct Seat<'a> {
    seats: &'a Seats,
    image: ImageKey,
    has_second_core: bool,
}

impl State {
    fn n_taken(&self) -> usize {
        self.taken.values().sum()
    }

    fn may_sit(&self, waiting: &Waiting, n_cores: usize) -> bool {
        let n_taken = self.n_taken();
        if self.is_alone || waiting.wants == Wants::All {
            return n_taken == 0;
        }
        // The first layer of an image does not wait for all layers of another.
        match self.taken.contains_key(&waiting.image) {
            false => n_taken < MOST_SEATS,
            true => n_taken < n_cores,
        }
    }

    /// Who may sit down next.
    fn next(&self, n_cores: usize) -> Option<u64> {
        for waiting in &self.line {
            if self.may_sit(waiting, n_cores) {
                return Some(waiting.number);
            }
            if waiting.wants == Wants::All {
                return None;
            }
        }
        None
    }

    /// Those in line, to be woken when nothing is borrowed any more.
    fn wake_all(&mut self) -> Vec<Waker> {
        let line = self.line.iter_mut();
        line.filter_map(|waiting| waiting.waker.take()).collect()
    }
}

impl Seats {
    /// Seats for a machine with so many cores.
    pub(super) fn new(n_cores: usize) -> Seats {
        Seats {
            n_cores: n_cores.clamp(1, MOST_SEATS),
            state: RefCell::default(),
        }
    }

    /// Layers of one image that are worth beginning at once.
    pub(super) fn n_at_once(&self) -> usize {
        self.n_cores
    }

    /// Bytes of names that count as held before one of several readings: the parts of the others among them.
    pub(super) fn text_before(&self, held: u64, limits: &Limits) -> u64 {
        let room = limits.image_text_bytes.saturating_sub(held);
        let own = match self.n_cores {
            1 => room,
            n => room / n as u64,
        };
        held.saturating_add(room - own)
    }

    /// The part of a limit on windows that one of several readings may use.
    pub(super) fn share_of(&self, window_bytes: u64) -> u64 {
        match self.n_cores {
            1 => window_bytes,
            _ => window_bytes / MOST_SEATS as u64,
        }
    }

    /// Waits for a seat.
    pub(super) async fn take(&self, image: ImageKey) -> Seat<'_> {
        self.sit(image, Wants::Share).await
    }

    /// Waits until nobody else reads; then nobody else begins.
    pub(super) async fn take_all(&self, image: ImageKey) -> Seat<'_> {
        self.sit(image, Wants::All).await
    }

    async fn sit(&self, image: ImageKey, wants: Wants) -> Seat<'_> {
        let number = {
            let state = &mut *self.state.borrow_mut();
            state.next_number += 1;
            state.line.push(Waiting {
                number: state.next_number,
                image,
                wants,
                waker: None,
            });
            state.next_number
        };
        let in_line = InLine {
            seats: self,
            number,
        };
        poll_fn(|context| {
            let state = &mut *self.state.borrow_mut();
            if state.next(self.n_cores) == Some(number) {
                *state.taken.entry(image).or_default() += 1;
                state.is_alone = wants == Wants::All;
                return Poll::Ready(());
            }
            let own = state.line.iter_mut().find(|w| w.number == number);
            if let Some(own) = own {
                own.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
        // Out of the line, where the next one may sit down, too.
        drop(in_line);
        Seat {
            seats: self,
            image,
            has_second_core: false,
        }
    }

    fn wake(&self) {
        let wakers = self.state.borrow_mut().wake_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// A place in the line, also when who stands there is given up.
struct InLine<'a> {
    seats: &'a Seats,
    number: u64,
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let number = self.number;
        self.seats
            .state
            .borrow_mut()
            .line
            .retain(|waiting| waiting.number != number);
        self.seats.wake();
    }
}

impl Seat<'_> {
    /// Takes a second core for a layer of `own_bytes`, where one is free for it; true when it did. Other layers of the
    /// image, with `other_bytes` in all, leave the core when they are done so soon that it matters little.
    pub(super) fn take_second_core(&mut self, own_bytes: u64, other_bytes: u64) -> bool {
        let state = &mut *self.seats.state.borrow_mut();
        let of_image = state.taken.get(&self.image).copied().unwrap_or_default();
        let used = 1 + (state.n_taken() - of_image) + state.n_beside;
        let is_left = other_bytes <= own_bytes / FEW;
        if !self.has_second_core && is_left && used < self.seats.n_cores {
            state.n_beside += 1;
            self.has_second_core = true;
        }
        self.has_second_core
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        {
            let state = &mut *self.seats.state.borrow_mut();
            if let Some(n) = state.taken.get_mut(&self.image) {
                *n = n.saturating_sub(1);
            }
            state.taken.retain(|_, n| *n > 0);
            state.n_beside -= usize::from(self.has_second_core);
            state.is_alone = false;
        }
        self.seats.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use super::*;
    use crate::io::LocalFuture;

    /// Futures that wait for seats, by the names that a test gives them.
    struct Room<'a> {
        seats: &'a Seats,
        waiting: Vec<(char, LocalFuture<'a, Seat<'a>>)>,
        sitting: Vec<(char, Seat<'a>)>,
    }

    impl<'a> Room<'a> {
        fn new(seats: &'a Seats) -> Room<'a> {
            Room {
                seats,
                waiting: Vec::new(),
                sitting: Vec::new(),
            }
        }

        /// `1a`: a of image 1 comes; `1A`: it wants all; `-a`: a goes, sitting or waiting. Gives who sits then.
        fn step(&mut self, step: &str) -> String {
            let [what, name] = step.chars().collect::<Vec<_>>()[..] else {
                panic!("{step}")
            };
            if what == '-' {
                self.sitting.retain(|(n, _)| *n != name);
                self.waiting.retain(|(n, _)| *n != name);
            } else {
                let image = ImageKey(what.to_digit(10).expect("an image's number"));
                let seats = self.seats;
                self.waiting.push(match name.is_uppercase() {
                    true => (name, Box::pin(seats.take_all(image))),
                    false => (name, Box::pin(seats.take(image))),
                });
            }
            let mut context = Context::from_waker(Waker::noop());
            loop {
                let n_before = self.waiting.len();
                let waiting = std::mem::take(&mut self.waiting);
                for (name, mut future) in waiting {
                    match future.as_mut().poll(&mut context) {
                        Poll::Ready(seat) => self.sitting.push((name, seat)),
                        Poll::Pending => self.waiting.push((name, future)),
                    }
                }
                if self.waiting.len() == n_before {
                    break;
                }
            }
            let mut names: Vec<char> = self.sitting.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            names.into_iter().collect()
        }
    }

    /// Steps and who sits after each.
    fn check(n_cores: usize, steps: &[(&str, &str)]) {
        let seats = Seats::new(n_cores);
        let mut room = Room::new(&seats);
        for (step, sitting) in steps {
            assert_eq!(room.step(step), *sitting, "after {step} of {steps:?}");
        }
    }

    #[test]
    fn layers_of_an_image_have_a_seat_for_each_core() {
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
                // A seat goes to the next image that has none.
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
        // Who gives up waiting lets the others in.
        check(2, &[("1a", "a"), ("1B", "a"), ("1c", "a"), ("-B", "ac")]);
    }

    #[test]
    fn a_free_core_is_given_away_once() {
        let seats = Seats::new(2);
        let mut room = Room::new(&seats);
        assert_eq!(room.step("1a"), "a");
        let second = |room: &mut Room<'_>, at: usize, other_bytes| {
            let (_, seat) = &mut room.sitting[at];
            seat.take_second_core(100, other_bytes)
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
        assert_eq!(seats.state.borrow().n_beside, 0);
        let one = Seats::new(1);
        let mut room = Room::new(&one);
        room.step("1a");
        assert!(!second(&mut room, 0, 0));
    }

    #[test]
    fn windows_share_one_budget() {
        for n_cores in [2, 3, 4, 9] {
            let seats = Seats::new(n_cores);
            assert!(seats.share_of(1 << 27) * MOST_SEATS as u64 <= 1 << 27);
        }
        assert_eq!(Seats::new(1).share_of(1 << 27), 1 << 27);
    }
}
