//! Merges several layers into one, as entries on top of the layers below.
//!
//! Only the visible result is written; content that the layers wrote and hid again is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::upper::{ContentSource, join, parent_of};
use super::written::{Written, WrittenEntry, bare, hiding, index_of, place};
use super::{Base, Refusal};
use crate::image::Timestamp;
use crate::layer::{EntryKind, EntryPath};
use crate::overlay::{EntryPlace, NodeId, NodeInfo, Union};

const WHITEOUT: &[u8] = b".wh.";

/// The entry at a path of the new layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Whiteout,
    Node(NodeId),
}

impl Written {
    /// Merges the layers of a union from `from` up to, but not including, `n_layers`.
    ///
    /// # Errors
    /// When a name has to be hidden that no whiteout can name, or a hard link has no target.
    pub fn merged(
        union: &Union,
        from: usize,
        n_layers: usize,
        limits: &crate::bounds::Limits,
    ) -> Result<Written, Refusal> {
        let mut merging = Merging {
            union,
            from,
            below: Base::new(union, from, limits),
            top: Base::new(union, n_layers, limits),
            names: BTreeMap::new(),
        };
        let mut items: Vec<(Vec<u8>, Item)> = merging.items()?.into_iter().collect();
        items.sort_by_cached_key(|(path, item)| place(path, *item == Item::Whiteout));
        let entries: Rc<[WrittenEntry]> = items
            .iter()
            .filter_map(|(path, item)| merging.entry(path, *item))
            .collect();
        let index = Rc::new(index_of(&entries));
        Ok(Written { entries, index })
    }
}

struct Merging<'a> {
    union: &'a Union,
    from: usize,
    below: Base<'a>,
    top: Base<'a>,
    /// The first written name of each inode.
    names: BTreeMap<EntryPlace, Box<[u8]>>,
}

impl Merging<'_> {
    fn items(&self) -> Result<BTreeMap<Vec<u8>, Item>, Refusal> {
        let mut nodes = BTreeSet::new();
        let mut items = BTreeMap::new();
        for id in self.union.ids() {
            match self.top.info(id) {
                // Once written, it might lead somewhere.
                Some(info) if self.is_new(&info) && info.kind == EntryKind::Hardlink => {
                    return Err(Refusal::Unresolved);
                }
                Some(info) if self.is_new(&info) => {
                    nodes.insert(id);
                    if info.n_names > 1 {
                        nodes.extend(self.top.links(id));
                    }
                }
                Some(_) => {}
                None if self.is_hidden_here(id) => {
                    let name = self.union.name(id);
                    if name.starts_with(WHITEOUT) {
                        return Err(Refusal::Whiteout);
                    }
                    items.insert(self.union.path(id), Item::Whiteout);
                }
                None => {}
            }
        }
        for id in nodes {
            items.insert(self.union.path(id), Item::Node(id));
        }
        let mut above = BTreeMap::new();
        for path in items.keys() {
            let mut at = &path[..];
            while let Some(dir) = parent_of(at).filter(|dir| !dir.is_empty()) {
                if items.contains_key(dir) || above.contains_key(dir) {
                    break;
                }
                let node = self.top.find(dir);
                above.extend(node.map(|node| (dir.to_vec(), Item::Node(node))));
                at = dir;
            }
        }
        items.append(&mut above);
        Ok(items)
    }

    /// True if any part of the node comes from the merged layers.
    fn is_new(&self, info: &NodeInfo<'_>) -> bool {
        let is_here = |layer: crate::overlay::LayerIdx| layer.0 as usize >= self.from;
        let placed = info.content.into_iter().chain(info.metadata);
        is_here(info.layer) || placed.into_iter().any(|place| is_here(place.layer))
    }

    /// True if the node exists below and must be hidden by a whiteout of its own, since its parent is a directory
    /// before and after.
    fn is_hidden_here(&self, id: NodeId) -> bool {
        let is_dir = |base: &Base<'_>, dir: NodeId| {
            let info = base.info(dir);
            dir == NodeId::ROOT || info.is_some_and(|info| info.kind == EntryKind::Dir)
        };
        self.below.info(id).is_some()
            && self
                .union
                .parent(id)
                .is_some_and(|dir| is_dir(&self.below, dir) && is_dir(&self.top, dir))
    }

    fn entry(&mut self, path: &[u8], item: Item) -> Option<WrittenEntry> {
        let Item::Node(id) = item else {
            let EntryPath { dir, name } = EntryPath::of(path);
            let name = [WHITEOUT, name].concat();
            return Some(hiding(join(dir, &name).into(), Timestamp::default()));
        };
        let info = self.top.info(id)?;
        // A directory that is named like a whiteout exists because of its content; an entry for the directory
        // itself would be a whiteout.
        if self.union.name(id).starts_with(WHITEOUT) || (id == NodeId::ROOT && info.implied) {
            return None;
        }
        let mut entry = WrittenEntry {
            mode: info.mode,
            uid: info.uid,
            gid: info.gid,
            mtime: info.mtime.unwrap_or_default(),
            link: info.link.into(),
            device: info.device,
            ..bare(path.into(), info.kind)
        };
        if let Some(place) = info.content.filter(|_| info.n_names > 1) {
            if let Some(first) = self.names.get(&place) {
                entry.kind = EntryKind::Hardlink;
                entry.link = first.clone();
                entry.device = None;
                return Some(entry);
            }
            self.names.insert(place, path.into());
        }
        entry.xattrs = self.top.owned_xattrs(id);
        if info.kind == EntryKind::File {
            entry.size_bytes = info.size_bytes;
            entry.fingerprint = info.content.map_or(0, |place| self.top.fingerprint(place));
            if let Some(place) = info.content.filter(|_| info.size_bytes > 0) {
                entry.source = ContentSource::Lower(place);
            }
        }
        Some(entry)
    }
}
