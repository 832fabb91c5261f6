//! Finds paths by a part of their name in all layers, including deleted and overwritten ones.
//!
//! The tree's filter, which keeps the directories that lead to a match, is left to `tree`.

use super::log::Record;
use super::names::Fit;
use super::numbered::NONE;
use super::path_text::PathText;
use super::{Change, LayerIdx, NodeId, Union, View};
use crate::layer::EntryKind;

/// Maximum number of bytes of the found paths. A hostile layer has thousands of them, each of maximum length.
const FOUND_BYTES: usize = 16 * 1024 * 1024;

/// One version of a path that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Node of the path.
    pub id: NodeId,
    /// Layer that supplies this version.
    pub layer: LayerIdx,
    /// Type of the path in this version.
    pub kind: EntryKind,
    /// Bytes of content; 0 for everything except files.
    pub size_bytes: u64,
    /// True if the requested view shows this version.
    pub in_view: bool,
    /// Layer that hid this version, with [`Change::Deleted`], or [`Change::Changed`] if it was overwritten. `None`
    /// if a container with all layers sees it.
    pub hidden: Option<(LayerIdx, Change)>,
}

/// The order of versions of paths that match equally well.
#[derive(Clone, Copy)]
enum Place {
    InView,
    Elsewhere,
    Hidden,
}

/// The hits that are kept: best matches first; within them, versions in the view, then in another view, then hidden
/// ones. The first hits found are kept, so that a query that matches all names costs no more than others.
struct Kept {
    limit: usize,
    groups: [[Vec<Found>; 3]; 3],
    path_bytes: [usize; 3],
}

impl Kept {
    /// True if one more hit is kept. A path without a match has no group.
    fn has_room(&self, fit: Fit, place: Place) -> bool {
        let group = self.groups.get(fit as usize);
        let kept = group.and_then(|group| group.get(place as usize));
        let bytes = self.path_bytes.get(place as usize);
        kept.is_some_and(|kept| kept.len() < self.limit)
            && bytes.is_some_and(|bytes| *bytes < FOUND_BYTES)
    }

    fn push(&mut self, union: &Union, fit: Fit, found: Found) {
        let place = match (found.in_view, found.hidden) {
            (true, _) => Place::InView,
            (false, None) => Place::Elsewhere,
            (false, Some(_)) => Place::Hidden,
        };
        if !self.has_room(fit, place) {
            return;
        }
        let group = self.groups.get_mut(fit as usize);
        let kept = group.and_then(|group| group.get_mut(place as usize));
        if let (Some(kept), Some(bytes)) = (kept, self.path_bytes.get_mut(place as usize)) {
            *bytes = bytes.saturating_add(union.arena.path_len(found.id));
            kept.push(found);
        }
    }

    fn sorted(self, union: &Union) -> Vec<Found> {
        let mut sorted = Vec::new();
        for found in self.groups.into_iter().flatten() {
            let mut paths: Vec<_> = found.into_iter().map(|f| (union.path(f.id), f)).collect();
            // The newest version of a path comes first.
            paths.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.layer.cmp(&a.1.layer)));
            sorted.extend(paths.into_iter().map(|(_, found)| found));
        }
        sorted.truncate(self.limit);
        sorted
    }
}

impl Union {
    /// Returns versions of paths in any layer whose name contains `query`, ignoring the case of ASCII letters.
    /// Whole names come first, then names that begin with it, then the rest. Within each group, versions in the
    /// view come first, other visible ones next, and deleted or overwritten ones last, each sorted by path.
    ///
    /// If `query` has slashes, the text after the last one is the start of the name, and the text before it is the
    /// end of its directory's path: `etc/host` finds `etc/hosts` and `usr/etc/hostname`.
    pub fn find(&self, query: &[u8], view: View, limit: usize) -> Vec<Found> {
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut text = PathText::new(self, query);
        let mut kept = Kept {
            limit,
            groups: Default::default(),
            path_bytes: [0; 3],
        };
        for id in self.arena.ids().skip(1) {
            match text.fit(id) {
                Fit::No => {}
                fit => self.find_versions(id, view, fit, &mut kept),
            }
        }
        kept.sorted(self)
    }

    /// Keeps the versions of a path, newest first. Layers that keep its content, and directories that stay
    /// directories, do not make a version.
    fn find_versions(&self, id: NodeId, view: View, fit: Fit, kept: &mut Kept) {
        let shown = match self.shows(id, view) {
            true => self.shown_record(id, view).map(|(shown, _)| shown.layer),
            false => None,
        };
        let mut next = self.arena.last_touch(id);
        // Most paths are named by one layer, and there may be a million of them.
        let is_named_once = self.log.record(next).is_some_and(|r| r.below == NONE);
        if is_named_once && shown.is_some() && !kept.has_room(fit, Place::InView) {
            return;
        }
        let mut above: Option<&Record> = None;
        let mut hidden = None;
        let mut version: Option<Found> = None;
        while let Some(record) = self.log.record(next) {
            next = record.below;
            let change = above.and_then(|above| self.hides(above, record));
            if let Some(change) = change {
                hidden = Some(change);
                if let Some(found) = version.take() {
                    kept.push(self, fit, found);
                }
            }
            above = Some(record);
            let Some(seen) = self.seen(record, record.layer) else {
                continue;
            };
            let newest = version.get_or_insert_with(|| Found {
                id,
                layer: LayerIdx(u32::from(record.layer)),
                kind: seen.kind,
                size_bytes: seen.size_bytes(),
                in_view: false,
                hidden,
            });
            newest.in_view |= shown == Some(record.layer);
        }
        if let Some(found) = version {
            kept.push(self, fit, found);
        }
    }

    /// Returns how a record hides the state of its path below it; `None` if that is still visible.
    fn hides(&self, above: &Record, below: &Record) -> Option<(LayerIdx, Change)> {
        let by = LayerIdx(u32::from(above.layer));
        if !above.state.is_present() {
            return Some((by, Change::Deleted));
        }
        let now = self.seen(above, above.layer)?;
        let below = self.seen(below, above.layer.saturating_sub(1))?;
        (!now.shows_content_of(&below)).then_some((by, Change::Changed))
    }
}
