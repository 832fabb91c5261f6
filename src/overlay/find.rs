//! Finding paths by a part of their name, in all layers: what is deleted or overwritten is found where it lies.
//!
//! The tree's filter, which keeps the directories that lead to a match, is in `tree`.

use super::log::Record;
use super::names::Fit;
use super::numbered::NONE;
use super::path_text::PathText;
use super::{Change, LayerIdx, NodeId, Union, View};
use crate::layer::EntryKind;

/// Bytes of the paths that are found at most: a hostile layer has thousands of them, each as long as can be.
const FOUND_BYTES: usize = 16 * 1024 * 1024;

/// One version of a path that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path.
    pub id: NodeId,
    /// The layer that supplies this version.
    pub layer: LayerIdx,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of content, 0 for everything but files.
    pub size_bytes: u64,
    /// True where the view that was asked about shows it.
    pub in_view: bool,
    /// The layer that deleted or overwrote it, which is one of these two; `None` for what a container sees of all
    /// layers.
    pub hidden: Option<(LayerIdx, Change)>,
}

/// The order of versions of paths that fit equally well.
#[derive(Clone, Copy)]
enum Place {
    InView,
    Elsewhere,
    Hidden,
}

/// The hits that are kept: the best fits first, each with what the view shows, then what another view shows,
/// then what all layers hide. What is found first is kept, so that a query that all names match costs no more than
/// others.
struct Kept {
    limit: usize,
    groups: [[Vec<Found>; 3]; 3],
    path_bytes: [usize; 3],
}

impl Kept {
    /// True where one more is kept; there is no group of what does not fit.
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
            // Of one path the newest version comes first.
            paths.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.layer.cmp(&a.1.layer)));
            sorted.extend(paths.into_iter().map(|(_, found)| found));
        }
        sorted.truncate(self.limit);
        sorted
    }
}

impl Union {
    /// Versions of paths whose name holds `query`, whatever the case of ASCII letters, in any layer: whole names
    /// first, then names that begin with it, then the rest. In each of these groups what the view shows comes first,
    /// what it does not have comes next, and what a layer deleted or overwrote comes last, each sorted by path.
    ///
    /// What stands after the last slash of `query` is then the start of the name, and what stands before it the end
    /// of its directory's path: `etc/host` finds `etc/hosts` and `usr/etc/hostname`.
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

    /// Keeps the versions of a path, the newest first. Layers that keep its content, and directories that stay
    /// directories, make no version of their own.
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

    /// The way in which a record hides what stands at its path below it; `None` where that is still there.
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
