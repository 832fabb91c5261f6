//! Looks up the members of a container of files, a tar or a dropped folder, by path.
//!
//! Links between members are followed when a path is looked up, so a link may precede its target. `scan` reads a
//! tar into this table; the formats know what the members mean.

use crate::message::Code;
use crate::message::Message;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{ImagePath, escape};
use crate::io::{ReadAt, Slice};
use crate::layer::Extent;
use crate::source::Error;

use super::sparse::Sparse;

/// Names kept to tell a person what was found instead of an image.
const SAMPLE_NAMES: usize = 6;
/// Bytes of a path shown in messages.
const TOLD_BYTES: usize = 256;
/// Path components that may be pending while links are followed.
const PENDING_MAX: usize = 4_096;
/// Number of distinct repeated paths whose occurrences are counted.
const MOST_REPEATED: usize = 1_000;
/// Bytes that each lookup costs in addition to the length of its path.
const LOOKUP_BYTES: u64 = 64;

/// The files of an archive or folder, by normalised path. The last one wins if several have the same path.
pub(super) struct Members {
    /// The whole archive, which the spans point into; `None` for a folder.
    archive: Option<Rc<dyn ReadAt>>,
    table: BTreeMap<Box<[u8]>, Member>,
    /// Number of occurrences of the first paths that occur more than once.
    repeated: BTreeMap<Box<[u8]>, u64>,
    /// The first top-level names, folders included, in the order of the archive.
    sample: Vec<Box<[u8]>>,
    n_entries: u64,
    symlink_hops: usize,
    /// Bytes that lookups may still cost.
    lookup_left: Cell<u64>,
    /// Bytes of names and link targets that may still be stored.
    text_left: u64,
}

/// One member of the container.
pub(super) enum Member {
    /// A file of a dropped folder.
    File(Rc<dyn ReadAt>),
    /// A file of a tar. The span may reach past the end of a truncated archive.
    Span { offset: u64, len: u64 },
    /// A symbolic link, with its target as written.
    Symlink(Box<[u8]>),
    /// A hard link, with the path of its target as written.
    Hardlink(Box<[u8]>),
    /// A sparse file of a tar: the span of its data, the place of each extent, and its logical size in bytes.
    Sparse {
        offset: u64,
        len: u64,
        extents: Box<[Extent]>,
        size: u64,
    },
    /// A member without readable bytes, such as a device, and why.
    Unreadable(Code),
}

/// A member that was looked up, with links followed.
#[derive(Clone)]
pub(super) struct FoundMember {
    /// The path in the container, after links.
    pub(super) path: Box<[u8]>,
    /// The bytes; fewer than the member's length if the archive is truncated.
    pub(super) bytes: Rc<dyn ReadAt>,
    /// True if the archive ends in the middle of the member.
    pub(super) cut: bool,
}

impl Members {
    /// Creates an empty table for spans of `archive`.
    pub(super) fn of_archive(archive: Rc<dyn ReadAt>, limits: &Limits) -> Members {
        Members {
            archive: Some(archive),
            ..Members::empty(limits)
        }
    }

    fn empty(limits: &Limits) -> Members {
        Members {
            archive: None,
            table: BTreeMap::new(),
            repeated: BTreeMap::new(),
            sample: Vec::new(),
            n_entries: 0,
            symlink_hops: limits.image.symlink_hops,
            lookup_left: Cell::new(limits.archive.lookup_bytes),
            text_left: limits.layer.text_bytes,
        }
    }

    /// Creates the table of the files of a dropped folder.
    pub(super) fn of_folder(
        name: &str,
        files: Vec<(Vec<u8>, Rc<dyn ReadAt>)>,
        limits: &Limits,
    ) -> Result<Members, Error> {
        if files.len() > limits.archive.members {
            return Err(too_many(name, limits));
        }
        let mut members = Members::empty(limits);
        for (path, bytes) in files {
            if !members.add(&path, Some(Member::File(bytes))) {
                return Err(too_long(name, limits));
            }
        }
        Ok(members)
    }

