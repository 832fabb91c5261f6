//! Applies edits to the upper directory, by the rules of a file system as far as they apply to an image.
//!
//! The caller rolls back the effects of a refused step.

use std::collections::BTreeMap;

use super::edit::{check_name, check_names, check_path, check_target};
use super::resolve::{real_dir, real_path};
use super::upper::{Below, ContentSource, File, Found, Inode, InodeId, Kind, Name, Upper, join};
use super::{Attributes, Base, Edit, NewContent, Refusal, Refused, Step};
use crate::image::{ImagePath, Timestamp};
use crate::layer::EntryKind;
use crate::overlay::{EntryPlace, NodeId, NodeInfo};

/// Names of one container layer: enough to move a whole root file system, and more.
const MOST_NAMES: usize = 1_000_000;

/// Applies the edits of a step one after the other.
///
/// # Errors
/// With the first edit that cannot be applied. The edits before it stay applied.
pub(super) fn apply(upper: &mut Upper, base: Base<'_>, step: &Step) -> Result<(), Refused> {
    let mut applying = Applying {
        upper,
        base,
        at: step.at,
    };
    for (number, edit) in step.edits.iter().enumerate() {
        applying.edit(edit).map_err(|why| Refused {
            edit: number,
            path: edit.path().clone(),
            why,
        })?;
    }
    Ok(())
}

struct Applying<'a> {
    upper: &'a mut Upper,
    base: Base<'a>,
    at: Timestamp,
}

