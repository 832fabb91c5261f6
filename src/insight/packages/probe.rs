//! The machine that finds the packages of an image: it wants files, takes their bytes, and ends in a [`PackageList`].

use std::collections::BTreeMap;

use super::copyright::{Licences, licences};
use super::databases::{Form, Timelines};
use super::dpkg::{Diversions, diversions};
use super::files::Files;
use super::languages::{FileForm, is_elf, recorded};
use super::ledger::{Edition, Ledger};
use super::lists::{Lists, dir_of};
use super::owners::Owners;
use super::paths::Paths;
use super::record::Budget;
use super::settle::{Tracked, settle};
use super::wants::{DOC, Purpose, WantedContent, Wants};
use super::{Package, PackageDatabase, PackageKind, PackageList};
use crate::bounds::PackageLimits;
use crate::insight::system::{FileGap, FilePlace, Gap};
use crate::overlay::{LayerIdx, Union, View};

/// An analysis in progress. It owns all that it needs, and borrows nothing of the image.
pub struct PackageProbe {
    top: LayerIdx,
    wants: Wants,
    ledger: Ledger,
    forms: Vec<Form>,
    /// Each database in its last state, and the first layer of that; `None` for a file that was read as a whole and is
    /// no database.
    databases: BTreeMap<usize, (LayerIdx, Option<PackageDatabase>)>,
    lists: Lists,
    licences: BTreeMap<Vec<u8>, Option<Licences>>,
    diversions: Diversions,
    /// Bytes of links that may still be followed.
    left_links: u64,
    gaps: Vec<Gap>,
}

impl PackageProbe {
    /// Looks for databases in the layers up to one.
    pub fn new(union: &Union, top: LayerIdx, limits: PackageLimits) -> PackageProbe {
        // Each part has links of its own, so that none leaves the others without.
        let share = limits.followed_link_bytes / 4;
        let mut left_links = share;
        let timelines = Timelines::find(union, top, limits, &mut left_links);
        let mut probe = PackageProbe {
            top,
            wants: Wants::new(limits),
            ledger: Ledger::new(Budget::new(limits)),
            forms: timelines.all.iter().map(|timeline| timeline.form).collect(),
            databases: BTreeMap::new(),
            lists: Lists::default(),
            licences: BTreeMap::new(),
            diversions: Diversions::new(),
            left_links: share,
            gaps: timelines.gaps.clone(),
        };
        probe.want_states(timelines, &limits);
        let files = Files::find(union, top, &limits);
        let is_deb = |form: &Form| form.kind() == PackageKind::Deb;
        if probe.forms.iter().any(is_deb) {
            let mut left_links = share;
            probe.wants.want_lists(union, top, &mut left_links);
            probe.wants.want_licences(union, top, &mut left_links);
        }
        probe.want_files(union, top, files);
        probe.gaps.extend(probe.wants.gaps());
        probe
    }