    /// Adds a member under its name. `None` stands for a folder, which is only counted.
    ///
    /// A name that no file system can hold is ignored, since it cannot be looked up either. Returns false if there
    /// is no room for more names.
    #[must_use]
    pub(super) fn add(&mut self, name: &[u8], member: Option<Member>) -> bool {
        self.n_entries = self.n_entries.saturating_add(1);
        let Ok(path) = ImagePath::normalise(name) else {
            return true;
        };
        let target = match &member {
            Some(Member::Symlink(target) | Member::Hardlink(target)) => target.len(),
            _ => 0,
        };
        let len = u64::try_from(path.as_bytes().len().saturating_add(target)).unwrap_or(u64::MAX);
        let Some(left) = self.text_left.checked_sub(len) else {
            return false;
        };
        self.text_left = left;
        if let Some(top) = path.components().next()
            && self.sample.len() < SAMPLE_NAMES
            && !self.sample.iter().any(|known| **known == *top)
        {
            self.sample.push(top.into());
        }
        if let Some(member) = member {
            let path: Box<[u8]> = path.as_bytes().into();
            let before = self.table.insert(path.clone(), member);
            let has_room = self.repeated.len() < MOST_REPEATED || self.repeated.contains_key(&path);
            if before.is_some() && has_room {
                *self.repeated.entry(path).or_insert(1) += 1;
            }
        }
        true
    }

    /// Returns the number of times a member occurs in the archive; the last one is read.
    pub(super) fn n_of(&self, path: &str) -> u64 {
        let n = self.repeated.get(path.as_bytes()).copied();
        n.unwrap_or_else(|| self.table.contains_key(path.as_bytes()).into())
    }

    /// Returns the number of entries seen, including folders and repeated names.
    pub(super) fn n_entries(&self) -> u64 {
        self.n_entries
    }

    /// Returns the paths of all files and links, sorted.
    pub(super) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.table.keys().map(|path| &**path)
    }

    /// True if there is a member below the folder `path`.
    pub(super) fn has_below(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.table
            .range::<[u8], _>((Bound::Included(folder.as_bytes()), Bound::Unbounded))
            .next()
            .is_some_and(|(found, _)| found.starts_with(folder.as_bytes()))
    }

    /// True if `path` leads to a member's bytes.
    pub(super) fn has(&self, path: &str) -> bool {
        self.resolve(path.as_bytes()).is_ok()
    }

    /// Returns the first top-level names, for a message about what was found.
    pub(super) fn sample(&self) -> String {
        let names: Vec<_> = self.sample.iter().map(|name| told(name)).collect();
        names.join(", ")
    }

    /// Returns the member at `path`. No path or link leads out of the container.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is nothing at the path or behind a link; [`Error::Malformed`] for circular
    /// links and for members that have no bytes to read.
    pub(super) fn member(&self, path: &[u8]) -> Result<FoundMember, Error> {
        let (resolved, member) = self.resolve(path)?;
        match member {
            Member::File(bytes) => Ok(FoundMember {
                path: resolved,
                bytes: Rc::clone(bytes),
                cut: false,
            }),
            Member::Span { offset, len } => self.slice(path, resolved, *offset, *len),
            Member::Sparse {
                offset,
                len,
                extents,
                size,
            } => {
                let held = self.slice(path, resolved, *offset, *len)?;
                Ok(FoundMember {
                    bytes: Rc::new(Sparse::new(held.bytes, extents, *size)),
                    ..held
                })
            }
            Member::Unreadable(reason) => Err(malformed(path, *reason)),
            Member::Symlink(_) | Member::Hardlink(_) => Err(missing(path, &resolved)),
        }
    }

    fn slice(
        &self,
        asked: &[u8],
        path: Box<[u8]>,
        offset: u64,
        len: u64,
    ) -> Result<FoundMember, Error> {
        let archive = self.archive.as_ref().ok_or_else(|| missing(asked, &path))?;
        let left = archive.len_bytes().saturating_sub(offset);
        let bytes = Slice::new(
            Rc::clone(archive),
            offset.min(archive.len_bytes()),
            len.min(left),
        )
        .map_err(|cause| Error::Io {
            what: Message::verbatim(told(asked)),
            cause,
        })?;
        Ok(FoundMember {
            path,
            bytes: Rc::new(bytes),
            cut: len > left,
        })
    }

    /// Follows links component by component, as a file system does, with the container as the root.
    fn resolve(&self, path: &[u8]) -> Result<(Box<[u8]>, &Member), Error> {
        const TOO_FAR: Code = Code::LinksTooFar;
        let mut hops = 0;
        let mut at: Vec<u8> = Vec::new();
        let mut pending: Vec<&[u8]> = Vec::new();
        push_components(&mut pending, path);
        while let Some(component) = pending.pop() {
            let parent_len = at.len();
            match component {
                b"." => continue,
                b".." => {
                    at.truncate(at.iter().rposition(|&b| b == b'/').unwrap_or(0));
                    continue;
                }
                name => {
                    if !at.is_empty() {
                        at.push(b'/');
                    }
                    at.extend_from_slice(name);
                }
            }
            let target = match self.look_up(&at).map_err(|()| malformed(path, TOO_FAR))? {
                Some(Member::Symlink(target)) => {
                    at.truncate(if target.starts_with(b"/") {
                        0
                    } else {
                        parent_len
                    });
                    target
                }
                Some(Member::Hardlink(target)) => {
                    at.clear();
                    target
                }
                _ => continue,
            };
            hops += 1;
            if hops > self.symlink_hops || pending.len() > PENDING_MAX {
                return Err(malformed(path, TOO_FAR));
            }
            push_components(&mut pending, target);
        }
        match self.look_up(&at).map_err(|()| malformed(path, TOO_FAR))? {
            Some(member) => Ok((at.into(), member)),
            None => Err(missing(path, &at)),
        }
    }

    /// Returns the member at a path; `Err` if the budget for lookups is used up.
    fn look_up(&self, path: &[u8]) -> Result<Option<&Member>, ()> {
        let cost = u64::try_from(path.len())
            .unwrap_or(u64::MAX)
            .saturating_add(LOOKUP_BYTES);
        let left = self.lookup_left.get().checked_sub(cost).ok_or(())?;
        self.lookup_left.set(left);
        Ok(self.table.get(path))
    }

    /// Removes the folder that all members lie in, if there is one and `is_root` accepts the files below it as the
    /// top level. Returns true if it did.
    pub(super) fn enter_common_folder(&mut self, is_root: impl Fn(&Members) -> bool) -> bool {
        let Some(folder) = self.common_folder() else {
            return false;
        };
        let table = std::mem::take(&mut self.table);
        let (inside, outside): (BTreeMap<_, _>, BTreeMap<_, _>) = table
            .into_iter()
            .partition(|(path, _)| path.starts_with(&folder));
        self.table = without_prefix(inside, folder.len());
        let entered = is_root(self);
        if !entered {
            let inside = std::mem::take(&mut self.table);
            self.table = outside;
            self.table.extend(
                inside
                    .into_iter()
                    .map(|(path, member)| ([&*folder, &*path].concat().into(), member)),
            );
        }
        entered
    }

    /// Returns the deepest folder that holds all files, with its slash. Litter of file managers does not count.
    fn common_folder(&self) -> Option<Vec<u8>> {
        let mut paths = self.table.keys().filter(|path| !is_litter(path));
        let first = paths.next()?;
        // In sorted order, a prefix shared by the first and the last path is shared by all.
        let last = paths.next_back().unwrap_or(first);
        let shared = first.iter().zip(last.iter()).take_while(|(a, b)| a == b);
        let shared = first.get(..shared.count())?;
        let end = shared.iter().rposition(|&b| b == b'/')? + 1;
        shared.get(..end).map(<[u8]>::to_vec)
    }
}

