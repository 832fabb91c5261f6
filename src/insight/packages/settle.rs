//! Tells what each layer did to each package, from the states of the databases.

use std::collections::{BTreeMap, BTreeSet};

use super::follow::{Databases, Turn, Turns};
use super::ledger::{Edition, EditionId, Ledger, Said, State};
use super::record::Budget;
use super::{PackageChange, PackageEvent};
use crate::insight::system::FilePlace;
use crate::overlay::LayerIdx;

/// Bytes that an event takes beside its version.
const EVENT_BYTES: usize = 40;

/// A package through all layers.
pub(super) struct Tracked {
    /// Its last version.
    pub(super) edition: EditionId,
    pub(super) events: Vec<PackageEvent>,
    /// True if an event is beyond the bound: then nothing is told of the package.
    is_lost: bool,
    /// The last database that has this version, and its file.
    pub(super) record: Option<(usize, FilePlace)>,
}

/// The packages of all databases.
pub(super) struct Settled {
    pub(super) editions: Vec<Edition>,
    /// Packages by kind, name, architecture and version.
    pub(super) packages: Vec<Tracked>,
    /// Number of packages beyond a bound.
    pub(super) n_left_out: u32,
    pub(super) budget: Budget,
}

/// The packages while layers are followed.
struct Packages<'l> {
    editions: &'l [Edition],
    budget: Budget,
    n_left_out: u32,
    all: Vec<Tracked>,
    /// Those that are installed.
    live: BTreeMap<EditionId, usize>,
    /// Those that are not any more, by their last version, and by name and architecture.
    dead: BTreeMap<EditionId, usize>,
    dead_twins: BTreeMap<u32, usize>,
}

/// Settles what each layer did to each package.
///
/// `unread` are layers that were not read, or not as a whole.
pub(super) fn settle(ledger: Ledger, unread: BTreeSet<LayerIdx>) -> Settled {
    let mut layers: BTreeMap<LayerIdx, Vec<(usize, &State)>> = BTreeMap::new();
    for (&database, states) in &ledger.states {
        for state in states {
            let changed = layers.entry(state.from).or_default();
            changed.push((database, state));
        }
    }
    let editions = &ledger.editions;
    let mut databases = Databases::new(editions, unread, ledger.budget.limits.mentions);
    let mut packages = Packages {
        editions,
        budget: ledger.budget,
        n_left_out: ledger.n_left_out,
        all: Vec::new(),
        live: BTreeMap::new(),
        dead: BTreeMap::new(),
        dead_twins: BTreeMap::new(),
    };
    for (layer, changed) in layers {
        for turns in databases.turns(&changed) {
            packages.turn(layer, turns);
        }
    }
    let places = databases.places(&ledger.states);
    let Packages {
        mut all,
        budget,
        n_left_out,
        ..
    } = packages;
    all.retain(|package| !package.is_lost);
    for package in &mut all {
        let place = places.get(package.edition as usize).copied().flatten();
        package.record = place.and_then(|(database, from)| {
            let states = ledger.states.get(&database)?.iter();
            let state = states.rev().find(|state| state.from == from)?;
            match &state.said {
                Said::Read { place, .. } => Some((database, place.clone())),
                Said::Unread | Said::Gone => None,
            }
        });
    }
    let key = |package: &Tracked| {
        let record = &editions.get(package.edition as usize)?.record;
        let (name, architecture) = (record.name.clone(), record.architecture.clone());
        Some((record.kind, name, architecture, record.version.clone()))
    };
    all.sort_by_cached_key(key);
    Settled {
        packages: all,
        n_left_out,
        budget,
        editions: ledger.editions,
    }
}

