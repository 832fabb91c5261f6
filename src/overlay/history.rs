//! The layers that touched a path, from the base up, with reason, kind and differences of each change.
//!
//! Records of the path itself and metadata written through other names of its inode are merged by layer.

use super::compare::{Seen, change};
use super::log::{Record, SHARED, State, THROUGH};
use super::{Cause, Change, Differences, EntryPlace, LayerIdx, NodeId, Touch, Union};

impl Union {
    /// Returns every layer that touched a path, from the base up. Empty for the root of an image that never names
    /// it.
    pub fn history(&self, id: NodeId) -> Vec<Touch> {
        let mut touches = Vec::new();
        if !self.arena.contains(id) {
            return touches;
        }
        let mut next = self.arena.last_touch(id);
        // Layer of the record above, from which on this record no longer applies.
        let mut until = None;
        while let Some(record) = self.log.record(next) {
            self.touches_by_link(record, until, &mut touches);
            touches.extend(self.touch(record));
            until = Some(record.layer);
            next = record.below;
        }
        touches.reverse();
        touches
    }

    /// Iterates over the effects of a layer on the paths that it wrote or hid itself, each path once, in no
    /// particular order.
    ///
    /// Metadata that reached a path through another name of its inode is omitted; [`Union::history`] includes it.
    pub fn touches(&self, layer: LayerIdx) -> impl Iterator<Item = (NodeId, Touch)> + '_ {
        let applied = self.layers.get(layer.0 as usize);
        let records = applied.map(|applied| self.log.records.range(&applied.records));
        records
            .unwrap_or_default()
            .iter()
            .filter(|record| record.state != State::Void)
            .filter_map(|record| Some((NodeId(record.node), self.touch(record)?)))
    }

    /// Adds the metadata that reached a record through other names while it applied, newest first.
    fn touches_by_link(&self, record: &Record, until: Option<u16>, touches: &mut Vec<Touch>) {
        let Some(inode) = self.log.inode_of(record) else {
            return;
        };
        let mut told = None;
        for version in self.log.versions(inode) {
            let place = version.metadata;
            let holds = place.layer > record.layer && until.is_none_or(|until| place.layer < until);
            // The newest version of a layer is the whole effect of that layer.
            if !holds || told == Some(place.layer) {
                continue;
            }
            told = Some(place.layer);
            let now = self.seen(record, place.layer);
            let below = self.seen(record, place.layer - 1);
            if let (Some(now), Some(below)) = (now, below) {
                touches.push(Touch {
                    cause: Cause::Link,
                    entry: Some(place.entry),
                    ..Touch::of(place.layer, Change::Changed, &now, Some(&below))
                });
            }
        }
    }

    fn touch(&self, record: &Record) -> Option<Touch> {
        // The root's own first record does not belong to a layer's entry.
        if record.node == NodeId::ROOT.0 && record.state == State::Implied {
            return None;
        }
        let now = self.seen(record, record.layer);
        let below = self.seen_below(record);
        let shown = now.as_ref().or(below.as_ref())?;
        let change = change(now.as_ref(), below.as_ref()).unwrap_or(Change::Changed);
        let name = self
            .log
            .names
            .get(record.entry)
            .filter(|_| record.flags & SHARED != 0);
        Some(Touch {
            cause: cause(record.state),
            entry: Some(name.map_or(record.entry, |name| name.entry)),
            through_symlink: record.flags & THROUGH != 0,
            ..Touch::of(
                record.layer,
                change,
                shown,
                below.as_ref().filter(|_| now.is_some()),
            )
        })
    }
}

impl Touch {
    fn of(layer: u16, change: Change, now: &Seen<'_>, below: Option<&Seen<'_>>) -> Touch {
        Touch {
            layer: LayerIdx(u32::from(layer)),
            change,
            cause: Cause::Entry,
            kind: now.kind,
            entry: None,
            content: now
                .content_place
                .filter(|_| change != Change::Deleted)
                .map(EntryPlace::from),
            differs: below.map_or(Differences::default(), |below| now.differences(below)),
            content_identical: below.is_some_and(|below| now.repeats_content(below)),
            through_symlink: false,
        }
    }
}

fn cause(state: State) -> Cause {
    match state {
        State::GoneByWhiteout => Cause::Whiteout,
        State::GoneByOpaque => Cause::Opaque,
        State::GoneWithParent => Cause::ParentRemoved,
        State::GoneByReplacement => Cause::ParentReplaced,
        State::Implied => Cause::Implied,
        _ => Cause::Entry,
    }
}
