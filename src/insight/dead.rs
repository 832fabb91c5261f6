//! Finds stored content that no path of the final file system reaches, and the layer that hid it.
//!
//! Content is counted by the names that show it. It dies when a layer removes the last of them. Content that no
//! name ever showed, because its own layer ends with something else there, was dead from the start.

use crate::layer::{DataPlace, Entry, EntryKind, EntryPath};
use crate::overlay::{Cause, EntryPlace, LayerIdx, Named, NodeId, Touch, Union, is_aufs};

use super::order::{sorted, stored_order};
use super::replay::{Replay, Shown, entry};

/// Cause of the death of content.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum DeathCause {
    /// A whiteout of its name, or of a directory above it.
    Whiteout,
    /// An opaque marker in a directory above it.
    Opaque,
    /// Something that is not a file replaced it.
    Replaced,
    /// Something that is not a directory replaced a directory above it.
    DirectoryReplaced,
    /// A file with other content replaced it.
    Overwritten,
    /// A file with the same content, mode, owner and attributes replaced it: the second copy is redundant.
    SameContent,
    /// A file with the same content, but another mode, owner or attribute replaced it: `chmod` or `chown`.
    MetadataOnly,
    /// No path ever showed it: content of a whiteout, of AUFS's own files, or of an entry that no path leads to.
    LeftOut,
}

impl DeathCause {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            DeathCause::Whiteout => "whiteout",
            DeathCause::Opaque => "opaque",
            DeathCause::Replaced => "replaced",
            DeathCause::DirectoryReplaced => "directory-replaced",
            DeathCause::Overwritten => "overwritten",
            DeathCause::SameContent => "same-content",
            DeathCause::MetadataOnly => "metadata-only",
            DeathCause::LeftOut => "left-out",
        }
    }

    /// True if nothing took the content's own place. Whole directories die in these ways.
    pub(super) fn removes(self) -> bool {
        matches!(
            self,
            DeathCause::Whiteout | DeathCause::Opaque | DeathCause::DirectoryReplaced
        )
    }
}

/// One entry's content that is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Death {
    /// Place of the content.
    pub(super) place: EntryPlace,
    /// Path that lost it; `None` if no path has the entry's name.
    pub(super) node: Option<NodeId>,
    pub(super) bytes: u64,
    pub(super) hidden_by: LayerIdx,
    pub(super) how: DeathCause,
}

/// Returns the number of bytes of an entry's content that the tar holds.
pub(super) fn stored_bytes(entry: &Entry<'_>) -> u64 {
    match (entry.kind, entry.data) {
        (EntryKind::File, DataPlace::Sparse { extents, .. }) => extents
            .iter()
            .fold(0, |sum: u64, extent| sum.saturating_add(extent.len)),
        (EntryKind::File, _) => entry.size_bytes,
        _ => 0,
    }
}

/// Number of names that show each content, by layer and entry: 0 for never, or else one more than the current
/// number.
#[derive(Default)]
pub(super) struct Names(Vec<Vec<u32>>);

const NEVER: u32 = 0;
const NO_MORE: u32 = 1;

impl Names {
    fn of(&mut self, place: EntryPlace) -> Option<&mut u32> {
        self.0
            .get_mut(place.layer.0 as usize)?
            .get_mut(place.entry as usize)
    }

    fn add(&mut self, place: EntryPlace) {
        if let Some(n) = self.of(place) {
            *n = (*n).max(NO_MORE).saturating_add(1);
        }
    }

    /// Removes a name. True if it was the last one.
    fn take_away(&mut self, place: EntryPlace) -> bool {
        self.of(place).is_some_and(|n| {
            *n = n.saturating_sub(1);
            *n == NO_MORE
        })
    }
}

/// A path that no longer shows some content.
#[derive(Clone, Copy)]
struct Loss {
    place: EntryPlace,
    node: NodeId,
    how: DeathCause,
}

impl Names {
    /// Replays the next layer. Returns the content that died by it, in the order of storage.
    pub(super) fn layer(&mut self, replay: &mut Replay<'_>, layer: LayerIdx) -> Vec<Death> {
        let union = replay.union;
        let n_entries = union
            .layer_index(layer)
            .map_or(0, |index| index.n_entries());
        self.0.push(vec![NEVER; n_entries]);
        let mut losses = Vec::new();
        let mut is_applied = false;
        for (node, touch) in union.touches(layer) {
            is_applied = true;
            let (before, now) = replay.take(node, &touch);
            if before == now {
                continue;
            }
            if let Shown::File(place) = now {
                self.add(place);
            }
            if let Shown::File(place) = before {
                let how = how(union, layer, &touch, now);
                losses.push(Loss { place, node, how });
            }
        }
        let mut deaths = self.deaths(union, layer, &losses);
        self.unseen(replay, layer, is_applied, &mut deaths);
        deaths
    }