impl Packages<'_> {
    /// Tells what a layer did to the packages of one name: where one version goes and one comes, that is a change.
    fn turn(&mut self, layer: LayerIdx, turns: Turns) {
        let editions = self.editions;
        let twin = |turn: &Turn| editions.get(turn.edition as usize).map(|one| one.twin);
        let mut twins: BTreeMap<Option<u32>, Turns> = BTreeMap::new();
        for turn in turns.gone {
            twins.entry(twin(&turn)).or_default().gone.push(turn);
        }
        for turn in turns.come {
            twins.entry(twin(&turn)).or_default().come.push(turn);
        }
        let mut rest = Turns::default();
        for turns in twins.into_values() {
            self.pair(layer, turns, &mut rest);
        }
        // An upgrade may change the architecture.
        let mut unpaired = Turns::default();
        self.pair(layer, rest, &mut unpaired);
        // Those that come are told first, so that none of them is taken for one that goes.
        for turn in unpaired.come {
            self.add(layer, turn);
        }
        for turn in unpaired.gone {
            self.remove(layer, turn);
        }
    }

    fn pair(&mut self, layer: LayerIdx, turns: Turns, rest: &mut Turns) {
        if let ([gone], [come]) = (turns.gone.as_slice(), turns.come.as_slice()) {
            let Some(at) = self.live.remove(&gone.edition) else {
                return self.add(layer, *come);
            };
            self.live.insert(come.edition, at);
            if self.is_moved(gone.edition, come.edition) {
                return self.follow_to(at, come.edition);
            }
            let is_exact = gone.is_exact && come.is_exact;
            return self.tell(at, layer, PackageChange::Changed, come.edition, is_exact);
        }
        rest.gone.extend(turns.gone);
        rest.come.extend(turns.come);
    }

    /// True if two records tell the same package, of which the file is at another place.
    fn is_moved(&self, gone: EditionId, come: EditionId) -> bool {
        let of = |edition: EditionId| self.editions.get(edition as usize).map(|one| &one.record);
        of(gone).zip(of(come)).is_some_and(|(gone, come)| {
            let is_same =
                (&gone.version, &gone.architecture) == (&come.version, &come.architecture);
            is_same && !come.kind.has_database()
        })
    }

    fn follow_to(&mut self, at: usize, edition: EditionId) {
        if let Some(package) = self.all.get_mut(at) {
            package.edition = edition;
        }
    }

    fn add(&mut self, layer: LayerIdx, turn: Turn) {
        let twin = self.editions.get(turn.edition as usize).map(|one| one.twin);
        let again = self.dead.get(&turn.edition);
        let again = again.or_else(|| self.dead_twins.get(&twin?));
        let at = match again.copied() {
            Some(at) => {
                self.forget(at);
                at
            }
            None => {
                let record = self.editions.get(turn.edition as usize);
                let cost = record.map_or(0, |edition| edition.record.cost());
                if !self.budget.take_text(cost) {
                    self.n_left_out = self.n_left_out.saturating_add(1);
                    return;
                }
                self.all.push(Tracked {
                    edition: turn.edition,
                    events: Vec::new(),
                    is_lost: false,
                    record: None,
                });
                self.all.len() - 1
            }
        };
        self.live.insert(turn.edition, at);
        self.tell(at, layer, PackageChange::Added, turn.edition, turn.is_exact);
    }

    fn remove(&mut self, layer: LayerIdx, turn: Turn) {
        let Some(at) = self.live.remove(&turn.edition) else {
            return;
        };
        let change = match turn.is_told {
            true => PackageChange::Removed,
            false => PackageChange::DatabaseGone,
        };
        self.tell(at, layer, change, turn.edition, turn.is_exact);
        self.dead.insert(turn.edition, at);
        if let Some(edition) = self.editions.get(turn.edition as usize) {
            self.dead_twins.insert(edition.twin, at);
        }
    }

    /// Takes a package from those that are gone.
    fn forget(&mut self, at: usize) {
        let Some(package) = self.all.get(at) else {
            return;
        };
        let edition = package.edition;
        if self.dead.get(&edition) == Some(&at) {
            self.dead.remove(&edition);
        }
        let twin = self.editions.get(edition as usize).map(|one| one.twin);
        if let Some(twin) = twin.filter(|twin| self.dead_twins.get(twin) == Some(&at)) {
            self.dead_twins.remove(&twin);
        }
    }

    fn tell(
        &mut self,
        at: usize,
        layer: LayerIdx,
        change: PackageChange,
        edition: EditionId,
        is_exact: bool,
    ) {
        let record = self.editions.get(edition as usize).map(|one| &one.record);
        let version = record.map_or("", |record| record.version.as_str());
        let Some(package) = self.all.get_mut(at).filter(|package| !package.is_lost) else {
            return;
        };
        package.edition = edition;
        if !self.budget.take_text(EVENT_BYTES + version.len()) {
            package.is_lost = true;
            self.n_left_out = self.n_left_out.saturating_add(1);
            return;
        }
        package.events.push(PackageEvent {
            layer,
            change,
            version: version.to_owned(),
            is_exact,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{Record, Records};
    use super::*;
    use crate::bounds::PackageLimits;
    use crate::insight::packages::PackageKind;

    /// Takes states such as `0 0: a=1 b:arch=2`, a database and a layer with its packages. `~` before the colon is a
    /// state that was read in part, `?` one that was not read, `!` a database that is gone.
    fn told(states: &[&str], limits: PackageLimits) -> (Vec<String>, u32) {
        let mut ledger = Ledger::new(Budget::new(limits));
        for state in states {
            let (place, packages) = state.split_once(": ").unwrap_or((state, ""));
            let (database, layer) = place.split_once(' ').unwrap();
            let mark = layer.trim_start_matches(|c: char| c.is_ascii_digit());
            let from = LayerIdx(layer.trim_end_matches(mark).parse().unwrap());
            let database = database.parse().unwrap();
            if mark == "?" {
                ledger.take_unread(database, from);
                continue;
            }
            if mark == "!" {
                ledger.take_gone(database, from);
                continue;
            }
            let mut records = Records::new(ledger.budget);
            for package in packages.split_whitespace() {
                let (name, version) = package.split_once('=').unwrap();
                let (name, architecture) = name.split_once(':').unwrap_or((name, ""));
                let mut record = Record::new(PackageKind::Rpm);
                record.name = name.to_owned();
                record.architecture = architecture.to_owned();
                record.version = version.to_owned();
                records.push(record);
            }
            let place = FilePlace {
                asked: Vec::new(),
                path: place.as_bytes().to_vec(),
                layer: from,
            };
            ledger.take(database, from, place, records, mark == "~");
        }
        let settled = settle(ledger, BTreeSet::new());
        let line = |package: &Tracked| {
            let record = &settled.editions[package.edition as usize].record;
            let events = package.events.iter().map(|event| {
                let (word, layer) = (event.change.word(), event.layer.0);
                let doubt = if event.is_exact { "" } else { "?" };
                format!(" {word}@{layer}{doubt}={}", event.version)
            });
            let (_, place) = package.record.as_ref().unwrap();
            let place = String::from_utf8_lossy(&place.path);
            format!("{}{} by {place}", record.name, events.collect::<String>())
        };
        (
            settled.packages.iter().map(line).collect(),
            settled.n_left_out,
        )
    }

    fn check(states: &[&str], expected: &[&str]) {
        let (told, n_left_out) = told(states, PackageLimits::DEFAULT);
        assert_eq!(told, expected, "{states:?}");
        assert_eq!(n_left_out, 0);
    }

    #[test]
    fn layers_add_change_and_remove() {
        check(
            &["0 0: a=1 b=1", "0 2: a=2 c=1", "0 5: c=1", "0 6: c=1 b=3"],
            &[
                "a added@0=1 changed@2=2 removed@5=2 by 0 2",
                "b added@0=1 removed@2=1 added@6=3 by 0 6",
                "c added@2=1 by 0 6",
            ],
        );
        check(
            &["0 0", "0 1: a=1", "0 2"],
            &["a added@1=1 removed@2=1 by 0 1"],
        );
    }

    #[test]
    fn a_database_that_moves_changes_nothing() {
        check(&["0 0: a=1", "0 3!", "1 3: a=1"], &["a added@0=1 by 1 3"]);
        check(&["0 0: a=1", "1 3: a=1", "0 4!"], &["a added@0=1 by 1 3"]);
        check(&["0 0: a=1", "1 3: a=1", "1 4!"], &["a added@0=1 by 0 0"]);
        // A move tells of each package that it leaves behind.
        check(
            &["0 0: a=1 b=1", "0 3!", "1 3: a=1"],
            &["a added@0=1 by 1 3", "b added@0=1 removed@3=1 by 0 0"],
        );
    }

    #[test]
    fn packages_of_a_database_that_is_gone_are_not_removed() {
        check(
            &["0 0: a=1", "0 1!"],
            &["a added@0=1 database-gone@1=1 by 0 0"],
        );
    }

    #[test]
    fn several_versions_are_several_packages() {
        check(
            &["0 0: k=1", "0 1: k=1 k=2", "0 2: k=2"],
            &["k added@0=1 removed@2=1 by 0 1", "k added@1=2 by 0 2"],
        );
        // A key that sorts before another one.
        check(
            &["0 0: k=7", "0 1: k=3 k=7"],
            &["k added@1=3 by 0 1", "k added@0=7 by 0 1"],
        );
        check(
            &["0 0: k=1 k=2", "0 1: k=2 k=3"],
            &["k added@0=2 by 0 1", "k added@0=1 changed@1=3 by 0 1"],
        );
        check(
            &["0 0: k=1 k=2", "0 1: k=3 k=4"],
            &[
                "k added@0=1 removed@1=1 by 0 0",
                "k added@0=2 removed@1=2 by 0 0",
                "k added@1=3 by 0 1",
                "k added@1=4 by 0 1",
            ],
        );
    }

    #[test]
    fn an_upgrade_may_change_the_architecture() {
        check(
            &["0 0: a:all=1", "0 1: a:amd64=2"],
            &["a added@0=1 changed@1=2 by 0 1"],
        );
        check(
            &["0 0: a:amd64=1 a:i386=1", "0 1: a:amd64=2 a:i386=2"],
            &[
                "a added@0=1 changed@1=2 by 0 1",
                "a added@0=1 changed@1=2 by 0 1",
            ],
        );
    }

    #[test]
    fn two_databases_may_have_two_versions() {
        check(
            &["0 0: a=1", "1 1: a=2", "1 2!"],
            &["a added@0=1 by 0 0", "a added@1=2 database-gone@2=2 by 1 1"],
        );
    }

    #[test]
    fn states_that_are_not_read_as_a_whole_remove_nothing() {
        check(
            &["0 0: a=1 b=1", "0 1~: a=2", "0 2: a=2"],
            &[
                "a added@0=1 changed@1=2 by 0 2",
                "b added@0=1 removed@2?=1 by 0 0",
            ],
        );
        check(
            &["0 0: a=1", "0 1?", "0 2: a=1 b=1"],
            &["a added@0=1 by 0 2", "b added@2?=1 by 0 2"],
        );
        check(&["0 0?", "0 1: a=1"], &["a added@1?=1 by 0 1"]);
    }

    #[test]
    fn states_may_come_in_any_order() {
        check(
            &["0 2: a=2", "0 0: a=1"],
            &["a added@0=1 changed@2=2 by 0 2"],
        );
    }

    #[test]
    fn bounds_leave_out_the_lowest_states_and_remove_nothing() {
        let limits = PackageLimits {
            mentions: 3,
            ..PackageLimits::DEFAULT
        };
        let (lines, n_left_out) = told(&["0 1: a=1 b=1", "0 0: a=1 b=1 c=1"], limits);
        assert_eq!(lines, ["a added@0=1 by 0 1", "b added@1?=1 by 0 1"]);
        assert_eq!(n_left_out, 2);
        let limits = PackageLimits {
            packages: 1,
            ..PackageLimits::DEFAULT
        };
        assert_eq!(told(&["0 0: a=1 b=1"], limits).1, 1);
        let limits = PackageLimits {
            text_bytes: 1_000,
            ..PackageLimits::DEFAULT
        };
        let layers: Vec<String> = (0..30).map(|n| format!("0 {n}: a={n}")).collect();
        let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
        assert!(told(&layers, limits).1 > 0);
    }
}
