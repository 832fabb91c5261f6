//! A cache of values per view, for as long as no layer is added.
//!
//! Everything in it can be computed again.

use std::cell::RefCell;
use std::rc::Rc;

use super::View;

/// Maximum number of views in a cache: the page shows one, looks at another, and lists a third.
const N_KEPT: usize = 4;

#[derive(Debug)]
pub(super) struct ViewCache<T>(RefCell<Vec<(View, Rc<T>)>>);

impl<T> Default for ViewCache<T> {
    fn default() -> ViewCache<T> {
        ViewCache(RefCell::default())
    }
}

impl<T> ViewCache<T> {
    pub(super) fn clear(&mut self) {
        self.0.get_mut().clear();
    }

    /// Returns the cached value, or computes one that replaces the least recently used.
    pub(super) fn get(&self, view: View, compute: impl FnOnce() -> T) -> Rc<T> {
        if let Some(found) = self.find(view) {
            return found;
        }
        // The computation may ask this cache for another view, so it is not borrowed meanwhile.
        let value = Rc::new(compute());
        let mut kept = self.0.borrow_mut();
        kept.insert(0, (view, Rc::clone(&value)));
        kept.truncate(N_KEPT);
        value
    }

    /// Returns the cached value and marks it as the most recently used.
    fn find(&self, view: View) -> Option<Rc<T>> {
        let mut kept = self.0.borrow_mut();
        let at = kept.iter().position(|(of, _)| *of == view)?;
        kept.get_mut(..=at)?.rotate_right(1);
        kept.first().map(|(_, value)| Rc::clone(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlay::LayerIdx;

    /// Requests views by letter, and checks which of them were computed.
    fn check(asked: &str, computed: &str) {
        let cache = ViewCache::default();
        let mut made = String::new();
        for letter in asked.chars() {
            let view = View::UpTo(LayerIdx(u32::from(letter)));
            let value = cache.get(view, || {
                made.push(letter);
                letter
            });
            assert_eq!(*value, letter, "{asked}");
        }
        assert_eq!(made, computed, "{asked}");
    }

    #[test]
    fn the_views_asked_for_last_are_kept() {
        check("aaa", "a");
        check("abcdabcd", "abcd");
        // A fifth view evicts `a`, unless it was requested again.
        check("abcdea", "abcdea");
        check("abcdaea", "abcde");
        check("abcdaeb", "abcdeb");
    }

    #[test]
    fn the_kinds_of_a_view_are_two_and_clearing_forgets_both() {
        let mut cache = ViewCache::default();
        let (upto, own) = (View::UpTo(LayerIdx(1)), View::Layer(LayerIdx(1)));
        assert_eq!((*cache.get(upto, || 1), *cache.get(own, || 2)), (1, 2));
        assert_eq!((*cache.get(upto, || 3), *cache.get(own, || 4)), (1, 2));
        cache.clear();
        assert_eq!((*cache.get(upto, || 5), *cache.get(own, || 6)), (5, 6));
    }
}
