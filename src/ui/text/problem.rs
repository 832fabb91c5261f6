//! Each kind of failure in words: the event, the likely cause and the way out.

use super::shell::Shell;
use crate::protocol::ProblemCode;

/// The words for one kind of failure. The page shows the object and the exact message next to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    /// The event, as a title.
    pub title: &'static str,
    /// The likely cause.
    pub cause: &'static str,
    /// Advice, as steps or as alternatives; may be empty.
    pub way_out: &'static [&'static str],
}

/// Returns the words for a kind of failure.
pub fn problem_text(text: &Shell, code: ProblemCode) -> ProblemText {
    (text.explain)(code)
}
