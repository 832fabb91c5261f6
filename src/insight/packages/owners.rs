//! Holds the files that packages list against the final file system: what each owns, what is gone, what nobody owns.

use std::collections::{BTreeMap, BTreeSet};

use super::dpkg::Diversions;
use super::paths::{OnePath, PathKind, Paths};
use super::{Gone, GoneFile, Package, PackageKind, Standing, Unowned, UnownedFile};
use crate::layer::EntryKind;
use crate::overlay::{EntryPlace, Followed, LayerIdx, NodeId, PerNode, Union, View};

/// Files that are listed by name.
const MOST_LISTED: usize = 100;
/// Bytes of directories that are remembered.
const MOST_DIRS_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that a remembered directory takes beside its path.
const DIR_BYTES: usize = 100;

/// The owners of files, in one view.
pub(super) struct Owners<'u> {
    union: &'u Union,
    view: View,
    diversions: Diversions,
    dirs: Dirs,
    /// True for each path of a package.
    owned: PerNode<bool>,
    has_files: bool,
    gone: Gone,
    first_gone: BTreeSet<GoneFile>,
    /// Number of files that may still be looked for: packages may share one list.
    left_paths: u64,
    /// Number of files that were not looked for.
    pub(super) n_unknown: u64,
}

/// Directories that paths lead to.
struct Dirs {
    found: BTreeMap<(LayerIdx, Vec<u8>), Followed>,
    bytes: usize,
    /// Bytes of links that may still be followed.
    left_links: u64,
}

