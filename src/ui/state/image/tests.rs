//! The reducer, driven as the page and the worker drive it.
