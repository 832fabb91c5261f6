//! Finds the databases of packages in an image: which files they are, and which layers brought another state of each.

use std::collections::{BTreeMap, BTreeSet};

use super::languages::FileForm;
use super::record::{Budget, Records};
use super::{PackageKind, apk, dpkg, rpm};
use crate::bounds::PackageLimits;
use crate::insight::system::{FileGap, FilePlace, Gap};
use crate::layer::EntryKind;
use crate::overlay::{EntryPlace, Followed, LayerIdx, NodeId, Union, View};

/// The form of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Dpkg,
    /// One file of `status.d`.
    Single,
    Apk,
    Rpm,
    /// A file that tells packages of a language.
    File(FileForm),
}

/// Files that hold all packages of a system.
const DATABASES: [(Form, &str); 12] = [
    (Form::Dpkg, "var/lib/dpkg/status"),
    (Form::Apk, "lib/apk/db/installed"),
    (Form::Apk, "usr/lib/apk/db/installed"),
    (Form::Rpm, "usr/lib/sysimage/rpm/rpmdb.sqlite"),
    (Form::Rpm, "usr/lib/sysimage/rpm/Packages.db"),
    (Form::Rpm, "usr/lib/sysimage/rpm/Packages"),
    (Form::Rpm, "var/lib/rpm/rpmdb.sqlite"),
    (Form::Rpm, "var/lib/rpm/Packages.db"),
    (Form::Rpm, "var/lib/rpm/Packages"),
    // Of images by ostree.
    (Form::Rpm, "usr/share/rpm/rpmdb.sqlite"),
    (Form::Rpm, "usr/share/rpm/Packages.db"),
    (Form::Rpm, "usr/share/rpm/Packages"),
];

/// The folder of distroless images, in which each file is the database of one package.
pub(super) const STATUS_D: &str = "var/lib/dpkg/status.d";

impl Form {
    pub(super) fn kind(self) -> PackageKind {
        match self {
            Form::Dpkg | Form::Single => PackageKind::Deb,
            Form::Apk => PackageKind::Apk,
            Form::Rpm => PackageKind::Rpm,
            Form::File(form) => form.kind(),
        }
    }

    /// True if the beginning of a file tells nothing.
    pub(super) fn needs_end(self) -> bool {
        matches!(self, Form::File(FileForm::Archive | FileForm::Javascript))
    }

    /// Reads the packages of a file at a path, of which the end may be missing; `None` if it is in no known format.
    pub(super) fn read(
        self,
        path: &[u8],
        bytes: &[u8],
        is_cut: bool,
        budget: Budget,
    ) -> Option<Records> {
        let whole = || match is_cut {
            true => whole_records(bytes),
            false => bytes,
        };
        match self {
            Form::Dpkg => Some(dpkg::status(whole(), false, budget)),
            Form::Single => Some(dpkg::status(whole(), true, budget)),
            Form::Apk => Some(apk::installed(whole(), budget)),
            Form::Rpm => rpm::packages(bytes, budget),
            Form::File(FileForm::Python) => {
                FileForm::Python.read(path, whole_lines(bytes, is_cut), budget)
            }
            Form::File(form) => form.read(path, bytes, budget),
        }
    }
}

/// Cuts a text after its last whole line, if its end is missing: half a version is another one.
fn whole_lines(bytes: &[u8], is_cut: bool) -> &[u8] {
    let end = match is_cut {
        true => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
        false => bytes.len(),
    };
    bytes.get(..end).unwrap_or_default()
}

/// Cuts a text after its last whole record.
fn whole_records(bytes: &[u8]) -> &[u8] {
    let end = memchr::memmem::rfind(bytes, b"\n\n").unwrap_or(0);
    bytes.get(..end).unwrap_or_default()
}

/// A file that is a database in some layers.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) form: Form,
    /// Its states, from the base up.
    pub(super) states: Vec<StateFile>,
}

/// A database from one layer on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StateFile {
    /// The first layer of this state.
    pub(super) from: LayerIdx,
    /// The file; `None` if it is gone from here on.
    pub(super) file: Option<DatabaseFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct DatabaseFile {
    pub(super) place: FilePlace,
    pub(super) content: EntryPlace,
    pub(super) size_bytes: u64,
}

/// The databases of an image.
#[derive(Debug)]
pub(super) struct Timelines {
    pub(super) all: Vec<Timeline>,
    /// Databases that are not looked at.
    pub(super) gaps: Vec<Gap>,
    by_path: BTreeMap<Vec<u8>, usize>,
    /// The folder of single databases in the layer below.
    folder: Option<NodeId>,
    n_listings: usize,
    n_left_out: u64,
    limits: PackageLimits,
}

impl Timelines {
    /// Looks for databases in each layer up to the view's. `left_bytes` are those of links that may be followed.
    pub(super) fn find(
        union: &Union,
        top: LayerIdx,
        limits: PackageLimits,
        left_bytes: &mut u64,
    ) -> Timelines {
        let mut found = Timelines {
            all: Vec::new(),
            gaps: Vec::new(),
            by_path: BTreeMap::new(),
            folder: None,
            n_listings: 0,
            n_left_out: 0,
            limits,
        };
        let n_layers = union.n_layers().min((top.0 as usize).saturating_add(1));
        for layer in (0..n_layers).map(LayerIdx::at) {
            // A layer that was not read changes nothing here.
            if union.layer_index(layer).is_some() {
                found.look(union, layer, left_bytes);
                found.look_at_singles(union, layer, left_bytes);
            }
        }
        found.tell_odd(union, View::UpTo(top), left_bytes);
        if found.n_left_out > 0 {
            found.gaps.push(Gap::File {
                path: STATUS_D.as_bytes().to_vec(),
                why: FileGap::TooMany {
                    n: found.n_left_out,
                },
            });
        }
        found
    }