impl<'u> Owners<'u> {
    pub(super) fn new(
        union: &'u Union,
        view: View,
        diversions: Diversions,
        (left_links, left_paths): (u64, u64),
    ) -> Owners<'u> {
        Owners {
            union,
            view,
            diversions,
            dirs: Dirs {
                found: BTreeMap::new(),
                bytes: 0,
                left_links,
            },
            owned: PerNode::new(union.n_nodes(), false),
            has_files: false,
            gone: Gone::default(),
            first_gone: BTreeSet::new(),
            left_paths,
            n_unknown: 0,
        }
    }

    /// Counts the files of a package. `at` is the package's position in the list.
    pub(super) fn add(&mut self, at: u32, package: &mut Package, paths: &Paths) {
        let standing = package.standing();
        let view = match package.ended_by() {
            // What it left below is what was there before.
            Some(layer) if standing == Standing::Removed => {
                View::UpTo(LayerIdx(layer.0.saturating_sub(1)))
            }
            _ => self.view,
        };
        let mut linked: BTreeSet<EntryPlace> = BTreeSet::new();
        let n_paths = paths.n();
        if n_paths > self.left_paths {
            self.n_unknown = self.n_unknown.saturating_add(n_paths);
            return;
        }
        self.left_paths -= n_paths;
        for path in paths.iter() {
            let diverted = self.diverted(path, package);
            let path = diverted.as_deref().map_or(path, |to| split(to, path.kind));
            let node = match self.dirs.node(self.union, view, path) {
                Followed::There(node) => node,
                Followed::Unknown => {
                    self.n_unknown = self.n_unknown.saturating_add(1);
                    continue;
                }
                end => {
                    if standing == Standing::Installed && path.kind == PathKind::File {
                        self.add_gone(at, package, path, end);
                    }
                    continue;
                }
            };
            let Some(file) = self.union.file(node, view) else {
                continue;
            };
            if standing != Standing::Removed {
                *self.owned.at(node) = true;
                // Without a database, what belongs to no package is the system itself.
                self.has_files |= package.kind.has_database();
            }
            // A link in the place of a directory is owned, and no file of the package.
            if path.kind == PathKind::Dir || file.kind == EntryKind::Dir {
                continue;
            }
            package.n_owned = package.n_owned.saturating_add(1);
            if file.content.is_none_or(|content| linked.insert(content)) {
                package.owned_bytes = package.owned_bytes.saturating_add(file.size_bytes);
            }
        }
    }

    /// Returns the name under which a file of a package is there, if it is another.
    fn diverted(&self, path: OnePath<'_>, package: &Package) -> Option<Vec<u8>> {
        if package.kind != PackageKind::Deb || self.diversions.is_empty() {
            return None;
        }
        let diversion = self.diversions.get(&path.whole())?;
        (diversion.by != package.name).then(|| diversion.to.clone())
    }

    fn add_gone(&mut self, at: u32, package: &mut Package, path: OnePath<'_>, end: Followed) {
        let Followed::Deleted(node, deleted_by) = end else {
            self.gone.n_never = self.gone.n_never.saturating_add(1);
            package.n_gone = package.n_gone.saturating_add(1);
            return;
        };
        let was = self.union.files(node, self.view.layer()).next();
        if was.is_some_and(|file| file.kind == EntryKind::Dir) {
            return;
        }
        self.gone.n_deleted = self.gone.n_deleted.saturating_add(1);
        package.n_gone = package.n_gone.saturating_add(1);
        self.first_gone.insert(GoneFile {
            path: path.whole(),
            package: at,
            deleted_by,
        });
        if self.first_gone.len() > MOST_LISTED {
            self.first_gone.pop_last();
        }
    }

    /// Returns what is gone, and what nobody owns.
    pub(super) fn finish(mut self) -> (Gone, Option<Unowned>) {
        self.gone.first = std::mem::take(&mut self.first_gone).into_iter().collect();
        let unowned = self.has_files.then(|| self.unowned());
        (self.gone, unowned)
    }

    fn unowned(&self) -> Unowned {
        let mut unowned = Unowned::default();
        // A file that a package owns under another name takes no bytes of its own.
        let mut linked = BTreeSet::new();
        for id in self.union.ids().filter(|&id| self.owned.get(id)) {
            let info = self.union.node(id, self.view);
            let shared = info.filter(|info| info.n_names > 1);
            linked.extend(shared.and_then(|info| info.content));
        }
        // The smallest of them first, so that it can be taken out.
        let mut largest: BTreeSet<(u64, std::cmp::Reverse<NodeId>)> = BTreeSet::new();
        for id in self.union.ids().filter(|&id| !self.owned.get(id)) {
            let Some(info) = self.union.node(id, self.view) else {
                continue;
            };
            if info.kind == EntryKind::Dir {
                continue;
            }
            unowned.n = unowned.n.saturating_add(1);
            let is_first = match info.content.filter(|_| info.n_names > 1) {
                Some(content) => linked.insert(content),
                None => true,
            };
            if is_first && info.size_bytes > 0 {
                unowned.bytes = unowned.bytes.saturating_add(info.size_bytes);
                largest.insert((info.size_bytes, std::cmp::Reverse(id)));
                if largest.len() > MOST_LISTED {
                    largest.pop_first();
                }
            }
        }
        let file = |(bytes, std::cmp::Reverse(id)): &(u64, std::cmp::Reverse<NodeId>)| {
            Some(UnownedFile {
                path: self.union.path(*id),
                bytes: *bytes,
                layer: self.union.file(*id, self.view)?.layer,
            })
        };
        unowned.largest = largest.iter().rev().filter_map(file).collect();
        unowned
    }
}

/// Splits a path into its directory and its name.
fn split(path: &[u8], kind: PathKind) -> OnePath<'_> {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    let (dir, name) = path.split_at(slash.unwrap_or(0));
    OnePath {
        dir,
        name: name.strip_prefix(b"/").unwrap_or(name),
        kind,
    }
}

impl Dirs {
    /// Returns the end of a path whose directory is looked for through links, and whose last name is not followed.
    fn node(&mut self, union: &Union, view: View, path: OnePath<'_>) -> Followed {
        let key = (view.layer(), path.dir.to_vec());
        let found = match self.found.get(&key) {
            Some(found) => *found,
            None => {
                let found = union.follow_within(path.dir, view, &mut self.left_links);
                self.bytes += path.dir.len() + DIR_BYTES;
                if self.bytes > MOST_DIRS_BYTES {
                    self.found.clear();
                    self.bytes = path.dir.len() + DIR_BYTES;
                }
                self.found.insert(key, found);
                found
            }
        };
        match found {
            Followed::There(dir) | Followed::Deleted(dir, _) => {
                union.ended(union.child(dir, path.name), view)
            }
            end => end,
        }
    }
}