    /// Adds a gap that is known from elsewhere.
    pub fn note(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// Returns all wanted files. They may be read in any order; where bounds are met, those that come first are kept.
    pub fn all_wanted(&self) -> &[WantedContent] {
        &self.wants.files
    }

    /// Wants all states of all databases, the newest first.
    fn want_states(&mut self, timelines: Timelines, limits: &PackageLimits) {
        let mut files = Vec::new();
        for (at, timeline) in timelines.all.into_iter().enumerate() {
            for state in timeline.states {
                match state.file {
                    Some(file) => files.push((state.from, at, file)),
                    None => self.ledger.take_gone(at, state.from),
                }
            }
        }
        files.sort_by_key(|(from, at, _)| (std::cmp::Reverse(*from), *at));
        let mut left = limits.databases_bytes;
        for (from, at, file) in files {
            let (path, size_bytes) = (file.place.asked.clone(), file.size_bytes);
            let purpose = Purpose::State(at, from);
            if !self
                .wants
                .want(file, limits.database_bytes, &mut left, purpose)
            {
                self.ledger.take_unread(at, from);
                let read_bytes = 0;
                let why = FileGap::Cut {
                    read_bytes,
                    size_bytes,
                };
                self.note(Gap::File { path, why });
            }
        }
    }

    /// Wants all files of languages, behind the databases.
    fn want_files(&mut self, union: &Union, top: LayerIdx, files: Files) {
        let first = self.forms.len();
        self.wants.files_left_out(files.n_left_out);
        for (at, (_, timeline)) in files.all.iter().enumerate() {
            self.forms.push(timeline.form);
            let gone = timeline.states.iter().filter(|state| state.file.is_none());
            gone.for_each(|state| self.ledger.take_gone(first + at, state.from));
        }
        self.wants.want_records(union, top, &files);
        for (at, from) in self.wants.want_files(files, first) {
            self.ledger.take_unread(at, from);
        }
    }

    /// Takes the first bytes of a wanted file, or the reason why there are none.
    pub fn take(&mut self, at: usize, read: Result<&[u8], FileGap>) {
        let Some(wanted) = self.wants.files.get(at).cloned() else {
            return;
        };
        let path = wanted.file.asked.clone();
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(why) => {
                match wanted.purpose {
                    Purpose::State(at, from) => self.ledger.take_unread(at, from),
                    Purpose::Licence(package) => drop(self.licences.insert(package, None)),
                    Purpose::List(_) | Purpose::Record | Purpose::Diversions => {}
                }
                return self.note(Gap::File { path, why });
            }
        };
        let read_bytes = bytes.len() as u64;
        let is_cut = read_bytes < wanted.size_bytes;
        if is_cut && !self.is_other(&wanted.purpose, bytes) {
            let why = FileGap::Cut {
                read_bytes,
                size_bytes: wanted.size_bytes,
            };
            let path = path.clone();
            self.note(Gap::File { path, why });
        }
        let lines = || match is_cut {
            true => whole_lines(bytes),
            false => bytes,
        };
        match wanted.purpose {
            Purpose::State(at, from) => self.take_state(at, from, wanted.file, bytes, is_cut),
            Purpose::List(form) => {
                let left = &mut self.ledger.budget.path_bytes;
                let (paths, n) = Paths::of_list(form.paths(lines()), left);
                self.lists.insert(wanted.content, paths);
                if n > 0 {
                    let why = FileGap::TooMany { n: n.into() };
                    self.note(Gap::File { path, why });
                }
            }
            Purpose::Record => {
                let left = &mut self.ledger.budget.path_bytes;
                let site = dir_of(dir_of(&path)).to_vec();
                let (paths, n) = recorded(lines(), &site, left);
                self.lists.insert_record(wanted.file, paths);
                if n > 0 {
                    let why = FileGap::TooMany { n: n.into() };
                    self.note(Gap::File { path, why });
                }
            }
            Purpose::Licence(package) => self.take_licences(package, path, bytes),
            Purpose::Diversions => {
                self.diversions = diversions(lines(), &self.ledger.budget.limits);
            }
        }
    }

    /// True for a file that is executable and no program.
    fn is_other(&self, purpose: &Purpose, bytes: &[u8]) -> bool {
        let Purpose::State(at, _) = purpose else {
            return false;
        };
        self.forms.get(*at) == Some(&Form::File(FileForm::Program)) && !is_elf(bytes)
    }

    fn take_licences(&mut self, package: Vec<u8>, path: Vec<u8>, bytes: &[u8]) {
        let found = licences(bytes, &self.ledger.budget.limits);
        let cost = found.found.iter().map(|licence| licence.len() + 48).sum();
        let fits = self.ledger.budget.take_text(cost);
        if !fits || found.is_cut {
            let why = FileGap::TooMany { n: 1 };
            self.note(Gap::File { path, why });
        }
        self.licences.insert(package, fits.then_some(found));
    }

    fn take_state(
        &mut self,
        at: usize,
        from: LayerIdx,
        file: FilePlace,
        bytes: &[u8],
        is_cut: bool,
    ) {
        let Some(form) = self.forms.get(at).copied() else {
            return;
        };
        if is_cut && form.needs_end() {
            return self.ledger.take_unread(at, from);
        }
        let budget = self.ledger.budget;
        let Some(records) = form.read(&file.path, bytes, is_cut, budget) else {
            self.ledger.take_unread(at, from);
            let (path, why) = (file.asked, FileGap::UnknownForm);
            return self.note(Gap::File { path, why });
        };
        let first = records.installed.first();
        let kind = first.map_or(form.kind(), |record| record.kind);
        let is_whole = records.is_whole() && records.n_paths_left_out == 0;
        let database = PackageDatabase {
            kind,
            n_packages: u32::try_from(records.installed.len()).unwrap_or(u32::MAX),
            n_malformed: records.n_malformed,
            n_left_out: records.n_left_out,
            n_paths_left_out: records.n_paths_left_out,
            file: file.clone(),
        };
        self.ledger.take(at, from, file, records, is_cut);
        let last = self.databases.get(&at);
        if last.is_none_or(|(last, _)| *last <= from) {
            let is_told = form.kind().has_database() || !is_whole;
            let database = is_told.then_some(database);
            self.databases.insert(at, (from, database));
        }
    }

