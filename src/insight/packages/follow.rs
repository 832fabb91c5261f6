//! Follows the databases from layer to layer: which versions of packages come and go with each.

use std::collections::{BTreeMap, BTreeSet};

use super::PackageKind;
use super::ledger::{Edition, EditionId, Said, State};
use crate::overlay::LayerIdx;

/// A version that comes or goes with a layer.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) edition: EditionId,
    /// True if the version was there below.
    was_there: bool,
    /// True if the states below and here were read as a whole.
    pub(super) is_exact: bool,
    /// True if a database says so, and not only that the database itself is gone.
    pub(super) is_told: bool,
}

/// The versions of one name that come and go with a layer.
#[derive(Default)]
pub(super) struct Turns {
    pub(super) gone: Vec<Turn>,
    pub(super) come: Vec<Turn>,
}

/// A database while layers are followed.
#[derive(Default)]
struct Current {
    editions: Vec<EditionId>,
    /// True if a state below was not read as a whole.
    is_unsure: bool,
    /// The layer of the last state.
    last: Option<LayerIdx>,
}

/// The databases while layers are followed.
pub(super) struct Databases<'l> {
    editions: &'l [Edition],
    current: BTreeMap<usize, Current>,
    /// The number of databases that have a version now, and the last state that mentions it.
    uses: Vec<(u32, Option<(usize, LayerIdx)>)>,
    /// Layers that were not read, or not as a whole: they may have states that nobody knows.
    unread: BTreeSet<LayerIdx>,
    /// Packages that may still be carried on from states below.
    left_carried: usize,
}

impl<'l> Databases<'l> {
    /// Begins below the base. `most_carried` are packages carried on from states below those that were read in part.
    pub(super) fn new(
        editions: &'l [Edition],
        unread: BTreeSet<LayerIdx>,
        most_carried: usize,
    ) -> Databases<'l> {
        Databases {
            editions,
            current: BTreeMap::new(),
            uses: vec![(0, None); editions.len()],
            unread,
            left_carried: most_carried,
        }
    }

    /// Follows databases that change at a layer, and returns what comes and goes, by name.
    pub(super) fn turns(&mut self, changed: &[(usize, &State)]) -> Vec<Turns> {
        let mut touched: BTreeMap<EditionId, Turn> = BTreeMap::new();
        let mut told_kinds: BTreeSet<PackageKind> = BTreeSet::new();
        for (database, state) in changed {
            let mut now = self.current.remove(database).unwrap_or_default();
            if let Some(next) = self.next(&now, state) {
                let is_exact = !now.is_unsure && !self.may_hide(&now, state.from);
                let is_told = !matches!(state.said, Said::Gone);
                for &edition in now.editions.iter().chain(&next) {
                    let was_there = self.n_uses(edition) > 0;
                    let turn = touched.entry(edition).or_insert(Turn {
                        edition,
                        was_there,
                        is_exact: true,
                        is_told: false,
                    });
                    turn.is_exact &= is_exact;
                    turn.is_told |= is_told;
                }
                let kinds = state
                    .editions
                    .iter()
                    .filter_map(|&edition| self.kind(edition));
                told_kinds.extend(kinds);
                for &edition in &now.editions {
                    self.change_uses(edition, |(n, _)| *n = n.saturating_sub(1));
                }
                for &edition in &next {
                    self.change_uses(edition, |(n, _)| *n = n.saturating_add(1));
                }
                for &edition in &state.editions {
                    self.change_uses(edition, |(_, last)| *last = Some((*database, state.from)));
                }
                now.editions = next;
            }
            now.is_unsure = match state.said {
                Said::Read { is_whole, .. } => !is_whole,
                Said::Unread => true,
                Said::Gone => false,
            };
            now.last = Some(state.from);
            self.current.insert(*database, now);
        }
        let mut groups: BTreeMap<u32, Turns> = BTreeMap::new();
        for mut turn in touched.into_values() {
            let is_there = self.n_uses(turn.edition) > 0;
            let Some(known) = self.editions.get(turn.edition as usize) else {
                continue;
            };
            let kind = known.record.kind;
            // The file of a single package is the package.
            turn.is_told |= told_kinds.contains(&kind) || !kind.has_database();
            let turns = groups.entry(known.group).or_default();
            match (turn.was_there, is_there) {
                (false, true) => turns.come.push(turn),
                (true, false) => turns.gone.push(turn),
                _ => {}
            }
        }
        groups.into_values().collect()
    }

    /// True if layers between two states may have another one.
    fn may_hide(&self, now: &Current, from: LayerIdx) -> bool {
        let mut below = self.unread.range(..from);
        below.any(|&layer| now.last.is_none_or(|last| last < layer))
    }

    /// Returns the packages of a state; `None` if nothing is known of it.
    fn next(&mut self, now: &Current, state: &State) -> Option<Vec<EditionId>> {
        match state.said {
            Said::Unread => None,
            Said::Gone => Some(Vec::new()),
            Said::Read { is_whole: true, .. } => Some(state.editions.clone()),
            // What was not read may still be there.
            Said::Read { .. } => {
                self.left_carried = self.left_carried.checked_sub(now.editions.len())?;
                let twin = |edition: &EditionId| Some(self.editions.get(*edition as usize)?.twin);
                let mentioned: BTreeSet<Option<u32>> = state.editions.iter().map(twin).collect();
                let carried = now.editions.iter();
                let carried = carried.filter(|edition| !mentioned.contains(&twin(edition)));
                let mut next = state.editions.clone();
                next.extend(carried);
                Some(next)
            }
        }
    }

    fn n_uses(&self, edition: EditionId) -> u32 {
        self.uses.get(edition as usize).map_or(0, |(n, _)| *n)
    }

    fn kind(&self, edition: EditionId) -> Option<PackageKind> {
        Some(self.editions.get(edition as usize)?.record.kind)
    }

    fn change_uses(
        &mut self,
        edition: EditionId,
        change: impl FnOnce(&mut (u32, Option<(usize, LayerIdx)>)),
    ) {
        if let Some(uses) = self.uses.get_mut(edition as usize) {
            change(uses);
        }
    }

    /// Returns the state that a version stands in: one that is still there, if there is one, or else the last one.
    pub(super) fn places(
        mut self,
        states: &BTreeMap<usize, Vec<State>>,
    ) -> Vec<Option<(usize, LayerIdx)>> {
        let current = std::mem::take(&mut self.current);
        let mut is_there = vec![false; self.uses.len()];
        for (database, now) in &current {
            for &edition in &now.editions {
                let last = self.uses.get(edition as usize).and_then(|(_, last)| *last);
                if let Some(is_there) = is_there.get_mut(edition as usize) {
                    *is_there |= last.is_some_and(|(last, _)| last == *database);
                }
            }
        }
        for (&database, now) in &current {
            let read = states.get(&database).into_iter().flatten().rev();
            let read = { read }.find(|state| matches!(state.said, Said::Read { .. }));
            for &edition in &now.editions {
                let is_there = is_there.get_mut(edition as usize);
                if let (Some(read), Some(is_there)) = (read, is_there)
                    && !std::mem::replace(is_there, true)
                {
                    self.change_uses(edition, |(_, last)| *last = Some((database, read.from)));
                }
            }
        }
        self.uses.into_iter().map(|(_, last)| last).collect()
    }
}
