//! Small inputs that ask for much: what fuzzing and its makers found, each held to its limit.
//!
//! What the checklist names stands in the suites of its area.

mod archives;
mod documents;
mod layers;
mod registries;
