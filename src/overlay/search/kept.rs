//! The hits that are kept of a search: the best, and of equally good ones the first that were found.

use std::collections::BTreeMap;

use super::found::Found;
use crate::bounds::SearchLimits;
use crate::overlay::Union;

/// The order of versions of paths that match equally well.
#[derive(Clone, Copy)]
pub(super) enum Place {
    InView,
    Elsewhere,
    Hidden,
}

impl Place {
    pub(super) fn of(found: &Found) -> Place {
        match (found.in_view, found.hidden) {
            (true, _) => Place::InView,
            (false, None) => Place::Elsewhere,
            (false, Some(_)) => Place::Hidden,
        }
    }
}

/// The hits that are kept: best matches first; within them, versions in the view, then in another view, then hidden
/// ones. A query that matches all names costs no more than others.
#[derive(Debug)]
pub(super) struct Kept {
    limit: usize,
    most_bytes: usize,
    /// Hits by their cost and place.
    groups: BTreeMap<u64, Vec<Found>>,
    n: usize,
    /// Bytes of the paths.
    path_bytes: usize,
    /// Groups from here on are not kept any more, since better ones are full.
    end: u64,
}

fn group_of(cost: u64, place: Place) -> u64 {
    cost.saturating_mul(3).saturating_add(place as u64)
}

impl Kept {
    pub(super) fn new(limit: usize, limits: &SearchLimits) -> Kept {
        Kept {
            limit,
            most_bytes: limits.hit_bytes,
            groups: BTreeMap::new(),
            n: 0,
            path_bytes: 0,
            end: u64::MAX,
        }
    }

    /// True if one more hit is kept.
    pub(super) fn has_room(&self, cost: u64, place: Place) -> bool {
        let group = group_of(cost, place);
        let n = self.groups.get(&group).map_or(0, Vec::len);
        let is_better = || {
            self.groups
                .last_key_value()
                .is_some_and(|(last, _)| group < *last)
        };
        group < self.end && n < self.limit && (self.path_bytes < self.most_bytes || is_better())
    }

    pub(super) fn push(&mut self, union: &Union, cost: u64, found: Found) {
        let place = Place::of(&found);
        if !self.has_room(cost, place) {
            return;
        }
        let group = self.groups.entry(group_of(cost, place)).or_default();
        group.push(found);
        self.n = self.n.saturating_add(1);
        let bytes = union.arena.path_len(found.id);
        self.path_bytes = self.path_bytes.saturating_add(bytes);
        self.drop_worst(union);
    }

    /// Drops groups that no answer needs, and hits whose paths take too much memory.
    fn drop_worst(&mut self, union: &Union) {
        while let Some(mut last) = self.groups.last_entry() {
            let (group, n) = (*last.key(), last.get().len());
            let bytes = last
                .get()
                .last()
                .map_or(0, |found| union.arena.path_len(found.id));
            let without = self.path_bytes.saturating_sub(bytes);
            let is_needed = self.n.saturating_sub(n) < self.limit;
            if is_needed && (without < self.most_bytes || n == self.n) {
                break;
            }
            last.get_mut().pop();
            self.n = self.n.saturating_sub(1);
            self.path_bytes = without;
            if last.get().is_empty() {
                last.remove();
            }
            if !is_needed {
                self.end = group;
            }
        }
    }

    /// Returns the hits, best first. Equally good ones are sorted by path, or the largest first.
    pub(super) fn sorted(self, union: &Union, is_by_size: bool) -> Vec<Found> {
        let mut sorted = Vec::new();
        for found in self.groups.into_values() {
            let mut paths: Vec<_> = found.into_iter().map(|f| (union.path(f.id), f)).collect();
            // The newest version of a path comes first.
            paths.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.layer.cmp(&a.1.layer)));
            sorted.extend(paths.into_iter().map(|(_, found)| found));
        }
        if is_by_size {
            sorted.sort_by_key(|found| std::cmp::Reverse(found.size_bytes));
        }
        sorted.truncate(self.limit);
        sorted
    }
}