    /// Returns the deaths among the losses. New names are counted first: content that got another name in this
    /// layer lives.
    fn deaths(&mut self, union: &Union, layer: LayerIdx, losses: &[Loss]) -> Vec<Death> {
        let key = |loss: &Loss| (stored_order(loss.place), loss.node.0.into());
        let order = sorted(losses.iter().map(key));
        let losses: Vec<Loss> = order
            .iter()
            .filter_map(|&at| losses.get(at).copied())
            .collect();
        let mut deaths: Vec<Death> = Vec::new();
        for same in losses.chunk_by(|one, other| one.place == other.place) {
            let Some(first) = same.first() else {
                continue;
            };
            let n_last = same
                .iter()
                .filter(|loss| self.take_away(loss.place))
                .count();
            let Some(held) = union.entry(first.place).filter(|_| n_last > 0) else {
                continue;
            };
            // Of several names, prefers the entry's own.
            let own = |loss: &&Loss| same.len() > 1 && held.path == union.path(loss.node)[..];
            let told = same.iter().find(own).unwrap_or(first);
            deaths.push(Death {
                place: told.place,
                node: Some(told.node),
                bytes: stored_bytes(&held),
                hidden_by: layer,
                how: told.how,
            });
        }
        deaths.retain(|death| death.bytes > 0);
        deaths
    }

    /// Adds content of the layer that no path shows after the layer.
    fn unseen(
        &self,
        replay: &mut Replay<'_>,
        layer: LayerIdx,
        is_applied: bool,
        deaths: &mut Vec<Death>,
    ) {
        let union = replay.union;
        let names = self.0.last().into_iter().flatten();
        let mut budget = FOLLOWED_BYTES;
        for (at, _) in (0..).zip(names).filter(|(_, n)| **n == NEVER) {
            replay.n_steps += 1;
            let Some(entry) = entry(union, layer, at) else {
                continue;
            };
            let bytes = stored_bytes(&entry);
            if bytes == 0 {
                continue;
            }
            let place = EntryPlace { layer, entry: at };
            let (node, how) = match is_applied && can_be_seen(entry.path) {
                true => instead(replay, &entry, place, &mut budget),
                false => (None, DeathCause::LeftOut),
            };
            deaths.push(Death {
                place,
                node,
                bytes,
                hidden_by: layer,
                how,
            });
        }
    }
}

/// Maximum number of bytes of link targets followed for the hidden paths of one layer.
pub(super) const FOLLOWED_BYTES: u64 = 1024 * 1024 * 1024;

fn can_be_seen(path: EntryPath<'_>) -> bool {
    let is_plain = matches!(Named::of(path.name), Named::Plain(_));
    !path.is_root() && !is_aufs(path) && is_plain
}

/// Returns what a layer has in the end at the path of a hidden entry of its own.
fn instead(
    replay: &mut Replay<'_>,
    entry: &Entry<'_>,
    written: EntryPlace,
    budget: &mut u64,
) -> (Option<NodeId>, DeathCause) {
    let union = replay.union;
    let Some(node) = replay.named(entry.path, budget) else {
        return match union.lookup(&entry.path.to_vec()) {
            Some(node) => (Some(node), DeathCause::DirectoryReplaced),
            None => (None, DeathCause::LeftOut),
        };
    };
    let how = match replay.shown(node) {
        Shown::File(place) => match union.entry(place) {
            Some(other) if same_content(&other, entry) => {
                match same_metadata(union, (&other, place), (entry, written)) {
                    true => DeathCause::SameContent,
                    false => DeathCause::MetadataOnly,
                }
            }
            _ => DeathCause::Overwritten,
        },
        Shown::Nothing => DeathCause::DirectoryReplaced,
        Shown::Dir | Shown::Symlink(_) | Shown::Other => DeathCause::Replaced,
    };
    (Some(node), how)
}

fn same_content(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let content = |entry: &Entry<'_>| (entry.size_bytes, entry.fingerprint, entry.incomplete);
    content(one) == content(other) && !one.incomplete
}

fn same_metadata(
    union: &Union,
    one: (&Entry<'_>, EntryPlace),
    other: (&Entry<'_>, EntryPlace),
) -> bool {
    let owner = |entry: &Entry<'_>| (entry.mode, entry.uid, entry.gid);
    // Attributes are compared in order: one writer wrote both.
    let xattrs = |place: EntryPlace| {
        let index = union.layer_index(place.layer).into_iter();
        index.flat_map(move |index| index.xattrs(place.entry_id()))
    };
    owner(one.0) == owner(other.0) && xattrs(one.1).eq(xattrs(other.1))
}

/// Returns the cause for which a path lost some content.
fn how(union: &Union, layer: LayerIdx, touch: &Touch, now: Shown) -> DeathCause {
    match (now, touch.cause) {
        (Shown::File(_), _) if touch.content_identical => match touch.differs.metadata() {
            true => DeathCause::MetadataOnly,
            false => DeathCause::SameContent,
        },
        (Shown::File(_), _) => DeathCause::Overwritten,
        (Shown::Dir | Shown::Symlink(_) | Shown::Other, _) => DeathCause::Replaced,
        (Shown::Nothing, Cause::Opaque) => DeathCause::Opaque,
        (Shown::Nothing, Cause::ParentReplaced) => DeathCause::DirectoryReplaced,
        (Shown::Nothing, Cause::ParentRemoved) => {
            let by = touch.entry.and_then(|by| entry(union, layer, by));
            match by.map(|by| Named::of(by.path.name)) {
                Some(Named::Opaque) => DeathCause::Opaque,
                _ => DeathCause::Whiteout,
            }
        }
        (Shown::Nothing, _) => DeathCause::Whiteout,
    }
}
