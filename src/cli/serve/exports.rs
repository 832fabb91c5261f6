//! Files with the images that engines exported, kept for the pages that have them open.
//!
//! A page says which files it holds. A file that it lets go of is given back at once. A file that nobody holds, since its
//! page was closed or never heard of it, stays for a while: a page that is loaded again holds it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::engine::{ExportOf, Exported};

/// Time in which a page comes back.
const GRACE: Duration = Duration::from_secs(60);
/// Pages that hold files at once. The one that spoke least recently is taken for gone.
const MOST_PAGES: usize = 64;

/// All files that are kept.
#[derive(Default)]
pub(super) struct Exports(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    next: usize,
    files: BTreeMap<usize, File>,
    pages: BTreeMap<u64, Holding>,
}

struct File {
    exported: Arc<Exported>,
    /// The image that it holds; `None` for what may be another by now.
    of: Option<ExportOf>,
    /// The last time that somebody held or read it.
    used: Instant,
    /// The time at which it was given to a page that has not said yet that it holds it.
    promised: Option<Instant>,
}

struct Holding {
    files: BTreeSet<usize>,
    turn: u64,
    spoke: Instant,
}

/// The number that a page has given itself, and the number of its word: a word that comes late means nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) page: u64,
    pub(super) turn: u64,
}

/// Files that are given back. Dropping them removes them.
pub(super) type GivenBack = Vec<Arc<Exported>>;

impl Exports {
    /// Creates an empty store, whose files are numbered from `next` on.
    pub(super) fn new(next: usize) -> Exports {
        Exports(Mutex::new(Kept {
            next,
            ..Kept::default()
        }))
    }

    /// Finds the file of an image that was exported before; returns its number and its length in bytes.
    pub(super) fn find(&self, of: &ExportOf, now: Instant) -> Option<(usize, u64)> {
        let mut kept = self.kept();
        let mut files = kept.files.iter_mut();
        let (number, file) = files.find(|(_, file)| file.of.as_ref() == Some(of))?;
        file.used = now;
        file.promised = Some(now);
        Some((*number, file.exported.size_bytes))
    }

    /// Keeps a file, which nobody holds yet; returns its number.
    pub(super) fn keep(&self, exported: Exported, of: Option<ExportOf>, now: Instant) -> usize {
        let mut kept = self.kept();
        let number = kept.next;
        kept.next += 1;
        let exported = Arc::new(exported);
        kept.files.insert(
            number,
            File {
                exported,
                of,
                used: now,
                promised: None,
            },
        );
        number
    }

    /// Returns a file that is about to be read. It stays while the result is held.
    pub(super) fn read(&self, number: usize, now: Instant) -> Option<Arc<Exported>> {
        let mut kept = self.kept();
        let file = kept.files.get_mut(&number)?;
        file.used = now;
        Some(Arc::clone(&file.exported))
    }

    /// Hears which files a page holds now. Those that it held before, and nobody else does, are given back.
    pub(super) fn hold(&self, page: Turn, files: BTreeSet<usize>, now: Instant) -> GivenBack {
        let mut kept = self.kept();
        let Some(before) = kept.holds(page, files, now) else {
            return GivenBack::new();
        };
        let held = kept.held();
        let is_promised = |number: usize| {
            let file = kept.files.get(&number);
            let promised = file.and_then(|file| file.promised);
            promised.is_some_and(|at| now.saturating_duration_since(at) <= GRACE)
        };
        // One that is promised to another page goes by and by, if that does not come for it.
        let let_go = before.difference(&held).copied();
        let let_go: Vec<usize> = let_go.filter(|number| !is_promised(*number)).collect();
        let let_go = let_go.iter();
        let_go
            .filter_map(|number| Some(kept.files.remove(number)?.exported))
            .collect()
    }

    /// Hears that a page goes. Its files stay for a while.
    pub(super) fn leave(&self, page: Turn, now: Instant) {
        self.kept().holds(page, BTreeSet::new(), now);
    }

