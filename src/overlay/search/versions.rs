//! The versions of a path: its states from layer to layer, and which layer hid each.

use super::Search;
use super::found::Found;
use super::kept::Place;
use crate::overlay::log::Record;
use crate::overlay::numbered::NONE;
use crate::overlay::query::Facts;
use crate::overlay::{Change, LayerIdx, NodeId, Union};

/// A version in the making, from its newest record down.
struct Version {
    found: Found,
    /// True if one of its records meets the operators; `found` is then the newest of those.
    is_meant: bool,
}

impl Search {
    /// Keeps the versions of a path that meet the operators, newest first. Layers that keep its content, and
    /// directories that stay directories, do not make a version.
    pub(super) fn keep_versions(&mut self, union: &Union, id: NodeId, cost: u64) {
        let view = self.view;
        let shown = match union.shows(id, view) {
            true => union.shown_record(id, view).map(|(shown, _)| shown.layer),
            false => None,
        };
        let mut next = union.arena.last_touch(id);
        let is_by_size = self.query.is_by_size();
        // Most paths are named by one layer, and there may be a million of them.
        let is_named_once = union.log.record(next).is_some_and(|r| r.below == NONE);
        let has_room = is_by_size || self.kept.has_room(cost, Place::InView);
        if is_named_once && shown.is_some() && !has_room {
            return;
        }
        let mut above: Option<&Record> = None;
        let mut hidden = None;
        let mut version: Option<Version> = None;
        while let Some(record) = union.log.record(next) {
            next = record.below;
            let change = above.and_then(|above| union.hides(above, record));
            if let Some(change) = change {
                hidden = Some(change);
                self.keep(union, cost, version.take());
            }
            above = Some(record);
            let Some(seen) = union.seen(record, record.layer) else {
                continue;
            };
            let here = Found {
                id,
                layer: LayerIdx(u32::from(record.layer)),
                kind: seen.kind,
                size_bytes: seen.size_bytes(),
                in_view: false,
                hidden,
            };
            let facts = || Facts {
                layer: u32::from(record.layer),
                kind: seen.kind,
                size_bytes: here.size_bytes,
                owner: seen.owner(),
                mode: seen.mode(),
                hidden: hidden.map(|(_, change)| change),
            };
            match &mut version {
                None => {
                    version = Some(Version {
                        is_meant: self.query.fits(&facts()),
                        found: here,
                    });
                }
                // What a lower layer wrote of it is asked for by that layer's number alone.
                Some(version) if !version.is_meant && self.query.names_layers() => {
                    if self.query.fits(&facts()) {
                        version.is_meant = true;
                        version.found.layer = here.layer;
                    }
                }
                Some(_) => {}
            }
            if let Some(version) = &mut version {
                version.found.in_view |= shown == Some(record.layer);
            }
        }
        self.keep(union, cost, version);
    }

    fn keep(&mut self, union: &Union, cost: u64, version: Option<Version>) {
        if let Some(version) = version.filter(|version| version.is_meant) {
            let cost = match self.query.is_by_size() {
                true => size_cost(version.found.size_bytes),
                false => cost,
            };
            self.kept.push(union, cost, version.found);
        }
    }
}

/// Returns a cost that is lower for larger files; nearly equal sizes have the same.
fn size_cost(size_bytes: u64) -> u64 {
    let bits = u64::from(u64::BITS - size_bytes.leading_zeros());
    let top = size_bytes.checked_shr(u32::try_from(bits.saturating_sub(8)).unwrap_or(0));
    u64::from(u64::BITS)
        .saturating_sub(bits)
        .saturating_mul(256)
        .saturating_add(255_u64.saturating_sub(top.unwrap_or(0)))
}

impl Union {
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
