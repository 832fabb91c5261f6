//! The headless command: arguments in, lines out. What it says is written in `listing-format`; the work is `workspace`'s.

pub mod native;