impl Applying<'_> {
    fn edit(&mut self, edit: &Edit) -> Result<(), Refusal> {
        match edit {
            Edit::File {
                path,
                content,
                attributes,
            } => self.file(path, content, *attributes),
            Edit::Dir { path, attributes } => {
                let path = self.free_path(path)?;
                self.make(
                    &path,
                    Kind::Dir(Below::Hidden),
                    attributes.unwrap_or(Attributes::DIR),
                )
            }
            Edit::Dirs { path } => self.dirs(path),
            Edit::Symlink { path, target } => {
                check_target(target, self.base.limits())?;
                let path = self.free_path(path)?;
                let attributes = Attributes {
                    mode: 0o777,
                    ..Attributes::FILE
                };
                self.make(&path, Kind::Symlink((&**target).into()), attributes)
            }
            Edit::Delete { path } => {
                let (path, _) = self.there(path)?;
                if path.is_empty() {
                    return Err(Refusal::Root);
                }
                self.delete(&path);
                Ok(())
            }
            Edit::Rename { from, to } => self.rename(from, to),
            Edit::Mode { path, mode } => {
                if *mode > 0o7777 {
                    return Err(Refusal::Mode);
                }
                let (path, found) = self.there(path)?;
                if self.kind(found) == Some(EntryKind::Symlink) {
                    return Err(Refusal::NoMode);
                }
                let inode = self.copy_up(&path, found)?;
                inode.mode = *mode;
                Ok(())
            }
            Edit::Owner { path, uid, gid } => {
                let (path, found) = self.there(path)?;
                let inode = self.copy_up(&path, found)?;
                (inode.uid, inode.gid) = (*uid, *gid);
                Ok(())
            }
        }
    }

    fn kind(&self, found: Found) -> Option<EntryKind> {
        self.upper.kind_of(self.base, found).map(|(kind, _)| kind)
    }

    /// Returns the path with the links in its directories resolved, and the node there.
    fn there(&self, path: &ImagePath) -> Result<(Vec<u8>, Found), Refusal> {
        let real = real_path(self.upper, self.base, path)?;
        check_names(&real)?;
        let found = self.upper.find(self.base, &real);
        Ok((real, found.ok_or(Refusal::NotFound)?))
    }

    /// Returns the path with the links in its directories resolved, if the path is valid and still free.
    fn free_path(&self, path: &ImagePath) -> Result<Vec<u8>, Refusal> {
        let real = self.good_path(path)?;
        match self.upper.find(self.base, &real) {
            Some(_) => Err(Refusal::Exists),
            None => Ok(real),
        }
    }

    fn good_path(&self, path: &ImagePath) -> Result<Vec<u8>, Refusal> {
        check_path(path.as_bytes(), self.base.limits())?;
        let real = real_path(self.upper, self.base, path)?;
        check_path(&real, self.base.limits())?;
        Ok(real)
    }

    fn make(&mut self, path: &[u8], kind: Kind, attributes: Attributes) -> Result<(), Refusal> {
        let Attributes { mode, uid, gid } = attributes;
        if mode > 0o7777 {
            return Err(Refusal::Mode);
        }
        let inode = Inode {
            kind,
            mode,
            uid,
            gid,
            mtime: self.at,
            copied: None,
        };
        self.has_room(1)?;
        let id = self.upper.add_inode(inode);
        self.upper.set(path, Name::Inode(id));
        Ok(())
    }

    fn has_room(&self, n_names: usize) -> Result<(), Refusal> {
        if self.upper.n_names().saturating_add(n_names) <= MOST_NAMES {
            return Ok(());
        }
        Err(Refusal::TooManyNames { limit: MOST_NAMES })
    }

    fn file(
        &mut self,
        path: &ImagePath,
        content: &NewContent,
        attributes: Option<Attributes>,
    ) -> Result<(), Refusal> {
        let real = self.good_path(path)?;
        let file = File {
            source: match content.size_bytes {
                0 => ContentSource::Empty,
                _ => ContentSource::New(content.clone()),
            },
            size_bytes: content.size_bytes,
            fingerprint: content.fingerprint,
        };
        let Some(found) = self.upper.find(self.base, &real) else {
            return self.make(
                &real,
                Kind::File(file),
                attributes.unwrap_or(Attributes::FILE),
            );
        };
        if self.kind(found) != Some(EntryKind::File) {
            return Err(Refusal::NotFile);
        }
        if attributes.is_some_and(|new| new.mode > 0o7777) {
            return Err(Refusal::Mode);
        }
        let at = self.at;
        let inode = self.copy_up_without_content(&real, found)?;
        inode.kind = Kind::File(file);
        inode.mtime = at;
        if let Some(new) = attributes {
            (inode.mode, inode.uid, inode.gid) = (new.mode, new.uid, new.gid);
        }
        Ok(())
    }

    fn dirs(&mut self, path: &ImagePath) -> Result<(), Refusal> {
        let mut at = Vec::new();
        for name in path.components() {
            let next = join(&at, name);
            at = match self.upper.find(self.base, &next) {
                None => {
                    check_name(name)?;
                    check_path(&next, self.base.limits())?;
                    self.make(&next, Kind::Dir(Below::Hidden), Attributes::DIR)?;
                    next
                }
                Some(_) => real_dir(self.upper, self.base, &next)?,
            };
        }
        Ok(())
    }

    fn delete(&mut self, path: &[u8]) {
        self.upper.forget(path);
        if self.upper.below(self.base, path).is_some() {
            self.upper.set(path, Name::Whiteout);
        }
    }

    fn rename(&mut self, from: &ImagePath, to: &ImagePath) -> Result<(), Refusal> {
        let (from, found) = self.there(from)?;
        if from.is_empty() {
            return Err(Refusal::Root);
        }
        let to = self.free_path(to)?;
        if to
            .strip_prefix(&from[..])
            .is_some_and(|rest| rest.first() == Some(&b'/'))
        {
            return Err(Refusal::IntoItself);
        }
        let moved = self.subtree(&from, found)?;
        for (below, _) in &moved {
            check_path(&[&to[..], below].concat(), self.base.limits())?;
        }
        self.delete(&from);
        for (below, id) in moved {
            if let Some(inode) = self.upper.inode_mut(id)
                && let Kind::Dir(below) = &mut inode.kind
            {
                *below = Below::Hidden;
            }
            self.upper.set(&[&to[..], &below].concat(), Name::Inode(id));
        }
        Ok(())
    }

    /// Returns everything at and below a path, copied up: the rest of each path, with its slash, and the inode.
    fn subtree(&mut self, top: &[u8], found: Found) -> Result<Vec<(Vec<u8>, InodeId)>, Refusal> {
        let mut moved = Vec::new();
        if let Found::Upper(id) = found {
            moved.push((Vec::new(), id));
        }
        // A directory that still belongs to the image may contain names of the container layer.
        let rest = |path: &[u8]| path.get(top.len()..).unwrap_or_default().to_vec();
        let named = self.upper.names_below(top);
        moved.extend(named.filter_map(|(path, name)| match name {
            Name::Inode(id) => Some((rest(path), id)),
            Name::Whiteout => None,
        }));
        let mut pending: Vec<(Vec<u8>, NodeId)> = Vec::new();
        match found {
            Found::Lower(node) => pending.push((Vec::new(), node)),
            Found::Upper(id) if self.is_seen_through(id) => {
                let node = self.upper.below(self.base, top);
                pending.extend(node.map(|node| (Vec::new(), node)));
            }
            Found::Upper(_) => {}
        }
        let mut links = BTreeMap::new();
        while let Some((rest, node)) = pending.pop() {
            let path = [top, &rest].concat();
            let name = self.upper.name(&path);
            if name.is_none() {
                self.has_room(moved.len())?;
                moved.push((rest.clone(), self.lower_inode(node, &mut links)?));
            }
            let seen_through = match name {
                None => true,
                Some(Name::Inode(id)) => self.is_seen_through(id),
                Some(Name::Whiteout) => false,
            };
            if seen_through {
                for child in self.base.children(node) {
                    check_names(self.base.name(child))?;
                    let rest = [&rest[..], b"/", self.base.name(child)].concat();
                    pending.push((rest, child));
                }
            }
        }
        Ok(moved)
    }

    fn is_seen_through(&self, id: InodeId) -> bool {
        let inode = self.upper.inode(id);
        inode.is_some_and(|inode| matches!(inode.kind, Kind::Dir(Below::Seen)))
    }

    /// Returns a copy of a node of the image, or the copy in `links` if the node is another name of the same inode.
    fn lower_inode(
        &mut self,
        node: NodeId,
        links: &mut BTreeMap<EntryPlace, InodeId>,
    ) -> Result<InodeId, Refusal> {
        let info = self.base.info(node).ok_or(Refusal::NotFound)?;
        let shared = info.content.filter(|_| info.n_names > 1);
        if let Some(&id) = shared.and_then(|place| links.get(&place)) {
            return Ok(id);
        }
        if info.incomplete {
            return Err(Refusal::Incomplete);
        }
        let inode = copied(self.base, node, &info, self.at)?;
        let id = self.upper.add_inode(inode);
        if let Some(place) = shared {
            links.insert(place, id);
        }
        Ok(id)
    }

    /// Copies a path up into the container layer if necessary, and returns its inode.
    fn copy_up(&mut self, path: &[u8], found: Found) -> Result<&mut Inode, Refusal> {
        if let Found::Lower(node) = found
            && self.base.info(node).is_some_and(|info| info.incomplete)
        {
            return Err(Refusal::Incomplete);
        }
        self.copy_up_without_content(path, found)
    }

    /// Like [`Self::copy_up`], for a file whose content is about to be replaced.
    fn copy_up_without_content(
        &mut self,
        path: &[u8],
        found: Found,
    ) -> Result<&mut Inode, Refusal> {
        let id = match found {
            Found::Upper(id) => id,
            Found::Lower(node) => {
                self.has_room(1)?;
                let inode = match self.base.info(node) {
                    Some(info) => copied(self.base, node, &info, self.at)?,
                    // The root of an image without layers.
                    None => Inode {
                        kind: Kind::Dir(Below::Seen),
                        mode: 0o755,
                        uid: 0,
                        gid: 0,
                        mtime: self.at,
                        copied: None,
                    },
                };
                let id = self.upper.add_inode(inode);
                self.upper.set(path, Name::Inode(id));
                id
            }
        };
        self.upper.inode_mut(id).ok_or(Refusal::NotFound)
    }
}

/// Returns an inode with the metadata and content of the image's node. A directory keeps showing its content below.
fn copied(
    base: Base<'_>,
    node: NodeId,
    info: &NodeInfo<'_>,
    at: Timestamp,
) -> Result<Inode, Refusal> {
    let kind = match info.kind {
        EntryKind::Dir => Kind::Dir(Below::Seen),
        EntryKind::File => Kind::File(File {
            source: match info.content.filter(|_| info.size_bytes > 0) {
                Some(place) => ContentSource::Lower(place),
                None => ContentSource::Empty,
            },
            size_bytes: info.size_bytes,
            fingerprint: info.content.map_or(0, |place| base.fingerprint(place)),
        }),
        EntryKind::Symlink => Kind::Symlink(info.link.into()),
        EntryKind::Char => Kind::Char(info.device),
        EntryKind::Block => Kind::Block(info.device),
        EntryKind::Fifo => Kind::Fifo,
        EntryKind::Hardlink => return Err(Refusal::Unresolved),
    };
    Ok(Inode {
        kind,
        mode: info.mode,
        uid: info.uid,
        gid: info.gid,
        mtime: info.mtime.unwrap_or(at),
        copied: Some(node),
    })
}
