//! The one sort function of this module: each further instance of sorting would add to the page's size.

use crate::overlay::EntryPlace;

/// Returns the positions of rows, sorted by two numbers each. The order of equal rows is kept.
pub(super) fn sorted(keys: impl Iterator<Item = (u64, u64)>) -> Vec<usize> {
    let mut keys: Vec<(u64, u64, usize)> = (0..).zip(keys).map(|(at, (a, b))| (a, b, at)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(.., at)| at).collect()
}

/// Returns a number that sorts places in the order of storage.
pub(super) fn stored_order(place: EntryPlace) -> u64 {
    u64::from(place.layer.0) << 32 | u64::from(place.entry)
}
