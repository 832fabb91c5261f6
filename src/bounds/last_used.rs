//! A bounded map that forgets what was least recently used.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// The entries that were used last.
#[derive(Debug)]
pub struct LastUsed<K, V> {
    most: usize,
    /// The number of uses so far.
    uses: u64,
    /// Each entry with the number of its last use.
    entries: BTreeMap<K, (u64, V)>,
    /// The keys by the number of their last use.
    order: BTreeMap<u64, K>,
}

impl<K: Ord + Clone, V> LastUsed<K, V> {
    /// Creates an empty map of at most this many entries.
    pub fn new(most: usize) -> LastUsed<K, V> {
        LastUsed {
            most,
            uses: 0,
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
        }
    }

    /// Returns an entry, which counts as a use.
    pub fn get<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (used, value) = self.entries.get_mut(key)?;
        self.uses += 1;
        if let Some(key) = self.order.remove(used) {
            self.order.insert(self.uses, key);
        }
        *used = self.uses;
        Some(value)
    }

    /// Returns an entry, which counts as no use.
    pub fn peek<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// Inserts an entry. Where there is no room, the one that was least recently used makes it.
    pub fn insert(&mut self, key: K, value: V) {
        self.uses += 1;
        if let Some((before, _)) = self.entries.insert(key.clone(), (self.uses, value)) {
            self.order.remove(&before);
        }
        self.order.insert(self.uses, key);
        if self.entries.len() > self.most
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.entries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_makes_room() {
        let check = |steps: &str, left: &str| {
            let mut map = LastUsed::new(2);
            for step in steps.split(' ') {
                match step.split_at(1) {
                    ("+", key) => map.insert(key.to_owned(), ()),
                    ("?", key) => drop(map.peek(key)),
                    (_, key) => drop(map.get(key)),
                }
            }
            let kept = ["a", "b", "c"].map(|key| map.peek(key).map_or("", |()| key));
            assert_eq!(kept.concat(), left, "{steps}");
            assert_eq!(map.order.len(), map.entries.len());
        };
        check("+a +b", "ab");
        check("+a +b +c", "bc");
        check("+a +b !a +c", "ac");
        check("+a +b ?a +c", "bc");
        check("+a +b +a +c", "ac");
        check("+a !b +b !b +c", "bc");
    }
}
