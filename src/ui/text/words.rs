//! Messages with places for values: a wrong number of values does not compile, in a language's table or on a page.

use crate::protocol::{fill_template, has_places};

/// A message with `N` places. Its text names each of `{0}` to `{N-1}`, in any order. `{0:1 layer|# layers}` takes the
/// first form for the value 1, and otherwise the second, with the value in place of `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<const N: usize>(&'static str);

/// Returns the message with this text. A table is a constant, so that a text which lacks a place, or has one too many,
/// does not compile.
pub const fn words<const N: usize>(text: &'static str) -> Words<N> {
    assert!(
        has_places(text, N),
        "the text has other places than the message"
    );
    Words(text)
}

/// Returns the message with the values in its places.
pub fn fill<const N: usize>(message: Words<N>, values: &[&str; N]) -> String {
    fill_template(message.0, values)
}

/// A message in a table, with or without places.
#[cfg(test)]
pub(super) trait Message {
    /// Returns the text with its places.
    fn text(&self) -> &'static str;
}

#[cfg(test)]
impl Message for &'static str {
    fn text(&self) -> &'static str {
        self
    }
}

#[cfg(test)]
impl<const N: usize> Message for Words<N> {
    fn text(&self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let said = |n| fill(words("{0:1 layer|All # layers} verified"), &[n]);
        assert_eq!(said("1"), "1 layer verified");
        assert_eq!(said("1,000"), "All 1,000 layers verified");
        assert_eq!(
            fill(words("{1:# file|# files} of {0}"), &["3", "1"]),
            "1 file of 3"
        );
    }
}
