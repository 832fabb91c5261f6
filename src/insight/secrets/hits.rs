//! The findings in one text, of which a bounded number is kept.

use std::ops::Range;

use super::rules::SecretRule;
use super::{SecretStanding, SecretValue};

/// A finding in a text.
pub(super) struct Hit {
    pub(super) rule: SecretRule,
    /// The place of it in the text.
    pub(super) at: Range<usize>,
    pub(super) value: SecretValue,
    pub(super) standing: SecretStanding,
    /// Length and checksum of the whole value, of which the beginning is kept.
    sum: (usize, u32),
}

/// The findings in a text, each value once.
pub(super) struct Hits {
    most: usize,
    hits: Vec<Hit>,
    n_left_out: u64,
}

impl Hits {
    pub(super) fn new(most: usize) -> Hits {
        Hits {
            most,
            hits: Vec::new(),
            n_left_out: 0,
        }
    }

    /// Adds what stands at a place of the text, unless a finding stands there already, or is the same.
    pub(super) fn add(
        &mut self,
        rule: SecretRule,
        text: &[u8],
        at: Range<usize>,
        standing: SecretStanding,
    ) {
        let value = text.get(at.clone()).unwrap_or_default();
        self.add_value(rule, at, value, standing);
    }

    /// Adds a value that stands at a place of the text, there perhaps in another spelling.
    pub(super) fn add_value(
        &mut self,
        rule: SecretRule,
        at: Range<usize>,
        value: &[u8],
        standing: SecretStanding,
    ) {
        let overlaps = |hit: &Hit| hit.at.start < at.end && at.start < hit.at.end;
        if self.hits.iter().any(overlaps) {
            return;
        }
        let sum = (value.len(), crc32fast::hash(value));
        let value = SecretValue::of(value);
        let is_same = |hit: &Hit| hit.sum == sum && hit.value == value;
        if self.hits.iter().any(is_same) {
            return;
        }
        if self.hits.len() >= self.most {
            self.n_left_out = self.n_left_out.saturating_add(1);
            return;
        }
        self.hits.push(Hit {
            rule,
            at,
            value,
            standing,
            sum,
        });
    }

    /// True if none more is kept.
    pub(super) fn is_full(&self) -> bool {
        self.hits.len() >= self.most
    }

    /// Counts a finding that is not kept.
    pub(super) fn leave_out(&mut self) {
        self.n_left_out = self.n_left_out.saturating_add(1);
    }

    /// Returns the findings by their places, and the number of those that were left out.
    pub(super) fn finish(mut self) -> (Vec<Hit>, u64) {
        self.hits.sort_by_key(|hit| hit.at.start);
        (self.hits, self.n_left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_and_value_counts_once() {
        let text = b"aaaa bbbb aaaa cccc dddd";
        let mut hits = Hits::new(2);
        for start in [5, 0, 10, 15, 20] {
            let standing = SecretStanding::Secret;
            hits.add(SecretRule::Variable, text, start..start + 4, standing);
        }
        hits.add(SecretRule::AwsSecret, text, 2..7, SecretStanding::Secret);
        assert!(hits.is_full());
        let (hits, n_left_out) = hits.finish();
        let told: Vec<_> = hits
            .iter()
            .map(|hit| (hit.at.start, hit.value.reveal()))
            .collect();
        assert_eq!(told, [(0, "aaaa"), (5, "bbbb")]);
        assert_eq!(n_left_out, 2);
    }
}
