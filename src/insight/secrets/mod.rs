//! Searches an image for secrets: keys, tokens and passwords in the files of every layer, in the variables, labels and
//! history of its config.
//!
//! A [`SecretProbe`] wants the files of all layers, also of those that a later layer hides: what is deleted above still
//! ships below. Each finding has its place, its layer and its fate.
//!
//! A rule looks for the published form of a token, with its checksum where it has one, for a key that is whole, or for a
//! file whose name says what it holds. What stands in tests, examples and documentation is told apart, and known
//! placeholders are no findings. Each byte is looked at a bounded number of times, whatever the bytes are, and what is
//! kept is bounded by [`crate::bounds::SecretLimits`].

mod checksum;
mod config;
mod credentials;
mod facts;
mod fate;
mod files;
mod hits;
mod keys;
mod placeholder;
mod probe;
mod rules;
mod text;
mod tokens;
mod variables;

#[cfg(test)]
mod corpus;

pub use facts::{SecretFate, SecretFinding, SecretList, SecretPlace, SecretStanding, SecretValue};
pub use probe::{SNIFFED_BYTES, SearchedFile, SecretProbe};
pub use rules::SecretRule;
