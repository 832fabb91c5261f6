//! Finds what makes an image less safe to run: files with rights of their own, what everyone may write, root as the
//! user, accounts that a password opens, programs that give access, and what its history fetched from elsewhere.
//!
//! A [`SafetyProbe`] looks at the final file system and at the config. It wants the files of accounts, takes their
//! bytes, and ends in a [`SafetyList`]. Nothing is said of what a later layer deletes, because no container sees it.
//! [`crate::bounds::SafetyLimits`] bounds the findings, and the bytes that are kept.

mod capabilities;
mod config;
mod facts;
mod passwords;
mod probe;
mod tree;

pub use capabilities::CAPABILITY_NAMES;
pub use facts::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};
pub use probe::{SafetyFile, SafetyProbe};
