//! The one way in which rows are put in order here: each further kind of sorting would weigh on the page.

use crate::overlay::EntryPlace;

/// The positions of rows in the order of two numbers each, equal ones as they come.
pub(super) fn sorted(keys: impl Iterator<Item = (u64, u64)>) -> Vec<usize> {
    let mut keys: Vec<(u64, u64, usize)> = (0..).zip(keys).map(|(at, (a, b))| (a, b, at)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(.., at)| at).collect()
}

/// A number by which places stand in the order in which they are stored.
pub(super) fn stored_order(place: EntryPlace) -> u64 {
    u64::from(place.layer.0) << 32 | u64::from(place.entry)
}