    fn look(&mut self, union: &Union, layer: LayerIdx, left_bytes: &mut u64) {
        let view = View::UpTo(layer);
        let mut here = BTreeSet::new();
        for (form, path) in DATABASES {
            let followed = union.follow_within(path.as_bytes(), view, left_bytes);
            if followed == Followed::Unknown {
                self.gap(path, FileGap::TooMany { n: 1 });
                continue;
            }
            let file = followed.there();
            let file = file.and_then(|id| file_of(union, view, id, path.as_bytes()));
            // The same file through a link is the same database.
            let file = file.filter(|file| here.insert(file.content));
            self.set(path.as_bytes(), form, layer, file);
        }
    }

    /// Looks at the folder of single databases, and at its files that the layer touches.
    fn look_at_singles(&mut self, union: &Union, layer: LayerIdx, left_bytes: &mut u64) {
        let view = View::UpTo(layer);
        let followed = union.follow_within(STATUS_D.as_bytes(), view, left_bytes);
        let folder = followed.there();
        if folder.is_none() && self.folder.is_none() {
            return;
        }
        let nodes: Vec<NodeId> = if folder == self.folder {
            let touched = union.touches(layer).map(|(node, _)| node);
            touched
                .filter(|&node| union.parent(node) == folder)
                .collect()
        } else if self.n_listings < self.limits.listings {
            self.n_listings += 1;
            let last = std::mem::replace(&mut self.folder, folder);
            let all = |dir: Option<NodeId>, view| {
                dir.into_iter()
                    .flat_map(move |dir| union.children(dir, view))
            };
            let below = View::WithDeleted(layer);
            all(last, below).chain(all(folder, below)).collect()
        } else {
            self.gap(STATUS_D, FileGap::TooMany { n: 1 });
            return;
        };
        for node in nodes {
            let name = union.name(node);
            if name.ends_with(b".md5sums") {
                continue;
            }
            let path = [STATUS_D.as_bytes(), b"/", name].concat();
            let node = folder.and_then(|folder| union.child(folder, name));
            let file = node.and_then(|node| {
                let is_link = union.file(node, view)?.kind == EntryKind::Symlink;
                match is_link {
                    true => union.follow_within(&path, view, left_bytes).there(),
                    false => Some(node),
                }
            });
            let file = file.and_then(|id| file_of(union, view, id, &path));
            self.set(&path, Form::Single, layer, file);
        }
    }

    fn set(&mut self, path: &[u8], form: Form, layer: LayerIdx, file: Option<DatabaseFile>) {
        let known = self.by_path.get(path).copied();
        if known.is_none() && file.is_none() {
            return;
        }
        if known.is_none() && self.all.len() >= self.limits.files {
            self.n_left_out = self.n_left_out.saturating_add(1);
            return;
        }
        let at = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.by_path.insert(path.to_vec(), at);
            let states = Vec::new();
            self.all.push(Timeline { form, states });
        }
        if let Some(timeline) = self.all.get_mut(at) {
            timeline.set(layer, file);
        }
    }

    /// Tells paths of databases that are no files, and journals, which are not read.
    fn tell_odd(&mut self, union: &Union, view: View, left_bytes: &mut u64) {
        for (_, path) in DATABASES {
            let node = union.follow_within(path.as_bytes(), view, left_bytes);
            let shown = node.there().and_then(|node| union.file(node, view));
            let named = union.lookup(path.as_bytes());
            if shown.is_some_and(|file| file.kind != EntryKind::File) {
                self.gap(path, FileGap::NotFile);
            } else if shown.is_none() && named.is_some_and(|node| union.shows(node, view)) {
                self.gap(path, FileGap::LeadsNowhere);
            }
            let journal = format!("{path}-wal");
            let node = union.follow_within(journal.as_bytes(), view, left_bytes);
            let file = node.there().and_then(|node| union.file(node, view));
            if file.is_some_and(|file| file.size_bytes > 0) {
                self.gap(&journal, FileGap::UnknownForm);
            }
        }
    }

    fn gap(&mut self, path: &str, why: FileGap) {
        let path = path.as_bytes().to_vec();
        self.gaps.push(Gap::File { path, why });
    }
}

impl Timeline {
    pub(super) fn set(&mut self, from: LayerIdx, file: Option<DatabaseFile>) {
        let last = self.states.last().and_then(|state| state.file.as_ref());
        let is_same = match (last, &file) {
            (None, None) => true,
            (Some(last), Some(file)) => last.content == file.content,
            _ => false,
        };
        if !is_same {
            self.states.push(StateFile { from, file });
        }
    }
}

/// Returns a path of a view as a file with content.
pub(super) fn file_of(union: &Union, view: View, id: NodeId, asked: &[u8]) -> Option<DatabaseFile> {
    let file = union.file(id, view)?;
    Some(DatabaseFile {
        place: FilePlace {
            asked: asked.to_vec(),
            path: union.path(id),
            layer: file.layer,
        },
        content: file.content?,
        size_bytes: file.size_bytes,
    })
}
