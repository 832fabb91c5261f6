//! Letters scattered over a path: `dplykey` in `app/deploy_key`, `apppy` in `app/app.py`.
//!
//! The best match has the fewest runs of letters that begin in the middle of a word, then the fewest runs, then the
//! most letters in the name. Own code: `nucleo-matcher` and `fuzzy-matcher` take text, so that every path would be
//! copied into characters, they bring tables of Unicode's cases to the page, and their scores do not tell where to stop.

/// Cost of a run that begins in the middle of a word.
const BAD_RUN: u32 = 1 << 18;
/// Cost of any run.
const RUN: u32 = 1 << 9;
/// Cost of a letter in the directory.
const OUTSIDE: u32 = 1;
/// Cost of what is impossible.
const NEVER: u32 = u32::MAX / 2;
/// Letters for each run that may begin in the middle of a word. With fewer, most long paths would match.
const LETTERS_PER_BAD_RUN: u32 = 3;

/// The table of the search for the best match, kept from one path to the next.
#[derive(Clone, Debug)]
pub(in crate::overlay) struct Fuzzy {
    /// Bytes at the end of a path that are looked at; below 512.
    most_bytes: usize,
    /// For each letter, the cost of a match up to it that ends at each byte.
    costs: Vec<u32>,
}

impl Fuzzy {
    pub(in crate::overlay) fn new(most_bytes: usize) -> Fuzzy {
        Fuzzy {
            most_bytes,
            costs: Vec::new(),
        }
    }

    /// Returns the cost of the best match whose last letter is in the name; `None` if there is none that is good enough.
    pub(in crate::overlay) fn cost(
        &mut self,
        word: &[u8],
        path: &[u8],
        name_start: usize,
    ) -> Option<u32> {
        Some(self.best(word, path, name_start)?.0)
    }

    /// Returns the positions of the letters in the best match.
    pub(super) fn places(&mut self, word: &[u8], path: &[u8], name_start: usize) -> Vec<usize> {
        let Some((_, last)) = self.best(word, path, name_start) else {
            return Vec::new();
        };
        let skipped = path.len().saturating_sub(self.most_bytes);
        let width = path.len().saturating_sub(skipped);
        let mut places = vec![last.saturating_add(skipped)];
        let mut at = last;
        for row in (0..word.len().saturating_sub(1)).rev() {
            let start = row.saturating_mul(width);
            let Some(costs) = self.costs.get(start..start.saturating_add(at)) else {
                break;
            };
            let Some((joined, earlier)) = costs.split_last() else {
                break;
            };
            let earlier = earlier.iter().enumerate().min_by_key(|(_, cost)| **cost);
            let run = run_at(path, at.saturating_add(skipped));
            let place = match earlier {
                Some((place, cost)) if cost.saturating_add(run) < *joined => place,
                _ => at.saturating_sub(1),
            };
            places.push(place.saturating_add(skipped));
            at = place;
        }
        places.reverse();
        places
    }

    /// Returns the cost of the best match, and the position of its last letter in the bytes that are looked at.
    fn best(&mut self, word: &[u8], path: &[u8], name_start: usize) -> Option<(u32, usize)> {
        let skipped = path.len().saturating_sub(self.most_bytes);
        let path = path.get(skipped..)?;
        let name_start = name_start.saturating_sub(skipped);
        if !has_letters(word, path, name_start) {
            return None;
        }
        let width = path.len();
        self.costs.clear();
        self.costs.resize(word.len().checked_mul(width)?, NEVER);
        let mut rows = self.costs.chunks_exact_mut(width);
        let mut below: &mut [u32] = &mut [];
        let mut is_first = true;
        for (&letter, row) in word.iter().zip(&mut rows) {
            // The cheapest match so far that ends two bytes before, or earlier.
            let mut far = match is_first {
                true => 0,
                false => NEVER,
            };
            let mut joined = NEVER;
            for (at, (byte, cost)) in path.iter().zip(row.iter_mut()).enumerate() {
                if letter.eq_ignore_ascii_case(byte) {
                    let outside = u32::from(at < name_start) * OUTSIDE;
                    let apart = far.saturating_add(run_at(path, at));
                    *cost = joined.min(apart).saturating_add(outside).min(NEVER);
                }
                far = far.min(joined);
                joined = below.get(at).copied().unwrap_or(NEVER);
            }
            is_first = false;
            below = row;
        }
        let ends = below.iter().enumerate().skip(name_start);
        let (last, &cost) = ends.min_by_key(|(_, cost)| **cost)?;
        let n_bad = cost / BAD_RUN;
        let n_letters = u32::try_from(word.len()).ok()?;
        (cost < NEVER && n_bad.saturating_mul(LETTERS_PER_BAD_RUN) <= n_letters)
            .then_some((cost, last))
    }
}

