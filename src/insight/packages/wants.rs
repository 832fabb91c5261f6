//! The files that the analysis wants: states of databases, lists of files, licences, and what tells packages of
//! languages; each within its bound.

use std::collections::{BTreeMap, BTreeSet};

use super::databases::{DatabaseFile, Form, STATUS_D, file_of};
use super::dpkg::{InfoFile, info_file};
use super::files::{Files, PATH_COPIES};
use super::languages::FileForm;
use crate::bounds::PackageLimits;
use crate::insight::system::{FileGap, FilePlace, Gap};
use crate::overlay::{EntryPlace, Followed, LayerIdx, NodeId, Union, View};

/// The folder of dpkg's lists of files.
pub(super) const INFO: &str = "var/lib/dpkg/info";
const DIVERSIONS: &str = "var/lib/dpkg/diversions";
/// The folder of the files about licences.
pub(super) const DOC: &str = "usr/share/doc";

/// A file whose content is wanted.
#[derive(Clone, Debug)]
pub struct WantedContent {
    /// The file.
    pub file: FilePlace,
    /// The place of its content.
    pub content: EntryPlace,
    /// The number of bytes that are wanted: all of the file, up to a bound.
    pub len_bytes: u64,
    pub(super) size_bytes: u64,
    pub(super) purpose: Purpose,
}

/// The use of a wanted file.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A state of a database, by its position, from a layer on.
    State(usize, LayerIdx),
    /// The list of a package's files.
    List(InfoFile),
    /// The list of the files of a Python package.
    Record,
    /// The licences of the package of this name.
    Licence(Vec<u8>),
    Diversions,
}

/// The wanted files.
pub(super) struct Wants {
    limits: PackageLimits,
    pub(super) files: Vec<WantedContent>,
    /// Files beyond the bounds, by their folder.
    n_more: BTreeMap<&'static str, u64>,
    /// False if a file about licences is beyond the bounds.
    pub(super) has_all_licences: bool,
}

impl Wants {
    pub(super) fn new(limits: PackageLimits) -> Wants {
        Wants {
            limits,
            files: Vec::new(),
            n_more: BTreeMap::new(),
            has_all_licences: true,
        }
    }

    /// Wants a file, up to a bound for each and what is left for all of its kind; false if that is nothing.
    pub(super) fn want(
        &mut self,
        file: DatabaseFile,
        most: u64,
        left: &mut u64,
        purpose: Purpose,
    ) -> bool {
        let len_bytes = file.size_bytes.min(most).min(*left);
        let is_nothing = len_bytes == 0 && file.size_bytes > 0;
        if is_nothing || self.files.len() >= self.limits.files {
            return false;
        }
        *left -= len_bytes;
        self.files.push(WantedContent {
            file: file.place,
            content: file.content,
            len_bytes,
            size_bytes: file.size_bytes,
            purpose,
        });
        true
    }

    /// Wants the lists of all packages that ever were: those of the final file system first, then what lower layers
    /// have in their place.
    pub(super) fn want_lists(&mut self, union: &Union, top: LayerIdx, left_links: &mut u64) {
        let view = View::UpTo(top);
        let mut left = self.limits.lists_bytes;
        let mut wanted: BTreeSet<EntryPlace> = BTreeSet::new();
        for is_final in [true, false] {
            for dir in [INFO, STATUS_D] {
                let found = union.follow_within(dir.as_bytes(), view, left_links);
                let Some(id) = found.there().or_else(|| union.lookup(dir.as_bytes())) else {
                    continue;
                };
                for child in union.children(id, View::WithDeleted(top)) {
                    let Some(form) = list_form(union, id, child) else {
                        continue;
                    };
                    let last = union.file(child, view).and_then(|file| file.content);
                    for file in union.files(child, top) {
                        let Some(content) = file.content else {
                            continue;
                        };
                        if (last == Some(content)) != is_final || wanted.contains(&content) {
                            continue;
                        }
                        let name = union.name(child);
                        let file = DatabaseFile {
                            place: FilePlace {
                                asked: [dir.as_bytes(), b"/", name].concat(),
                                path: union.path(child),
                                layer: file.layer,
                            },
                            content,
                            size_bytes: file.size_bytes,
                        };
                        let most = self.limits.list_bytes;
                        match self.want(file, most, &mut left, Purpose::List(form)) {
                            true => drop(wanted.insert(content)),
                            false => self.left_out(dir),
                        }
                    }
                }
            }
        }
        let found = union.follow_within(DIVERSIONS.as_bytes(), view, left_links);
        let found = found.there();
        let file = found.and_then(|id| file_of(union, view, id, DIVERSIONS.as_bytes()));
        if let Some(file) = file {
            let mut left = self.limits.list_bytes;
            let most = self.limits.list_bytes;
            if !self.want(file, most, &mut left, Purpose::Diversions) {
                self.left_out(DIVERSIONS);
            }
        }
    }

