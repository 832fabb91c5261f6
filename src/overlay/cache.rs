//! Answers that are worth keeping while no layer is added: a few views' worth of each kind.
//!
//! What is kept here can always be computed again.

use std::cell::RefCell;
use std::rc::Rc;

use super::View;

/// How many views are kept at a time: the page shows one, looks at another, and lists a third.
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

    /// The kept value, or a new one that takes the place of the least recently used.
    pub(super) fn get(&self, view: View, compute: impl FnOnce() -> T) -> Rc<T> {
        let mut kept = self.0.borrow_mut();
        if let Some(at) = kept.iter().position(|(of, _)| *of == view) {
            if at > 0 {
                let found = kept.remove(at);
                kept.insert(0, found);
            }
        } else {
            // The computation may ask this cache for another view.
            drop(kept);
            let value = (view, Rc::new(compute()));
            kept = self.0.borrow_mut();
            kept.insert(0, value);
            kept.truncate(N_KEPT);
        }
        Rc::clone(&kept.first().expect("found or just put there").1)
    }
}