/// True if all letters are there, in order, with the last one in the name.
fn has_letters(word: &[u8], path: &[u8], name_start: usize) -> bool {
    let mut letters = word.iter().rev();
    let mut wanted = letters.next();
    let mut is_last = true;
    for (at, byte) in path.iter().enumerate().rev() {
        let Some(letter) = wanted else {
            break;
        };
        if is_last && at < name_start {
            return false;
        }
        if letter.eq_ignore_ascii_case(byte) {
            wanted = letters.next();
            is_last = false;
        }
    }
    wanted.is_none()
}

/// Returns the cost of a run that begins at a position.
fn run_at(path: &[u8], at: usize) -> u32 {
    let before = at.checked_sub(1).and_then(|at| path.get(at));
    let begins = before
        .zip(path.get(at))
        .is_none_or(|(before, byte)| begins_word(*before, *byte));
    match begins {
        true => RUN,
        false => RUN + BAD_RUN,
    }
}

/// True if a word begins at a byte: after a sign, at a capital after a small letter, or at a number.
fn begins_word(before: u8, byte: u8) -> bool {
    !before.is_ascii_alphanumeric() && before.is_ascii()
        || !byte.is_ascii_alphanumeric() && byte.is_ascii()
        || before.is_ascii_lowercase() && byte.is_ascii_uppercase()
        || before.is_ascii_digit() != byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_start(path: &str) -> usize {
        path.rfind('/').map_or(0, |at| at + 1)
    }

    /// Checks which letters of a path match a word: they stand in capitals in `expected`. `no` for no match.
    fn check(word: &str, path: &str, expected: &str) {
        let mut fuzzy = Fuzzy::new(256);
        let places = fuzzy.places(word.as_bytes(), path.as_bytes(), name_start(path));
        let is_found = fuzzy.cost(word.as_bytes(), path.as_bytes(), name_start(path));
        assert_eq!(is_found.is_some(), !places.is_empty());
        let mut marked = path.to_ascii_lowercase().into_bytes();
        for &place in &places {
            marked[place] = marked[place].to_ascii_uppercase();
        }
        let marked = String::from_utf8(marked).expect("was ASCII");
        let marked = if places.is_empty() { "no" } else { &marked };
        assert_eq!(marked, expected, "{word} in {path}");
    }

    #[test]
    fn letters_are_found_where_words_begin() {
        check("apppy", "app/app.py", "app/APP.PY");
        check("dplykey", "app/deploy_key", "app/DePLoY_KEY");
        check("etcpaswd", "etc/passwd", "ETC/PAsSWD");
        check(
            "gcm",
            "bin/git-credential-manager",
            "bin/Git-Credential-Manager",
        );
        check("rm", "src/ReadMe", "src/ReadMe");
        check("py3", "usr/lib/python3.11", "usr/lib/PYthon3.11");
        check("usbin", "usr/sbin/x", "no");
        check("usx", "usr/sbin/x", "USr/sbin/X");
    }

    #[test]
    fn what_is_scattered_too_far_is_no_match() {
        check("conf", "opt/icons/of", "no");
        check("abc", "xaxbxc", "no");
        check("abc", "xaxbc", "no");
        check("abc", "xabc", "xABC");
        check("key", "k/e/y/x", "no");
        check("keyx", "k/e/y/x", "K/E/Y/X");
        check("a", "", "no");
    }

    #[test]
    fn the_better_match_costs_less() {
        let cost = |path: &str| {
            let mut fuzzy = Fuzzy::new(256);
            fuzzy.cost(b"appcf", path.as_bytes(), name_start(path))
        };
        let paths = [
            "app-cf",
            "app/cf",
            "a-p-p-c-f",
            "xapp-cf",
            "a/app-conf",
            "app/conf",
        ];
        let costs: Vec<_> = paths.iter().map(|path| cost(path).expect(path)).collect();
        assert!(costs.is_sorted(), "{costs:?}");
    }

    #[test]
    fn only_the_end_of_a_long_path_is_looked_at() {
        let mut fuzzy = Fuzzy::new(8);
        let path = format!("{}/ab/cdef", "x".repeat(4_000));
        let start = name_start(&path);
        assert!(fuzzy.cost(b"acd", path.as_bytes(), start).is_some());
        assert!(fuzzy.cost(b"xcd", path.as_bytes(), start).is_none());
        assert_eq!(
            fuzzy.places(b"acd", path.as_bytes(), start),
            [4_001, 4_004, 4_005]
        );
    }
}