    /// Returns the findings, by the same image in the same state.
    pub fn finish(mut self, union: &Union) -> PackageList {
        let view = View::UpTo(self.top);
        let unread = self.gaps.iter().filter_map(|gap| match gap {
            Gap::Layer { layer, .. } => Some(*layer),
            Gap::File { .. } => None,
        });
        let settled = settle(self.ledger, unread.collect());
        let (mut budget, mut n_left_out) = (settled.budget, settled.n_left_out);
        let left_paths = budget.limits.listed_paths;
        let mut owners = Owners::new(union, view, self.diversions, (self.left_links, left_paths));
        let mut packages = Vec::new();
        let mut left_links = self.left_links;
        let mut n_unlicensed: u64 = 0;
        for tracked in &settled.packages {
            let edition = settled.editions.get(tracked.edition as usize);
            let (Some(edition), Some((_, record))) = (edition, &tracked.record) else {
                n_left_out = n_left_out.saturating_add(1);
                continue;
            };
            let mut package = package(tracked, edition, record.clone());
            let told = &edition.record;
            let upto = package.ended_by().map(|layer| layer.0.saturating_sub(1));
            let upto = upto.map_or(self.top, LayerIdx);
            let listed = match told.kind {
                PackageKind::Deb => self.lists.of(
                    union,
                    upto,
                    &record.asked,
                    &told.name,
                    &told.architecture,
                    &mut left_links,
                ),
                // Only a `dist-info` has the list of its own files; a directory may have any number of other packages.
                PackageKind::Python if record.path.ends_with(b"/METADATA") => {
                    self.lists.beside(&record.path, upto)
                }
                _ => None,
            };
            if package.licences.is_none() {
                package.licences = match self.licences.get(told.name.as_bytes()) {
                    Some(None) => None,
                    Some(Some(known)) => {
                        let cost = known.found.iter().map(|licence| licence.len() + 48).sum();
                        let fits = budget.take_text(cost);
                        n_unlicensed += u64::from(!fits);
                        fits.then(|| known.found.clone())
                    }
                    None => self.wants.has_all_licences.then(Vec::new),
                };
            }
            let at = u32::try_from(packages.len()).unwrap_or(u32::MAX);
            let paths = listed.as_ref().map_or(&told.paths, |(_, paths)| paths);
            owners.add(at, &mut package, paths);
            package.list = listed.map(|(place, _)| place);
            packages.push(package);
        }
        let mut gaps = self.gaps;
        if n_unlicensed > 0 {
            let why = FileGap::TooMany { n: n_unlicensed };
            let path = DOC.as_bytes().to_vec();
            gaps.push(Gap::File { path, why });
        }
        if owners.n_unknown > 0 {
            let why = FileGap::TooMany {
                n: owners.n_unknown,
            };
            let path = Vec::new();
            gaps.push(Gap::File { path, why });
        }
        let (gone, unowned) = owners.finish();
        gaps.sort_unstable();
        gaps.dedup();
        let databases = self.databases.into_values();
        PackageList {
            packages,
            n_left_out,
            databases: databases.filter_map(|(_, database)| database).collect(),
            unowned,
            gone,
            gaps,
        }
    }
}

fn package(tracked: &Tracked, edition: &Edition, record: FilePlace) -> Package {
    let told = &edition.record;
    let is_deb = told.kind == PackageKind::Deb;
    let own = match told.licence.is_empty() {
        true => Vec::new(),
        false => vec![told.licence.clone()],
    };
    Package {
        kind: told.kind,
        name: told.name.clone(),
        version: told.version.clone(),
        architecture: told.architecture.clone(),
        // Those of dpkg stand in files.
        licences: (!is_deb).then_some(own),
        source: told.source.clone(),
        events: tracked.events.clone(),
        declared_bytes: told.declared_bytes,
        owned_bytes: 0,
        n_owned: 0,
        n_gone: 0,
        record,
        list: None,
    }
}

/// Cuts a text after its last whole line.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}
