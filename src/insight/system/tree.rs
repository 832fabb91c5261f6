//! Findings that paths alone give, in one view of a union.

use std::collections::BTreeSet;

use super::{FilePlace, Libc, Loader, PackageManager, PackageTool, Places};
use crate::layer::EntryKind;
use crate::overlay::{NodeId, NodeInfo, Union, View};

/// Paths of one directory that are kept.
const MOST_PLACES: usize = 16;

/// Directories of loaders. On many systems some lead to others.
const LIBRARIES: [&str; 6] = ["lib", "lib64", "lib32", "libx32", "usr/lib", "usr/lib64"];

/// Directories of programs, those of the system first.
pub(super) const PROGRAMS: [&str; 6] = [
    "usr/bin",
    "bin",
    "usr/sbin",
    "sbin",
    "usr/local/bin",
    "usr/local/sbin",
];

/// The programs of each package manager.
const PACKAGE_MANAGERS: [(PackageManager, &[&str]); 9] = [
    (PackageManager::Apk, &["apk"]),
    (PackageManager::Dpkg, &["dpkg"]),
    (PackageManager::Apt, &["apt", "apt-get"]),
    (PackageManager::Rpm, &["rpm"]),
    (PackageManager::Dnf, &["dnf", "dnf5", "dnf-3"]),
    (PackageManager::Yum, &["yum"]),
    (PackageManager::Microdnf, &["microdnf"]),
    (PackageManager::Pacman, &["pacman"]),
    (PackageManager::Zypper, &["zypper"]),
];

/// The file system that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Tree<'u> {
    pub(super) union: &'u Union,
    pub(super) view: View,
}

/// A path that exists.
pub(super) struct Found<'u> {
    pub(super) id: NodeId,
    pub(super) place: FilePlace,
    pub(super) info: NodeInfo<'u>,
}

impl<'u> Tree<'u> {
    /// Returns what a program would find at a path.
    pub(super) fn at(self, asked: &[u8]) -> Option<Found<'u>> {
        let id = self.union.resolve(asked, self.view).ok()?;
        self.found(id, asked)
    }

    fn found(self, id: NodeId, asked: &[u8]) -> Option<Found<'u>> {
        let info = self.union.node(id, self.view)?;
        let slashes = asked.iter().take_while(|&&byte| byte == b'/').count();
        let place = FilePlace {
            asked: asked.get(slashes..).unwrap_or_default().to_vec(),
            path: self.union.path(id),
            layer: info.layer,
        };
        Some(Found { id, place, info })
    }

    /// Returns the regular file that a program would find at a path.
    pub(super) fn file(self, asked: &[u8]) -> Option<Found<'u>> {
        self.at(asked)
            .filter(|found| found.info.kind == EntryKind::File)
    }

    /// Returns the place of a directory.
    pub(super) fn dir(self, asked: &[u8]) -> Option<Found<'u>> {
        self.at(asked)
            .filter(|found| found.info.kind == EntryKind::Dir)
    }

    /// True if the path itself is there, but leads to nothing.
    pub(super) fn leads_nowhere(self, asked: &[u8]) -> bool {
        let node = self.union.lookup(asked);
        node.is_some_and(|id| self.union.shows(id, self.view))
            && self.union.resolve(asked, self.view).is_err()
    }

    /// Returns the first paths of a directory by name, without following them, and the number of all that fit.
    pub(super) fn in_dir(
        self,
        asked: &str,
        most: usize,
        fits: impl Fn(NodeId, &[u8]) -> bool,
    ) -> (Vec<Found<'u>>, u32) {
        let Some(dir) = self.dir(asked.as_bytes()) else {
            return (Vec::new(), 0);
        };
        let mut n: u32 = 0;
        let mut first = BTreeSet::new();
        for id in self.union.children(dir.id, self.view) {
            let name = self.union.name(id);
            if fits(id, name) {
                n = n.saturating_add(1);
                first.insert((name, id));
                if first.len() > most {
                    first.pop_last();
                }
            }
        }
        let found = first.into_iter().filter_map(|(name, id)| {
            let path = [asked.as_bytes(), b"/", name].concat();
            self.found(id, &path)
        });
        (found.collect(), n)
    }

    fn places(self, dir: &str, fits: impl Fn(&[u8]) -> bool) -> Places {
        let (found, n) = self.in_dir(dir, MOST_PLACES, |_, name| fits(name));
        Places {
            first: found.into_iter().map(|found| found.place).collect(),
            n,
        }
    }

    /// Returns the kernels.
    pub(super) fn kernels(self) -> Places {
        self.places("boot", |name| name.starts_with(b"vmlinuz"))
    }

    /// Returns the folders of kernel modules.
    pub(super) fn modules(self) -> Places {
        self.places("lib/modules", |_| true)
    }

    /// Returns the loaders of shared libraries, each once.
    pub(super) fn loaders(self) -> Vec<Loader> {
        let mut loaders: Vec<Loader> = Vec::new();
        for dir in LIBRARIES {
            let (found, _) = self.in_dir(dir, MOST_PLACES, |_, name| libc_of(name).is_some());
            for found in found {
                let libc = libc_of(self.union.name(found.id));
                let Some((libc, file)) = libc.zip(self.file(&found.place.asked)) else {
                    continue;
                };
                let file = file.place;
                if loaders.iter().all(|loader| loader.file.path != file.path) {
                    loaders.push(Loader { libc, file });
                }
            }
        }
        loaders
    }

    /// Returns the package managers.
    pub(super) fn package_managers(self) -> Vec<PackageTool> {
        let tool = |(manager, names): (PackageManager, &[&str])| {
            let mut paths = names
                .iter()
                .flat_map(|name| PROGRAMS.map(|dir| format!("{dir}/{name}")));
            let file = paths.find_map(|path| self.file(path.as_bytes()))?.place;
            Some(PackageTool { manager, file })
        };
        PACKAGE_MANAGERS.into_iter().filter_map(tool).collect()
    }
}

/// Returns the C library of a loader by the name of its file.
fn libc_of(name: &[u8]) -> Option<Libc> {
    let has_so = name.windows(3).any(|part| part == b".so");
    let starts = |start: &[u8]| name.starts_with(start);
    if starts(b"ld-musl-") && has_so {
        Some(Libc::Musl)
    } else if (starts(b"ld-linux") && has_so) || starts(b"ld64.so.") || name == b"ld.so.1" {
        Some(Libc::Glibc)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_known_by_their_names() {
        for (name, libc) in [
            ("ld-musl-x86_64.so.1", Some(Libc::Musl)),
            ("ld-linux-x86-64.so.2", Some(Libc::Glibc)),
            ("ld-linux.so.2", Some(Libc::Glibc)),
            ("ld-linux-armhf.so.3", Some(Libc::Glibc)),
            ("ld64.so.2", Some(Libc::Glibc)),
            ("ld.so.1", Some(Libc::Glibc)),
            ("ld.so.conf", None),
            ("ld-musl-x86_64.path", None),
            ("ld-linux", None),
            ("libc.so.6", None),
        ] {
            assert_eq!(libc_of(name.as_bytes()), libc, "{name}");
        }
    }
}