    /// Wants what packages say of their licences in the final file system.
    pub(super) fn want_licences(&mut self, union: &Union, top: LayerIdx, left_links: &mut u64) {
        let view = View::UpTo(top);
        let Followed::There(doc) = union.follow_within(DOC.as_bytes(), view, left_links) else {
            return;
        };
        let mut left = self.limits.licences_bytes;
        for child in union.children(doc, view) {
            let name = union.name(child);
            let path = [DOC.as_bytes(), b"/", name, b"/copyright"].concat();
            let found = union.follow_within(&path, view, left_links);
            let file = found.there();
            let file = file.and_then(|id| file_of(union, view, id, &path));
            let is_wanted = match file {
                Some(file) => {
                    let purpose = Purpose::Licence(name.to_vec());
                    self.want(file, self.limits.licence_bytes, &mut left, purpose)
                }
                None => found != Followed::Unknown,
            };
            if !is_wanted {
                self.has_all_licences = false;
                self.left_out(DOC);
            }
        }
    }

    /// Wants all states of the files of languages, the newest first, by their positions from one on. Returns those
    /// that are not read.
    pub(super) fn want_files(&mut self, files: Files, first: usize) -> Vec<(usize, LayerIdx)> {
        let mut states = Vec::new();
        for (at, (_, timeline)) in files.all.into_iter().enumerate() {
            let Form::File(form) = timeline.form else {
                continue;
            };
            let read = timeline.states.into_iter();
            let read = read.filter_map(|state| Some((state.from, first + at, form, state.file?)));
            states.extend(read);
        }
        states.sort_by_key(|(from, at, ..)| (std::cmp::Reverse(*from), *at));
        let limits = self.limits;
        let (mut manifests, mut programs, mut archives) = (
            limits.manifests_bytes,
            limits.programs_bytes,
            limits.archives_bytes,
        );
        let mut unread = Vec::new();
        for (from, at, form, file) in states {
            let (most, left) = match form {
                FileForm::Program => (limits.program_bytes, &mut programs),
                FileForm::Archive => (limits.archive_bytes, &mut archives),
                _ => (limits.manifest_bytes, &mut manifests),
            };
            if !self.want(file, most, left, Purpose::State(at, from)) {
                self.left_out("");
                unread.push((at, from));
            }
        }
        unread
    }

    /// Wants the lists of the files of Python's packages.
    pub(super) fn want_records(&mut self, union: &Union, top: LayerIdx, files: &Files) {
        let mut left = self.limits.lists_bytes;
        let mut left_paths = files.left_bytes;
        let metadata = files.all.iter().map(|(node, _)| *node);
        for node in metadata.filter(|&node| union.name(node) == b"METADATA") {
            let dir = union.parent(node);
            let Some(list) = dir.and_then(|dir| union.child(dir, b"RECORD")) else {
                continue;
            };
            for file in union.files(list, top) {
                let Some(content) = file.content else {
                    continue;
                };
                let path = union.path(list);
                let cost = path.len().saturating_mul(PATH_COPIES);
                let Some(rest) = left_paths.checked_sub(cost) else {
                    self.left_out("");
                    continue;
                };
                left_paths = rest;
                let file = DatabaseFile {
                    place: FilePlace {
                        asked: path.clone(),
                        path,
                        layer: file.layer,
                    },
                    content,
                    size_bytes: file.size_bytes,
                };
                let most = self.limits.list_bytes;
                if !self.want(file, most, &mut left, Purpose::Record) {
                    self.left_out("");
                }
            }
        }
    }

    /// Counts files of languages that are not looked at.
    pub(super) fn files_left_out(&mut self, n: u64) {
        let more = self.n_more.entry("").or_default();
        *more = more.saturating_add(n);
    }

    fn left_out(&mut self, dir: &'static str) {
        let n = self.n_more.entry(dir).or_default();
        *n = n.saturating_add(1);
    }

    /// Returns a gap for each folder with files beyond the bounds.
    pub(super) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        let more = self.n_more.iter().filter(|(_, n)| **n > 0);
        more.map(|(dir, n)| Gap::File {
            path: dir.as_bytes().to_vec(),
            why: FileGap::TooMany { n: *n },
        })
    }
}

/// Returns the form of a list of files; `None` for other files, and for checksums beside a list.
fn list_form(union: &Union, dir: NodeId, child: NodeId) -> Option<InfoFile> {
    let (package, form) = info_file(union.name(child))?;
    let has_list = || union.child(dir, &[package, b".list"].concat()).is_some();
    (form == InfoFile::List || !has_list()).then_some(form)
}