fn without_prefix(
    table: BTreeMap<Box<[u8]>, Member>,
    prefix_bytes: usize,
) -> BTreeMap<Box<[u8]>, Member> {
    let mut without = BTreeMap::new();
    without.extend(
        table
            .into_iter()
            .map(|(path, member)| (path.get(prefix_bytes..).unwrap_or_default().into(), member)),
    );
    without
}

/// True for the files that macOS adds to those that a person chose.
fn is_litter(path: &[u8]) -> bool {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    name == b".DS_Store" || name.starts_with(b"._") || path.starts_with(b"__MACOSX/")
}

fn push_components<'a>(pending: &mut Vec<&'a [u8]>, path: &'a [u8]) {
    let components = path.split(|&b| b == b'/');
    pending.extend(components.rev().filter(|c| !c.is_empty()));
}

fn missing(asked: &[u8], resolved: &[u8]) -> Error {
    let same = ImagePath::normalise(asked).is_ok_and(|path| path.as_bytes() == resolved);
    Error::Missing {
        what: if same {
            Message::verbatim(told(asked))
        } else {
            Message::which_leads_to(told(asked).to_string(), told(resolved).to_string())
        },
    }
}

/// Escapes a path for messages and truncates it: there may be one message for each layer.
fn told(path: &[u8]) -> String {
    match path.get(..TOLD_BYTES) {
        Some(start) if start.len() < path.len() => format!("{}…", escape(start)),
        _ => escape(path),
    }
}

fn malformed(asked: &[u8], reason: Code) -> Error {
    Error::Malformed {
        what: Message::verbatim(told(asked)),
        reason: reason.into(),
    }
}

/// Returns the error for a container whose names together are longer than the limit.
pub(super) fn too_long(name: &str, limits: &Limits) -> Error {
    Error::TooLarge {
        what: Message::verbatim(name),
        limit: Message::limit_member_names(limits.layer.text_bytes),
    }
}

/// Returns the error for a container with more members than the limit.
pub(super) fn too_many(name: &str, limits: &Limits) -> Error {
    Error::TooLarge {
        what: Message::verbatim(name),
        limit: Message::limit_members(limits.archive.members),
    }
}
