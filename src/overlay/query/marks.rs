//! The places of a query's words in a path, for a list of hits.

use super::fuzzy::Fuzzy;
use super::terms::{Query, Word};
use crate::bounds::SearchLimits;

impl Query {
    /// Returns the ranges of bytes of a path, without a leading slash, that the words match: sorted, and apart from each
    /// other.
    pub fn marks(&self, path: &[u8], limits: &SearchLimits) -> Vec<(u32, u32)> {
        let mut fuzzy = Fuzzy::new(limits.fuzzy_bytes);
        let mut places: Vec<usize> = Vec::new();
        for word in &self.words {
            places.extend(of_word(word, path, &mut fuzzy));
        }
        places.sort_unstable();
        places.dedup();
        let mut marks: Vec<(u32, u32)> = Vec::new();
        for place in places {
            let Ok(place) = u32::try_from(place) else {
                break;
            };
            let end = place.saturating_add(1);
            match marks.last_mut() {
                Some((_, last)) if *last == place => *last = end,
                _ => marks.push((place, end)),
            }
        }
        marks
    }
}

fn of_word(word: &Word, path: &[u8], fuzzy: &mut Fuzzy) -> Vec<usize> {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    let name_start = slash.map_or(0, |at| at.saturating_add(1));
    // A text that begins with a slash is found at the root as well.
    let rooted = [b"/", path].concat();
    let in_name = word.needle.find(&rooted, name_start.saturating_add(1));
    match in_name.or_else(|| word.needle.find(&rooted, 0)) {
        Some(start) => {
            let end = start.saturating_add(word.needle.len());
            (start..end).filter_map(|at| at.checked_sub(1)).collect()
        }
        None if word.is_fuzzy => fuzzy.places(&word.text, path, name_start),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_each_word_are_marked() {
        for (query, path, expected) in [
            ("key", "app/deploy_key", "11-14"),
            ("app key", "app/deploy_key", "0-3 11-14"),
            ("dplykey", "app/deploy_key", "4-5 6-8 9-10 11-14"),
            ("etc/pass", "usr/etc/passwd", "4-12"),
            ("/etc/p", "etc/passwd", "0-5"),
            ("*.py size:>1", "a.py", ""),
            ("é", "é", "0-2"),
            ("app", "app/app", "4-7"),
        ] {
            let limits = SearchLimits::DEFAULT;
            let query = Query::parse(query, &limits).expect("is understood");
            let marks = query.marks(path.as_bytes(), &limits);
            let marks: Vec<_> = marks.iter().map(|(a, b)| format!("{a}-{b}")).collect();
            assert_eq!(marks.join(" "), expected, "{path}");
        }
    }
}
