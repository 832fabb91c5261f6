//! Keeps what the databases of all layers say: each version of each package once, and which states have it.

use std::collections::BTreeMap;

use super::PackageKind;
use super::record::{Budget, Record, Records};
use crate::insight::system::FilePlace;
use crate::overlay::LayerIdx;

/// A version of a package, by its position in the ledger.
pub(super) type EditionId = u32;

/// A package in one version and for one architecture, with its newest record.
pub(super) struct Edition {
    pub(super) record: Record,
    /// The number of its kind and name.
    pub(super) group: u32,
    /// The number of its kind, name and architecture, and of its file where that has single packages.
    pub(super) twin: u32,
    /// The layer of the state with that record.
    from: LayerIdx,
}

/// A database from one layer on.
pub(super) struct State {
    pub(super) from: LayerIdx,
    pub(super) said: Said,
    /// The packages that it has, each once.
    pub(super) editions: Vec<EditionId>,
}

/// The content of a state.
pub(super) enum Said {
    /// The packages were read, of a file at a place. Where that is not all of it, packages may be missing.
    Read { place: FilePlace, is_whole: bool },
    /// The file is there, and was not read.
    Unread,
    /// The file is gone.
    Gone,
}

/// All that the databases say.
pub(super) struct Ledger {
    pub(super) budget: Budget,
    pub(super) editions: Vec<Edition>,
    /// By the position of the database, from the base up.
    pub(super) states: BTreeMap<usize, Vec<State>>,
    /// Number of packages beyond a bound.
    pub(super) n_left_out: u32,
    by_version: BTreeMap<(u32, String), EditionId>,
    twins: BTreeMap<(u32, String, Option<usize>), u32>,
    groups: BTreeMap<(PackageKind, String), u32>,
    n_mentions: usize,
}

impl Ledger {
    pub(super) fn new(budget: Budget) -> Ledger {
        Ledger {
            budget,
            editions: Vec::new(),
            states: BTreeMap::new(),
            n_left_out: 0,
            by_version: BTreeMap::new(),
            twins: BTreeMap::new(),
            groups: BTreeMap::new(),
            n_mentions: 0,
        }
    }

    /// Takes the packages of a database from a layer on. They were read within the ledger's budget.
    pub(super) fn take(
        &mut self,
        database: usize,
        from: LayerIdx,
        place: FilePlace,
        records: Records,
        is_cut: bool,
    ) {
        self.budget = records.budget;
        let mut is_whole = !is_cut && records.is_whole();
        let mut n_left_out = records.n_left_out;
        let mut editions = Vec::new();
        for record in records.installed {
            match self.note(record, database, from) {
                Some(edition) => editions.push(edition),
                None => n_left_out = n_left_out.saturating_add(1),
            }
        }
        editions.sort_unstable();
        editions.dedup();
        is_whole &= n_left_out == 0;
        self.n_left_out = self.n_left_out.saturating_add(n_left_out);
        let said = Said::Read { place, is_whole };
        self.add(database, from, said, editions);
    }

    /// Notes that a database is gone from a layer on.
    pub(super) fn take_gone(&mut self, database: usize, from: LayerIdx) {
        self.add(database, from, Said::Gone, Vec::new());
    }

    /// Notes that a layer has another state of a database, which was not read.
    pub(super) fn take_unread(&mut self, database: usize, from: LayerIdx) {
        self.add(database, from, Said::Unread, Vec::new());
    }

    fn add(&mut self, database: usize, from: LayerIdx, said: Said, editions: Vec<EditionId>) {
        let states = self.states.entry(database).or_default();
        let at = states.partition_point(|state| state.from < from);
        states.insert(
            at,
            State {
                from,
                said,
                editions,
            },
        );
    }

    /// Keeps a record, or the newer one of two; `None` beyond a bound.
    fn note(&mut self, record: Record, database: usize, from: LayerIdx) -> Option<EditionId> {
        if self.n_mentions >= self.budget.limits.mentions {
            self.budget.give_back(&record);
            return None;
        }
        self.n_mentions += 1;
        let n = u32::try_from(self.groups.len()).ok()?;
        // A Java package is its group's, and may have the name of another's.
        let name = match record.kind {
            PackageKind::Java => format!("{}\n{}", record.source, record.name),
            _ => record.name.clone(),
        };
        let name = (record.kind, name);
        let group = *self.groups.entry(name).or_insert(n);
        let n = u32::try_from(self.twins.len()).ok()?;
        // What a database knows once may lie at several places where there is none.
        let place = (!record.kind.has_database()).then_some(database);
        let architecture = (group, record.architecture.clone(), place);
        let twin = *self.twins.entry(architecture).or_insert(n);
        let version = (twin, record.version.clone());
        let n = u32::try_from(self.editions.len()).ok()?;
        let known = self.by_version.get(&version).copied();
        let is_full = self.editions.len() >= self.budget.limits.packages;
        match known.and_then(|known| self.editions.get_mut(known as usize)) {
            None if is_full => {
                self.budget.give_back(&record);
                return None;
            }
            None => {
                self.by_version.insert(version, n);
                self.editions.push(Edition {
                    record,
                    group,
                    twin,
                    from,
                });
            }
            Some(edition) => {
                let mut other = record;
                // An archive within another may have its name and version: the outer one owns the file.
                let is_inner = edition.from == from && other.paths.n() < edition.record.paths.n();
                if edition.from <= from && !is_inner {
                    std::mem::swap(&mut edition.record, &mut other);
                    edition.from = from;
                }
                self.budget.give_back(&other);
            }
        }
        Some(known.unwrap_or(n))
    }
}