    /// Returns the files that nobody has held for a while.
    pub(super) fn sweep(&self, now: Instant) -> GivenBack {
        let mut kept = self.kept();
        let held = kept.held();
        let is_left = |(number, file): (&usize, &File)| {
            let is_left = now.saturating_duration_since(file.used) > GRACE;
            (is_left && !held.contains(number)).then_some(*number)
        };
        let left: Vec<usize> = kept.files.iter().filter_map(is_left).collect();
        let left = left.iter();
        left.filter_map(|number| Some(kept.files.remove(number)?.exported))
            .collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Notes what a page holds now; returns what it held before. `None` for a word that a later one has overtaken.
    fn holds(
        &mut self,
        page: Turn,
        files: BTreeSet<usize>,
        now: Instant,
    ) -> Option<BTreeSet<usize>> {
        let Turn { page, turn } = page;
        let before = match self.pages.remove(&page) {
            Some(known) if known.turn >= turn => {
                self.pages.insert(page, known);
                return None;
            }
            known => known.map(|known| known.files).unwrap_or_default(),
        };
        if self.pages.len() >= MOST_PAGES {
            let oldest = self.pages.iter().min_by_key(|(_, known)| known.spoke);
            if let Some((oldest, _)) = oldest.map(|(page, known)| (*page, known.spoke)) {
                let gone = self.pages.remove(&oldest);
                self.touch(&gone.map(|gone| gone.files).unwrap_or_default(), now);
            }
        }
        self.touch(&before, now);
        let new: BTreeSet<usize> = files.difference(&before).copied().collect();
        self.redeem(&new);
        let spoke = now;
        self.pages.insert(page, Holding { files, turn, spoke });
        Some(before)
    }

    /// Notes that a page holds files that may have been promised to it.
    fn redeem(&mut self, files: &BTreeSet<usize>) {
        for number in files {
            if let Some(file) = self.files.get_mut(number) {
                file.promised = None;
            }
        }
    }

    /// Notes that files are in use.
    fn touch(&mut self, files: &BTreeSet<usize>, now: Instant) {
        for number in files {
            if let Some(file) = self.files.get_mut(number) {
                file.used = now;
            }
        }
    }

    fn held(&self) -> BTreeSet<usize> {
        let held = self.pages.values().flat_map(|page| page.files.iter());
        held.copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Room, exported};
    use super::*;
    use crate::bounds::EngineLimits;

    /// Carries out steps, a second each, on files 5 and 6; returns those that are there afterwards.
    fn after(steps: &[&str]) -> String {
        let room = Room::new(EngineLimits::DEFAULT);
        let exports = Exports::new(5);
        let mut now = Instant::now();
        for _ in 0..2 {
            exports.keep(exported(&room), None, now);
        }
        for (turn, step) in steps.iter().enumerate() {
            now += Duration::from_secs(1);
            let turn = turn as u64;
            let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
            let mut numbers = rest.split(' ').filter_map(|word| word.parse::<u64>().ok());
            match verb {
                "hold" => {
                    let page = numbers.next().expect("a page");
                    let files = numbers.map(|number| number as usize).collect();
                    exports.hold(Turn { page, turn }, files, now);
                }
                "late" => {
                    let files = BTreeSet::from([5]);
                    exports.hold(Turn { page: 1, turn: 0 }, files, now);
                }
                "leave" => {
                    let page = numbers.next().expect("a page");
                    exports.leave(Turn { page, turn }, now);
                }
                "read" => drop(exports.read(numbers.next().expect("a file") as usize, now)),
                "wait" => now += GRACE,
                _ => drop(exports.sweep(now)),
            }
        }
        let kept = exports.kept();
        let left = kept.files.values();
        assert!(left.clone().all(|file| file.exported.path.exists()));
        drop(left);
        let left = kept.files.keys().map(usize::to_string);
        left.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_file_stays_as_long_as_a_page_holds_it() {
        for (what, steps, left) in [
            ("at first", &[][..], "5 6"),
            ("nobody hears of them", &["wait", "sweep"], ""),
            ("one is held", &["hold 1 5", "wait", "sweep"], "5"),
            ("one is let go of", &["hold 1 5 6", "hold 1 6"], "6"),
            ("all are let go of", &["hold 1 5 6", "hold 1"], ""),
            ("two pages", &["hold 1 5 6", "hold 2 5", "hold 1"], "5"),
            ("a page goes", &["hold 1 5 6", "leave 1", "sweep"], "5 6"),
            ("for good", &["hold 1 5 6", "leave 1", "wait", "sweep"], ""),
            (
                "and comes back",
                &["hold 1 5 6", "leave 1", "hold 2 5 6", "wait", "sweep"],
                "5 6",
            ),
            ("a late word", &["hold 1", "hold 1 5 6", "late"], "5 6"),
            (
                "a word after it has gone",
                &["leave 1", "late", "wait", "sweep"],
                "",
            ),
            ("one is read", &["wait", "read 5", "sweep"], "5"),
            (
                "what is not there",
                &["hold 1 9", "hold 1", "read 9"],
                "5 6",
            ),
        ] {
            assert_eq!(after(steps), left, "{what}");
        }
    }

    #[test]
    fn pages_that_never_say_that_they_go_do_not_add_up() {
        let exports = Exports::new(0);
        let now = Instant::now();
        for page in 0..1_000 {
            let turn = Turn { page, turn: 0 };
            exports.hold(turn, BTreeSet::from([0]), now + Duration::from_secs(page));
        }
        assert_eq!(exports.kept().pages.len(), MOST_PAGES);
        assert!(exports.kept().pages.contains_key(&999));
    }

    #[test]
    fn an_image_that_is_kept_is_found_by_engine_name_and_id() {
        let room = Room::new(EngineLimits::DEFAULT);
        let exports = Exports::new(7);
        let now = Instant::now();
        let of = |engine: &str, name: &str, id: &str| ExportOf {
            engine: engine.to_owned(),
            name: name.to_owned(),
            id: id.to_owned(),
        };
        exports.keep(exported(&room), None, now);
        exports.keep(exported(&room), Some(of("e", "app:1", "aa")), now);
        for (engine, name, id, expected) in [
            ("e", "app:1", "aa", Some(8)),
            ("other", "app:1", "aa", None),
            ("e", "app:2", "aa", None),
            ("e", "app:1", "bb", None),
        ] {
            let found = exports.find(&of(engine, name, id), now);
            assert_eq!(
                found.map(|(number, _)| number),
                expected,
                "{engine} {name} {id}"
            );
        }
        // Another page lets go of it before the one that it was found for holds it.
        let hold = |page, turn, files: &[usize]| {
            let files = files.iter().copied().collect();
            exports.hold(Turn { page, turn }, files, now).len()
        };
        assert_eq!(hold(1, 0, &[8]), 0);
        assert!(exports.find(&of("e", "app:1", "aa"), now).is_some());
        assert_eq!(hold(1, 1, &[]), 0, "it is promised");
        assert_eq!(hold(2, 0, &[8]), 0);
        assert_eq!(hold(2, 1, &[]), 1);
        drop(exports.sweep(now + GRACE * 2));
        assert_eq!(
            exports.find(&of("e", "app:1", "aa"), now),
            None,
            "it was removed"
        );
    }
}
