//! The result of the edits: names and inodes of the container layer, like an overlay mount's upper directory.
//!
//! A path without a name here is as in the image below, unless one of its directories hides that. Hard-linked
//! names share an inode here as they do below; copying up one name alone breaks its link.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Base, NewContent};
use crate::image::Timestamp;
use crate::layer::{Device, EntryKind};
use crate::overlay::{EntryPlace, NodeId};

/// The number of an inode of the container layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InodeId(usize);

/// The entry of the container layer at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Deletes the image's own node at the path.
    Whiteout,
    Inode(InodeId),
}

/// The location of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentSource {
    /// The content came with an edit.
    New(NewContent),
    /// The content was copied up, from an entry of a layer of the image.
    Lower(EntryPlace),
    /// The file is empty.
    Empty,
}

/// A file, directory or other node of the container layer.
#[derive(Clone, Debug)]
pub(super) struct Inode {
    pub(super) kind: Kind,
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mtime: Timestamp,
    /// The original node, if it was copied up. Its extended attributes still apply.
    pub(super) copied: Option<NodeId>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Dir(Below),
    File(File),
    Symlink(Box<[u8]>),
    Char(Option<Device>),
    Block(Option<Device>),
    Fifo,
}

/// The part of the image that is visible in a directory of the container layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// The image's content of the directory, except where a name here overrides it.
    Seen,
    /// Nothing: the directory is new.
    Hidden,
}

#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) source: ContentSource,
    pub(super) size_bytes: u64,
    pub(super) fingerprint: u64,
}

/// The node at a path in the container's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Upper(InodeId),
    Lower(NodeId),
}

/// The upper directory: all names and inodes of the container layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Upper {
    names: BTreeMap<Box<[u8]>, Name>,
    inodes: Vec<Inode>,
}

impl Kind {
    pub(super) fn entry_kind(&self) -> EntryKind {
        match self {
            Kind::Dir(_) => EntryKind::Dir,
            Kind::File(_) => EntryKind::File,
            Kind::Symlink(_) => EntryKind::Symlink,
            Kind::Char(_) => EntryKind::Char,
            Kind::Block(_) => EntryKind::Block,
            Kind::Fifo => EntryKind::Fifo,
        }
    }
}

/// Returns the path of the parent directory; `None` for the root.
pub(super) fn parent_of(path: &[u8]) -> Option<&[u8]> {
    if path.is_empty() {
        return None;
    }
    let end = path.iter().rposition(|&b| b == b'/').unwrap_or(0);
    Some(path.get(..end).unwrap_or_default())
}

/// Returns `dir/name`.
pub(super) fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() {
        return name.to_vec();
    }
    [dir, b"/", name].concat()
}

impl Upper {
    pub(super) fn n_names(&self) -> usize {
        self.names.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn inode(&self, id: InodeId) -> Option<&Inode> {
        self.inodes.get(id.0)
    }

    pub(super) fn inode_mut(&mut self, id: InodeId) -> Option<&mut Inode> {
        self.inodes.get_mut(id.0)
    }

    pub(super) fn add_inode(&mut self, inode: Inode) -> InodeId {
        self.inodes.push(inode);
        InodeId(self.inodes.len().saturating_sub(1))
    }

    pub(super) fn name(&self, path: &[u8]) -> Option<Name> {
        self.names.get(path).copied()
    }

    pub(super) fn set(&mut self, path: &[u8], name: Name) {
        self.names.insert(path.into(), name);
    }

    /// Returns all names, sorted by the bytes of their paths, so that a directory precedes its content.
    pub(super) fn names(&self) -> impl Iterator<Item = (&[u8], Name)> {
        self.names.iter().map(|(path, &name)| (&**path, name))
    }

    /// Returns the names below a directory.
    pub(super) fn names_below(&self, dir: &[u8]) -> impl Iterator<Item = (&[u8], Name)> {
        // `0` comes right after `/`.
        let (from, to) = ([dir, b"/"].concat(), [dir, b"0"].concat());
        let bounds = match dir {
            b"" => (Bound::Excluded(dir), Bound::Unbounded),
            _ => (Bound::Excluded(&from[..]), Bound::Excluded(&to[..])),
        };
        let range = self.names.range::<[u8], _>(bounds);
        range.map(|(path, &name)| (&**path, name))
    }

    /// Removes the name of a path and those below it.
    pub(super) fn forget(&mut self, path: &[u8]) {
        let mut gone: Vec<Box<[u8]>> = Vec::new();
        gone.extend(self.names_below(path).map(|(path, _)| path.into()));
        for path in gone {
            self.names.remove(&path);
        }
        self.names.remove(path);
    }

    fn dir(&self, name: Name) -> Option<Below> {
        match name {
            Name::Inode(id) => match self.inode(id)?.kind {
                Kind::Dir(below) => Some(below),
                _ => None,
            },
            Name::Whiteout => None,
        }
    }

    /// Returns the image's node at a path, if no directory of the container layer hides it. The name of the path
    /// itself is not considered.
    pub(super) fn below(&self, base: Base<'_>, path: &[u8]) -> Option<NodeId> {
        let mut above = path;
        while let Some(dir) = parent_of(above) {
            if let Some(name) = self.name(dir) {
                // If the image is visible in a directory, it is visible in the directories above.
                if self.dir(name) != Some(Below::Seen) {
                    return None;
                }
                break;
            }
            above = dir;
        }
        base.find(path)
    }

    /// Returns the node that a container sees at a path, without following a link.
    pub(super) fn find(&self, base: Base<'_>, path: &[u8]) -> Option<Found> {
        match self.name(path) {
            Some(Name::Whiteout) => None,
            Some(Name::Inode(id)) => Some(Found::Upper(id)),
            None => self.below(base, path).map(Found::Lower),
        }
    }

    /// Returns the kind of a node and, for a symbolic link, its target.
    pub(super) fn kind_of<'a>(
        &'a self,
        base: Base<'a>,
        found: Found,
    ) -> Option<(EntryKind, &'a [u8])> {
        match found {
            Found::Upper(id) => {
                let kind = &self.inode(id)?.kind;
                let target: &[u8] = match kind {
                    Kind::Symlink(target) => target,
                    _ => &[],
                };
                Some((kind.entry_kind(), target))
            }
            // The root of an image without layers.
            Found::Lower(NodeId::ROOT) => Some((EntryKind::Dir, &[])),
            Found::Lower(node) => base.info(node).map(|info| (info.kind, info.link)),
        }
    }
}
