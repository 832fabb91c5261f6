//! Shares large data with components without comparing it: two values are equal if they are the same allocation.
//!
//! A state is made of such pieces. A change clones the piece that it touches, if a component still holds it, and a
//! component compares pointers to learn which pieces have changed.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A value behind an `Rc`, compared by pointer.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Shared<T> {
        Shared(Rc::new(value))
    }
}

impl<T: Clone> Shared<T> {
    /// Returns the value for changing, cloned first if others share it.
    pub fn make_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    // One copy for each type, and not one for each place that changes it.
    #[inline(never)]
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
