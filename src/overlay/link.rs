//! Hard links: names that share an inode, in one layer and across layers.
//!
//! A path gets an inode of its own only with its second name. Until then its record is enough.

use std::collections::BTreeSet;

use super::NodeId;
use super::apply::{Applying, AufsLink};
use super::log::{Place, State};
use super::name::in_aufs_links;
use crate::image::ImagePath;
use crate::layer::{EngineRefusal, Entry, EntryId, Notice};

/// Maximum number of links in one layer that bring attributes to one inode. Every read of the attributes visits all
/// of them.
const MOST_WITH_ATTRIBUTES: usize = 64;

/// The target of a hard link at this point of the tar.
struct Target {
    inode: u32,
    state: State,
    /// True if only lower layers have it.
    is_lower: bool,
}

impl Applying<'_> {
    /// Makes `node` another name of the current target of the entry's link.
    pub(super) fn hardlink(&mut self, node: NodeId, entry: &Entry<'_>, flags: u8) {
        match self.target(node, entry) {
            Ok(target) => {
                self.replace(node, entry);
                if target.is_lower {
                    self.notice(Notice::LinkToLower, entry.path);
                }
                let record = self.put(node, target.state, entry.id.0, flags);
                self.union.log.share(record, target.inode, entry.id.0);
                self.overwrite_metadata(target.inode, entry);
            }
            Err(()) => {
                self.refused(EngineRefusal::UnresolvedHardlink, entry.path);
                self.replace(node, entry);
                self.put(node, State::Unresolved, entry.id.0, flags);
            }
        }
    }

    /// Returns the target of the link. Fails if it is missing, is the link itself, is a directory, or is unresolved
    /// as well.
    fn target(&mut self, node: NodeId, entry: &Entry<'_>) -> Result<Target, ()> {
        let path = ImagePath::normalise(entry.link).map_err(|_| ())?;
        if let Some(name) = in_aufs_links(path.as_bytes()) {
            return Ok(Target {
                inode: self.aufs_inode(name).ok_or(())?,
                state: State::File,
                is_lower: false,
            });
        }
        let (target, followed_bytes) =
            self.union
                .walk_to_name(self.layer, path.as_bytes(), self.link_budget);
        self.link_budget = self.link_budget.saturating_sub(followed_bytes);
        self.union.n_steps += 1 + path.components().count() as u64;
        let target = target.filter(|target| *target != node).ok_or(())?;
        let record = self.now(target).ok_or(())?;
        let (state, is_lower) = (record.state, record.layer < self.layer);
        if state == State::Unresolved || state.is_dir() {
            return Err(());
        }
        Ok(Target {
            inode: self.inode_of(target).ok_or(())?,
            state,
            is_lower,
        })
    }

    /// Returns the inode of a path, created if the path had only one name so far.
    fn inode_of(&mut self, target: NodeId) -> Option<u32> {
        let id = self.union.arena.last_touch(target);
        let log = &mut self.union.log;
        let record = *log.record(id)?;
        if let Some(inode) = log.inode_of(&record) {
            return Some(inode);
        }
        let inode = log.add_inode(Place {
            layer: record.layer,
            entry: record.entry,
        });
        log.share(id, inode, record.entry);
        Some(inode)
    }

    fn aufs_inode(&mut self, name: &[u8]) -> Option<u32> {
        let place = match *self.aufs_links.get(name)? {
            AufsLink::Inode(inode) => return Some(inode),
            AufsLink::Entry(entry) => self.place(entry),
        };
        let inode = self.union.log.add_inode(place);
        self.aufs_links.insert(name.into(), AufsLink::Inode(inode));
        Some(inode)
    }

    /// Applies a link's own mode, owner and time to all names, like an engine that sets them on the link.
    fn overwrite_metadata(&mut self, inode: u32, entry: &Entry<'_>) {
        let Some(version) = self.union.log.version(inode, self.layer) else {
            return;
        };
        let place = version.metadata;
        let same = self.union.entry_at(place).is_some_and(|held| {
            let mode = held.mode == entry.mode || held.kind == crate::layer::EntryKind::Symlink;
            mode && (held.uid, held.gid, held.mtime) == (entry.uid, entry.gid, entry.mtime)
        });
        let has_attributes = self.index.xattrs(entry.id).next().is_some();
        if same && !has_attributes {
            return;
        }
        let metadata = self.place(entry.id.0);
        if !self.brings_attributes(inode, entry) {
            self.union.log.replace_version(inode, metadata);
        } else if self.n_links_with_attributes(inode) < MOST_WITH_ATTRIBUTES {
            self.union.log.add_version(inode, metadata);
        } else {
            self.union.log.replace_version(inode, metadata);
            self.notice(Notice::LinkAttributesLeftOut, entry.path);
        }
    }

    /// True if the effective metadata comes from a link of this layer with attributes that the entry does not
    /// overwrite.
    fn brings_attributes(&self, inode: u32, entry: &Entry<'_>) -> bool {
        let Some(version) = self.union.log.version(inode, self.layer) else {
            return false;
        };
        let place = version.metadata;
        // A set, because both sides may have tens of thousands.
        let mut new = BTreeSet::new();
        new.extend(self.index.xattrs(entry.id).map(|new| new.name));
        let mut held = self.index.xattrs(EntryId(place.entry));
        place.layer == self.layer && held.any(|held| !new.contains(held.name))
    }

    fn n_links_with_attributes(&self, inode: u32) -> usize {
        let versions = self.union.log.versions(inode);
        versions
            .take_while(|version| version.metadata.layer == self.layer)
            .take(MOST_WITH_ATTRIBUTES)
            .count()
    }
}
